"""Jobs compute alike on processors with and without AVX-512."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from shlex import quote

import pytest

from bornscape.run.same_arithmetic import BLAS, NUMPY, instructions, shared_instructions, use_shared_instructions

CHILD = """
import json
from threadpoolctl import threadpool_info
import numpy, scipy.linalg
from bornscape.run.same_arithmetic import instructions
libraries = [pool["architecture"] for pool in threadpool_info() if pool["internal_api"] == "openblas"]
print(json.dumps([instructions(), libraries]))
"""

ENDS = """
import json
import numpy as np
from bornscape import line_circuit
from bornscape.training.objectives import objective
from bornscape.training.runs import TrainingRun, train
ends = []
for n, layers, shots in ((4, 4, 100), (6, 2, 1000), (9, 3, 100)):
    model = line_circuit(n, layers)
    p = np.where(np.arange(2**n) % 5 == 0, 1.0, 0.0)
    p /= p.sum()
    for kind in ("mmd", "lqf", "kld"):
        run = TrainingRun("arithmetic", kind, 0, 7, layers, 40, shots, rate=0.1)
        ends.append(train(run, model, p, objective(model, p, kind, (0.01, n / 4, n))).tvd[-1])
print(json.dumps(ends))
"""


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], {}),
        (["ASIMDHP"], {}),
        (["SSE42", "AVX2"], {}),
        (["X86_V3"], {BLAS: "Haswell"}),
        (["X86_V3", "X86_V4", "AVX512_ICL"], {BLAS: "Haswell", NUMPY: "X86_V4 AVX512_ICL"}),
        (["AVX", "FMA3", "AVX2", "AVX512F", "AVX512_SKX"], {BLAS: "Haswell", NUMPY: "AVX512F AVX512_SKX"}),
    ],
)
def test_what_goes_beyond_avx2_is_left_out(found: list[str], expected: dict[str, str]) -> None:
    assert shared_instructions(found) == expected


def test_what_a_user_has_set_stays() -> None:
    chosen = {BLAS: "Sandybridge", NUMPY: ""}
    use_shared_instructions(chosen)
    assert chosen == {BLAS: "Sandybridge", NUMPY: ""}


def in_a_job(program: str) -> list:
    """What a process says that starts as a job does."""
    environment = {name: value for name, value in os.environ.items() if name not in (BLAS, NUMPY)}
    use_shared_instructions(environment)
    done = subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_shell_is_told_the_same() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bornscape.run.same_arithmetic"], capture_output=True, text=True, check=True
    ).stdout
    set_by = "".join(f"export {name}={quote(value)}\n" for name, value in shared_instructions(instructions()).items())
    assert told == set_by


has_avx2 = pytest.mark.skipif(not shared_instructions(instructions()), reason="this processor has no AVX2")


@has_avx2
def test_the_libraries_of_a_job_obey() -> None:
    used, libraries = in_a_job(CHILD)
    assert not [name for name in used if name == "X86_V4" or name.startswith("AVX512")]
    assert set(libraries) == {"Haswell"}


@has_avx2
def test_trainings_from_shots_end_where_they_ended_on_other_processors() -> None:
    """A single shot that moves would change a final TVD by more."""
    kept = [0.299978549124, 0.060312978470, 1.228781510857, 0.844638648329, 0.932666602414]
    kept += [1.586077012149, 1.587326252922, 1.624983479317, 1.557886868782]
    assert in_a_job(ENDS) == pytest.approx(kept, abs=1e-9)

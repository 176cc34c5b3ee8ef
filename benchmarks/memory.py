"""Peak memory of draws at 20 qubits, each kind in a process of its own: what planning/job_resources.py rests on.

    python benchmarks/memory.py            both kinds
    python benchmarks/memory.py line       one, in this process; prints MB

The draws of a job follow one another, so that one draw holds as much as a chunk of them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import yaml

from bornscape.datasets import synthetic_target
from bornscape.formulas import bandwidth_values, shots_values
from bornscape.planning.job_resources import SNAKEMAKES, memory
from bornscape.variance import LineDraws, line_draws
from bornscape.variance.fidelity import FidelityDraws, fidelity_draws

N_QUBITS = 20


def study(name: str) -> dict:
    with open("config/config.yaml", encoding="utf-8") as handle:
        return yaml.safe_load(handle)["variance"][name]


def draw_line() -> None:
    settings = study("line")
    targets = {name: synthetic_target(name, N_QUBITS, np.random.default_rng(1)) for name in settings["datasets"]}
    chunk = LineDraws(
        n_qubits=N_QUBITS,
        n_layers=settings["n_layers"],
        deep=settings["deep"],
        draws=1,
        shots=shots_values(settings["shots"], N_QUBITS),
        bandwidths={name: bandwidth_values(value, N_QUBITS) for name, value in settings["bandwidths"].items()},
        epsilon=settings["epsilon"],
    )
    line_draws(chunk, targets, np.random.default_rng(2))


def draw_fidelity() -> None:
    settings = study("fidelity")
    targets = {name: synthetic_target(name, N_QUBITS, np.random.default_rng(1)) for name in settings["datasets"]}
    fidelity_draws(
        FidelityDraws(N_QUBITS, settings["n_layers"], settings["deep"], 1), targets, np.random.default_rng(2)
    )


KINDS: dict[str, Callable[[], None]] = {"line": draw_line, "fidelity": draw_fidelity}


def peak() -> float:
    """Peak memory of this process, MB. Not ``ru_maxrss``, which a process inherits from the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)[1]) / 1024  # type: ignore[index]


def main(arguments: list[str]) -> None:
    if arguments:
        KINDS[arguments[0]]()
        print(peak())
        return
    asked = memory(N_QUBITS)
    for kind in KINDS:
        done = subprocess.run([sys.executable, __file__, kind], stdout=subprocess.PIPE, text=True, check=True)
        print(
            f"{kind} draws, n = {N_QUBITS}: {float(done.stdout):.0f} MB of the {asked - SNAKEMAKES} that {asked} leave "
            "beside Snakemake's processes on a cluster"
        )


if __name__ == "__main__":
    main(sys.argv[1:])

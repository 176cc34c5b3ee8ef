"""Large states in threads: what the loops of small states give, and the same bytes whatever the threads."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import permutations

import numpy as np
import pytest

from bornscape.bitstrings import threads, walsh
from bornscape.bitstrings.threads import for_each, pieces, use_threads
from bornscape.circuits import Circuit, Gate, adjoint, line_circuit
from bornscape.my_model.jobs import model_at
from bornscape.my_model.register import DRAW_VECTORS
from bornscape.my_model.settings import complete
from bornscape.simulators.state_vector import (
    parts,
    probabilities,
    probability_gradient,
    shifted_states,
    statevector,
    tangents,
    vector_jacobian,
)

N = 9


def mixed_circuit() -> Circuit:
    """Turns about Y and Z, CNOTs and entanglers on every pair, in no order."""
    rng = np.random.default_rng(1)
    turns = [(Gate(name, (wire,), (0,)),) for name in ("RY", "RZ") for wire in range(N)] * 2
    pairs = [((Gate("CNOT", p), Gate("RY", p[:1], (0,)), Gate("CNOT", p)), (Gate("CNOT", p),)) for p in PAIRS]
    blocks = turns + [block for both in pairs for block in both]
    gates: list[Gate] = []
    for k in rng.permutation(len(blocks)):
        gates += [Gate(g.name, g.wires, (len(gates),) if g.angles else ()) for g in blocks[k]]
    return Circuit(N, len(gates), tuple(gates))


PAIRS = list(permutations(range(N), 2))
CIRCUITS = [line_circuit(N, 2), adjoint(line_circuit(N, 1)), mixed_circuit()]


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every state of more than a few qubits is large."""
    for module in (threads, walsh, parts, tangents, vector_jacobian):
        monkeypatch.setattr(module, "LARGE", 6)
    yield
    use_threads(1)


def everything(circuit: Circuit) -> list[np.ndarray]:
    theta = np.random.default_rng(2).uniform(0, 2 * np.pi, circuit.n_parameters)
    slope = np.cos(np.arange(2**N))
    psi = statevector(circuit, theta)
    uses = [(k, 0) for k, gate in enumerate(circuit.gates) if gate.angles]
    shifted = list(shifted_states(circuit, theta, skip=frozenset(uses[::2])))
    by_angle = sorted(shifted, key=lambda state: state.angle)
    return [
        psi,
        probabilities(circuit, theta, initial=psi),
        probability_gradient(circuit, theta, slope),
        walsh.walsh_hadamard(slope),
        np.array([state.angle for state in by_angle]),
        *(state.probabilities(psi)[0] for state in by_angle),
    ]


@pytest.mark.parametrize("circuit", CIRCUITS, ids=["line", "backwards", "mixed"])
def test_large_states_are_those_of_the_loops_of_small_ones(circuit: Circuit, request: pytest.FixtureRequest) -> None:
    small = everything(circuit)
    request.getfixturevalue("all_large")
    large = everything(circuit)
    assert len(small) == len(large) > 6
    for one, other in zip(small, large, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-13 * np.abs(one).max())


@pytest.mark.parametrize("circuit", CIRCUITS, ids=["line", "backwards", "mixed"])
@pytest.mark.usefixtures("all_large")
def test_no_byte_depends_on_the_threads(circuit: Circuit) -> None:
    found = []
    for count in (1, 2, 5):
        use_threads(count)
        found.append([values.tobytes() for values in everything(circuit)])
    assert found[0] == found[1] == found[2]


def test_a_draw_at_20_qubits_is_the_same_in_two_threads() -> None:
    losses = {"mmd": {"kind": "mmd", "bandwidth": "n/4"}, "kld": {"kind": "kld"}}
    settings = complete({"circuit": {"family": "line", "layers": 1}, "losses": losses, "data": {"set": "ghz"}})
    model = model_at(settings | {"sizes": [20]}, 20, 1)
    tables = []
    for count in (1, 2):
        use_threads(count)
        tables.append([table.to_csv(float_format="%r") for table in model.chunk(1, np.random.default_rng(3))])
    use_threads(1)
    assert tables[0] == tables[1]


MEMORY = """
import re, sys
import numpy as np
from bornscape.my_model.jobs import model_at
from bornscape.my_model.settings import complete
from bornscape.bitstrings.threads import use_threads
losses = {"mmd": {"kind": "mmd", "bandwidth": "n/4"}, "kld": {"kind": "kld"}}
settings = complete({"circuit": {"family": "line", "layers": 1}, "losses": losses, "data": {"set": "ghz"}})
use_threads(2)
for n in (6, int(sys.argv[1])):
    model_at(settings | {"sizes": [n]}, n, 1).chunk(1, np.random.default_rng(3))
    print(re.search(r"^VmHWM:\\s*(\\d+) kB$", open("/proc/self/status").read(), re.MULTILINE)[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_draw_holds_no_more_vectors_than_its_job_asks_for() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY, "20"], capture_output=True, text=True, check=True)
    before, peak = map(int, done.stdout.split())
    assert 4 < (peak - before) * 1024 / (16 * 2**20) < DRAW_VECTORS


def test_work_is_shared_and_comes_back_in_order() -> None:
    use_threads(2)
    try:
        assert for_each(lambda k: for_each(lambda j: (k, j), range(3)), range(4)) == [
            [(k, j) for j in range(3)] for k in range(4)
        ]
        with pytest.raises(ZeroDivisionError):
            for_each(lambda k: 1 / k, [1, 0, 2])
    finally:
        use_threads(1)
    with pytest.raises(ValueError, match=re.escape("threads: expected at least 1, got 0")):
        use_threads(0)


def test_pieces_cover_everything_once() -> None:
    for count, width in ((2**20, 1), (37, 2**20), (3, 2**20), (5, 1)):
        chosen = np.concatenate([np.arange(count)[piece] for piece in pieces(count, width)])
        np.testing.assert_array_equal(chosen, np.arange(count))

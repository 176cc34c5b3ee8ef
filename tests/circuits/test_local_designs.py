"""Random stabilizer circuits: every Clifford once, supports against state vectors, moments against Haar's."""

import numpy as np
import pytest
import stim

from bornscape.circuits import local_designs
from bornscape.circuits.local_designs import _rank, cliffords, random_support
from bornscape.experiments.concentration import design_draw


def test_every_two_qubit_clifford_is_there_once() -> None:
    tableaus = {str(stim.Circuit("I 1\n" + text.format(0, 1)).to_tableau()) for text in cliffords()}
    assert len(cliffords()) == 11520
    assert tableaus == {str(tableau) for tableau in stim.Tableau.iter_all(2)}


@pytest.mark.parametrize(
    ("rows", "rank"),
    [([[0, 0], [0, 0]], 0), ([[1, 0], [1, 0]], 1), ([[1, 1], [0, 1]], 2), ([[1, 1, 0], [0, 1, 1], [1, 0, 1]], 2)],
)
def test_ranks_by_hand(rows: list[list[int]], rank: int) -> None:
    assert _rank(np.array(rows, dtype=bool)) == rank


@pytest.mark.parametrize("n", [2, 3, 5])
def test_supports_against_state_vectors(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same circuit as a state vector: 2^rank strings, all as likely."""
    texts: list[str] = []
    circuit = stim.Circuit
    monkeypatch.setattr(stim, "Circuit", lambda text: texts.append(text) or circuit(text))
    rng = np.random.default_rng(n)
    seen = set()
    for _ in range(40):
        support = random_support(n, 2, rng)
        simulator = stim.TableauSimulator()
        simulator.do(circuit(texts[-1]))
        q = np.abs(simulator.state_vector(endian="big")) ** 2
        assert np.count_nonzero(q > 1e-9) == 2**support.rank
        assert (q[0] > 1e-9) == support.holds_zero
        seen.add(support)
    assert len(seen) > 2


def test_moments_are_those_of_haar_random_gates() -> None:
    """Two qubits, one gate: a global 2-design, sum_x q^2 = 2 / (1 + 2^-n) 2^-n. |z| < 4: false alarm below 1e-4."""
    rng = np.random.default_rng(230502881)
    drawn = np.array([design_draw(2, 1, rng) for _ in range(4000)])
    for values, expected in ((drawn[:, 0], 1 / 4), (drawn[:, 1], 2 / 5 - 1 / 4)):
        assert abs(values.mean() - expected) < 4 * values.std(ddof=1) / np.sqrt(len(values))


def test_a_layer_less_than_a_design_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without the classes that entangle, the moments are those of two single-qubit gates."""
    local = [text for text in cliffords() if "CX" not in text and "ISWAP" not in text]
    monkeypatch.setattr(local_designs, "cliffords", lambda: local)
    rng = np.random.default_rng(1)
    squares = np.array([design_draw(2, 1, rng)[1] for _ in range(4000)])
    assert abs(squares.mean() - 3 / 20) > 4 * squares.std(ddof=1) / np.sqrt(len(squares))


@pytest.mark.parametrize(("n", "layers"), [(1, 1), (2, 0)])
def test_sizes_that_are_no_brick_wall(n: int, layers: int) -> None:
    with pytest.raises(ValueError, match="expected n_qubits >= 2 and n_layers >= 1"):
        random_support(n, layers, np.random.default_rng(0))

"""Random stabilizer circuits: every Clifford once, supports against stim's state vectors, moments against Haar's."""

from functools import reduce

import numpy as np
import pytest

from bornscape.circuits import local_designs
from bornscape.circuits.ansatze import brickwork_pairs
from bornscape.circuits.local_designs import Support, _Stabilizers, cliffords, random_support
from bornscape.experiments.concentration import design_draw

H, S = np.array([[1, 1], [1, -1]]) / np.sqrt(2), np.diag([1, 1j])
CX = np.eye(4)[[0, 1, 3, 2]]
SWAP = np.eye(4)[[0, 2, 1, 3]]
GATES = {
    "H": np.kron(H, np.eye(2)),
    "S": np.kron(S, np.eye(2)),
    "h": np.kron(np.eye(2), H),
    "s": np.kron(np.eye(2), S),
    "C": CX,
    "c": SWAP @ CX @ SWAP,
}
"""By the letter of a word, on two wires."""


def dense(word: str) -> np.ndarray:
    """A word's matrix, (4, 4)."""
    return reduce(lambda matrix, letter: GATES[letter] @ matrix, word, np.eye(4))


def stim_text(word: str, first: int, second: int) -> str:
    wires = {"C": f"{first} {second}", "c": f"{second} {first}"}
    lines = ["CX " + wires[k] if k in "Cc" else f"{k.upper()} {first if k.isupper() else second}" for k in word]
    return "\n".join(lines)


def test_every_two_qubit_clifford_is_there_once() -> None:
    """Up to a phase: that of the largest entry, the first of equal ones, is taken out."""
    matrices = np.array([dense(word) for word in cliffords()]).reshape(-1, 16)
    first = np.argmax(np.abs(matrices) > 0.1, axis=1)
    phases = matrices[np.arange(len(matrices)), first]
    distinct = {row.tobytes() for row in np.round(matrices / (phases / np.abs(phases))[:, None] * 8).astype("c8") + 0}
    assert len(cliffords()) == len(distinct) == 11520


def test_words_are_stims_cliffords_too() -> None:
    stim = pytest.importorskip("stim", reason="stim, the second path, has no wheel here")
    tableaus = {str(stim.Circuit("I 1\n" + stim_text(word, 0, 1)).to_tableau()) for word in cliffords()}
    assert tableaus == {str(tableau) for tableau in stim.Tableau.iter_all(2)}


@pytest.mark.parametrize(
    ("words", "support"),
    [
        ([], Support(0, True)),
        (["H"], Support(1, True)),
        (["HC"], Support(1, True)),
        (["HSSHC"], Support(0, False)),  # X on the first wire, and a CX: the string 11.
        (["HChssh"], Support(1, False)),  # 01 and 10
        (["HCsHSSH", "hs"], Support(2, True)),
    ],
)
def test_supports_by_hand(words: list[str], support: Support) -> None:
    state = _Stabilizers(2)
    for word in words:
        state.apply([word], [(0, 1)])
    assert state.support() == support


@pytest.mark.parametrize("n", [2, 3, 5])
def test_supports_against_state_vectors(n: int) -> None:
    """The same circuit as a state vector: 2^rank strings, all as likely."""
    rng = np.random.default_rng(n)
    seen = set()
    for _ in range(60):
        state, vector = _Stabilizers(n), np.eye(1, 2**n)[0].reshape((2,) * n)
        for k, (i, j) in zip(rng.integers(11520, size=2 * n), brickwork_pairs(n) * 2 * n, strict=False):
            state.apply([cliffords()[k]], [(i, j)])
            moved = np.moveaxis(vector, (i, j), (0, 1))
            turned = (dense(cliffords()[k]) @ moved.reshape(4, -1)).reshape(moved.shape)
            vector = np.moveaxis(turned, (0, 1), (i, j))
        q, support = np.abs(vector.ravel()) ** 2, state.support()
        assert np.count_nonzero(q > 1e-9) == 2**support.rank
        assert (q[0] > 1e-9) == support.holds_zero
        seen.add(support)
    assert len(seen) > 2


@pytest.mark.parametrize(("n", "layers"), [(2, 1), (9, 3), (70, 5)])
def test_supports_against_stim(n: int, layers: int) -> None:
    """The same draws as stim's tableaus: their X parts' rank, and whether all zeros can be measured."""
    stim = pytest.importorskip("stim", reason="stim, the second path, has no wheel here")
    for seed in range(12):
        chosen = np.random.default_rng(seed).integers(11520, size=len(brickwork_pairs(n)) * layers)
        pairs = brickwork_pairs(n) * layers
        simulator = stim.TableauSimulator()
        lines = [stim_text(cliffords()[k], *pair) for k, pair in zip(chosen, pairs, strict=True)]
        simulator.do(stim.Circuit(f"I {n - 1}\n" + "\n".join(lines)))
        # As many outcomes are random, one wire measured after the other, as the X parts have rank.
        random = 0
        copy = simulator.copy()
        for wire in range(n):
            random += copy.peek_z(wire) == 0
            copy.measure(wire)
        try:
            simulator.postselect_z(list(range(n)), desired_value=False)
            holds_zero = True
        except ValueError:
            holds_zero = False
        assert random_support(n, layers, np.random.default_rng(seed)) == Support(random, holds_zero)


def test_moments_are_those_of_haar_random_gates() -> None:
    """Two qubits, one gate: a global 2-design, sum_x q^2 = 2 / (1 + 2^-n) 2^-n. |z| < 4: false alarm below 1e-4."""
    rng = np.random.default_rng(230502881)
    drawn = np.array([design_draw(2, 1, rng) for _ in range(4000)])
    for values, expected in ((drawn[:, 0], 1 / 4), (drawn[:, 1], 2 / 5 - 1 / 4)):
        assert abs(values.mean() - expected) < 4 * values.std(ddof=1) / np.sqrt(len(values))


def test_a_layer_less_than_a_design_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without the classes that entangle, the moments are those of two single-qubit gates."""
    local = [first + second.lower() for first in local_designs._SINGLES for second in local_designs._SINGLES]
    monkeypatch.setattr(local_designs, "cliffords", lambda: local)
    rng = np.random.default_rng(1)
    squares = np.array([design_draw(2, 1, rng)[1] for _ in range(4000)])
    assert abs(squares.mean() - 3 / 20) > 4 * squares.std(ddof=1) / np.sqrt(len(squares))


@pytest.mark.parametrize(("n", "layers"), [(1, 1), (2, 0)])
def test_sizes_that_are_no_brick_wall(n: int, layers: int) -> None:
    with pytest.raises(ValueError, match="expected n_qubits >= 2 and n_layers >= 1"):
        random_support(n, layers, np.random.default_rng(0))

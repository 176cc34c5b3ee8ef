"""Matrix product states against state vectors, Schmidt values and closed forms; what is cut against what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape.aliases import Complex
from bornscape.circuits import FIXED_GATES, ROTATION_PAULIS, Circuit, Gate, product_circuit, separate_uses
from bornscape.circuits.ansatze import brickwork_circuit, line_circuit
from bornscape.simulators.state_vector import statevector
from bornscape.simulators.words import mps as module
from bornscape.simulators.words.chain import ChainEngine
from bornscape.simulators.words.mps import MpsEngine
from bornscape.simulators.words.mps_state import MPS, blocks
from bornscape.simulators.words.pauli import PauliEngine
from bornscape.simulators.words.protocol import DoesNotFitError
from bornscape.simulators.words.state_vector import StateVectorEngine
from tests.support.random_circuits import random_circuit, random_words

NAMES = tuple(sorted((FIXED_GATES | ROTATION_PAULIS.keys()) - {"Toffoli", "CSWAP"}))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_qubits=st.integers(2, 8), n_gates=st.integers(1, 30))
def test_means_derivatives_and_probabilities_of_any_circuit_are_those_of_the_state_vector(
    seed: int, n_qubits: int, n_gates: int
) -> None:
    rng = np.random.default_rng(seed)
    circuit = separate_uses(random_circuit(n_qubits, n_gates, rng, names=NAMES))
    angles, words, weights = rng.uniform(-7, 7, circuit.n_angles), random_words(5, n_qubits, rng), rng.normal(size=5)
    exact, state = StateVectorEngine(circuit).at(angles), MpsEngine(circuit).at(angles)
    np.testing.assert_allclose(state.means(words, rng), exact.means(words, rng), rtol=0, atol=1e-10)
    expected = exact.gradient(words, weights, rng) if circuit.n_angles else np.zeros(0)
    np.testing.assert_allclose(state.gradient(words, weights, rng), expected, rtol=0, atol=1e-10)
    bare = replace(circuit, angle_map=None, n_parameters=circuit.n_angles)
    q = np.abs(statevector(bare, angles)) ** 2
    places = 1 << np.arange(n_qubits - 1, -1, -1)
    np.testing.assert_allclose(state.probabilities(words), q[words @ places], rtol=0, atol=1e-10)
    assert not state.error(words).any()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), bond=st.sampled_from([2, 4, 8]))
def test_a_cut_state_s_means_are_within_the_stated_error(seed: int, bond: int) -> None:
    """Starts of 0.2 rad, so that the bound says something at bond 8."""
    rng = np.random.default_rng(seed)
    circuit = separate_uses(brickwork_circuit(9, 4))
    angles, words = 0.2 * rng.standard_normal(circuit.n_angles), random_words(8, 9, rng)
    engine = MpsEngine(circuit, largest_bond=bond)
    assert engine.kind == "truncated"
    state, exact = engine.at(angles), StateVectorEngine(circuit).at(angles)
    off = np.abs(state.means(words, rng) - exact.means(words, rng))
    assert (off <= state.error(words) + 1e-12).all()
    assert (state.likely_error(words) <= state.error(words) + 1e-12).all()
    if bond == 2:
        assert off.max() > 1e-4
    if bond == 8:
        assert state.error(words).max() < 0.5


def dense_cut(psi: Complex, left_wires: int, largest: int) -> Complex:
    """A state, (2**n,), with its ``largest`` Schmidt vectors between the first wires and the others; not normalised."""
    u, values, v = np.linalg.svd(psi.reshape(2**left_wires, -1), full_matrices=False)
    return ((u[:, :largest] * values[:largest]) @ v[:largest]).ravel()


@pytest.mark.parametrize("bond", [1, 2, 3])
def test_what_is_cut_is_what_a_dense_state_would_lose(bond: int) -> None:
    """After each gate on two neighbours the whole state loses all but its largest Schmidt values there."""
    circuit, rng = separate_uses(line_circuit(8, 3)), np.random.default_rng(2)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    ours, dense = MPS.zeros(8, bond), np.eye(1, 2**8, dtype=np.complex128)[0]
    for block in blocks(circuit):
        matrix, first, size = block.matrix(angles), block.wires[0], len(block.wires)
        ours.apply(block.wires, matrix)
        dense = np.einsum("ij,ajb->aib", matrix, dense.reshape(2**first, 2**size, -1)).ravel()
        if size == 2:
            assert block.wires[1] == first + 1
            dense = dense_cut(dense, first + 1, bond)
    norm = float(np.linalg.norm(dense))
    assert ours.log_kept < -1e-3
    assert norm**2 == pytest.approx(np.exp(ours.log_kept), rel=1e-9)
    psi = np.ones((1, 1))
    for tensor in ours.tensors:
        psi = np.einsum("xl,lsr->xsr", psi, tensor).reshape(-1, tensor.shape[2])
    assert abs(np.vdot(dense / norm, psi.ravel())) == pytest.approx(1, abs=1e-9)


def test_a_product_circuit_at_a_hundred_qubits_has_the_closed_form() -> None:
    """<Z> after RZ(a) RY(b) RZ(c) is cos(b); a word's derivative by b_i is its mean with -sin for that factor."""
    circuit, rng = separate_uses(product_circuit(100)), np.random.default_rng(5)
    angles, words = rng.uniform(0, 2 * np.pi, circuit.n_angles), random_words(4, 100, rng, share=0.05)
    engine = MpsEngine(circuit)
    assert engine.kind == "exact"
    state, b = engine.at(angles), angles.reshape(100, 3)[:, 1]
    means = np.prod(np.where(words, np.cos(b), 1.0), axis=1)
    np.testing.assert_allclose(state.means(words, rng), means, rtol=0, atol=1e-12)
    wire = int(np.flatnonzero(words[0])[0])
    slope = (words[:, wire] * -np.tan(b[wire]) * means).sum()
    assert state.component(words, np.ones(4), 3 * wire + 1, rng) == pytest.approx(slope, abs=1e-12)


def test_distant_gates_and_hidden_wires() -> None:
    rng = np.random.default_rng(9)
    circuit = separate_uses(random_circuit(9, 40, rng, names=NAMES))
    circuit = replace(circuit, measured=(7, 1, 4))
    angles, words, weights = rng.uniform(0, 7, circuit.n_angles), random_words(6, 3, rng), rng.normal(size=6)
    exact, state = StateVectorEngine(circuit).at(angles), MpsEngine(circuit).at(angles)
    np.testing.assert_allclose(state.means(words, rng), exact.means(words, rng), rtol=0, atol=1e-11)
    slope = state.gradient(words, weights, rng)
    np.testing.assert_allclose(slope, exact.gradient(words, weights, rng), rtol=0, atol=1e-11)
    assert state.component(words, weights, 3, rng) == pytest.approx(slope[3], abs=1e-14)


def test_a_matrix_that_lapacks_faster_way_gives_up_is_taken_the_slower_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """It did so on one of 128 rows, in a circuit of 100 wires."""
    circuit = separate_uses(random_circuit(6, 20, np.random.default_rng(3), names=NAMES))
    angles, words = np.linspace(0, 6, circuit.n_angles), random_words(4, 6, np.random.default_rng(4))
    usual = MpsEngine(circuit).at(angles).means(words, np.random.default_rng(0))
    given_up = []

    def no_convergence(matrix: np.ndarray, **options: bool) -> None:
        given_up.append(matrix)
        raise np.linalg.LinAlgError("SVD did not converge")

    monkeypatch.setattr(np.linalg, "svd", no_convergence)
    slower = MpsEngine(circuit).at(angles).means(words, np.random.default_rng(0))
    assert given_up
    np.testing.assert_allclose(slower, usual, rtol=0, atol=1e-12)


def test_a_line_of_few_layers_is_exact_and_deeper_ones_are_not() -> None:
    assert MpsEngine(separate_uses(line_circuit(30, 2))).kind == "exact"
    assert MpsEngine(separate_uses(line_circuit(30, 7))).kind == "truncated"
    assert MpsEngine(separate_uses(line_circuit(12, 7))).kind == "exact"


def test_gates_on_three_wires_and_too_many_states_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DoesNotFitError, match="Toffoli on wires"):
        MpsEngine(Circuit(3, 0, (Gate("Toffoli", (0, 1, 2)),)))
    engine, words = MpsEngine(separate_uses(line_circuit(5, 1))), np.eye(5, dtype=np.uint8)
    assert engine.fits(words) is None
    monkeypatch.setattr(module, "STEPS", 100)
    reason = engine.fits(words)
    assert reason is not None
    assert "take fewer layers" in reason


@pytest.mark.parametrize(("wires", "fits"), [((0, 1), True), ((0, 8), False)])
def test_swaps_of_distant_wires_count(wires: tuple[int, int], fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven there and seven back, of which each takes as long as a gate."""
    engine = MpsEngine(separate_uses(Circuit(9, 1, (Gate("Hadamard", (0,)), Gate("IsingXX", wires, (0,))))))
    monkeypatch.setattr(module, "STEPS", 14)
    assert (engine.fits(np.eye(9, dtype=np.uint8)[:1]) is None) == fits


def test_three_engines_agree_at_thirty_qubits() -> None:
    """Two layers on a line: a chain and a matrix product state to rounding, Pauli words within what they state."""
    circuit, rng = separate_uses(line_circuit(30, 2)), np.random.default_rng(10)
    angles, words = rng.uniform(0, 2 * np.pi, circuit.n_angles), random_words(20, 30, rng, share=0.04)
    chain, mps = ChainEngine(circuit).at(angles), MpsEngine(circuit).at(angles)
    pauli = PauliEngine(circuit).at(angles)
    means = chain.means(words, rng)
    np.testing.assert_allclose(mps.means(words, rng), means, rtol=0, atol=1e-12)
    off = np.abs(pauli.means(words, rng) - means)
    assert (off <= pauli.error(words)).all()
    assert 0 < off.max() < 0.2
    slope = chain.gradient(words, np.ones(20), rng)
    steepest = np.argsort(-np.abs(slope))[:3]
    found = [mps.component(words, np.ones(20), int(angle), rng) for angle in steepest]
    np.testing.assert_allclose(found, slope[steepest], rtol=0, atol=1e-11)
    assert np.corrcoef(pauli.gradient(words, np.ones(20), rng), slope)[0, 1] > 0.9

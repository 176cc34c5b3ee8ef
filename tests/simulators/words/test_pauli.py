"""Pauli propagation against state vectors, stim and closed forms; what it drops against what it says it dropped."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import Circuit, Gate, product_circuit, separate_uses
from bornscape.circuits.ansatze import brickwork_circuit, line_circuit
from bornscape.simulators.mixed_states import Noise, NoisyCircuit
from bornscape.simulators.words.pauli import PauliEngine, chances_after_gates
from bornscape.simulators.words.pauli_exact import PauliExactEngine
from bornscape.simulators.words.protocol import DoesNotFitError
from bornscape.simulators.words.state_vector import StateVectorEngine
from tests.support.random_circuits import CLIFFORD, random_circuit, random_words


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_qubits=st.integers(1, 7), n_gates=st.integers(1, 25))
def test_means_and_derivatives_of_any_circuit_are_those_of_the_state_vector(
    seed: int, n_qubits: int, n_gates: int
) -> None:
    rng = np.random.default_rng(seed)
    circuit = separate_uses(random_circuit(n_qubits, n_gates, rng))
    angles, words, weights = rng.uniform(-7, 7, circuit.n_angles), random_words(5, n_qubits, rng), rng.normal(size=5)
    exact, state = StateVectorEngine(circuit).at(angles), PauliEngine(circuit, cutoff=0.0).at(angles)
    np.testing.assert_allclose(state.means(words, rng), exact.means(words, rng), rtol=0, atol=1e-10)
    expected = exact.gradient(words, weights, rng) if circuit.n_angles else np.zeros(0)
    np.testing.assert_allclose(state.gradient(words, weights, rng), expected, rtol=0, atol=1e-10)
    assert not state.error(words).any()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cutoff=st.sampled_from([0.003, 0.03, 0.2]))
def test_a_truncated_mean_is_within_its_stated_error_and_its_gradient_is_its_own(seed: int, cutoff: float) -> None:
    rng = np.random.default_rng(seed)
    circuit = separate_uses(line_circuit(6, 2))
    angles, words = rng.uniform(0, 2 * np.pi, circuit.n_angles), random_words(8, 6, rng)
    engine = PauliEngine(circuit, cutoff=cutoff)
    state, exact = engine.at(angles), StateVectorEngine(circuit).at(angles)
    off = np.abs(state.means(words, rng) - exact.means(words, rng))
    assert (off <= state.error(words) + 1e-12).all()
    assert (state.likely_error(words) <= state.error(words) + 1e-12).all()
    if cutoff == 0.2:
        assert off.max() > 1e-3


def test_the_derivative_of_a_truncated_mean_is_that_of_its_terms() -> None:
    """Where no coefficient is near the cutoff, a step of 1e-6 drops the same terms."""
    circuit = separate_uses(brickwork_circuit(7, 2))
    rng = np.random.default_rng(3)
    angles, words, weights = rng.uniform(0, 2 * np.pi, circuit.n_angles), random_words(6, 7, rng), rng.normal(size=6)
    engine, step = PauliEngine(circuit, cutoff=0.01), 1e-6
    assert engine.at(angles).error(words).max() > 0.1
    slope = engine.at(angles).gradient(words, weights, rng)
    moved = np.eye(circuit.n_angles) * step
    high, low = ([engine.at(angles + way * row).means(words, rng) @ weights for row in moved] for way in (1, -1))
    near = np.isclose((np.array(high) - np.array(low)) / (2 * step), slope, rtol=0, atol=1e-6)
    assert near.mean() > 0.9


def test_the_root_mean_square_error_over_random_starts_is_the_norm_of_what_is_dropped() -> None:
    """The mean of squares over 300 draws, within 4 standard errors of the mean of the stated ones or below it."""
    circuit = separate_uses(brickwork_circuit(8, 2))
    rng = np.random.default_rng(11)
    words = np.eye(8, dtype=np.uint8)[3:4]
    truncated, exact = PauliEngine(circuit, cutoff=0.02), StateVectorEngine(circuit)
    squares, stated = [], []
    for _ in range(300):
        angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
        state = truncated.at(angles)
        squares.append((state.means(words, rng) - exact.at(angles).means(words, rng))[0] ** 2)
        stated.append(state.likely_error(words)[0] ** 2)
    assert np.mean(squares) < np.mean(stated) + 4 * np.std(squares) / np.sqrt(300)
    assert np.mean(squares) > np.mean(stated) / 100


@pytest.mark.parametrize("seed", range(2))
def test_clifford_angles_at_a_hundred_qubits_are_one_word_as_stim_has_it(seed: int) -> None:
    stim = pytest.importorskip("stim")
    rng = np.random.default_rng(seed)
    turning = ("RX", "RY", "RZ", "IsingXX", "IsingYY", "IsingZZ")
    circuit = separate_uses(random_circuit(100, 1200, rng, names=(*CLIFFORD, *turning), reach=3))
    quarters = rng.integers(0, 4, circuit.n_angles)
    words = random_words(20, 100, rng, share=0.03)
    simulator = stim.TableauSimulator()
    names = {"CNOT": "CX", "CY": "CY", "CZ": "CZ", "SWAP": "SWAP", "Hadamard": "H", "PauliX": "X", "PauliY": "Y"}
    names |= {"PauliZ": "Z", "S": "S", "SX": "SQRT_X", "RX": "SQRT_X", "RY": "SQRT_Y", "RZ": "S"}
    names |= {"IsingXX": "SQRT_XX", "IsingYY": "SQRT_YY", "IsingZZ": "SQRT_ZZ"}
    lines = ["I 99"]
    for gate in circuit.gates:
        times = int(quarters[gate.angles[0]]) if gate.angles else 1
        dagger = "_DAG" if gate.inverse and names[gate.name][:1] == "S" and names[gate.name] != "SWAP" else ""
        lines += [f"{names[gate.name]}{dagger} {' '.join(map(str, gate.wires))}"] * times
    simulator.do(stim.Circuit("\n".join(lines)))
    expected = [simulator.peek_observable_expectation(stim.PauliString("".join("_Z"[b] for b in w))) for w in words]
    state = PauliEngine(circuit).at(quarters * np.pi / 2)
    np.testing.assert_allclose(state.means(words, rng), expected, rtol=0, atol=1e-9)
    assert state.error(words).max() < 1e-9
    assert np.abs(expected).max() == 1


def test_a_product_circuit_at_a_hundred_qubits_has_the_closed_form() -> None:
    """<Z> after RZ(a) RY(b) RZ(c) is cos(b); a word's mean is a product, its derivative by b_i has -sin there."""
    circuit, rng = separate_uses(product_circuit(100)), np.random.default_rng(5)
    angles, words = rng.uniform(0, 2 * np.pi, circuit.n_angles), random_words(10, 100, rng, share=0.05)
    state = PauliEngine(circuit, cutoff=0.0).at(angles)
    b = angles.reshape(100, 3)[:, 1]
    means = np.prod(np.where(words, np.cos(b), 1.0), axis=1)
    np.testing.assert_allclose(state.means(words, rng), means, rtol=0, atol=1e-12)
    slope = np.zeros((100, 3))
    slope[:, 1] = (words * (-np.tan(b)) * means[:, None]).sum(axis=0)
    np.testing.assert_allclose(state.gradient(words, np.ones(10), rng), slope.ravel(), rtol=0, atol=1e-11)


def test_small_angles_at_a_hundred_qubits_need_few_terms_and_state_a_small_error() -> None:
    circuit, rng = separate_uses(brickwork_circuit(100, 6)), np.random.default_rng(1)
    angles, words = 0.03 * rng.standard_normal(circuit.n_angles), random_words(10, 100, rng, share=0.02)
    rough, fine = PauliEngine(circuit, cutoff=1e-4).at(angles), PauliEngine(circuit, cutoff=1e-6).at(angles)
    off = np.abs(rough.means(words, rng) - fine.means(words, rng))
    assert 0 < rough.error(words).max() < 0.3
    assert (off <= rough.error(words) + fine.error(words)).all()


def test_hidden_wires_and_another_order_of_measured_ones() -> None:
    rng = np.random.default_rng(2)
    circuit = replace(separate_uses(brickwork_circuit(6, 1)), measured=(4, 0, 2))
    angles, words, weights = rng.uniform(0, 7, circuit.n_angles), random_words(5, 3, rng), rng.normal(size=5)
    exact, state = StateVectorEngine(circuit).at(angles), PauliEngine(circuit, cutoff=0.0).at(angles)
    np.testing.assert_allclose(state.means(words, rng), exact.means(words, rng), rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        state.gradient(words, weights, rng), exact.gradient(words, weights, rng), rtol=0, atol=1e-11
    )


def test_too_many_words_do_not_fit_an_exact_engine_and_raise_the_cutoff_of_another() -> None:
    circuit = separate_uses(line_circuit(8, 3))
    words = np.eye(8, dtype=np.uint8)[3:4]
    exact = PauliEngine(circuit, cutoff=0.0, largest=100)
    reason = exact.fits(words)
    assert reason is not None
    assert "more than 100 Pauli words" in reason
    angles = np.random.default_rng(4).uniform(0, 2 * np.pi, circuit.n_angles)
    with pytest.raises(DoesNotFitError, match="which truncates"):
        exact.at(angles).means(words, np.random.default_rng(0))
    few = PauliEngine(circuit, cutoff=1e-9, largest=100)
    assert few.fits(words) is None
    assert few.at(angles).error(words)[0] > 0.1
    assert PauliEngine(circuit, cutoff=0.0, largest=2**16).fits(words) is None


def test_a_word_of_one_wire_by_hand() -> None:
    """RX(a) on wire 1, then CNOT 0 -> 1: <Z_0> = 1, <Z_1> = cos a, whose derivative is -sin a."""
    circuit = Circuit(2, 1, (Gate("RX", (1,), (0,)), Gate("CNOT", (0, 1))))
    state, rng = PauliEngine(circuit).at(np.array([0.4])), np.random.default_rng(0)
    words = np.array([[1, 0], [0, 1], [0, 0]], dtype=np.uint8)
    np.testing.assert_allclose(state.means(words, rng), [1, np.cos(0.4), 1], atol=1e-15)
    np.testing.assert_allclose(state.gradient(words, np.ones(3), rng), [-np.sin(0.4)], atol=1e-15)


@pytest.mark.parametrize("cutoff", [-0.1, 1.0])
def test_a_cutoff_that_keeps_nothing_is_refused(cutoff: float) -> None:
    with pytest.raises(DoesNotFitError, match="expected a cutoff"):
        PauliEngine(Circuit(1, 1, (Gate("RY", (0,), (0,)),)), cutoff=cutoff)


def test_clifford_gates_with_few_rotations_are_exact_at_a_hundred_qubits_whatever_the_cones() -> None:
    """GHZ by a ladder of CNOTs, RX(a) on the last wire: Z on wires 0 and 99 has the mean cos a, Z on 0 alone 0."""
    ladder = tuple(Gate("CNOT", (i, i + 1)) for i in range(99))
    circuit = Circuit(100, 1, (Gate("Hadamard", (0,)), *ladder, Gate("RX", (99,), (0,))))
    engine, rng = PauliExactEngine(circuit), np.random.default_rng(0)
    words = np.zeros((2, 100), dtype=np.uint8)
    words[:, 0] = words[0, 99] = 1
    assert engine.kind == "exact"
    assert engine.fits(words) is None
    state = engine.at(np.array([0.3]))
    np.testing.assert_allclose(state.means(words, rng), [np.cos(0.3), 0], atol=1e-14)
    np.testing.assert_allclose(state.gradient(words, np.ones(2), rng), [-np.sin(0.3)], atol=1e-14)


def test_small_terms_agree_with_a_library() -> None:
    """monoprop, without truncation: a brick wall's word and its derivatives at 100 qubits."""
    pytest.importorskip("monoprop")  # No wheel for macOS.
    import monoprop

    circuit, rng = separate_uses(brickwork_circuit(100, 1)), np.random.default_rng(8)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    pauli, operator = monoprop.Pauli, monoprop.PauliOperator
    clifford = {"CNOT": (("ZI", -np.pi / 4), ("IX", -np.pi / 4), ("ZX", np.pi / 4))}
    gates, values = [], []
    for gate in circuit.gates:
        turns = clifford.get(gate.name) or ((gate.name[1], -angles[gate.angles[0]] / 2),)
        for word, half in turns:
            held = [(letter, wire) for letter, wire in zip(word, gate.wires, strict=True) if letter != "I"]
            letters, wires = zip(*held, strict=True)
            gates.append(monoprop.ExpGate(operator({pauli("".join(letters), list(wires)): 1.0}, 100)))
            values.append(half)
    theirs = monoprop.PauliPropagator(operator({pauli("ZZ", [50, 52]): 1.0}, 100), [], cutoff=100, lower_atol=1e-15)
    theirs.build_graph(monoprop.Circuit(gates, 100, values, []))
    mean, slope = theirs.expectation_value_and_gradient(values)
    words = np.zeros((1, 100), dtype=np.uint8)
    words[0, [50, 52]] = 1
    state = PauliExactEngine(circuit).at(angles)
    assert state.means(words, rng)[0] == pytest.approx(mean, abs=1e-12)
    turned = [k for k, gate in enumerate(circuit.gates) for _ in clifford.get(gate.name, "1")]
    by_angle = [-slope[k] / 2 for k, place in enumerate(turned) if circuit.gates[place].angles]
    np.testing.assert_allclose(state.gradient(words, np.ones(1), rng), by_angle, rtol=0, atol=1e-10)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), chance=st.sampled_from([0.01, 0.2]))
def test_noise_after_each_gate_is_that_of_the_mixed_state(seed: int, chance: float) -> None:
    rng = np.random.default_rng(seed)
    circuit = random_circuit(4, 15, rng)
    rotated = replace(circuit, n_parameters=circuit.n_angles + 3)
    first = Gate("Rot", (1,), tuple(range(circuit.n_angles, circuit.n_angles + 3)))
    noisy = replace(rotated, gates=(first, *circuit.gates, Gate("CZ", (0, 1))))
    mixed, theta = NoisyCircuit(noisy, Noise(depolarising=chance)), rng.uniform(-7, 7, noisy.n_parameters)
    separate, words = separate_uses(noisy), np.array(list(product([0, 1], repeat=4)), dtype=np.uint8)
    engine = PauliEngine(separate, cutoff=0.0, chances=chances_after_gates(noisy, chance))
    state, weights = engine.at(separate.angles(theta)), rng.normal(size=16)
    expected = walsh_hadamard(mixed.distribution(mixed.state(theta)))
    np.testing.assert_allclose(state.means(words, rng), expected, rtol=0, atol=1e-12)
    slope = separate.to_parameters(state.gradient(words, weights, rng))
    np.testing.assert_allclose(slope, mixed.gradient(theta, walsh_hadamard(weights)), rtol=0, atol=1e-12)


def test_noise_at_a_hundred_qubits_damps_a_product_state_and_needs_fewer_terms() -> None:
    """Three rotations and three channels a wire: <Z> = kept^3 cos b."""
    circuit, rng = separate_uses(product_circuit(100)), np.random.default_rng(6)
    angles, words = rng.uniform(0, 2 * np.pi, circuit.n_angles), np.eye(100, dtype=np.uint8)
    state = PauliEngine(circuit, cutoff=0.0, chances=np.full(300, 0.03)).at(angles)
    expected = 0.96**3 * np.cos(angles.reshape(100, 3)[:, 1])
    np.testing.assert_allclose(state.means(words, rng), expected, rtol=0, atol=1e-12)
    wall = separate_uses(brickwork_circuit(100, 3))
    angles, word = rng.uniform(0, 2 * np.pi, wall.n_angles), words[50:51]
    quiet, loud = (
        PauliEngine(wall, cutoff=1e-3, chances=np.full(len(wall.gates), chance)).at(angles) for chance in (0.0, 0.05)
    )
    assert 0 < loud.error(word)[0] < 0.75 * quiet.error(word)[0]

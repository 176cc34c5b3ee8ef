"""Z-words of circuits whose rotations commute, beside those of their state vectors and closed forms."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pennylane as qml
import pytest
from scipy import stats

from bornscape.circuits import Circuit, Gate, line_circuit, separate_uses
from bornscape.circuits.iqp import Generators, iqp_circuit, iqp_generators
from bornscape.circuits.tracing import from_pennylane
from bornscape.simulators.words.iqp import IqpEngine
from bornscape.simulators.words.protocol import DoesNotFitError
from bornscape.simulators.words.state_vector import StateVectorEngine

FALSE_ALARM = 1e-6
"""Of each Z-test."""


def every_word(n_wires: int) -> np.ndarray:
    return (np.arange(2**n_wires)[:, None] >> np.arange(n_wires - 1, -1, -1) & 1).astype(np.uint8)


def check(circuit: Circuit, seed: int = 0) -> IqpEngine:
    """Every word and a weighted sum's derivatives, beside the state vector's."""
    circuit, rng = separate_uses(circuit), np.random.default_rng(seed)
    engine, words = IqpEngine(circuit), every_word(circuit.n_measured)
    angles = circuit.angles(rng.uniform(0, 2 * np.pi, circuit.n_parameters))
    found, expected = engine.at(angles), StateVectorEngine(circuit).at(angles)
    np.testing.assert_allclose(found.means(words, rng), expected.means(words, rng), atol=1e-13)
    weights = rng.normal(size=len(words))
    slopes = expected.gradient(words, weights, rng)
    free = ~engine.form.fixed
    np.testing.assert_allclose(found.gradient(words, weights, rng)[free], slopes[free], atol=1e-12)
    assert engine.exact(words).all()
    assert engine.kind == "exact"
    return engine


@pytest.mark.parametrize("n_qubits", [1, 2, 5, 7])
@pytest.mark.parametrize("kind", ["complete", "line", "lattice", "product", "random", {"up_to_weight": 3}])
def test_families(kind: Generators, n_qubits: int) -> None:
    engine = check(iqp_circuit(n_qubits, 1, kind))
    assert engine.form.generators.shape == (len(iqp_generators(n_qubits, kind)), n_qubits)


def template(spin_sym: bool) -> Callable[[Any, Any], None]:
    def circuit(parameters: Any, wires: Any) -> None:
        pattern = [[[0]], [[1]], [[0, 1], [2, 3]], [[1, 2, 3]], [[3]]]
        qml.IQP(parameters, len(wires), pattern, spin_sym=spin_sym)

    return circuit


def phases(parameters: Any, wires: Any) -> None:
    for wire in wires:
        qml.Hadamard(wire)
    qml.CNOT([0, 1])
    qml.RZ(parameters[0], 1)
    qml.CNOT([1, 2])
    qml.S(2)
    qml.T(1)
    qml.CZ([0, 3])
    qml.MultiRZ(parameters[1], [0, 2, 3])
    qml.CCZ([0, 1, 3])
    qml.ControlledPhaseShift(parameters[2], [1, 3])
    qml.SWAP([0, 2])
    qml.PhaseShift(parameters[3] + 0.4, 0)
    qml.X(3)
    qml.adjoint(qml.S)(3)
    qml.RZ(2 * parameters[0], 3)
    qml.CZ([1, 2])
    for wire in wires:
        qml.Hadamard(wire)
    qml.CNOT([3, 1])
    qml.X(2)
    qml.RZ(parameters[4], 2)


def about_x(parameters: Any, wires: Any) -> None:
    for k, wire in enumerate(wires):
        qml.RX(parameters[k], wire)
    for k in range(3):
        qml.IsingXX(parameters[k], [k, k + 1])
    qml.PauliRot(parameters[4], "XXXX", wires)
    qml.S(0)
    qml.Hadamard(1)


def about_y(parameters: Any, wires: Any) -> None:
    qml.X(0)
    for k, wire in enumerate(wires):
        qml.RY(parameters[k], wire)
    qml.IsingYY(parameters[4], [0, 1])


@pytest.mark.parametrize("function", [template(False), template(True), phases, about_x, about_y])
def test_circuits_of_users(function: Callable[[Any, Any], None]) -> None:
    check(from_pennylane(function, 4, 5))


def test_the_even_strings_of_spin_sym_are_one_bit_fewer() -> None:
    assert check(from_pennylane(template(True), 4, 5)).form.n_bits == 3


def test_hidden_wires_and_the_order_of_those_measured() -> None:
    check(replace(from_pennylane(phases, 4, 5), measured=(2, 0)))


def test_a_product_of_euler_angles() -> None:
    check(line_circuit(4, 0))


def clifford(rng: np.random.Generator, count: int, n_qubits: int) -> list[Gate]:
    gates = []
    for _ in range(count):
        wires = tuple(int(wire) for wire in rng.permutation(n_qubits))
        one = rng.choice(["Hadamard", "S", "SX", "PauliX", "PauliY", "PauliZ", "CNOT", "CY", "CZ", "SWAP"])
        gates.append(
            Gate(str(one), wires[: 2 if one in ("CNOT", "CY", "CZ", "SWAP") else 1], (), bool(rng.integers(2)))
        )
    return gates


@pytest.mark.parametrize("seed", range(20))
def test_clifford_gates_before_and_after(seed: int) -> None:
    rng, n_qubits = np.random.default_rng(seed), 5
    pairs = [tuple(int(wire) for wire in rng.permutation(n_qubits)[: 1 + k % 2]) for k in range(7)]
    turns = [Gate("IsingZZ" if len(p) == 2 else "RZ", p, (k,), bool(rng.integers(2))) for k, p in enumerate(pairs)]
    gates = [*clifford(rng, 15, n_qubits), *turns[:3], Gate("T", (0,)), *turns[3:], *clifford(rng, 15, n_qubits)]
    check(Circuit(n_qubits, 7, tuple(gates)), seed)


def test_random_patterns_give_means_and_derivatives_without_bias() -> None:
    rng, circuit = np.random.default_rng(3), separate_uses(iqp_circuit(6))
    engine, words = IqpEngine(circuit, samples=4, exact_bits=0), every_word(6)[[1, 12, 42, 55]]
    assert engine.kind == "sampled"
    assert not engine.exact(words).any()
    angles, weights = rng.uniform(0, 2 * np.pi, circuit.n_angles), rng.normal(size=4)
    state, exact = engine.at(angles), StateVectorEngine(circuit).at(angles)
    for draws, expected in (
        (np.array([state.means(words, rng) for _ in range(2000)]), exact.means(words, rng)),
        (np.array([state.gradient(words, weights, rng) for _ in range(2000)]), exact.gradient(words, weights, rng)),
    ):
        error = draws.std(axis=0, ddof=1) / np.sqrt(len(draws))
        moving = error > 1e-12
        assert moving.sum() >= 3
        deviates = (draws.mean(axis=0) - expected)[moving] / error[moving]
        limit = stats.norm.isf(FALSE_ALARM / 2 / moving.sum())
        assert np.abs(deviates).max() < limit
        # The same test tells the means at other angles.
        assert np.abs((draws.mean(axis=0) - expected - 0.1)[moving] / error[moving]).max() > limit
        # Calls are independent of each other.
        pairs = (draws[::2] - expected)[:, moving] * (draws[1::2] - expected)[:, moving]
        z = pairs.mean(axis=0) / pairs.std(axis=0, ddof=1) * np.sqrt(len(pairs))
        assert np.abs(z).max() < limit


@pytest.mark.parametrize("n_qubits", [100, 1000])
def test_a_line_beside_its_closed_form(n_qubits: int) -> None:
    rng, circuit = np.random.default_rng(n_qubits), separate_uses(iqp_circuit(n_qubits, 1, "line"))
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    state = IqpEngine(circuit).at(angles)
    cosines = np.cos(angles)
    own, links = cosines[:n_qubits], np.concatenate([[1.0], cosines[n_qubits:], [1.0]])
    np.testing.assert_allclose(state.means(np.eye(n_qubits, dtype=np.uint8), rng), own * links[:-1] * links[1:])
    block = np.zeros((1, n_qubits), dtype=np.uint8)
    block[0, 20:61] = 1
    np.testing.assert_allclose(state.means(block, rng), own[20:61].prod() * links[20] * links[61])
    slope = state.gradient(block, np.ones(1), rng)
    inside = [*range(20, 61), n_qubits + 19, n_qubits + 60]
    np.testing.assert_allclose(slope[inside], -np.tan(angles[inside]) * state.means(block, rng))
    assert not np.delete(slope, inside).any()


@pytest.mark.parametrize("n_qubits", [50, 150])
def test_a_complete_graph_beside_its_closed_form(n_qubits: int) -> None:
    rng, circuit = np.random.default_rng(n_qubits), separate_uses(iqp_circuit(n_qubits))
    angles = rng.normal(size=circuit.n_angles) / np.sqrt(n_qubits)
    pairs = np.zeros((n_qubits, n_qubits))
    pairs[np.triu_indices(n_qubits, 1)] = angles[n_qubits:]
    pairs = pairs + pairs.T
    words = np.zeros((2, n_qubits), dtype=np.uint8)
    words[0, 5] = 1
    words[1, [5, 9]] = 1
    rest = np.delete(np.arange(n_qubits), [5, 9])
    plus, minus = (pairs[5] + sign * pairs[9] for sign in (1, -1))
    # The pair's own product of Z drops out; the two bits of the word are alike or not.
    both = 0.5 * (
        np.cos(angles[5] + angles[9]) * np.cos(plus[rest]).prod()
        + np.cos(angles[5] - angles[9]) * np.cos(minus[rest]).prod()
    )
    expected = [np.cos(angles[5]) * np.cos(np.delete(pairs[5], 5)).prod(), both]
    np.testing.assert_allclose(IqpEngine(circuit).at(angles).means(words, rng), expected)


def test_what_does_not_commute_is_refused() -> None:
    with pytest.raises(DoesNotFitError, match="iqp: its rotations do not commute: wire 0 is turned about Y and Z"):
        IqpEngine(separate_uses(line_circuit(3, 1)))


def test_fixed_angles_stay() -> None:
    circuit = separate_uses(from_pennylane(template(True), 4, 5))
    angles = circuit.angles(np.zeros(5))
    engine = IqpEngine(circuit)
    angles[np.flatnonzero(engine.form.fixed)[0]] += 0.1
    with pytest.raises(ValueError, match="angles: expected the circuit's fixed value of angle"):
        engine.at(angles)


def test_words_of_the_same_bytes_are_not_taken_for_those_before() -> None:
    """Eight empty words of bytes and one of 64-bit integers."""
    state, rng = IqpEngine(separate_uses(iqp_circuit(3, 1, "line"))).at(np.ones(5)), np.random.default_rng(1)
    for words in (np.zeros((8, 3), dtype=np.uint8), np.zeros((1, 3), dtype=np.int64)):
        np.testing.assert_array_equal(state.means(words, rng), np.ones(len(words)))

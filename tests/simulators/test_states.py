"""States, probabilities and shifted probabilities against PennyLane's default.qubit, hand-made cases and each other."""

from dataclasses import replace
from typing import Any

import numpy as np
import pennylane as qml
import pytest
from numpy.typing import NDArray

from bornscape.circuits import (
    FIXED_GATES,
    ROTATION_PAULIS,
    Circuit,
    Gate,
    adjoint,
    line_circuit,
    primitives,
    product_circuit,
)
from bornscape.circuits.tracing import from_pennylane
from bornscape.simulators.state_vector import (
    Precision,
    layer_probabilities,
    probabilities,
    probability_gradient,
    shifted_states,
    statevector,
)
from support.reference import apply_gates, apply_line, probabilities_node, random_state

DOUBLE = 1e-14
"""About a hundred gates, each adding a rounding error of 1e-16 to amplitudes of at most 1."""
SINGLE = 2e-6
"""The same for single precision's 6e-8."""


def angles_of(circuit: Circuit, seed: int) -> NDArray:
    return np.random.default_rng(seed).uniform(0, 2 * np.pi, circuit.n_parameters)


@pytest.mark.parametrize("pauli_words", [False, True])
@pytest.mark.parametrize(("n", "layers"), [(1, 0), (1, 3), (2, 1), (2, 4), (3, 2), (5, 0), (5, 3)])
def test_line_circuit_agrees_with_pennylane(n: int, layers: int, pauli_words: bool) -> None:
    circuit = line_circuit(n, layers)
    theta = angles_of(circuit, 10 * n + layers)
    node = probabilities_node(n, lambda t: apply_line(t, n, layers, pauli_words))
    q = probabilities(circuit, theta)
    assert q.dtype == np.float64
    np.testing.assert_allclose(q, node(theta), rtol=0, atol=DOUBLE)


@pytest.mark.parametrize("change", ["qubits", "pairs"])
def test_another_order_of_qubits_or_pairs_does_not_agree(change: str) -> None:
    n, layers = 3, 2
    circuit = line_circuit(n, layers)
    theta = angles_of(circuit, 1)
    expected = probabilities_node(n, lambda t: apply_line(t, n, layers))(theta)
    if change == "qubits":
        other = probabilities(circuit, theta).reshape(2, 2, 2).transpose(2, 1, 0).ravel()
    else:
        blocks = list(circuit.gates)
        blocks[3:6], blocks[6:9] = blocks[6:9], blocks[3:6]
        other = probabilities(replace(circuit, gates=tuple(blocks)), theta)
    assert np.abs(other - expected).max() > 1e-3


def test_statevector_agrees_with_pennylane() -> None:
    circuit = line_circuit(4, 2)
    theta = angles_of(circuit, 2)

    @qml.qnode(qml.device("default.qubit", wires=4))
    def node() -> Any:
        apply_line(theta, 4, 2)
        return qml.state()

    np.testing.assert_allclose(statevector(circuit, theta), node(), rtol=0, atol=DOUBLE)


@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 2, 2.0, np.pi])
def test_one_qubit_by_hand(angle: float) -> None:
    expected = [np.cos(angle / 2) ** 2, np.sin(angle / 2) ** 2]
    np.testing.assert_allclose(probabilities(product_circuit(1, "ry"), [angle]), expected, rtol=0, atol=1e-15)
    np.testing.assert_allclose(probabilities(line_circuit(1, 0), [0.4, angle, 1.1]), expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 2, 2.0, np.pi])
def test_two_qubits_by_hand(angle: float) -> None:
    theta = np.zeros(13)
    theta[6] = angle  # exp(-i angle/2 Y X)|00> = cos |00> + sin |11>
    expected = [np.cos(angle / 2) ** 2, 0, 0, np.sin(angle / 2) ** 2]
    np.testing.assert_allclose(probabilities(line_circuit(2, 1), theta), expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("wire", range(4))
def test_wire_0_is_the_most_significant_bit(wire: int) -> None:
    theta = np.zeros(4)
    theta[wire] = np.pi
    expected = np.zeros(16)
    expected[2 ** (3 - wire)] = 1
    np.testing.assert_allclose(probabilities(product_circuit(4, "ry"), theta), expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("name", sorted(FIXED_GATES | set(ROTATION_PAULIS) | {"Rot"}))
def test_every_gate_agrees_with_pennylane(name: str, inverse: bool) -> None:
    n_wires, n_angles = getattr(qml, name).num_wires, getattr(qml, name).num_params
    before, after = line_circuit(4, 1), line_circuit(4, 0)
    size = before.n_parameters
    shifted = [replace(g, angles=tuple(a + size for a in g.angles)) for g in after.gates]
    first = size + after.n_parameters
    gate = Gate(name, (2, 0, 3)[:n_wires], tuple(range(first, first + n_angles)), inverse)
    circuit = Circuit(4, first + n_angles, (*before.gates, gate, *shifted))
    theta = angles_of(circuit, 3)
    expected = probabilities_node(4, lambda t: apply_gates(circuit, t))(theta)
    np.testing.assert_allclose(probabilities(circuit, theta), expected, rtol=0, atol=DOUBLE)
    without = probabilities(replace(circuit, gates=(*before.gates, *shifted)), theta)
    assert np.abs(without - expected).max() > 1e-3


def test_gate_without_kernel_is_named() -> None:
    with pytest.raises(ValueError, match="gate CRX: no kernel"):
        probabilities(Circuit(2, 1, (Gate("CRX", (0, 1), (0,)),)), [0.1])


@pytest.mark.parametrize("precision", ["double", "single"])
def test_probabilities_sum_to_1(precision: Precision) -> None:
    circuit = line_circuit(6, 6)
    q = probabilities(circuit, angles_of(circuit, 4), precision)
    assert q.dtype == np.float64
    assert q.min() >= 0
    assert abs(q.sum() - 1) < 1e-15


def test_a_circuit_without_parameters() -> None:
    bell = Circuit(2, 0, (Gate("Hadamard", (0,)), Gate("CNOT", (0, 1))))
    np.testing.assert_allclose(probabilities(bell, []), [0.5, 0, 0, 0.5], rtol=0, atol=1e-15)
    assert list(shifted_states(bell, [])) == []
    assert probability_gradient(bell, [], np.arange(4.0)).shape == (0,)


def test_initial_state_agrees_with_pennylane() -> None:
    circuit = line_circuit(3, 2)
    theta = angles_of(circuit, 5)
    initial = random_state(3, np.random.default_rng(6))
    expected = probabilities_node(3, lambda t: apply_line(t, 3, 2), initial)(theta)
    np.testing.assert_allclose(probabilities(circuit, theta, initial=initial), expected, rtol=0, atol=DOUBLE)


def test_adjoint_undoes_the_circuit() -> None:
    circuit = line_circuit(5, 3)
    theta = angles_of(circuit, 7)
    back = statevector(adjoint(circuit), theta, initial=statevector(circuit, theta))
    np.testing.assert_allclose(back, np.eye(32)[0], rtol=0, atol=DOUBLE)
    assert abs(statevector(circuit, theta, initial=statevector(circuit, theta))[0]) < 0.9


@pytest.mark.parametrize("precision", ["double", "single"])
def test_layer_probabilities_are_those_of_shallower_circuits(precision: Precision) -> None:
    deep = line_circuit(4, 6)
    theta = angles_of(deep, 8)
    seen = dict(layer_probabilities(deep, theta, [0, 1, 3, 6], precision))
    assert list(seen) == [0, 1, 3, 6]
    for layers, q in seen.items():
        shallow = line_circuit(4, layers)
        expected = probabilities(shallow, theta[: shallow.n_parameters], precision)
        np.testing.assert_allclose(q, expected, rtol=0, atol=DOUBLE if precision == "double" else SINGLE)
    assert np.abs(seen[1] - seen[3]).max() > 1e-3


@pytest.mark.parametrize("layers", [[2, 1], [1, 1], [0, 7], [-1]])
def test_layers_that_do_not_increase_or_exist_are_an_error(layers: list[int]) -> None:
    circuit = line_circuit(2, 6)
    with pytest.raises(ValueError, match="layers: expected increasing numbers below 7"):
        list(layer_probabilities(circuit, np.zeros(circuit.n_parameters), layers))


def test_single_precision_costs_less_than_2e_6_in_total_variation() -> None:
    circuit = line_circuit(12, 12)
    for seed in range(10):
        theta = angles_of(circuit, seed)
        error = np.abs(probabilities(circuit, theta, "single") - probabilities(circuit, theta))
        assert 0 < error.max() < 5e-8
        assert error.sum() / 2 < 2e-6


def traced_circuit() -> Circuit:
    def body(theta: Any, wires: Any) -> None:
        for i in wires:
            qml.Rot(0.3 + i, 0.8 * i + 0.5, theta[0], wires=i)
        qml.PhaseShift(theta[1], wires=2)
        qml.IsingXX(0.5 * theta[0], wires=[2, 0])
        qml.IsingYY(theta[2], wires=[0, 1])
        qml.IsingZZ(-theta[1] + 0.2, wires=[1, 2])
        qml.Hadamard(wires=1)
        qml.RX(theta[2] + theta[0], wires=1)
        qml.adjoint(qml.Rot(theta[1], 0.4, theta[2], wires=0))

    return from_pennylane(body, 3, 3)


SHIFTED = {
    "line": line_circuit(3, 2),
    "adjoint": adjoint(line_circuit(3, 2)),
    "ry": product_circuit(4, "ry"),
    "one qubit": line_circuit(1, 2),
    "traced": traced_circuit(),
    "adjoint of traced": adjoint(traced_circuit()),
}


@pytest.mark.parametrize("register_wires", [None, 0, 1, 2, 3, 4])
@pytest.mark.parametrize(("precision", "tolerance"), [("double", DOUBLE), ("single", SINGLE)])
@pytest.mark.parametrize("with_initial", [False, True])
@pytest.mark.parametrize("name", SHIFTED)
def test_shifted_states_agree_with_shifted_circuits(
    name: str, with_initial: bool, precision: Precision, tolerance: float, register_wires: int | None
) -> None:
    circuit = SHIFTED[name]
    theta = angles_of(circuit, 9)
    n = circuit.n_qubits
    initial = random_state(n, np.random.default_rng(10)) if with_initial else None
    amplitudes = statevector(circuit, theta, precision, initial)
    plain = replace(circuit, n_parameters=circuit.n_angles, angle_map=None)
    angles = circuit.angles(theta)
    uses = list(shifted_states(circuit, theta, precision, initial, register_wires))
    in_gates = [p.angles[0] for gate in circuit.gates for p in primitives(gate) if p.angles]
    assert sorted(use.angle for use in uses) == sorted(in_gates) == list(range(circuit.n_angles))
    for use in uses:
        step = (np.pi / 2) * np.eye(circuit.n_angles)[use.angle]
        for sign, found in zip((1, -1), use.probabilities(amplitudes), strict=True):
            expected = probabilities(plain, angles + sign * step, initial=initial)
            np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def test_shifted_distributions_differ_from_the_unshifted_and_from_each_other() -> None:
    circuit = line_circuit(3, 2)
    theta = angles_of(circuit, 9)
    amplitudes = statevector(circuit, theta)
    uses = list(shifted_states(circuit, theta))
    gaps = [np.abs(np.subtract(*use.probabilities(amplitudes))).max() for use in uses]
    # The last RZ of each qubit, and the first one (on |0>), change nothing; all others do.
    silent = {0, 3, 6, circuit.n_angles - 1, circuit.n_angles - 4, circuit.n_angles - 7}
    assert {use.angle for use, gap in zip(uses, gaps, strict=True) if gap < 1e-12} == silent


def test_tangents_do_not_depend_on_the_register() -> None:
    circuit = line_circuit(5, 2)
    theta = angles_of(circuit, 11)

    def tangents(register_wires: int | None) -> list[np.ndarray]:
        uses = shifted_states(circuit, theta, register_wires=register_wires)
        return [use.tangent for use in sorted(uses, key=lambda use: use.angle)]

    one_by_one = tangents(0)
    for register_wires in (1, 3, 6, 9, None):
        together = tangents(register_wires)
        np.testing.assert_allclose(together, one_by_one, rtol=0, atol=DOUBLE)


def test_an_angle_used_twice_is_shifted_one_use_at_a_time() -> None:
    gates = (Gate("RY", (0,), (0,)), Gate("CNOT", (0, 1)), Gate("RY", (1,), (0,)), Gate("IsingXX", (0, 1), (1,)))
    circuit = Circuit(2, 2, gates)
    apart = Circuit(
        2, 3, tuple(replace(g, angles=(k,)) if g.angles else g for g, k in zip(gates, (0, 0, 1, 2), strict=True))
    )
    theta = np.array([0.7, -1.2])
    amplitudes = statevector(circuit, theta)
    uses = list(shifted_states(circuit, theta))
    assert [use.angle for use in uses] == [0, 0, 1]
    for k, use in enumerate(uses):
        step = (np.pi / 2) * np.eye(3)[k]
        plus, minus = use.probabilities(amplitudes)
        np.testing.assert_allclose(plus, probabilities(apart, theta[[0, 0, 1]] + step), rtol=0, atol=DOUBLE)
        np.testing.assert_allclose(minus, probabilities(apart, theta[[0, 0, 1]] - step), rtol=0, atol=DOUBLE)


@pytest.mark.parametrize("name", SHIFTED)
def test_half_the_difference_of_the_shifted_distributions_is_the_gradient(name: str) -> None:
    circuit = SHIFTED[name]
    theta = angles_of(circuit, 12)
    cotangent = np.random.default_rng(13).normal(size=2**circuit.n_qubits)
    amplitudes = statevector(circuit, theta)
    by_angle = np.zeros(circuit.n_angles)
    for use in shifted_states(circuit, theta):
        plus, minus = use.probabilities(amplitudes)
        by_angle[use.angle] += cotangent @ (plus - minus) / 2
    expected = by_angle if circuit.angle_map is None else circuit.angle_map.matrix.T @ by_angle
    np.testing.assert_allclose(probability_gradient(circuit, theta, cotangent), expected, rtol=0, atol=1e-13)

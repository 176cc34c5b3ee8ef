"""Many parameter vectors at once against one at a time."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest
from numpy.typing import NDArray

from bornscape.circuits import Circuit, Gate, adjoint, entangled_circuit, line_circuit, product_circuit
from bornscape.circuits.tracing import from_pennylane
from bornscape.simulators.state_vector import batch_probabilities, probabilities
from bornscape.simulators.state_vector import batches as module
from bornscape.simulators.state_vector.programs import ENTANGLER


def traced(theta: NDArray, wires: range) -> None:
    """Affine parameters, a bare CNOT upwards, a diagonal gate and the inverse of a turn."""
    qml.RY(2 * theta[0], wires=1)
    qml.CNOT(wires=[2, 0])
    qml.PhaseShift(theta[1] - theta[0], wires=0)
    qml.adjoint(qml.RY(theta[1], wires=0))
    qml.CNOT(wires=[1, 2])


def with_hadamards(theta: NDArray, wires: range) -> None:
    qml.Hadamard(wires=0)
    qml.RX(theta[0], wires=0)


CIRCUITS = {
    "one qubit": line_circuit(1, 0),
    "line": line_circuit(4, 3),
    "product": product_circuit(5, "ry"),
    "pairs in any order": entangled_circuit(4, 2, [(3, 0), (1, 2), (2, 1)]),
    "back": adjoint(line_circuit(3, 2)),
    "traced": from_pennylane(traced, 3, 2),
    "gates without a loop": from_pennylane(with_hadamards, 2, 1),
    "too many qubits for columns": line_circuit(module.LARGEST_COLUMNS + 1, 2),
    "phases, too many for columns": from_pennylane(traced, module.LARGEST_COLUMNS + 2, 2),
    "largest": line_circuit(module.LARGEST, 1),
    "too many qubits": line_circuit(module.LARGEST + 1, 1),
}


@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.parametrize("count", [1, 3, module._WIDTH + 1])
def test_batches_agree_with_one_at_a_time(name: str, count: int) -> None:
    circuit = CIRCUITS[name]
    thetas = np.random.default_rng(count).uniform(0, 2 * np.pi, (count, circuit.n_parameters))
    expected = np.array([probabilities(circuit, theta) for theta in thetas])
    for precision, allowed in (("double", 1e-14), ("single", 2e-6)):
        found = batch_probabilities(circuit, thetas, precision)
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, expected, atol=allowed)
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-13)


def test_which_circuits_have_loops() -> None:
    found = {name for name, circuit in CIRCUITS.items() if module.program(circuit) is None}
    assert found == {"gates without a loop"}


def test_the_entangler_is_one_loop_only_on_its_own_wires() -> None:
    """CNOT RY CNOT with RY on the target is none; nor are two CNOTs of other wires."""
    for wires, other in (((1,), (0, 1)), ((0,), (1, 0))):
        gates = (Gate("CNOT", (0, 1)), Gate("RY", wires, (0,)), Gate("CNOT", other))
        circuit = Circuit(2, 1, (Gate("RY", (0,), (0,)), *gates))
        thetas = np.array([[0.3], [2.1]])
        loops = module.program(circuit)
        assert loops is not None
        assert ENTANGLER not in loops.kinds
        expected = [probabilities(circuit, theta) for theta in thetas]
        np.testing.assert_allclose(batch_probabilities(circuit, thetas), expected, atol=1e-15)


def test_no_vectors_and_no_gates() -> None:
    assert batch_probabilities(line_circuit(3, 1), np.empty((0, 20))).shape == (0, 8)
    np.testing.assert_array_equal(batch_probabilities(Circuit(2, 0, ()), np.empty((2, 0))), [[1, 0, 0, 0]] * 2)


@pytest.mark.parametrize(
    ("thetas", "message"),
    [
        (np.zeros(9), r"thetas: expected shape \(B, 20\), got \(9,\)"),
        (np.zeros((2, 9)), r"theta: expected shape \(20,\), got \(9,\)"),
        (np.full((2, 20), np.nan), "theta: expected finite values"),
    ],
)
def test_bad_vectors_are_an_error(thetas: NDArray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        batch_probabilities(line_circuit(3, 1), thetas)

"""Quantum fidelity losses against PennyLane, their inequalities, and cases by hand."""

from typing import Any

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bornscape.circuits import Circuit, line_circuit, product_circuit
from bornscape.losses.fidelity import (
    LinearLoss,
    data_state,
    local_fidelity_values,
    local_quantum_fidelity_loss,
    quantum_fidelity_loss,
    returned_probabilities,
)
from bornscape.simulators.state_vector import probabilities
from support.reference import all_strings, apply_line

ROUNDING = 1e-14


def case(n: int, layers: int, seed: int) -> tuple[Circuit, NDArray, NDArray]:
    circuit = line_circuit(n, layers)
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(2**n))
    p[rng.integers(0, 2, size=2**n).astype(bool) & (p < p.max())] = 0
    return circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters), p / p.sum()


@pytest.mark.parametrize(("n", "layers"), [(1, 0), (1, 2), (2, 1), (3, 2), (4, 1)])
def test_both_losses_agree_with_pennylane(n: int, layers: int) -> None:
    circuit, theta, p = case(n, layers, 80 + n)

    @qml.qnode(qml.device("default.qubit", wires=n))
    def node() -> Any:
        qml.StatePrep(np.sqrt(p), wires=range(n))
        qml.adjoint(apply_line)(theta, n, layers)
        return qml.probs(wires=range(n)), [qml.expval(qml.PauliZ(i)) for i in range(n)]

    returned, z = node()
    np.testing.assert_allclose(returned_probabilities(circuit, theta, p), returned, rtol=0, atol=ROUNDING)
    assert quantum_fidelity_loss(circuit, theta, p) == pytest.approx(1 - returned[0], rel=0, abs=ROUNDING)
    expected = 0.5 - np.sum(z) / (2 * n)
    assert local_quantum_fidelity_loss(circuit, theta, p) == pytest.approx(expected, rel=0, abs=ROUNDING)
    assert np.abs(returned - probabilities(circuit, theta)).max() > 1e-3


@pytest.mark.parametrize(("n", "layers"), [(1, 1), (2, 1), (3, 2)])
def test_local_loss_agrees_with_the_sum_over_hadamard_tests(n: int, layers: int) -> None:
    """LQF = 1/2 - 1/(2n) sum sqrt(p(x) p(x')) <x|U Z_i U^dagger|x'>; QF from the same matrix."""
    circuit, theta, p = case(n, layers, 90 + n)
    unitary = qml.matrix(lambda: apply_line(theta, n, layers), wire_order=range(n))()
    root = np.sqrt(p)
    total = 0.0
    for i in range(n):
        z = np.diag(1.0 - 2.0 * all_strings(n)[:, i])
        total += np.real(root @ unitary @ z @ unitary.conj().T @ root)
    found = local_quantum_fidelity_loss(circuit, theta, p)
    assert found == pytest.approx(0.5 - total / (2 * n), rel=0, abs=ROUNDING)
    overlap = abs(unitary[:, 0].conj() @ root) ** 2
    assert quantum_fidelity_loss(circuit, theta, p) == pytest.approx(1 - overlap, rel=0, abs=ROUNDING)


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 5), st.integers(0, 3), st.integers(0, 10**9))
def test_local_and_global_loss_bound_each_other(n: int, layers: int, seed: int) -> None:
    circuit, theta, p = case(n, layers, seed)
    local, whole = local_quantum_fidelity_loss(circuit, theta, p), quantum_fidelity_loss(circuit, theta, p)
    assert -ROUNDING <= local <= whole + ROUNDING
    assert whole <= n * local + ROUNDING
    assert whole <= 1


def returned_ones(n: int, ones: int) -> tuple[Circuit, NDArray, NDArray]:
    """A product circuit and a target that return a bitstring of ``ones`` ones."""
    return product_circuit(n, "ry"), np.pi * (np.arange(n) < ones), np.eye(2**n)[0]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_both_bounds_are_reached(n: int) -> None:
    circuit, theta, p = returned_ones(n, n)
    assert local_quantum_fidelity_loss(circuit, theta, p) == pytest.approx(1, rel=1e-14)
    assert quantum_fidelity_loss(circuit, theta, p) == pytest.approx(1, rel=1e-14)
    circuit, theta, p = returned_ones(n, 1)
    assert local_quantum_fidelity_loss(circuit, theta, p) == pytest.approx(1 / n, rel=1e-14)
    assert quantum_fidelity_loss(circuit, theta, p) == pytest.approx(1, rel=1e-14)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_both_losses_vanish_together_for_a_product_target(n: int) -> None:
    rng = np.random.default_rng(100 + n)
    circuit = product_circuit(n, "ry")
    theta = rng.uniform(0.2, np.pi - 0.2, n)  # amplitudes are then positive, as the data state's
    p = probabilities(circuit, theta)
    assert local_quantum_fidelity_loss(circuit, theta, p) == pytest.approx(0, abs=ROUNDING)
    assert quantum_fidelity_loss(circuit, theta, p) == pytest.approx(0, abs=ROUNDING)
    for i in range(n):
        moved = theta + 0.1 * np.eye(n)[i]
        assert local_quantum_fidelity_loss(circuit, moved, p) == pytest.approx(np.sin(0.05) ** 2 / n, rel=1e-10)
        assert quantum_fidelity_loss(circuit, moved, p) == pytest.approx(np.sin(0.05) ** 2, rel=1e-10)


def test_equal_probabilities_are_not_enough() -> None:
    """RY(-a) gives RY(a)'s probabilities, but not its amplitudes."""
    circuit = product_circuit(1, "ry")
    p = probabilities(circuit, [1.0])
    np.testing.assert_allclose(probabilities(circuit, [-1.0]), p, rtol=0, atol=ROUNDING)
    assert quantum_fidelity_loss(circuit, [-1.0], p) == pytest.approx(np.sin(1.0) ** 2, rel=1e-13)


def test_data_state() -> None:
    np.testing.assert_array_equal(data_state(np.array([0.25, 0, 0.75, 0])), [0.5, 0, np.sqrt(0.75), 0])


def test_local_fidelity_values_are_shares_of_ones() -> None:
    np.testing.assert_array_equal(local_fidelity_values(1), [0, 1])
    np.testing.assert_allclose(local_fidelity_values(3), [0, 1 / 3, 1 / 3, 2 / 3, 1 / 3, 2 / 3, 2 / 3, 1], rtol=1e-15)


def test_linear_loss_is_the_fidelity_of_what_is_returned() -> None:
    circuit, theta, p = case(3, 1, 110)
    returned = returned_probabilities(circuit, theta, p)
    assert LinearLoss(local_fidelity_values(3))(returned) == local_quantum_fidelity_loss(circuit, theta, p)
    values = np.array([3.0, 1.0])
    assert LinearLoss(values)(np.array([0.25, 0.75])) == 1.5
    np.testing.assert_array_equal(LinearLoss(values).derivative(np.array([0.25, 0.75])), values)

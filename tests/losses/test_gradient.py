"""Exact gradients against PennyLane's backpropagation, the parameter shift and finite differences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pennylane as qml
import pytest
from numpy.typing import NDArray
from pennylane import numpy as pnp

import bornscape as bs
from bornscape.circuits import Circuit, Gate, adjoint, line_circuit
from bornscape.circuits.tracing import from_pennylane
from bornscape.losses.explicit import DEFINITIONS, ExplicitLoss
from bornscape.losses.fidelity import LinearLoss, data_state, local_fidelity_values
from bornscape.losses.gradient import gradient, slope_of
from bornscape.losses.mmd import MMDLoss
from bornscape.simulators.state_vector import (
    probabilities,
    probabilities_and_pullback,
    probability_gradient,
    statevector,
)
from support.reference import apply_line, central_differences, kernel_matrix, probabilities_node

N, LAYERS = 3, 2
CIRCUIT = line_circuit(N, LAYERS)
THETA = np.random.default_rng(20).uniform(0, 2 * np.pi, CIRCUIT.n_parameters)
FULL = np.random.default_rng(21).dirichlet(np.ones(2**N))
SPARSE = np.array([0.5, 0, 0, 0.2, 0, 0.3, 0, 0])

# The losses once more, as plain formulas that autograd follows; q has no zeros here, so nothing is clipped.
FORMULAS: dict[str, Callable[[Any, Any], Any]] = {
    "kld": lambda p, q: -pnp.sum(p * pnp.log(q)),
    "reverse_kld": lambda p, q: pnp.sum(q * pnp.log(q / p)),
    "jsd": lambda p, q: pnp.sum(q * pnp.log(q / (p + q))) - pnp.sum(p * pnp.log(p + q)),
    "tvd": lambda p, q: pnp.sum(pnp.abs(p - q)),
    "classical_fidelity": lambda p, q: -pnp.sum(pnp.sqrt(p) * pnp.sqrt(q)),
    "renyi_2": lambda p, q: pnp.log(pnp.sum(p**2 / q)),
    "renyi_0.5": lambda p, q: -2 * pnp.log(pnp.sum(pnp.sqrt(p) * pnp.sqrt(q))),
}
"""Up to constants that do not depend on q."""


def backpropagated(loss: Callable[[Any], Any]) -> np.ndarray:
    node = probabilities_node(N, lambda t: apply_line(t, N, LAYERS))
    return np.asarray(qml.grad(lambda t: loss(node(t)))(pnp.array(THETA, requires_grad=True)))


def close(found: NDArray, expected: NDArray) -> None:
    """Both are exact: what remains is rounding, of the size of the largest entry."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("p", [FULL, SPARSE], ids=["full", "sparse"])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_explicit_losses_agree_with_backpropagation(name: str, p: NDArray) -> None:
    # The reverse KLD's formula divides by p, which the loss clips.
    floor = np.maximum(p, 1e-14) if name == "reverse_kld" else p
    expected = backpropagated(lambda q: FORMULAS[name](floor, q))
    assert np.abs(expected).max() > 1e-3
    close(gradient(CIRCUIT, THETA, ExplicitLoss(name, p)), expected)


@pytest.mark.parametrize("bandwidth", [0.3, 1.0, 5.0, (0.1, 1.0, 7.0)])
def test_mmd_agrees_with_backpropagation(bandwidth: Any) -> None:
    matrix = kernel_matrix(N, bandwidth)
    expected = backpropagated(lambda q: (q - SPARSE) @ matrix @ (q - SPARSE))
    assert np.abs(expected).max() > 1e-3
    close(gradient(CIRCUIT, THETA, MMDLoss(SPARSE, bandwidth)), expected)


def test_gradients_of_different_losses_differ() -> None:
    found = [gradient(CIRCUIT, THETA, ExplicitLoss(name, FULL)) for name in DEFINITIONS]
    found += [gradient(CIRCUIT, THETA, MMDLoss(FULL, s)) for s in (0.3, 5.0)]
    for i, a in enumerate(found):
        for b in found[:i]:
            assert np.abs(a - b).max() > 1e-6


@pytest.mark.parametrize("name", DEFINITIONS)
def test_explicit_losses_agree_with_finite_differences(name: str) -> None:
    loss = ExplicitLoss(name, FULL)
    expected = central_differences(lambda t: loss(probabilities(CIRCUIT, t)), THETA, 1e-5)
    found = gradient(CIRCUIT, THETA, loss)
    # Truncation 1e-10 times the third derivative (here up to about 100 times the gradient), rounding 1e-11.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8 * max(1.0, np.abs(found).max()))


def test_linear_losses_agree_with_the_parameter_shift() -> None:
    values = np.random.default_rng(22).normal(size=2**N)
    node = probabilities_node(N, lambda t: apply_line(t, N, LAYERS))
    shifts = (np.pi / 2) * np.eye(CIRCUIT.n_parameters)
    expected = [values @ (node(THETA + s) - node(THETA - s)) / 2 for s in shifts]
    close(gradient(CIRCUIT, THETA, LinearLoss(values)), np.array(expected))


def test_local_fidelity_through_the_adjoint_circuit() -> None:
    p = SPARSE
    inverse = adjoint(CIRCUIT)
    psi = statevector(inverse, THETA, initial=data_state(p))
    values = local_fidelity_values(N)
    found = probability_gradient(inverse, THETA, LinearLoss(values).derivative(np.abs(psi) ** 2), amplitudes=psi)
    node = probabilities_node(N, lambda t: qml.adjoint(apply_line)(t, N, LAYERS), np.sqrt(p))
    expected = qml.grad(lambda t: values @ node(t))(pnp.array(THETA, requires_grad=True))
    close(found, np.asarray(expected))
    by_steps = central_differences(lambda t: bs.local_quantum_fidelity_loss(CIRCUIT, t, p), THETA, 1e-5)
    np.testing.assert_allclose(found, by_steps, rtol=0, atol=1e-9)


def test_amplitudes_given_or_found_are_the_same() -> None:
    cotangent = np.random.default_rng(23).normal(size=2**N)
    psi = statevector(CIRCUIT, THETA)
    np.testing.assert_array_equal(
        probability_gradient(CIRCUIT, THETA, cotangent),
        probability_gradient(CIRCUIT, THETA, cotangent, amplitudes=psi),
    )


def _phased(theta: Any, wires: Any) -> None:
    """A gate whose loop leaves the global phase out, and one that has no loop."""
    for i in wires:
        qml.RY(theta[i], wires=i)
        qml.PhaseShift(theta[i] / 2, wires=i)
    qml.CNOT(wires=[0, 1])


def _crossed(theta: Any, wires: Any) -> None:
    _phased(theta, wires)
    qml.IsingXX(theta[0], wires=[1, 2])


@pytest.mark.parametrize("start", [None, data_state(FULL)], ids=["zeros", "data"])
@pytest.mark.parametrize("body", [None, _phased, _crossed], ids=["loops", "phase", "lightning"])
def test_a_pullback_gives_what_the_two_passes_give(body: Any, start: NDArray | None) -> None:
    circuit = CIRCUIT if body is None else from_pennylane(body, N, N)
    theta, cotangent = THETA[: circuit.n_parameters], np.random.default_rng(24).normal(size=2**N)
    psi = statevector(circuit, theta, initial=start)
    q, pull = probabilities_and_pullback(circuit, theta, start)
    np.testing.assert_array_equal(q, psi.real**2 + psi.imag**2)
    np.testing.assert_array_equal(pull(cotangent), probability_gradient(circuit, theta, cotangent, amplitudes=psi))


def test_shared_and_affine_parameters() -> None:
    def body(theta: Any, wires: Any) -> None:
        for i in wires:
            qml.RY(theta[0] + 0.3 * i, wires=i)
        qml.IsingXX(-0.5 * theta[1] + theta[0] + 0.3, wires=[0, 1])
        qml.CRZ(theta[2], wires=[1, 2])
        qml.RX(2 * theta[1], wires=2)
        qml.CRX(theta[2] - theta[0], wires=[2, 0])

    circuit = from_pennylane(body, N, 3)
    theta = np.array([0.8, -1.7, 2.2])
    node = probabilities_node(N, lambda t: body(t, range(N)))
    expected = qml.grad(lambda t: FORMULAS["kld"](SPARSE, node(t)))(pnp.array(theta, requires_grad=True))
    close(gradient(circuit, theta, ExplicitLoss("kld", SPARSE)), np.asarray(expected))


def test_an_angle_that_several_gates_use() -> None:
    gates = (Gate("RY", (0,), (0,)), Gate("CNOT", (0, 1)), Gate("RY", (1,), (0,), True), Gate("Rot", (0,), (1, 0, 1)))
    circuit = Circuit(2, 2, gates)
    theta = np.array([0.7, -1.2])
    loss = MMDLoss(np.array([0.5, 0, 0, 0.5]), 1.0)
    expected = central_differences(lambda t: loss(probabilities(circuit, t)), theta, 1e-5)
    np.testing.assert_allclose(gradient(circuit, theta, loss), expected, rtol=0, atol=1e-9)


def test_a_loss_written_with_autograd() -> None:
    def loss(q: Any) -> Any:
        return pnp.sum((q - SPARSE) ** 3) + pnp.log(pnp.sum(q**2))

    close(gradient(CIRCUIT, THETA, loss), backpropagated(loss))


def test_slope_of_prefers_the_loss_s_own_derivative() -> None:
    class Loss:
        def __call__(self, q: Any) -> float:
            return float(q.sum())

        def derivative(self, q: Any) -> list[float]:
            return [7.0] * len(q)

    slope = slope_of(Loss(), np.full(4, 0.25))
    assert slope.dtype == np.float64
    np.testing.assert_array_equal(slope, [7.0] * 4)


@pytest.mark.parametrize(
    "loss",
    [
        pytest.param(lambda q: float(np.sum(q**2)), id="float"),
        pytest.param(lambda q: np.max(q), id="plain numpy"),
        pytest.param(lambda q: bs.mmd(q, SPARSE, 1.0), id="package function"),
        pytest.param(lambda q: bs.kl_divergence(SPARSE, q), id="package function of two"),
        pytest.param(lambda q: q, id="vector"),
        pytest.param(3.0, id="no function"),
    ],
)
def test_a_loss_without_derivative_is_an_error(loss: Any) -> None:
    with pytest.raises(
        ValueError, match=r"loss .*: expected a method derivative\(q\), or a function of autograd.numpy"
    ):
        gradient(CIRCUIT, THETA, loss)

"""Gradients of an objective: from shots by the parameter-shift rule, exact, and how one compares with the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import empirical
from bornscape.simulators.state_vector import Complex, Precision, probability_gradient, shifted_blocks, statevector
from bornscape.training.objectives import Objective
from bornscape.training.shifted_shots import Measured, measured, shift_differences
from bornscape.training.window_shots import window_differences, worth_it


def sampled_gradient(
    goal: Objective,
    theta: Float,
    shots: int,
    rng: np.random.Generator,
    precision: Precision = "single",
    batch: int = 1,
) -> tuple[Float, float]:
    """Gradient by the parameter-shift rule with ``shots`` measurements of every circuit, and the estimated loss.

    The gradient is sum_x (dL/dq)(x) (q+ - q-)(x) / 2 with dL/dq, q+ and q- each estimated from their own shots: the
    shift rule holds for q, not for a loss that is not linear in q. Angles that cannot change the measured
    distribution get exactly 0 instead of the noise of two equal circuits. With a ``batch`` it is the mean of so many
    independent estimates, each from shots of its own, and so is the loss.

    Returns
    -------
    ((n_parameters,), loss).
    """
    psi = statevector(goal.circuit, theta, precision, goal.initial)
    seen = [empirical(psi.real**2 + psi.imag**2, shots, rng) for _ in range(batch)]
    slopes = np.array([goal.loss.derivative(q) for q in seen])
    layers = goal.line_layers
    if layers is not None and precision == "single" and worth_it(goal.circuit.n_qubits, layers, batch * shots):
        differences = window_differences(slopes, goal.circuit, layers, theta, shots, rng, goal.inert)
    else:
        differences = _from_states(goal, theta, psi, measured(slopes, shots), rng, precision)
    return goal.circuit.to_parameters(differences / 2), float(np.mean([goal.loss(q) for q in seen]))


def _from_states(
    goal: Objective, theta: Float, psi: Complex, slopes: Measured, rng: np.random.Generator, precision: Precision
) -> Float:
    """Differences of the means at both shifts, (n_angles,), from the tangent states."""
    total = np.zeros(goal.circuit.n_angles)
    for block in shifted_blocks(goal.circuit, theta, precision, goal.initial, skip=goal.inert):
        np.add.at(total, block.angles, shift_differences(slopes, psi, block, rng))
    return total


def exact_gradient(goal: Objective, theta: Float) -> tuple[Float, float]:
    """Gradient and loss with infinitely many shots, by one vector-Jacobian pass."""
    psi = statevector(goal.circuit, theta, "double", goal.initial)
    q = np.abs(psi) ** 2
    return probability_gradient(goal.circuit, theta, goal.loss.derivative(q), psi), goal.loss(q)


class GradientSignal(NamedTuple):
    """A gradient beside the noise of its estimates: Euclidean norms over the parameters."""

    norm: float
    noise: float

    @property
    def ratio(self) -> float:
        """Signal-to-noise ratio."""
        return self.norm / self.noise


def gradient_signal(
    goal: Objective, theta: Float, shots: int, rng: np.random.Generator, repeats: int = 8
) -> GradientSignal:
    """The exact gradient's norm, and the root of the summed variances of its estimates from ``shots`` measurements."""
    exact, _ = exact_gradient(goal, theta)
    estimates = np.array([sampled_gradient(goal, theta, shots, rng)[0] for _ in range(repeats)])
    return GradientSignal(float(np.linalg.norm(exact)), float(np.sqrt(estimates.var(axis=0, ddof=1).sum())))

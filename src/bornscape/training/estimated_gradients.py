"""Gradients of an objective: from shots by the parameter-shift rule, exact, and how one compares with the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import empirical, sample_indices
from bornscape.simulators.line_tangents import LineTangents, few_layers, few_outcomes
from bornscape.simulators.state_vector import (
    Complex,
    Precision,
    ShiftedBlock,
    probabilities,
    probabilities_and_pullback,
    shifted_blocks,
    statevector,
)
from bornscape.training.objectives import Loss, Objective
from bornscape.training.shifted_shots import Measured, measured, shift_differences
from bornscape.training.window_shots import angles_of, shifted_outcomes, window_differences, worth_it


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
    wanted, layers, n = measured(slopes, shots), goal.line_layers, goal.circuit.n_qubits
    few = layers is not None and wanted.rest >= 0 and few_outcomes(n, layers, len(wanted.outcomes))
    if few or layers is None or precision != "single" or not worth_it(n, layers, batch * shots):
        differences = _from_states(goal, theta, psi, wanted, rng, precision)
    else:
        differences = window_differences(slopes, goal.circuit, layers, theta, shots, rng, goal.inert)
    return goal.circuit.to_parameters(differences / 2), float(np.mean([goal.loss(q) for q in seen]))


def _from_states(
    goal: Objective, theta: Float, psi: Complex, slopes: Measured, rng: np.random.Generator, precision: Precision
) -> Float:
    """Differences of the means at both shifts, (n_angles,), from the tangent states."""
    circuit, layers, total = goal.circuit, goal.line_layers, np.zeros(goal.circuit.n_angles)
    blocks: Iterator[ShiftedBlock]
    if layers is not None and few_layers(circuit.n_qubits, layers):
        tangents = LineTangents(circuit.n_qubits, layers, theta, precision, angles_of(circuit, goal.inert))
        if slopes.rest >= 0 and few_outcomes(circuit.n_qubits, layers, len(slopes.outcomes)):
            psi, blocks = psi[slopes.outcomes], tangents.blocks_at(slopes.outcomes)
            slopes = slopes._replace(outcomes=np.arange(len(psi)))
        else:
            blocks = tangents.blocks()
    else:
        blocks = shifted_blocks(circuit, theta, precision, goal.initial, skip=goal.inert)
    for block in blocks:
        np.add.at(total, block.angles, shift_differences(slopes, psi, block, rng))
    return total


@runtime_checkable
class SampledLoss(Loss, Protocol):
    """A loss that can be computed from measured strings."""

    def of_samples(self, indices: NDArray[np.int64]) -> float:
        """Value at the empirical distribution of the strings, indices of basis states, (N,)."""


def shifted_loss_gradient(goal: Objective, theta: Float, shots: int, rng: np.random.Generator) -> tuple[Float, float]:
    """(L(theta + pi/2) - L(theta - pi/2)) / 2 of every angle, each loss estimated from its own ``shots``.

    That is the gradient of a loss that is linear in q, not of the MMD or the KLD: whether the paper's training did this
    is a hypothesis (its caption counts shots a loss evaluation).

    Returns
    -------
    ((n_parameters,), loss).

    Raises
    ------
    ValueError
        If the circuit is no line circuit from |0...0>, or the loss has no value for measured strings.
    """
    layers = goal.line_layers
    if layers is None or not isinstance(goal.loss, SampledLoss):
        raise ValueError("shift of the loss: expected an MMD or a KLD of a line circuit")
    differences = np.zeros(goal.circuit.n_angles)
    for block in shifted_outcomes(goal.circuit, layers, theta, shots, rng, goal.inert):
        sides = [[goal.loss.of_samples(strings) for strings in both] for both in block.indices]
        differences[block.angles] = np.subtract(*np.transpose(sides))
    q = probabilities(goal.circuit, theta)
    return goal.circuit.to_parameters(differences / 2), goal.loss.of_samples(sample_indices(q, shots, rng))


def hadamard_gradient(goal: Objective, theta: Float, shots: int, rng: np.random.Generator) -> tuple[Float, float]:
    """The LQF's gradient by the shift rule, each loss from ``shots`` Hadamard tests of random pairs of strings.

    LQF = 1/2 - (W/2) m, with m the mean outcome (+1 or -1) of a random pair and W the pairs' weight. Outcomes follow
    the exact m at both shifts but for their mean, which is taken to be the unshifted one: it changes the noise by less
    than 1/W^2 of itself.

    Returns
    -------
    ((n_parameters,), loss).
    """
    assert goal.pair_weight is not None
    gradient, value = exact_gradient(goal, theta)
    losses = np.array([value + gradient, value - gradient, np.full_like(gradient, value)])
    means = np.clip((1 - 2 * losses) / goal.pair_weight, -1.0, 1.0)
    seen = 2 * rng.binomial(shots, (1 + means) / 2) / shots - 1
    estimated = 0.5 - goal.pair_weight / 2 * seen
    return (estimated[0] - estimated[1]) / 2, float(estimated[2, 0])


def exact_gradient(goal: Objective, theta: Float) -> tuple[Float, float]:
    """Gradient and loss with infinitely many shots, by one vector-Jacobian pass."""
    q, pull = probabilities_and_pullback(goal.circuit, theta, goal.initial)
    return pull(goal.loss.derivative(q)), goal.loss(q)


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

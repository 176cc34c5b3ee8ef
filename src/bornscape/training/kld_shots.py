"""The law of the first gradient of a KLD that is estimated from shots: its mean, its noise, and how often it is zero.

The estimate is ``gradients.sampled_gradient``'s, sum_x s(x) (q+ - q-)(x) / 2 with s(x) = -p(x) / max(q(x), eps), each
of q, q+ and q- the empirical distribution of its own shots. Given s, mean and variance over the shifted circuits' shots
are exact; s is averaged over draws. Only probabilities of training strings are needed, so that several data sets share
one pass through the circuit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit, inert_uses
from bornscape.losses.supports import SparseTarget
from bornscape.simulators.state_vector import Complex, ShiftedState, shifted_states, statevector

_SLOPE_DRAWS = 64
"""Draws of the slopes s, which hardly vary where few shots hit the training set."""


class EstimatedGradient(NamedTuple):
    """One entry for each angle that can change the measured distribution, (A,) each.

    Attributes
    ----------
    angles
        Which angle of the circuit an entry belongs to.
    mean, variance
        Of the estimated derivative.
    hit_chance
        Chance that any shot of its two circuits hits the training set; without a hit the estimate is exactly 0.
    sample
        One estimate of the gradient; its entries share one draw of s.
    """

    angles: NDArray[np.int64]
    mean: Float
    variance: Float
    hit_chance: Float
    sample: Float

    @property
    def signal_to_noise(self) -> float:
        """Norm of the mean over the root of the summed variances; 0 for an estimate that is always 0."""
        noise = float(np.sqrt(self.variance.sum()))
        return float(np.linalg.norm(self.mean)) / noise if noise > 0 else 0.0


@dataclass(frozen=True, eq=False)
class _Estimate:
    """A data set, what psi has on it, and the slopes drawn: (R, M), the first of them used for the sample."""

    target: SparseTarget
    amplitudes: Complex
    slopes: Float
    shots: int

    def entry(self, shifted: ShiftedState, rng: np.random.Generator) -> tuple[float, float, float, float]:
        """Mean, variance, chance of a hit and one sample of the derivative that ``shifted`` gives."""
        inside = ShiftedState(shifted.angle, shifted.sign, shifted.tangent[self.target.indices])
        sides = [np.maximum(q.astype(np.float64), 0.0) for q in inside.probabilities(self.amplitudes)]
        means = [self.slopes @ q for q in sides]
        spread = [self.slopes**2 @ q - mean**2 for q, mean in zip(sides, means, strict=True)]
        middle = (means[0] - means[1]) / 2
        variance = float((spread[0] + spread[1]).mean()) / (4 * self.shots) + float(middle.var(ddof=1))
        missed = np.log1p(-np.minimum([q.sum() for q in sides], 1 - 1e-16)).sum()
        plus, minus = (self._sampled(q, rng) for q in sides)
        return float(middle.mean()), variance, float(-np.expm1(self.shots * missed)), (plus - minus) / 2

    def _sampled(self, q: Float, rng: np.random.Generator) -> float:
        """Mean of the first slopes over the shots of a circuit with probabilities q on the training set, (M,)."""
        mass = float(q.sum())
        hits = rng.binomial(self.shots, min(1.0, mass))
        return float(self.slopes[0] @ rng.multinomial(hits, q / mass)) / self.shots if hits else 0.0


def _slopes(target: SparseTarget, q: Float, shots: int, epsilon: float, rng: np.random.Generator) -> Float:
    """Slopes -p / max(q~, eps) on the training set from draws of ``shots`` measurements, (R, M)."""
    inside = np.append(q[target.indices], 0.0)
    inside[-1] = max(0.0, 1.0 - inside.sum())
    counts = rng.multinomial(shots, inside / inside.sum(), size=_SLOPE_DRAWS)[:, :-1]
    return -target.probabilities / np.maximum(counts / shots, epsilon)


def estimated_gradients(
    circuit: Circuit,
    theta: Float,
    targets: Sequence[SparseTarget],
    shots: int,
    epsilon: float,
    rng: np.random.Generator,
) -> list[EstimatedGradient]:
    """The law of the estimated KLD's gradient for each target, from one pass through the circuit.

    Parameters
    ----------
    circuit
        Each angle is a parameter and is used once, as in ``line_circuit``.
    theta
        (n_parameters,), radians.
    shots
        N, of each circuit.
    epsilon
        What a vanishing estimate of q is clipped to.

    Raises
    ------
    ValueError
        If the circuit's angles are not its parameters, each used once.
    """
    uses = sum(len(gate.angles) for gate in circuit.gates)
    if circuit.angle_map is not None or uses != circuit.n_parameters:
        raise ValueError("circuit: expected one that uses each of its parameters as one angle, once")
    psi = statevector(circuit, theta, "single")
    q = psi.real.astype(np.float64) ** 2 + psi.imag.astype(np.float64) ** 2
    q /= q.sum()
    estimates = [
        _Estimate(target, psi[target.indices], _slopes(target, q, shots, epsilon, rng), shots) for target in targets
    ]
    angles: list[int] = []
    entries: list[list[tuple[float, ...]]] = [[] for _ in targets]
    for shifted in shifted_states(circuit, theta, "single", skip=inert_uses(circuit)):
        angles.append(shifted.angle)
        for of_target, estimate in zip(entries, estimates, strict=True):
            of_target.append(estimate.entry(shifted, rng))
    return [EstimatedGradient(np.array(angles), *np.array(of_target).T) for of_target in entries]

"""The law of the first gradient of a KLD that is estimated from shots: its mean, its noise, and how often it is zero.

The estimate is ``gradients.sampled_gradient``'s, sum_x s(x) (q+ - q-)(x) / 2 with the slope s of the loss, for the
clipped KLD -p(x) / max(q(x), eps), each of q, q+ and q- the empirical distribution of its own shots. Given s, mean and
variance over the shifted circuits' shots are exact; s is averaged over draws. Only probabilities of training strings
are needed, so that several data sets, and several forms of the KLD on the same shots, share one pass through the
circuit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit, inert_uses
from bornscape.losses.regularised_kld import Form, RegularisedKLD
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
    exact
        Derivative of the KLD itself, from exact probabilities.
    """

    angles: NDArray[np.int64]
    mean: Float
    variance: Float
    hit_chance: Float
    sample: Float
    exact: Float

    @property
    def signal_to_noise(self) -> float:
        """Norm of the mean over the root of the summed variances; 0 for an estimate that is always 0."""
        noise = float(np.sqrt(self.variance.sum()))
        return float(np.linalg.norm(self.mean)) / noise if noise > 0 else 0.0

    @property
    def alignment(self) -> float:
        """What part of the estimate's mean square lies along the exact gradient, as a cosine, -1 to 1.

        E[g].e / sqrt(E|g|^2) with e the exact gradient's direction: noise and a wrong mean both lower it, a factor of
        the estimate does not matter. 0 for an estimate that is always 0.
        """
        size = float(np.sqrt(self.mean @ self.mean + self.variance.sum())) * float(np.linalg.norm(self.exact))
        return float(self.mean @ self.exact) / size if size > 0 else 0.0


@dataclass(frozen=True, eq=False)
class _Estimate:
    """A data set, what psi has on it, and the slopes drawn, (R, F, M) for F losses: the first are used for the sample.

    ``exact`` are the KLD's own slopes, (M,).
    """

    target: SparseTarget
    amplitudes: Complex
    slopes: Float
    exact: Float
    shots: int

    def entry(self, shifted: ShiftedState, rng: np.random.Generator) -> Float:
        """What ``shifted`` says of its derivative: mean, variance, chance of a hit, a sample, exact value; (5, F)."""
        inside = ShiftedState(shifted.angle, shifted.sign, shifted.tangent[self.target.indices])
        sides = [np.maximum(q.astype(np.float64), 0.0) for q in inside.probabilities(self.amplitudes)]
        means = [self.slopes @ q for q in sides]
        spread = [self.slopes**2 @ q - mean**2 for q, mean in zip(sides, means, strict=True)]
        middle = (means[0] - means[1]) / 2
        variance = (spread[0] + spread[1]).mean(axis=0) / (4 * self.shots) + middle.var(axis=0, ddof=1)
        missed = np.log1p(-np.minimum([q.sum() for q in sides], 1 - 1e-16)).sum()
        plus, minus = (self._sampled(q, rng) for q in sides)
        exact = self.exact @ (sides[0] - sides[1]) / 2
        shared = np.ones_like(plus)
        hit = -np.expm1(self.shots * missed)
        return np.array([middle.mean(axis=0), variance, hit * shared, (plus - minus) / 2, exact * shared])

    def _sampled(self, q: Float, rng: np.random.Generator) -> Float:
        """Mean of the first slopes over the shots of a circuit with probabilities q on the training set, (F,)."""
        mass = float(q.sum())
        hits = rng.binomial(self.shots, min(1.0, mass))
        counts = rng.multinomial(hits, q / mass) if hits else np.zeros_like(q)
        return np.asarray(self.slopes[0] @ counts / self.shots)


def _counts(target: SparseTarget, q: Float, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Shots at each training string in draws of ``shots`` measurements, (R, M)."""
    inside = np.append(q[target.indices], 0.0)
    inside[-1] = max(0.0, 1.0 - inside.sum())
    return rng.multinomial(shots, inside / inside.sum(), size=_SLOPE_DRAWS)[:, :-1]


def estimated_gradients(
    circuit: Circuit,
    theta: Float,
    targets: Sequence[SparseTarget],
    shots: int,
    epsilon: float,
    rng: np.random.Generator,
) -> list[EstimatedGradient]:
    """The law of the gradient of the KLD clipped at ``epsilon``, for each target; see ``gradients_of_forms``."""
    laws = gradients_of_forms(circuit, theta, targets, shots, [("clipped", epsilon)], rng)
    return [law for (law,) in laws]


def gradients_of_forms(
    circuit: Circuit,
    theta: Float,
    targets: Sequence[SparseTarget],
    shots: int,
    forms: Sequence[tuple[Form, float]],
    rng: np.random.Generator,
) -> list[list[EstimatedGradient]]:
    """The law of the estimated KLD's gradient for each target and each of its forms, from one pass through the circuit.

    Parameters
    ----------
    circuit
        Each angle is a parameter and is used once, as in ``line_circuit``.
    theta
        (n_parameters,), radians.
    shots
        N, of each circuit.
    forms
        Form and epsilon of each ``RegularisedKLD``; all are estimated from the same shots.

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
    estimates = []
    for target in targets:
        p, found = target.probabilities, _counts(target, q, shots, rng) / shots
        slopes = [RegularisedKLD(p, epsilon, form).derivative(found) for form, epsilon in forms]
        exact = -p / np.maximum(q[target.indices], np.finfo(np.float32).tiny)
        estimates.append(_Estimate(target, psi[target.indices], np.stack(slopes, axis=1), exact, shots))
    angles: list[int] = []
    entries: list[list[Float]] = [[] for _ in targets]
    for shifted in shifted_states(circuit, theta, "single", skip=inert_uses(circuit)):
        angles.append(shifted.angle)
        for of_target, estimate in zip(entries, estimates, strict=True):
            of_target.append(estimate.entry(shifted, rng))
    # Of each target (5, F, A).
    tables = [np.stack(of_target, axis=-1) for of_target in entries]
    return [[EstimatedGradient(np.array(angles), *table[:, k]) for k in range(len(forms))] for table in tables]

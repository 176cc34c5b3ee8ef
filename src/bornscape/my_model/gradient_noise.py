"""The noise of one gradient component estimated by the parameter-shift rule from N shots of every circuit.

Variances are A/N + B/N^2. For a loss that is linear in the distribution B is 0; for the MMD both are exact, since the
estimate is quadratic in the empirical distributions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import empirical, sampled_means
from bornscape.bitstrings.walsh import qubits_of, subset_sizes, walsh_hadamard
from bornscape.losses.mmd import MMDLoss, spectrum_weights
from bornscape.training.objectives import Loss


class Shift(NamedTuple):
    """One use of the parameter: the angle's derivative by it, and the distributions at plus and minus pi/2."""

    factor: float
    plus: Float
    minus: Float


class Coefficients(NamedTuple):
    """Of the variance A/N + B/N^2 of an estimated component."""

    first: float
    second: float

    def at(self, shots: int) -> float:
        """The variance at so many shots."""
        return self.first / shots + self.second / shots**2


def component(slope: Float, shifts: Sequence[Shift]) -> float:
    """The exact derivative sum_x slope(x) dq(x)/dtheta."""
    return float(sum(shift.factor * (slope @ (shift.plus - shift.minus)) for shift in shifts) / 2)


def _variance(values: Float, weights: Float) -> float:
    mean = weights @ values
    return float(weights @ (values - mean) ** 2)


def shift_noise(slope: Float, shifts: Sequence[Shift]) -> float:
    """A of the shots of the shifted circuits alone, for a slope dL/dq that is known."""
    return sum(s.factor**2 * (_variance(slope, s.plus) + _variance(slope, s.minus)) for s in shifts) / 4


@dataclass(frozen=True, eq=False)
class Kernel:
    """An MMD's kernel less 1, K - 1, and its elementwise square, applied to vectors by Walsh-Hadamard transforms.

    Variances and differences of distributions do not see the 1, beside which a wide kernel's digits would be lost.
    """

    weights: Float
    square_weights: Float

    @classmethod
    def of(cls, loss: MMDLoss) -> Kernel:
        """That of a loss; several bandwidths are the mean of their kernels."""
        n = qubits_of(loss.p.size)
        s = np.atleast_1d(np.asarray(loss.bandwidth, dtype=np.float64))[:, None]
        less_one = np.expm1(-np.arange(n + 1) / (2 * s)).mean(axis=0)
        weights = spectrum_weights(n, loss.bandwidth)
        weights[0] = np.expm1(n * np.log1p(np.expm1(-0.5 / s) / 2)).mean()
        return cls(weights[subset_sizes(n)], walsh_hadamard(less_one[subset_sizes(n)] ** 2) / 2**n)

    def apply(self, values: Float) -> Float:
        """(K - 1) values."""
        return walsh_hadamard(self.weights * walsh_hadamard(values))

    def apply_square(self, values: Float) -> Float:
        """The elementwise square of K - 1 times values."""
        return walsh_hadamard(self.square_weights * walsh_hadamard(values))


def mmd_noise(kernel: Kernel, slope: Float, q: Float, shifts: Sequence[Shift]) -> Coefficients:
    """Exact variance of the MMD's estimated component, where q, q+ and q- are each estimated from their own N shots.

    Parameters
    ----------
    slope
        dL/dq = 2 K (q - p) at q, (2**n,).

    Notes
    -----
    The estimate is sum_j c_j (q~+ - q~-)_j . K (q~ - p). Given q~ its mean is (q~ - p) . f with
    f = K sum_j c_j (q+ - q-)_j, and its variance that of the shifted shots at the slope 2 K (q~ - p), whose own
    fluctuation adds B.
    """
    moved = kernel.apply(sum((s.factor * (s.plus - s.minus) for s in shifts), np.zeros_like(q)))
    kernel_variance = kernel.apply_square(q) - kernel.apply(q) ** 2
    second = sum(
        s.factor**2 * (shifted @ kernel_variance - _variance(kernel.apply(shifted), q))
        for s in shifts
        for shifted in (s.plus, s.minus)
    )
    return Coefficients(shift_noise(slope, shifts) + _variance(moved, q), float(second))


def sampled_noise(
    loss: Loss,
    exact: float,
    q: Float,
    shifts: Sequence[Shift],
    shots: int,
    repeats: int,
    rng: np.random.Generator,
    unseen: float = 0.0,
) -> float:
    """Mean squared error of a component estimated from ``shots`` measurements of every circuit, by ``repeats`` tries.

    The plug-in slope of a loss that is not quadratic is biased: the error against the exact component counts both. A
    string that no shot saw counts ``unseen`` shots in the slope.
    """
    slopes = np.empty((repeats, q.size))
    for slope in slopes:
        slope[:] = loss.derivative(np.maximum(empirical(q, shots, rng), unseen / shots))
    estimates = np.zeros(repeats)
    for shift in shifts:
        plus, minus = (sampled_means(slopes, side, shots, rng) for side in (shift.plus, shift.minus))
        estimates += shift.factor * (plus - minus) / 2
    return float(np.mean((estimates - exact) ** 2))

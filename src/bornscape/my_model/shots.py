"""Shots at which a gradient component stands out of its noise, and where they go at sizes that were not measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from bornscape.aliases import Float
from bornscape.my_model.verdict.intervals import Band, log_band, log_error
from bornscape.statistics import ScalingLaw, log_standard_error

NO_ERROR = 1e-9
"""Standard error of a logarithm below which a number counts as exact: only rounding makes it differ from 0."""


def _ratio_influence(top: Float, bottom: Float) -> Float:
    """Influence of each draw on the logarithm of mean(top) / mean(bottom), (..., draws)."""
    means = [part.mean(axis=-1, keepdims=True) for part in (top, bottom)]
    shares = [
        np.divide(part, mean, out=np.ones_like(part), where=mean != 0)
        for part, mean in zip((top, bottom), means, strict=True)
    ]
    return shares[0] - shares[1]


def signal_to_noise(signal: Float, noise: Float) -> Band:
    """Root mean square of a gradient component over that of its error, with its 95 % interval.

    Parameters
    ----------
    signal, noise
        (..., draws) squared exact components, and variances (or squared errors) of estimates at the shots in question.

    Returns
    -------
    Of shape (...). 0 without an interval where the gradient is 0 at every draw, infinite where the noise is.
    """
    top, bottom = signal.mean(axis=-1), noise.mean(axis=-1)
    # Estimates can be negative: then there is no ratio.
    with np.errstate(invalid="ignore"):
        ratio = np.sqrt(np.divide(top, bottom, out=np.where(top > 0, np.inf, 0.0), where=bottom > 0))
    return log_band(ratio, log_error(_ratio_influence(signal, noise))[1] / 2)


def shots_needed(signal: Float, first: Float, second: Float) -> Band:
    """Shots N of every circuit at which the mean noise mean(A)/N + mean(B)/N^2 equals the mean squared component.

    Parameters
    ----------
    signal, first, second
        (..., draws) squared exact components and the coefficients A and B of the variances of their estimates.

    Returns
    -------
    N, (...), with its 95 % interval (delta method on the log scale); infinite where the gradient is 0 at every draw. It
    can be below 1: one shot is then more than is needed. The unit of the loss does not enter.

    Examples
    --------
    The squared component is 1 at both draws, and one shot's noise has the variance 100: 100 shots make them equal.

    >>> import numpy as np
    >>> float(shots_needed(np.ones(2), np.full(2, 100.0), np.zeros(2)).estimate)
    100.0
    """
    mean = signal.mean(axis=-1)
    # Relative to the signal: squares of small numbers would underflow.
    linear, square = (
        np.divide(part.mean(axis=-1), mean, out=np.full_like(mean, np.inf), where=mean > 0) for part in (first, second)
    )
    square = np.where(np.isfinite(square), square, 0.0)
    count = (linear + np.sqrt(linear**2 + 4 * square)) / 2
    # d log N = d log(cost / signal) / (1 + share of the quadratic term).
    usable = np.isfinite(count) & (count > 0)
    safe = np.where(usable, count, 1.0)
    damping = 1 + square / safe**2
    influence = _ratio_influence(first + second / safe[..., None], signal)
    return log_band(count, log_error(influence)[1] / damping)


def largest_band(bands: Sequence[Band]) -> Band:
    """At each place the band with the largest estimate."""
    which = np.argmax([np.nan_to_num(band.estimate, nan=-1.0, posinf=np.inf) for band in bands], axis=0)
    return Band(*(np.choose(which, part) for part in zip(*bands, strict=True)))


class Extrapolation(NamedTuple):
    """A number at a size, with its 95 % interval and the law that it follows from."""

    estimate: float
    low: float
    high: float
    law: str


def _prediction(x: Float, logs: Float, errors: Float, at: float) -> tuple[float, float]:
    """Value and half-width of the 95 % interval of a weighted line at ``at``, on the log scale."""
    # Where a number is exact all weigh the same, and how far the line misses them is the error.
    exact = errors.min() < NO_ERROR
    weights = np.ones_like(errors) if exact else 1 / errors**2
    centre = float(weights @ x / weights.sum())
    spread = float(weights @ (x - centre) ** 2)
    level = float(weights @ logs / weights.sum())
    slope = float(weights @ ((x - centre) * (logs - level)) / spread)
    degrees = len(x) - 2
    # As in statistics.scaling_law: a line that misses the points by more than their errors is believed less.
    misfit = float(weights @ (logs - level - slope * (x - centre)) ** 2) / degrees
    scale = misfit if exact else max(1.0, misfit)
    half = float(stats.t.ppf(0.975, degrees)) * math.sqrt(scale * (1 / weights.sum() + (at - centre) ** 2 / spread))
    return level + slope * (at - centre), half


def _power(logarithm: float) -> float:
    return math.exp(logarithm) if logarithm < 709 else math.inf


def extrapolate(
    sizes: Sequence[int] | Float, values: Float, intervals: Float, law: ScalingLaw, at: int
) -> Extrapolation:
    """A positive quantity at another size.

    Parameters
    ----------
    sizes, values, intervals
        (m,), (m,) and (m, 2), m >= 4.
    law
        Which law the quantity (or its inverse) was found to follow.
    at
        Number of qubits.

    Returns
    -------
    By the law that was found; where it is undecided, the geometric mean of both laws' values, with an interval that
    holds those of both.
    """
    n, logs = np.asarray(sizes, dtype=np.float64), np.log(values)
    errors = np.asarray(log_standard_error(values, intervals[:, 0], intervals[:, 1]))
    exponential = _prediction(n, logs, errors, float(at))
    polynomial = _prediction(np.log(n), logs, errors, math.log(at))
    if law.preferred == "exponential":
        (middle, half), name = exponential, "exponential"
    elif law.preferred == "polynomial":
        (middle, half), name = polynomial, "polynomial"
    else:
        both = (polynomial, exponential)
        low, high = min(m - h for m, h in both), max(m + h for m, h in both)
        middle = float(np.mean([m for m, _ in both]))
        return Extrapolation(_power(middle), _power(low), _power(high), "undecided: both laws")
    return Extrapolation(_power(middle), _power(middle - half), _power(middle + half), name)

"""Shots at which a gradient component stands out of its noise, and where they go at sizes that were not measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from bornscape.aliases import Float
from bornscape.statistics import Interval, ScalingLaw, log_standard_error


def _log_interval(value: float, relative_error: float, draws: int, confidence: float = 0.95) -> Interval:
    """An interval on the log scale, by Student's t."""
    if not (math.isfinite(value) and value > 0):
        return Interval(value, math.nan, math.nan)
    half = min(float(stats.t.ppf((1 + confidence) / 2, draws - 1)) * relative_error, 700.0)
    return Interval(value, value * math.exp(-half), value * math.exp(half))


def _ratio_error(top: Float, bottom: Float) -> float:
    """Standard error of the logarithm of mean(top) / mean(bottom) over the same draws (delta method)."""
    influence = top / top.mean() - bottom / bottom.mean()
    return float(influence.std(ddof=1)) / math.sqrt(len(top))


def signal_to_noise(gradient: Float, noise: Float) -> Interval:
    """Root mean square of a gradient component over that of its error, with its 95 % interval.

    Parameters
    ----------
    gradient, noise
        (draws,) exact components, and variances (or squared errors) of their estimates at the shots in question.

    Returns
    -------
    0 without an interval where the gradient is 0 at every draw, infinite where the noise is.
    """
    signal, error = gradient**2, noise
    if not signal.any():
        return Interval(0.0, math.nan, math.nan)
    if not error.any():
        return Interval(math.inf, math.nan, math.nan)
    ratio = math.sqrt(signal.mean() / error.mean())
    return _log_interval(ratio, _ratio_error(signal, error) / 2, len(signal))


def shots_needed(gradient: Float, first: Float, second: Float) -> Interval:
    """Shots N of every circuit at which the mean noise mean(A)/N + mean(B)/N^2 equals the mean squared component.

    Parameters
    ----------
    gradient, first, second
        (draws,) exact components and the coefficients A and B of the variances of their estimates.

    Returns
    -------
    N with its 95 % interval (delta method on the log scale); infinite where the gradient is 0 at every draw. It can be
    below 1: one shot is then more than is needed.

    Examples
    --------
    The squared component is 1 at both draws, and one shot's noise has the variance 100: 100 shots make them equal.

    >>> import numpy as np
    >>> shots_needed(np.ones(2), np.full(2, 100.0), np.zeros(2)).estimate
    100.0
    """
    signal, a, b = float(np.mean(gradient**2)), float(first.mean()), float(second.mean())
    if signal == 0:
        return Interval(math.inf, math.nan, math.nan)
    # Relative to the signal: squares of small numbers would underflow.
    linear, square = a / signal, b / signal
    count = (linear + math.sqrt(linear**2 + 4 * square)) / 2
    if count == 0:
        return Interval(0.0, math.nan, math.nan)
    # d log N = d log(cost / signal) / (1 + share of the quadratic term).
    damping = 1 + square / count**2
    error = _ratio_error(first + second / count, gradient**2) / damping
    return _log_interval(count, error, len(gradient))


class Extrapolation(NamedTuple):
    """A number at a size, with its 95 % interval and the law that it follows from."""

    estimate: float
    low: float
    high: float
    law: str


def _prediction(x: Float, logs: Float, errors: Float, at: float) -> tuple[float, float]:
    """Value and half-width of the 95 % interval of a weighted line at ``at``, on the log scale."""
    weights = 1 / errors**2
    centre = float(weights @ x / weights.sum())
    spread = float(weights @ (x - centre) ** 2)
    level = float(weights @ logs / weights.sum())
    slope = float(weights @ ((x - centre) * (logs - level)) / spread)
    degrees = len(x) - 2
    # As in statistics.scaling_law: a line that misses the points by more than their errors is believed less.
    scale = max(1.0, float(weights @ (logs - level - slope * (x - centre)) ** 2) / degrees)
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

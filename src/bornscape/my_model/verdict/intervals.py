"""Intervals on the log scale of ratios and variances of few, heavy-tailed draws; draws lie along the last axis."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special, stats

from bornscape.aliases import Flags, Float

CONFIDENCE = 0.95

BY_SIGNS = 1e-3
"""Chance under pure noise of so many positive estimates, below which their mean is told from 0."""

_FEWEST = 2.0
"""Degrees of freedom below which none are believed: the interval would have no useful ends."""


class Band(NamedTuple):
    """An estimate between the ends of its interval, numbers or arrays of one shape; NaN ends where there is none."""

    estimate: Float
    low: Float
    high: Float

    def numbers(self) -> tuple[float, float, float]:
        """The three as numbers, for a band of one estimate."""
        return float(self.estimate), float(self.low), float(self.high)


def log_error(influence: Float) -> tuple[Float, Float]:
    """Standard error of a logarithm from its influence values (..., draws), and half the width of its 95 % interval.

    Notes
    -----
    The quantile is Student's, at draws / (k - 1) degrees of freedom, k the kurtosis of the influence values: half of
    what Satterthwaite's formula gives for the estimated error, since k itself is underestimated from few draws. With
    the normal quantile intervals of 100 draws of kurtosis 12 cover 88 % (docs/measured/error-rates-verdicts.md).
    """
    squares = influence**2
    return log_error_of_moments(squares.mean(axis=-1), (squares**2).mean(axis=-1), influence.shape[-1])


def log_error_of_moments(second: Float, fourth: Float, draws: int) -> tuple[Float, Float]:
    """The same, from the mean square and the mean fourth power of the influence values of so many draws."""
    kurtosis = np.divide(fourth, second**2, out=np.full_like(second, 2.0), where=second**2 > 0)
    freedom = np.clip(draws / np.maximum(kurtosis - 1, 1e-9), _FEWEST, max(draws - 1.0, _FEWEST))
    error = np.sqrt(second / (draws - 1))
    return error, error * special.stdtrit(freedom, (1 + CONFIDENCE) / 2)


def log_band(estimate: Float, half: Float) -> Band:
    """Estimate times exp(+- half); without ends where the estimate is not positive and finite."""
    usable = np.isfinite(estimate) & (estimate > 0) & np.isfinite(half)
    factor = np.exp(np.where(usable, np.minimum(half, 700.0), np.nan))
    # An end beyond the largest number is infinite.
    with np.errstate(over="ignore"):
        return Band(np.asarray(estimate), estimate / factor, estimate * factor)


def mean_band(values: Float) -> Band:
    """Mean of values (..., draws) that are not negative."""
    mean = values.mean(axis=-1)
    return log_band(mean, log_error(_relative(values, mean))[1])


def median_band(values: Float) -> Band:
    """Median of values (draws,), with the 95 % interval of order statistics, which no tail moves.

    Without ends below 6 draws.
    """
    found = stats.quantile_test(values, p=0.5).confidence_interval(CONFIDENCE)
    return Band(np.asarray(np.median(values)), np.asarray(found.low), np.asarray(found.high))


def unresolved(values: Float) -> tuple[Flags, Float]:
    """Whether the mean of estimates (..., draws) is not told from 0, and the upper end of its 95 % interval.

    Estimates of what is not negative, each without bias, may be negative themselves. Noise alone is as often below 0 as
    above: where nearly all are above, the mean is told from 0 however heavy its tails are.
    """
    mean, spread = values.mean(axis=-1), values.std(axis=-1, ddof=1)
    centred = values - mean[..., None]
    unit = np.where(spread > 0, spread, 1.0)[..., None]
    half = spread * log_error(centred / unit)[1]
    signs = stats.binom.sf((values > 0).sum(axis=-1) - 1, values.shape[-1], 0.5)
    hidden = (mean <= half) & ((mean <= 0) | (signs > BY_SIGNS))
    return np.asarray(hidden), np.maximum(mean, 0.0) + half


def without_estimate(band: Band, where: Flags, low: Float | float, high: Float | float) -> Band:
    """The band, where it is not resolved with no estimate and other ends."""
    ends = ((band.estimate, np.nan), (band.low, low), (band.high, high))
    return Band(*(np.where(where, other, kept) for kept, other in ends))


def variance_band(values: Float, noise: Float | None = None) -> Band:
    """Unbiased variance of values (..., draws); with the ends 0 and 0 where all draws are equal.

    Parameters
    ----------
    noise
        Half the difference of two independent estimates of which each value is the mean, (..., draws): the part of the
        variance that is the estimates' own is taken off. Where nothing is told from 0 then, there is no estimate.
    """
    # Squares of draws near 1e-200 underflow: work in units of each sample's range.
    unit = np.ptp(values, axis=-1, keepdims=True)
    centred = np.divide(values - values.mean(axis=-1, keepdims=True), unit, out=np.zeros_like(values), where=unit > 0)
    draws = values.shape[-1]
    squares = centred**2
    estimated = noise is not None and bool(np.any(noise != 0))
    if noise is not None and estimated:
        own = np.divide(noise, unit, out=np.zeros_like(values), where=unit > 0)
        squares = squares - own**2 * (draws - 1) / draws
    unit = unit[..., 0]
    mean = squares.mean(axis=-1)
    half = log_error(_relative(squares, mean))[1]
    band = log_band(mean * draws / (draws - 1) * unit * unit, half)
    band = Band(band.estimate, *(np.where(unit == 0, 0.0, end) for end in band[1:]))
    if not estimated:
        return band
    hidden, upper = unresolved(squares)
    return without_estimate(band, hidden & (unit > 0), 0.0, upper * draws / (draws - 1) * unit * unit)


def _relative(values: Float, mean: Float) -> Float:
    """Return values / mean - 1; 0 where the mean is."""
    mean = mean[..., None]
    return np.divide(values, mean, out=np.ones_like(values), where=mean != 0) - 1

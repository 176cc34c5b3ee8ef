"""A variance and its interval, from draws or from independent estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from bornscape.aliases import Float


@dataclass(frozen=True, eq=False)
class VarianceEstimate:
    """An unbiased variance with its interval; arrays of shape (k,) where k columns were given.

    Attributes
    ----------
    draws
        Number of draws behind each variance.
    mean
        Mean of the draws (NaN where only variances were given).
    variance
        Unbiased (n - 1 in the denominator).
    ci_low, ci_high
        Interval of the variance.
    """

    draws: int
    mean: float | Float
    variance: float | Float
    ci_low: float | Float
    ci_high: float | Float


def variance_interval(values: ArrayLike, confidence: float = 0.95) -> VarianceEstimate:
    """Estimate a variance with Bonett's interval, which adjusts for the draws' kurtosis.

    Parameters
    ----------
    values
        (draws,) or (draws, k) independent draws, each column a sample of its own.
    confidence
        In (0, 1).

    Returns
    -------
    The estimate; numbers for one sample, (k,) arrays for k. A sample whose draws are all equal has variance 0 and
    interval (0, 0), which says nothing about a population that varies rarely.

    Raises
    ------
    ValueError
        If there are fewer than 4 draws (or no more than the normal quantile), a value is not finite, or
        confidence is outside (0, 1).

    Notes
    -----
    D. G. Bonett, "Approximate confidence interval for standard deviation of nonnormal distributions", Computational
    Statistics & Data Analysis 50 (2006) 775: exp(log(c s^2) +- z c sqrt((g - (n - 3)/n) / (n - 1))), c = n / (n - z),
    g = n sum (x - m)^4 / (sum (x - mean)^2)^2, m the mean trimmed by 1 / (2 sqrt(n - 4)) on either side (the median
    for n = 4). Approximate: coverage falls short where the kurtosis is large and the draws are few, since g then
    underestimates it.

    Examples
    --------
    >>> import bornscape as bs
    >>> estimate = bs.variance_interval([1.0, 2.0, 3.0, 4.0, 5.0])
    >>> estimate.draws, estimate.mean, round(estimate.variance, 12)
    (5, 3.0, 2.5)
    >>> bool(estimate.ci_low < estimate.variance < estimate.ci_high)
    True
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim not in (1, 2):
        raise ValueError(f"values must have shape (draws,) or (draws, k), got {sample.shape}")
    if not np.all(np.isfinite(sample)):
        raise ValueError("values must be finite")
    quantile = _normal_quantile(confidence)
    draws = len(sample)
    if draws < 4 or draws <= quantile:
        raise ValueError(f"at least 4 draws, and more than {quantile:.1f} at this confidence, are needed, got {draws}")
    columns = sample.reshape(draws, -1)
    variance, log_error = _variance_and_log_error(columns, draws / (draws - quantile))
    scale = np.exp(quantile * log_error)
    low, high = (draws / (draws - quantile) * variance * factor for factor in (1 / scale, scale))
    return _estimate(draws, columns.mean(axis=0), variance, low, high, scalar=sample.ndim == 1)


def combine_batches(
    estimates: ArrayLike, draws_per_batch: int | Sequence[int] | NDArray[np.int64], confidence: float = 0.95
) -> VarianceEstimate:
    """Combine independent unbiased estimates of one variance; the interval comes from how they scatter.

    Parameters
    ----------
    estimates
        (batches,) or (batches, k), each column estimates of a variance of its own. Single estimates may be negative
        (an unbiased estimate that subtracts the shot noise can be), their mean may not.
    draws_per_batch
        Number of draws behind each batch: one number, or one a batch, the weights of the mean.
    confidence
        In (0, 1).

    Returns
    -------
    The weighted mean, with exp(log mean +- t se / mean) as its interval: the delta method on the log scale with
    Student's t at batches - 1 degrees of freedom. The field mean is NaN. All estimates 0: variance 0, interval (0, 0).

    Raises
    ------
    ValueError
        If there are fewer than 2 batches, a value is not finite, a mean is negative or is 0 among estimates that are
        not, the draws are not positive or do not fit, or confidence is outside (0, 1).
    """
    values = np.asarray(estimates, dtype=np.float64)
    if values.ndim not in (1, 2) or len(values) < 2:
        raise ValueError(f"estimates must have shape (batches,) or (batches, k), batches >= 2, got {values.shape}")
    if not np.all(np.isfinite(values)):
        raise ValueError("estimates must be finite")
    draws = np.asarray(draws_per_batch)
    if draws.shape not in ((), (len(values),)) or np.any(draws < 1):
        raise ValueError(f"draws_per_batch must be positive, one number or one a batch, got {draws_per_batch}")
    draws = np.broadcast_to(draws, (len(values),))
    columns = values.reshape(len(values), -1)
    weights = draws / draws.sum()
    mean = weights @ columns
    zero = np.all(columns == 0, axis=0)
    if np.any((mean <= 0) & ~zero):
        raise ValueError("the mean of the estimates must be positive: an interval on the log scale needs it")
    error = np.sqrt(weights @ (columns - mean) ** 2 / (len(values) - 1))
    quantile = stats.t.ppf((1 + _check_confidence(confidence)) / 2, len(values) - 1)
    relative = quantile * np.divide(error, mean, out=np.zeros_like(mean), where=~zero)
    # Batches that scatter by many times their mean have no useful upper end: infinity says so.
    with np.errstate(over="ignore"):
        low, high = mean * np.exp(-relative), mean * np.exp(relative)
    blank = np.full_like(mean, np.nan)
    return _estimate(int(draws.sum()), blank, mean, low, high, scalar=values.ndim == 1)


def noise_free_variance(values: ArrayLike, noise: ArrayLike, confidence: float = 0.95) -> VarianceEstimate:
    """Estimate the variance behind noisy draws, each the mean of two estimates whose noise is independent.

    Parameters
    ----------
    values
        (draws,) means of two unbiased estimates of each draw.
    noise
        (draws,) halves of their differences.
    confidence
        In (0, 1).

    Returns
    -------
    Var(values) - mean(noise^2), which is the covariance of the two estimates but for O(1/draws) and is unbiased, with
    Bonett's interval of the values scaled by the same factor: right while the noise is a small part. 0 with interval
    (0, 0) where the noise is all there is.

    Raises
    ------
    ValueError
        As variance_interval, or if the shapes differ.
    """
    noisy = variance_interval(values, confidence)
    halves = np.asarray(noise, dtype=np.float64)
    if halves.shape != np.shape(values) or halves.ndim != 1:
        raise ValueError(f"values and noise must have one shape (draws,), got {np.shape(values)} and {halves.shape}")
    left = max(0.0, 1 - float(np.mean(halves**2)) / float(noisy.variance)) if noisy.variance else 0.0
    return VarianceEstimate(noisy.draws, noisy.mean, noisy.variance * left, noisy.ci_low * left, noisy.ci_high * left)


def log_standard_error(
    variance: ArrayLike, ci_low: ArrayLike, ci_high: ArrayLike, confidence: float = 0.95
) -> float | Float:
    """Return the standard error of log(variance) that an interval stands for, (log high - log low) / (2 z).

    Parameters
    ----------
    variance, ci_low, ci_high
        Numbers or arrays of one shape, 0 < ci_low <= variance <= ci_high, all finite.
    confidence
        That of the interval, in (0, 1).

    Returns
    -------
    The standard error, dimensionless: a number for numbers, an array for arrays.

    Raises
    ------
    ValueError
        If the order above does not hold, or confidence is outside (0, 1).
    """
    middle, low, high = (np.asarray(value, dtype=np.float64) for value in (variance, ci_low, ci_high))
    # Rounding may put a bound a few units in the last place on the wrong side of a variance known exactly.
    slack = 1e-12
    ordered = (low > 0) & (low <= middle * (1 + slack)) & (middle <= high * (1 + slack)) & np.isfinite(high)
    if not np.all(ordered):
        raise ValueError("need 0 < ci_low <= variance <= ci_high, all finite")
    errors = np.maximum(np.log(high) - np.log(low), 0) / (2 * _normal_quantile(confidence))
    return float(errors) if errors.ndim == 0 else np.asarray(errors, dtype=np.float64)


def _variance_and_log_error(columns: Float, correction: float) -> tuple[Float, Float]:
    draws = len(columns)
    # Fourth powers of draws near 1e-100 underflow: work in units of each column's range.
    unit = np.ptp(columns, axis=0)
    varies = unit > 0
    centred = (columns - columns.mean(axis=0)) / np.where(varies, unit, 1.0)
    squares = np.where(varies, (centred**2).sum(axis=0), 1.0)
    fourth = ((centred - _trimmed_mean(centred)) ** 4).sum(axis=0)
    # The value given to constant columns only keeps the root real; their error is set to 0 below.
    kurtosis = np.where(varies, draws * fourth / squares**2, 3.0)
    log_error = correction * np.sqrt((kurtosis - (draws - 3) / draws) / (draws - 1))
    # The unit enters twice, one factor at a time: its square alone may underflow.
    variance = np.where(varies, squares / (draws - 1) * unit * unit, 0.0)
    return variance, np.where(varies, log_error, 0.0)


def _trimmed_mean(columns: Float) -> Float:
    draws = len(columns)
    if draws == 4:
        return np.asarray(np.median(columns, axis=0), dtype=np.float64)
    return np.asarray(stats.trim_mean(columns, 1 / (2 * np.sqrt(draws - 4)), axis=0), dtype=np.float64)


def _estimate(draws: int, mean: Float, variance: Float, low: Float, high: Float, scalar: bool) -> VarianceEstimate:
    if scalar:
        return VarianceEstimate(draws, float(mean[0]), float(variance[0]), float(low[0]), float(high[0]))
    return VarianceEstimate(draws, mean, variance, low, high)


def _normal_quantile(confidence: float) -> float:
    return float(special.ndtri((1 + _check_confidence(confidence)) / 2))


def _check_confidence(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie in (0, 1), got {confidence}")
    return confidence

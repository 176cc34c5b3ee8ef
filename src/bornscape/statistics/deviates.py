"""Counts, means and variances as normal deviates that hold in the tails, where families of comparisons are judged.

Each takes what is expected of one draw from a closed form, not from the draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from bornscape.aliases import Float
from bornscape.statistics.comparisons import normal_deviate
from bornscape.statistics.variances import log_standard_error

_SMALLEST_POWER = 1e-6
"""Powers nearer to 0 than this are taken for the logarithm."""


def count_deviate(count: int, trials: int, mean: float, spread: float | None = None) -> float:
    """Return a count of successes as a normal deviate, from the exact tails of a binomial law.

    Parameters
    ----------
    count, trials
        0 <= count <= trials.
    mean
        Expected count, in (0, trials).
    spread
        Its standard deviation, above 0, where the trials have different chances; the binomial one by default.

    Returns
    -------
    The deviate of the smaller tail, which holds the count itself, with the sign of its side; 0 in the middle. Being
    discrete it alarms less often than it says.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    A sum of trials with different chances has nearly the binomial law of the same mean and variance, of fewer trials.
    Of successes and failures the rarer are counted: their law has the longer tail.

    Examples
    --------
    >>> round(count_deviate(8, 10, 5.0), 2), count_deviate(5, 10, 5.0)
    (1.6, 0.0)
    """
    if not 0 <= count <= trials or not 0 < mean < trials:
        raise ValueError(f"need 0 <= count <= trials and 0 < mean < trials, got {count}, {trials} and {mean}")
    if mean > trials / 2:
        return -count_deviate(trials - count, trials, trials - mean, spread) or 0.0
    chance = mean / trials
    if spread is not None and spread**2 < mean * (1 - chance):
        chance = 1 - spread**2 / mean
    size = mean / chance
    # P(X >= k) is the incomplete beta function at (k, size - k + 1), whole or not.
    above = 1.0 if count == 0 else 0.0 if count >= size + 1 else float(special.betainc(count, size - count + 1, chance))
    below = 1.0 if count >= size else float(special.betaincc(count + 1, size - count, chance))
    least = min(above, below)
    if spread is not None:
        # Where few chances make up the mean, the fitted law ends before theirs does: never smaller than a normal tail.
        least = max(least, float(special.ndtr(-(abs(count - mean) - 0.5) / spread)))
    tail = max(0.0, normal_deviate(least))
    return tail if above <= below else -tail


def mean_deviate(mean: float, draws: int, expected: float, variance: float, third_cumulant: float) -> float:
    """Return a mean of independent draws as a normal deviate, where one draw's first three cumulants are known.

    Parameters
    ----------
    mean, draws
        Of the sample.
    expected, variance, third_cumulant
        Of one draw; the variance is above 0.

    Returns
    -------
    The deviate with the tail of Pearson's type III law of the same three moments: a mean of skew draws is skew.

    Raises
    ------
    ValueError
        If the variance is not above 0 or there are no draws.

    Examples
    --------
    >>> round(mean_deviate(1.2, 100, 1.0, 1.0, 0.0), 9), round(mean_deviate(1.2, 100, 1.0, 1.0, 2.0), 2)
    (2.0, 1.91)
    """
    if variance <= 0 or draws < 1:
        raise ValueError(f"need a variance above 0 and a draw, got {variance} and {draws}")
    law = stats.pearson3(third_cumulant / variance**1.5 / math.sqrt(draws))
    t = (mean - expected) / math.sqrt(variance / draws)
    if t > law.median():
        return normal_deviate(float(law.sf(t)))
    return -normal_deviate(float(law.cdf(t)))


def variance_deviate(variance: float, draws: int, cumulants: Sequence[float]) -> float:
    """Return a sample variance as a normal deviate from what a population with known cumulants gives.

    Parameters
    ----------
    variance
        Unbiased variance of ``draws`` independent draws, at least 0.
    draws
        At least 2.
    cumulants
        Second (above 0), third, fourth and sixth cumulant of one draw.

    Returns
    -------
    The standard normal deviate; positive where the variance is above the population's.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    A sample variance is skew, so that its difference in standard errors is no normal deviate where many comparisons
    are judged together. Its mean, variance and third moment are known exactly from the cumulants (M. G. Kendall and A.
    Stuart, The Advanced Theory of Statistics I, Eq. 12.35 and following); the power h of it that is not skew is then
    close to normal (D. R. Jensen and H. Solomon, J. Am. Stat. Assoc. 67 (1972) 898; h = 1/3, Wilson and Hilferty's cube
    root, for normal draws). An interval that estimates the fourth cumulant from the draws is short when the variance
    is: one reason why such intervals miss from below. Measured rates: docs/measured/error-rates-monte-carlo.md.

    Examples
    --------
    For normal draws, the 2.5 % point of chi-square at 99 degrees of freedom is the deviate -1.96.

    >>> round(variance_deviate(73.36 / 99, 100, (1.0, 0.0, 0.0, 0.0)), 2)
    -1.96
    """
    second, third, fourth, sixth = cumulants
    if variance < 0 or second <= 0 or draws < 2:
        raise ValueError(f"need variance >= 0, a second cumulant > 0 and 2 draws, got {variance}, {second}, {draws}")
    m, kurtosis, skewness = draws, fourth / second**2, third / second**1.5
    # Moments of s^2 in units of the second cumulant.
    spread = math.sqrt(kurtosis / m + 2 / (m - 1))
    cubed = sixth / second**3 / m**2 + 12 * kurtosis / (m * (m - 1)) + 8 / (m - 1) ** 2
    cubed += 4 * (m - 2) * skewness**2 / (m * (m - 1) ** 2)
    power = 1 - cubed / spread**4 / 3
    ratio = variance / second
    if abs(power) < _SMALLEST_POWER:
        return float((np.log(ratio) + spread**2 / 2) / spread) if ratio else -np.inf
    with np.errstate(divide="ignore"):
        moved = np.float64(ratio) ** power
    return float((moved - 1 - power * (power - 1) * spread**2 / 2) / (power * spread))


def gamma_deviate(ratio: float, spread: float) -> float:
    """Return a positive estimate as a normal deviate, if it follows a gamma law (Wilson and Hilferty's cube root).

    Parameters
    ----------
    ratio
        The estimate divided by what is expected, at least 0.
    spread
        Its relative standard deviation, above 0: for a sample variance sqrt(excess kurtosis / m + 2 / (m - 1)).

    Examples
    --------
    >>> round(gamma_deviate(73.36 / 99, (2 / 99) ** 0.5), 2)
    -1.96
    """
    return float((np.cbrt(ratio) - 1 + spread**2 / 9) / (spread / 3))


def excess_kurtosis(variance: ArrayLike, ci_low: ArrayLike, ci_high: ArrayLike, draws: ArrayLike) -> Float:
    """Return the draws' excess kurtosis that Bonett's 95 % interval of their variance was made with.

    Parameters
    ----------
    variance, ci_low, ci_high, draws
        Arrays of one shape, as ``variance_interval`` gave them.

    Returns
    -------
    Array of that shape, at least about -2; what pools an estimate too noisy by itself over like comparisons.
    """
    m = np.asarray(draws, dtype=np.float64)
    shrunk = np.asarray(log_standard_error(variance, ci_low, ci_high)) * (1 - stats.norm.ppf(0.975) / m)
    return np.asarray(shrunk**2 * (m - 1) + (m - 3) / m - 3)

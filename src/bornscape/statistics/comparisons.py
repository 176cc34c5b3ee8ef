"""Proportions with their intervals, normal deviates, and many comparisons at once."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import special, stats

_SMALLEST_TAIL = 1e-300


class Interval(NamedTuple):
    """An estimate between the ends of its interval."""

    estimate: float
    low: float
    high: float


def proportion_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Return a proportion with its Clopper-Pearson interval, whose coverage is never below the confidence.

    Parameters
    ----------
    successes, trials
        0 <= successes <= trials, trials >= 1.
    confidence
        In (0, 1).

    Returns
    -------
    successes / trials and the interval, in [0, 1].

    Raises
    ------
    ValueError
        If the counts are out of range or confidence is outside (0, 1).

    Examples
    --------
    No success in 5 trials leaves room for a chance of up to 1 - 0.025^(1/5).

    >>> estimate, low, high = proportion_interval(0, 5)
    >>> estimate, low, round(high, 4)
    (0.0, 0.0, 0.5218)
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"need 0 <= successes <= trials and trials >= 1, got {successes} of {trials}")
    _check_confidence(confidence)
    return Interval(successes / trials, *_clopper_pearson(int(successes), int(trials), confidence))


@lru_cache(maxsize=65536)
def _clopper_pearson(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    # SciPy finds both ends by bisection, for milliseconds, and tables repeat their counts.
    bounds = stats.binomtest(successes, trials).proportion_ci(confidence, method="exact")
    return float(bounds.low), float(bounds.high)


def simultaneous_z(k: int, alpha: float) -> float:
    """Return z such that k standard normal variables all lie within +-z with probability at least 1 - alpha (Sidak).

    Parameters
    ----------
    k
        Number of two-sided comparisons, at least 1.
    alpha
        Probability of a false alarm among all of them, in (0, 1).

    Returns
    -------
    The critical value, in standard deviations: exact for independent comparisons, conservative for correlated normal
    ones (Sidak 1967).

    Raises
    ------
    ValueError
        If k < 1 or alpha is outside (0, 1).
    """
    if k < 1 or not 0 < alpha < 1:
        raise ValueError(f"need k >= 1 and alpha in (0, 1), got {k} and {alpha}")
    each = -math.expm1(math.log1p(-alpha) / k)
    return float(stats.norm.isf(each / 2))


def normal_deviate(tail: float) -> float:
    """The normal deviate with this upper tail, at most 37: what judges of many comparisons expect.

    Examples
    --------
    >>> round(normal_deviate(0.025), 2), normal_deviate(0.5)
    (1.96, 0.0)
    """
    return 0.0 - float(special.ndtri(max(tail, _SMALLEST_TAIL)))


def normal_deviate_of_t(t: float, freedom: float) -> float:
    """The normal deviate with the tail of Student's t at ``freedom`` degrees of freedom, and its sign."""
    return float(np.sign(t) * normal_deviate(float(special.stdtr(freedom, -abs(t)))))


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie in (0, 1), got {confidence}")

"""How many repetitions would decide an order, and how many draws a law."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from bornscape.statistics.orderings import smallest_p_value

EFFICIENCY = 3 / math.pi
"""Asymptotic relative efficiency of both rank tests to the t tests for normal values (Hodges and Lehmann 1956)."""

MOST_DRAWS = 1000
"""Factor of draws beyond which nobody would draw them."""

MOST = 10_000
"""Stands for that many repetitions or more."""


def repetitions_for_power(effect: float, power: float = 0.9, alpha: float = 0.01, paired: bool = True) -> int:
    """Return how many repetitions decide an order with a probability of ``power`` at a one-sided level ``alpha``.

    Parameters
    ----------
    effect
        Standardised: mean over standard deviation of the paired differences; unpaired, the difference of the means
        over the standard deviation of one side. Its sign does not matter.
    power, alpha
        In (0, 1), alpha < power.
    paired
        Whether a repetition is a pair (signed-rank test) or each side has as many (Mann-Whitney test).

    Returns
    -------
    Repetitions of each side, from the normal approximation of the t test (with its term for few repetitions, Guenther
    1981) and the rank test's efficiency 3 / pi for normal values; never fewer than can reach alpha. 10,000 stands for
    that many or more.

    Raises
    ------
    ValueError
        If the effect is NaN, or power and alpha are out of range.

    Examples
    --------
    >>> [repetitions_for_power(effect) for effect in (0.5, 1.0, 2.0, 9.0)]
    [58, 17, 7, 7]
    >>> repetitions_for_power(2.0, paired=False)
    9
    """
    if math.isnan(effect) or not 0 < alpha < power < 1:
        raise ValueError(f"need an effect and 0 < alpha < power < 1, got {effect}, {alpha} and {power}")
    least = _least_repetitions(alpha, paired)
    if effect == 0:
        return MOST
    z_alpha, z_power = stats.norm.isf([alpha, 1 - power])
    sides = 1 if paired else 2
    normal = sides * (z_alpha + z_power) ** 2 / effect**2 + z_alpha**2 / (2 * sides)
    return int(min(MOST, max(least, math.ceil(normal / EFFICIENCY))))


def standardised_effect(a: ArrayLike, b: ArrayLike, paired: bool = True) -> float:
    """Return the effect that ``repetitions_for_power`` takes, as these repetitions estimate it; NaN for fewer than 2.

    Infinite where the repetitions do not scatter at all.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if min(len(first), len(second)) < 2:
        return math.nan
    if paired:
        differences = first - second
        mean, scatter = differences.mean(), differences.std(ddof=1)
    else:
        mean = first.mean() - second.mean()
        scatter = math.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    return float(mean / scatter) if scatter > 0 else math.copysign(math.inf, mean) if mean else 0.0


def deciding_draws(more_draws: float) -> str:
    """How many times the draws would decide an undecided law, in words; empty where no number of them is in reach.

    Examples
    --------
    >>> deciding_draws(2.61), deciding_draws(1.0), deciding_draws(math.inf)
    ('about 2.6 times the draws would decide', '', '')
    """
    return f"about {max(more_draws, 1.1):.2g} times the draws would decide" if 1 < more_draws <= MOST_DRAWS else ""


def _least_repetitions(alpha: float, paired: bool) -> int:
    """The fewest repetitions with which a complete order has a p-value of at most alpha."""
    smallest: Callable[[int], float] = (lambda k: 2.0**-k) if paired else (lambda k: smallest_p_value(k, k))
    return next(k for k in range(1, MOST) if smallest(k) <= alpha)

"""Which of two proportions is larger, with no approximation."""

from __future__ import annotations

from collections.abc import Callable

from scipy import optimize, stats

Counts = tuple[int, int]
"""Successes, trials."""


def separation_p_value(
    lower: Counts, higher: Counts, transform: Callable[[float], float] = lambda share: share
) -> float:
    """Return a one-sided p against "transform(lower) is not below higher", from two independent counts.

    Parameters
    ----------
    lower, higher
        (successes, trials) with 0 <= successes <= trials and trials >= 1.
    transform
        What is compared of ``lower`` in place of its proportion: a function that does not fall.

    Returns
    -------
    The smallest level at which the upper end of the one interval lies below the lower end of the other, each
    Clopper-Pearson at half the level: conservative, from 1e-12 (or less) to 1, which stands for intervals that never
    part.

    Raises
    ------
    ValueError
        If a count is out of range.
    """
    for successes, trials in (lower, higher):
        if trials < 1 or not 0 <= successes <= trials:
            raise ValueError(f"need 0 <= successes <= trials and trials >= 1, got {successes} of {trials}")

    def gap(log_level: float) -> float:
        half = 0.5 * 10**log_level
        return _lower_end(*higher, half) - transform(_upper_end(*lower, half))

    least = -12.0  # Beyond, quantiles of the Beta distribution are no longer found.
    if gap(0.0) <= 0:
        return 1.0
    if gap(least) > 0:
        return float(10**least)
    return float(10 ** optimize.brentq(gap, least, 0.0, xtol=1e-9))


def _lower_end(successes: int, trials: int, level: float) -> float:
    return 0.0 if successes == 0 else float(stats.beta.ppf(level, successes, trials - successes + 1))


def _upper_end(successes: int, trials: int, level: float) -> float:
    return 1.0 if successes == trials else float(stats.beta.isf(level, successes + 1, trials - successes))

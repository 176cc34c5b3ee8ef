"""Orderings of a few repetitions, proportions, and many comparisons at once.

Few repetitions cannot show much: with 3 against 3, the smallest one-sided p-value of any ordering is 1/20 = 0.05, and
the two-sided one 0.1. A claim "A below B at 95 % confidence" needs at least 4 against 3 (1/35); see smallest_p_value.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from bornscape.aliases import Float

_MAX_PERMUTATIONS = 200_000
_RESAMPLES = 9_999
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
    bounds = stats.binomtest(int(successes), int(trials)).proportion_ci(confidence, method="exact")
    return Interval(successes / trials, float(bounds.low), float(bounds.high))


def bootstrap_median_difference(
    a: ArrayLike, b: ArrayLike, confidence: float = 0.95, rng: np.random.Generator | int | None = None
) -> Interval:
    """Return median(a) - median(b) with a percentile-bootstrap interval.

    Parameters
    ----------
    a, b
        (k,) and (l,) independent repetitions, at least 2 each.
    confidence
        In (0, 1).
    rng
        Generator or seed; the same seed gives the same interval.

    Returns
    -------
    The difference and its interval, in the units of the values.

    Raises
    ------
    ValueError
        If a sample has fewer than 2 values or one that is not finite, or confidence is outside (0, 1).

    Notes
    -----
    The ends are medians of values that occurred, so that with fewer than about 6 repetitions the interval is a
    description rather than a test: at 2 against 2 it is the range of what was seen, and a gap in it has a chance of 1/3
    to occur between equal populations. Coverage measured for normal populations at 95 %: 0.66, 0.90, 0.93 and 0.96 with
    2, 3, 4 and 6 repetitions of each. For "A below B" use ordering_p_value.
    """
    first, second = _sample(a, 2), _sample(b, 2)
    _check_confidence(confidence)
    generator = np.random.default_rng(rng)
    differences = _resampled_medians(first, generator) - _resampled_medians(second, generator)
    low, high = np.quantile(differences, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(np.median(first) - np.median(second)), float(low), float(high))


def probability_smaller(a: ArrayLike, b: ArrayLike) -> float:
    """Return the estimate of P(A < B) + P(A = B) / 2: the share of pairs in which a is below b, ties as half.

    Parameters
    ----------
    a, b
        (k,) and (l,) repetitions, at least 1 each.

    Returns
    -------
    A number in [0, 1]; 1 where every a is below every b.

    Raises
    ------
    ValueError
        If a sample is empty or holds a value that is not finite.
    """
    first, second = _sample(a, 1)[:, None], _sample(b, 1)[None, :]
    return float(np.mean((first < second) + 0.5 * (first == second)))


def ordering_p_value(a: ArrayLike, b: ArrayLike, rng: np.random.Generator | int | None = 0) -> float:
    """Return the one-sided permutation p-value of the Mann-Whitney test against "A is not smaller than B".

    Parameters
    ----------
    a, b
        (k,) and (l,) independent repetitions, at least 1 each.
    rng
        Generator or seed, used only for samples with ties of which there are over 200,000 arrangements.

    Returns
    -------
    The probability, if A and B were one population, of an ordering at least as clear as the one seen. Exact (ties
    included), apart from the case named under rng. At least smallest_p_value(k, l).

    Raises
    ------
    ValueError
        If a sample is empty or holds a value that is not finite.

    Examples
    --------
    Every a below every b: one of the C(6, 3) = 20 arrangements.

    >>> round(ordering_p_value([1, 2, 3], [4, 5, 6]), 12)
    0.05
    """
    first, second = _sample(a, 1), _sample(b, 1)
    pooled = np.concatenate([first, second])
    if len(np.unique(pooled)) == len(pooled):
        return float(stats.mannwhitneyu(first, second, alternative="less", method="exact").pvalue)
    # SciPy's exact distribution assumes no ties; a permutation of the pooled values does not.
    arrangements = math.comb(len(pooled), len(first))
    resamples = _MAX_PERMUTATIONS if arrangements <= _MAX_PERMUTATIONS else _RESAMPLES
    method = stats.PermutationMethod(n_resamples=resamples, rng=np.random.default_rng(rng))
    return float(stats.mannwhitneyu(first, second, alternative="less", method=method).pvalue)


def smallest_p_value(n_a: int, n_b: int) -> float:
    """Return 1 / C(n_a + n_b, n_a), the p-value of a complete ordering: the smallest that ordering_p_value can give.

    Parameters
    ----------
    n_a, n_b
        Numbers of repetitions, at least 1.

    Returns
    -------
    A number in (0, 1/2]; an ordering can reach confidence c only if this is below 1 - c.

    Raises
    ------
    ValueError
        If a number is below 1.

    Examples
    --------
    >>> smallest_p_value(3, 3), round(smallest_p_value(4, 3), 4)
    (0.05, 0.0286)
    """
    if n_a < 1 or n_b < 1:
        raise ValueError(f"need at least one repetition of each, got {n_a} and {n_b}")
    return 1 / math.comb(n_a + n_b, n_a)


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
    return float(stats.norm.isf(max(tail, _SMALLEST_TAIL)))


def normal_deviate_of_t(t: float, freedom: float) -> float:
    """The normal deviate with the tail of Student's t at ``freedom`` degrees of freedom, and its sign."""
    return float(np.sign(t) * stats.norm.isf(max(stats.t.sf(abs(t), freedom), _SMALLEST_TAIL)))


def _resampled_medians(sample: Float, rng: np.random.Generator) -> Float:
    picks = rng.integers(0, len(sample), (_RESAMPLES, len(sample)))
    return np.asarray(np.median(sample[picks], axis=1), dtype=np.float64)


def _sample(values: ArrayLike, least: int) -> Float:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or len(sample) < least or not np.all(np.isfinite(sample)):
        raise ValueError(f"a sample must be a 1-D array of at least {least} finite values, got {sample!r}")
    return sample


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie in (0, 1), got {confidence}")

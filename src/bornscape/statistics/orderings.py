"""Orders of repetitions, paired or not: exact tests, and the effect with an exact interval.

Few repetitions cannot show much. The smallest one-sided p-value of k against k is 1 / C(2k, k), of k pairs 2^-k: below
0.01 from 5 against 5 and from 7 pairs on.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from bornscape.aliases import Float
from bornscape.statistics.comparisons import Interval


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
    first, second = _sample(a)[:, None], _sample(b)[None, :]
    return float(np.mean((first < second) + 0.5 * (first == second)))


def ordering_p_value(a: ArrayLike, b: ArrayLike) -> float:
    """Return the exact one-sided p-value of the Mann-Whitney test against "A is not smaller than B".

    Parameters
    ----------
    a, b
        (k,) and (l,) independent repetitions, at least 1 each.

    Returns
    -------
    The probability, if A and B were one population, of an ordering at least as clear as the one seen: over all
    arrangements of the pooled values, ties included. At least smallest_p_value(k, l).

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
    first, second = _sample(a), _sample(b)
    pooled = np.concatenate([first, second])
    if len(np.unique(pooled)) == len(pooled):
        return float(stats.mannwhitneyu(first, second, alternative="less", method="exact").pvalue)
    # SciPy's exact distribution assumes no ties.
    ranks = _doubled_ranks(pooled)
    law = _law_of_subset_sums(ranks, len(first))
    return float(min(1.0, law[: ranks[: len(first)].sum() + 1].sum()))


def paired_p_value(a: ArrayLike, b: ArrayLike) -> float:
    """Return the exact one-sided p-value of the Wilcoxon signed-rank test against "A is not smaller than B".

    Parameters
    ----------
    a, b
        (k,) repetitions that belong together pair by pair, for example runs from the same first angles.

    Returns
    -------
    The probability, if each difference were as likely to have the other sign, of an ordering at least as clear as the
    one seen: over all 2^k signs, ties included. Pairs without a difference are left out. At least 2^-k.

    Raises
    ------
    ValueError
        If a sample is empty or holds a value that is not finite, or the lengths differ.

    Examples
    --------
    Seven pairs of one order: one of the 2^7 = 128 choices of signs.

    >>> paired_p_value([1, 2, 3, 4, 5, 6, 7], [2, 4, 6, 8, 10, 12, 14]) * 128
    1.0
    """
    differences = _differences(a, b)
    differences = differences[differences != 0]
    sizes = np.abs(differences)
    if not len(sizes):
        return 1.0
    if len(np.unique(sizes)) == len(sizes):
        return float(stats.wilcoxon(differences, alternative="less", method="exact").pvalue)
    # SciPy's exact distribution assumes no ties.
    ranks = _doubled_ranks(sizes)
    law = _law_of_signed_sums(ranks)
    return float(min(1.0, law[: ranks[differences > 0].sum() + 1].sum()))


def paired_shift(a: ArrayLike, b: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the Hodges-Lehmann estimate of the median of a - b over pairs, with its exact distribution-free interval.

    Parameters
    ----------
    a, b
        (k,) repetitions that belong together pair by pair.
    confidence
        In (0, 1).

    Returns
    -------
    The median of the means of two differences (Walsh averages), and the interval that the signed-rank test does not
    reject: its coverage is at least the confidence for differences of any symmetric distribution. Infinite ends where
    the repetitions are too few for the confidence: fewer than 6 pairs at 95 %.

    Raises
    ------
    ValueError
        If a sample is empty or holds a value that is not finite, the lengths differ, or confidence is outside (0, 1).

    Examples
    --------
    >>> paired_shift([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12])
    Interval(estimate=-3.5, low=-6.0, high=-1.0)
    """
    differences = _differences(a, b)
    rows, columns = np.triu_indices(len(differences))
    averages = (differences[rows] + differences[columns]) / 2
    return _between(averages, _law_of_signed_sums(np.arange(1, len(differences) + 1)), confidence)


def unpaired_shift(a: ArrayLike, b: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the Hodges-Lehmann estimate of the shift from b to a, with its exact distribution-free interval.

    Parameters
    ----------
    a, b
        (k,) and (l,) independent repetitions, at least 1 each.
    confidence
        In (0, 1).

    Returns
    -------
    The median of all differences a_i - b_j, and the interval that the Mann-Whitney test does not reject: its coverage
    is at least the confidence for populations that differ by a shift. Infinite ends where the repetitions are too few.

    Raises
    ------
    ValueError
        If a sample is empty or holds a value that is not finite, or confidence is outside (0, 1).

    Examples
    --------
    >>> unpaired_shift([1, 2, 3, 4], [5, 6, 7, 8])
    Interval(estimate=-4.0, low=-7.0, high=-1.0)
    """
    first, second = _sample(a), _sample(b)
    # U is the sum of the ranks of A less its smallest value.
    ranks = np.arange(1, len(first) + len(second) + 1)
    law = _law_of_subset_sums(ranks, len(first))[ranks[: len(first)].sum() :]
    return _between(np.subtract.outer(first, second).ravel(), law, confidence)


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


def _doubled_ranks(values: Float) -> np.ndarray:
    """Twice the ranks, whole numbers where ties share their mean."""
    return np.rint(2 * stats.rankdata(values)).astype(np.int64)


def _law_of_signed_sums(scores: np.ndarray) -> Float:
    """Probability of each sum 0, 1, ... of the scores with a plus sign, all choices of signs being as likely."""
    law = np.zeros(int(scores.sum()) + 1)
    law[0] = 1.0
    for score in scores:
        law[score:] = (law[score:] + law[: len(law) - score]) / 2
        law[:score] /= 2
    return law


def _law_of_subset_sums(scores: np.ndarray, size: int) -> Float:
    """Probability of each sum 0, 1, ... of ``size`` of the scores, all choices being as likely."""
    ways = np.zeros((size + 1, int(scores.sum()) + 1))
    ways[0, 0] = 1.0
    for score in scores:
        ways[1:, score:] += ways[:-1, : ways.shape[1] - score].copy()
    return np.asarray(ways[size] / math.comb(len(scores), size))


def _between(values: Float, law: Float, confidence: float) -> Interval:
    """Median of ``values``, and those that as many of them lie beyond as the test's law allows on either side."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie in (0, 1), got {confidence}")
    beyond = int(np.searchsorted(np.cumsum(law), (1 - confidence) / 2, side="right"))
    ordered = np.sort(values)
    low, high = (ordered[beyond - 1], ordered[-beyond]) if beyond else (-math.inf, math.inf)
    return Interval(float(np.median(values)), float(low), float(high))


def _differences(a: ArrayLike, b: ArrayLike) -> Float:
    first, second = _sample(a), _sample(b)
    if len(first) != len(second):
        raise ValueError(f"pairs: expected as many of both, got {len(first)} and {len(second)}")
    return first - second


def _sample(values: ArrayLike) -> Float:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or not len(sample) or not np.all(np.isfinite(sample)):
        raise ValueError(f"a sample must be a 1-D array of at least 1 finite value, got {sample!r}")
    return sample

"""Orders of repetitions: by hand, against all arrangements, at their level, by coverage."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bornscape import statistics
from bornscape.statistics import ordering_p_value, paired_p_value, paired_shift, unpaired_shift

FALSE_ALARM = 1e-4


def noise_of_frequency(probability: float, trials: int) -> float:
    return float(stats.norm.isf(FALSE_ALARM / 2)) * np.sqrt(probability * (1 - probability) / trials)


def test_ordering_of_a_few_repetitions() -> None:
    a, b = [1.0, 2.0, 3.0], [4.0, 5.0, 6.0]
    assert statistics.probability_smaller(a, b) == 1
    assert statistics.probability_smaller([1.0, 2.0], [1.0, 2.0]) == 0.5
    # Three against three cannot go below 5 %; four against three can.
    assert ordering_p_value(a, b) == pytest.approx(0.05)
    assert statistics.smallest_p_value(3, 3) == pytest.approx(1 / 20)
    assert statistics.smallest_p_value(4, 3) < 0.05
    assert ordering_p_value(b, a) == pytest.approx(1)


def test_ordering_with_ties_is_exact() -> None:
    # {0, 0, 1} against {1, 1, 1}: of the 20 splits, the 4 with both zeros in A are at least as clear.
    assert ordering_p_value([0.0, 0.0, 1.0], [1.0, 1.0, 1.0]) == pytest.approx(4 / 20)
    assert ordering_p_value([1.0, 1.0], [1.0, 1.0, 1.0]) == pytest.approx(1)


def brute_paired(differences: np.ndarray) -> float:
    """Share of all choices of signs whose rank sum is as low as that of ``differences``; zeros are left out."""
    differences = differences[differences != 0]
    ranks = stats.rankdata(np.abs(differences))
    seen = ranks[differences > 0].sum()
    sums = [np.dot(signs, ranks) for signs in itertools.product((0, 1), repeat=len(ranks))]
    return float(np.mean(np.array(sums) <= seen + 1e-9))


def brute_unpaired(a: np.ndarray, b: np.ndarray) -> float:
    ranks = stats.rankdata(np.concatenate([a, b]))
    sums = [ranks[list(chosen)].sum() for chosen in itertools.combinations(range(len(ranks)), len(a))]
    return float(np.mean(np.array(sums) <= ranks[: len(a)].sum() + 1e-9))


@settings(deadline=None, max_examples=60)
@given(a=st.lists(st.integers(0, 3), min_size=1, max_size=5), b=st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_p_values_of_tied_values_against_every_arrangement(a: list[int], b: list[int]) -> None:
    first, second = np.array(a, dtype=float), np.array(b, dtype=float)
    assert ordering_p_value(first, second) == pytest.approx(brute_unpaired(first, second))
    k = min(len(a), len(b))
    assert paired_p_value(first[:k], second[:k]) == pytest.approx(brute_paired(first[:k] - second[:k]))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 8), m=st.integers(1, 5))
def test_p_values_without_ties_against_every_arrangement(seed: int, k: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c = rng.standard_normal(k), rng.standard_normal(k), rng.standard_normal(m)
    assert paired_p_value(a, b) == pytest.approx(brute_paired(a - b))
    assert ordering_p_value(a[:5], c) == pytest.approx(brute_unpaired(a[:5], c))
    assert paired_p_value(a, b) >= 2.0**-k * (1 - 1e-12)
    assert ordering_p_value(a, c) >= statistics.smallest_p_value(k, m) * (1 - 1e-12)


def test_pairs_without_any_difference_show_no_order() -> None:
    assert paired_p_value([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 1
    # One pair of four differs: a coin's chance, whatever its size.
    assert paired_p_value([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 9.0]) == 0.5


def test_pairs_decide_what_scatter_between_starts_hides() -> None:
    starts = np.arange(8.0) * 10
    lower, higher = starts, starts + 1 + np.arange(8) / 100
    assert paired_p_value(lower, higher) == pytest.approx(2.0**-8)
    # Torn from their pairs they show nothing: the negative control of pairing.
    assert ordering_p_value(lower, higher) > 0.3


@pytest.mark.parametrize("paired", [True, False])
def test_p_values_are_valid_under_no_difference(paired: bool) -> None:
    rng, trials = np.random.default_rng(9), 600
    test = paired_p_value if paired else ordering_p_value
    values = np.array([test(*rng.standard_normal((2, 8))) for _ in range(trials)])
    for level in (0.05, 0.01):
        assert np.mean(values <= level) <= level + noise_of_frequency(level, trials)


@pytest.mark.parametrize("repetitions", [6, 9])
@pytest.mark.parametrize("paired", [True, False])
def test_intervals_cover_as_often_as_they_say(repetitions: int, paired: bool) -> None:
    rng, trials, hits = np.random.default_rng(repetitions), 500, 0
    shift = paired_shift if paired else unpaired_shift
    for _ in range(trials):
        # Laplace: symmetric, not normal.
        a, b = rng.laplace(size=(2, repetitions))
        low, high = shift(a - 2, b)[1:]
        hits += low <= -2 <= high
    assert hits / trials >= 0.95 - noise_of_frequency(0.95, trials)
    # An interval that always covered would be none.
    assert hits < trials


@pytest.mark.parametrize("paired", [True, False])
def test_an_interval_holds_the_shifts_that_the_test_does_not_reject(paired: bool) -> None:
    rng = np.random.default_rng(4)
    a, b = rng.standard_normal((2, 9))
    shift, test = (paired_shift, paired_p_value) if paired else (unpaired_shift, ordering_p_value)
    estimate, low, high = shift(a, b)
    assert low < estimate < high
    for value, rejected in ((high + 1e-6, True), (high - 1e-6, False)):
        assert (test(a - value, b) <= 0.025) == rejected
    for value, rejected in ((low - 1e-6, True), (low + 1e-6, False)):
        assert (test(b, a - value) <= 0.025) == rejected


def test_hodges_lehmann_by_hand() -> None:
    # Differences -1, -2, -6: Walsh averages -6, -4, -3.5, -2, -1.5, -1.
    assert paired_shift([0.0, 0.0, 0.0], [1.0, 2.0, 6.0]) == (-2.75, -np.inf, np.inf)
    # Differences of all pairs: -3, -4, -1, -2.
    assert unpaired_shift([1.0, 3.0], [4.0, 5.0]) == (-2.5, -np.inf, np.inf)
    assert paired_shift([1.0] * 6, [2.0] * 6) == (-1, -1, -1)
    with pytest.raises(ValueError, match="as many of both"):
        paired_shift([1.0], [1.0, 2.0])

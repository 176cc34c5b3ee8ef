"""Comparisons: by hand, by coverage, and at their level where nothing differs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bornscape import statistics
from bornscape.statistics import simultaneous_z

FALSE_ALARM = 1e-4


def noise_of_frequency(probability: float, trials: int) -> float:
    return simultaneous_z(1, FALSE_ALARM) * np.sqrt(probability * (1 - probability) / trials)


# comparisons


def test_clopper_pearson_by_hand() -> None:
    none = statistics.proportion_interval(0, 10)
    assert none == (0, 0, pytest.approx(1 - 0.025**0.1))
    half = statistics.proportion_interval(5, 10)
    assert half.low == pytest.approx(stats.beta.ppf(0.025, 5, 6))
    assert half.high == pytest.approx(1 - half.low)


@pytest.mark.parametrize("probability", [0.02, 0.3])
def test_clopper_pearson_never_covers_too_rarely(probability: float) -> None:
    intervals = [statistics.proportion_interval(k, 40) for k in range(41)]
    covered = [i.low <= probability <= i.high for i in intervals]
    assert stats.binom.pmf(np.arange(41), 40, probability) @ covered >= 0.95


@pytest.mark.parametrize(("repetitions", "measured"), [(2, 0.66), (3, 0.90), (6, 0.96), (10, 0.966)])
def test_bootstrap_coverage_as_measured(repetitions: int, measured: float) -> None:
    # `measured` comes from an earlier run of 4000 pairs of samples with another seed; nominal is 0.95.
    rng, trials = np.random.default_rng(repetitions), 250
    hits = 0
    for _ in range(trials):
        a, b = rng.standard_normal((2, repetitions))
        interval = statistics.bootstrap_median_difference(a, b + 2, rng=rng)
        hits += interval.low <= -2 <= interval.high
    assert hits / trials == pytest.approx(measured, abs=1.2 * noise_of_frequency(measured, trials))


def test_bootstrap_is_reproducible_and_antisymmetric_in_its_estimate() -> None:
    a, b = [1.0, 2.0, 4.0], [8.0, 9.0, 16.0]
    first = statistics.bootstrap_median_difference(a, b, rng=3)
    assert first == statistics.bootstrap_median_difference(a, b, rng=3)
    assert first.estimate == -7 == -statistics.bootstrap_median_difference(b, a, rng=3).estimate
    assert first.low <= first.estimate <= first.high < 0


def test_ordering_of_a_few_repetitions() -> None:
    a, b = [1.0, 2.0, 3.0], [4.0, 5.0, 6.0]
    assert statistics.probability_smaller(a, b) == 1
    assert statistics.probability_smaller([1.0, 2.0], [1.0, 2.0]) == 0.5
    # Three against three cannot go below 5 %; four against three can.
    assert statistics.ordering_p_value(a, b) == pytest.approx(0.05)
    assert statistics.smallest_p_value(3, 3) == pytest.approx(1 / 20)
    assert statistics.smallest_p_value(4, 3) < 0.05
    assert statistics.ordering_p_value(b, a) == pytest.approx(1)


def test_ordering_with_ties_is_exact() -> None:
    # {0, 0, 1} against {1, 1, 1}: of the 20 splits, the 4 with both zeros in A are at least as clear.
    assert statistics.ordering_p_value([0.0, 0.0, 1.0], [1.0, 1.0, 1.0]) == pytest.approx(4 / 20)
    assert statistics.ordering_p_value([1.0, 1.0], [1.0, 1.0, 1.0]) == pytest.approx(1)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 5), m=st.integers(1, 5))
def test_p_value_is_never_below_the_smallest(seed: int, k: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal(k), rng.standard_normal(m)
    assert statistics.ordering_p_value(a, b) >= statistics.smallest_p_value(k, m) * (1 - 1e-12)


def test_p_value_is_valid_under_no_difference() -> None:
    rng = np.random.default_rng(9)
    values = [statistics.ordering_p_value(*rng.standard_normal((2, 4))) for _ in range(400)]
    assert np.mean(np.array(values) <= 0.05) <= 0.05 + noise_of_frequency(0.05, 400)


def test_simultaneous_z_keeps_its_promise() -> None:
    assert simultaneous_z(1, 0.05) == pytest.approx(1.959964, abs=1e-6)
    z = simultaneous_z(20, 0.1)
    assert (1 - 2 * stats.norm.sf(z)) ** 20 == pytest.approx(0.9)
    worst = np.abs(np.random.default_rng(10).standard_normal((20_000, 20))).max(axis=1)
    assert np.mean(worst > z) == pytest.approx(0.1, abs=noise_of_frequency(0.1, 20_000))
    assert simultaneous_z(10**6, 1e-9) > simultaneous_z(10, 1e-9)

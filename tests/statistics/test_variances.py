"""Intervals of variances: by hand, and by coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bornscape import statistics
from bornscape.statistics import simultaneous_z, variance_interval

FALSE_ALARM = 1e-4


def noise_of_frequency(probability: float, trials: int) -> float:
    return simultaneous_z(1, FALSE_ALARM) * np.sqrt(probability * (1 - probability) / trials)


def covers(estimate: statistics.VarianceEstimate, variance: float) -> float:
    return float(np.mean((estimate.ci_low <= np.asarray(variance)) & (np.asarray(variance) <= estimate.ci_high)))


# variance_interval


def test_bonett_interval_by_hand() -> None:
    values = np.array([1.0, 2.0, 4.0, 5.0, 13.0, 7.0, 3.0])
    z = stats.norm.ppf(0.975)
    # n = 7: 1 / (2 sqrt(3)) = 0.289 trims two values from either side.
    m = np.mean([3.0, 4.0, 5.0])
    kurtosis = 7 * np.sum((values - m) ** 4) / np.sum((values - values.mean()) ** 2) ** 2
    c = 7 / (7 - z)
    half = z * c * np.sqrt((kurtosis - 4 / 7) / 6)
    estimate = variance_interval(values)
    assert estimate.draws == 7
    assert estimate.mean == pytest.approx(5)
    assert estimate.variance == pytest.approx(np.var(values, ddof=1))
    assert estimate.ci_low == pytest.approx(c * np.var(values, ddof=1) * np.exp(-half))
    assert estimate.ci_high == pytest.approx(c * np.var(values, ddof=1) * np.exp(half))


@pytest.mark.parametrize(
    ("draws", "name", "measured"),
    [
        (10, "standard_normal", 0.959),
        (100, "standard_normal", 0.947),
        (10, "random", 0.971),
        (100, "random", 0.952),
        (10, "standard_exponential", 0.885),
        (100, "standard_exponential", 0.913),
        (1000, "standard_exponential", 0.944),
    ],
)
def test_bonett_coverage_as_measured(draws: int, name: str, measured: float) -> None:
    # `measured` comes from an earlier run of 20,000 samples with another seed; nominal is 0.95.
    trials = 8000 if draws < 1000 else 1500
    population = np.random.default_rng([draws, len(name)])
    variance = 1 / 12 if name == "random" else 1.0
    coverage = covers(variance_interval(getattr(population, name)((draws, trials))), variance)
    assert coverage == pytest.approx(measured, abs=noise_of_frequency(measured, trials) * np.sqrt(1 + trials / 20_000))
    assert coverage < 0.98


def test_chi_squared_interval_would_fail_where_bonett_does_not() -> None:
    # Negative control: the normal-theory interval covers an exponential population's variance far too rarely.
    values = np.random.default_rng(4).standard_exponential((100, 4000))
    variances = values.var(axis=0, ddof=1)
    low, high = (99 * variances / stats.chi2.ppf(p, 99) for p in (0.975, 0.025))
    naive = np.mean((low <= 1) & (high >= 1))
    assert naive < 0.75
    assert covers(variance_interval(values), 1.0) > 0.88


@pytest.mark.parametrize("unit", [1e-120, 1e-8, 1e100])
def test_interval_scales_with_the_unit(unit: float) -> None:
    values = np.random.default_rng(5).standard_normal(30)
    one, scaled = variance_interval(values), variance_interval(values * unit)
    for field in ("variance", "ci_low", "ci_high"):
        assert getattr(scaled, field) / unit / unit == pytest.approx(getattr(one, field), rel=1e-9)


def test_columns_equal_separate_samples_and_constants_have_no_variance() -> None:
    values = np.random.default_rng(6).standard_normal((12, 3))
    values[:, 1] = 0.1
    together = variance_interval(values)
    for column in range(3):
        alone = variance_interval(values[:, column])
        for field in ("mean", "variance", "ci_low", "ci_high"):
            assert getattr(together, field)[column] == pytest.approx(getattr(alone, field), rel=1e-12)
    constant = variance_interval(np.full(7, 0.1))
    assert (constant.variance, constant.ci_low, constant.ci_high) == (0, 0, 0)


@settings(deadline=None, max_examples=80)
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=30))
def test_interval_holds_its_variance_and_widens_with_confidence(values: list[float]) -> None:
    narrow, wide = variance_interval(values, 0.8), variance_interval(values, 0.95)
    # At the edge of floating point (spreads of one unit in the last place), rounding may reorder equal ends.
    slack = 1 + 1e-9
    assert 0 <= wide.ci_low <= narrow.ci_low * slack
    assert narrow.ci_low <= narrow.variance * slack
    assert narrow.variance <= narrow.ci_high * slack
    assert narrow.ci_high <= wide.ci_high * slack


# combine_batches and log_standard_error


def test_batches_by_hand() -> None:
    estimate = statistics.combine_batches([1.0, 3.0], [300, 100])
    # Weights 3/4 and 1/4: mean 1.5, squared error (3/4 0.25 + 1/4 2.25) / 1.
    half = stats.t.ppf(0.975, 1) * np.sqrt(0.75) / 1.5
    assert (estimate.draws, estimate.variance) == (400, pytest.approx(1.5))
    assert estimate.ci_low == pytest.approx(1.5 * np.exp(-half))
    assert estimate.ci_high == pytest.approx(1.5 * np.exp(half))
    assert np.isnan(estimate.mean)


@pytest.mark.parametrize("batches", [5, 20])
def test_batches_cover(batches: int) -> None:
    values = np.random.default_rng(batches).standard_normal((batches, 50, 4000))
    estimate = statistics.combine_batches(values.var(axis=1, ddof=1), 50)
    assert covers(estimate, 1.0) == pytest.approx(0.95, abs=noise_of_frequency(0.95, 4000))


def test_batches_of_zeros_and_of_nothing() -> None:
    estimate = statistics.combine_batches(np.zeros((3, 2)), 10)
    assert np.all(np.asarray(estimate.ci_high) == 0)
    with pytest.raises(ValueError, match="positive"):
        statistics.combine_batches([1.0, -1.0], 10)


def test_log_standard_error_undoes_an_interval() -> None:
    z = stats.norm.ppf(0.975)
    assert statistics.log_standard_error(2.0, 2 * np.exp(-0.3 * z), 2 * np.exp(0.3 * z)) == pytest.approx(0.3)
    errors = statistics.log_standard_error([1.0, 1.0], [0.5, 1.0], [2.0, 1.0])
    assert errors == pytest.approx([np.log(2) / z, 0])

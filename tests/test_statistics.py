"""Intervals by hand and by coverage; scaling laws on synthetic data whose law is known.

Frequencies are compared with their nominal values through simultaneous_z at a false alarm of 1e-4 a test (fixed seeds).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from bornscape import statistics, theory
from bornscape.statistics import scaling_law, simultaneous_z, variance_interval

Float = NDArray[np.float64]
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


# scaling_law

SIZES = np.arange(2, 21, 2)


def synthetic(rng: np.random.Generator, law: Callable[[Float], Float], n: Float, noise: float) -> tuple[Float, Float]:
    variance = np.exp(law(n) + noise * rng.standard_normal(len(n)))
    factor = np.exp(stats.norm.ppf(0.975) * noise)
    return variance, np.stack([variance / factor, variance * factor], axis=1)


def frequencies(law: Callable[[Float], Float], n: Any, noise: float, with_ci: bool, trials: int = 150) -> Counter[str]:
    rng = np.random.default_rng([len(n), trials, int(100 * noise)])
    counts: Counter[str] = Counter()
    for _ in range(trials):
        variance, ci = synthetic(rng, law, np.asarray(n, dtype=np.float64), noise)
        counts[scaling_law(n, variance, ci if with_ci else None).preferred] += 1
    return counts


def test_exact_laws_are_recovered() -> None:
    exponential = scaling_law(SIZES, 3 * np.exp(-0.4 * SIZES))
    assert (exponential.preferred, exponential.weight) == ("exponential", pytest.approx(1))
    assert exponential.exp_rate == pytest.approx(0.4, rel=1e-12)
    power = scaling_law(SIZES, 3.0 * SIZES**-2.0)
    assert (power.preferred, power.weight) == ("polynomial", pytest.approx(1))
    assert power.poly_power == pytest.approx(2, rel=1e-12)


def test_weights_follow_the_intervals() -> None:
    variance = np.exp(-0.3 * SIZES)
    variance[-1] *= 100
    factor = np.full(len(SIZES), 1.05)
    factor[-1] = 1e4
    ci = np.stack([variance / factor, variance * factor], axis=1)
    assert scaling_law(SIZES, variance, ci).exp_rate == pytest.approx(0.3, abs=1e-3)
    assert scaling_law(SIZES, variance).exp_rate < 0.25


def test_misfit_widens_the_interval_and_luck_does_not_narrow_it() -> None:
    def width(bend: float, error: float) -> float:
        variance = np.exp(-0.3 * SIZES + bend * (SIZES - 11.0) ** 2)
        ci = np.stack([variance * np.exp(-error), variance * np.exp(error)], axis=1)
        law = scaling_law(SIZES, variance, ci)
        return law.exp_ci_high - law.exp_ci_low

    assert width(0.02, 0.1) > 3 * width(0.0, 0.1)
    assert width(0.0, 0.2) == pytest.approx(2 * width(0.0, 0.1))


@pytest.mark.parametrize("with_ci", [False, True])
def test_intervals_of_rate_and_power_cover(with_ci: bool) -> None:
    rng, trials, hits = np.random.default_rng(21), 400, np.zeros(2)
    for _ in range(trials):
        for index, law in enumerate((lambda n: 1 - 0.3 * n, lambda n: 1 - 2 * np.log(n))):
            variance, ci = synthetic(rng, law, SIZES.astype(np.float64), 0.2)
            fit = scaling_law(SIZES, variance, ci if with_ci else None)
            low, high, truth = (
                (fit.exp_ci_low, fit.exp_ci_high, 0.3) if index == 0 else (fit.poly_ci_low, fit.poly_ci_high, 2.0)
            )
            hits[index] += low <= truth <= high
    # With known errors the scale is never below 1: coverage is then at least nominal.
    assert np.all(hits / trials > 0.95 - noise_of_frequency(0.95, trials))


@pytest.mark.parametrize("with_ci", [False, True])
@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("n", [SIZES, (4, 6, 8, 10, 12, 14), (10, 20, 50, 100, 200, 500, 1000)])
def test_polynomials_are_rarely_called_exponential(n: Any, power: float, with_ci: bool) -> None:
    # Each rate is compatible with 5 % or less; over all sets it is well below (next test).
    counts = frequencies(lambda x: -power * np.log(x), n, 0.2, with_ci, trials=60)
    assert counts["exponential"] <= stats.binom.isf(FALSE_ALARM, 60, 0.05)


@pytest.mark.parametrize("with_ci", [False, True])
def test_false_exponential_rate_over_many_sets(with_ci: bool) -> None:
    false, total = 0, 0
    for power in (0.0, 1.0, 3.0):
        for noise in (0.05, 0.2, 0.5):
            for n in (SIZES, np.arange(2, 11, 2)):
                false += frequencies(lambda x, a=power: -a * np.log(x), n, noise, with_ci, 40)["exponential"]  # type: ignore[misc]
                total += 40
    assert statistics.proportion_interval(false, total).high < 0.05


def test_exponentials_are_found_and_rarely_called_polynomial() -> None:
    clear = frequencies(lambda n: -0.5 * n, SIZES, 0.2, True)
    assert clear["exponential"] > 140
    noisy = frequencies(lambda n: -0.3 * n, np.arange(2, 11, 2), 0.5, True)
    assert noisy["polynomial"] <= 8
    assert noisy["inconclusive"] > 120


@pytest.mark.parametrize("with_ci", [False, True])
def test_a_constant_is_polynomial_only_where_the_data_bound_it(with_ci: bool) -> None:
    assert frequencies(lambda n: 0 * n, SIZES, 0.1, with_ci)["polynomial"] > 120
    short = frequencies(lambda n: 0 * n, np.arange(2, 7), 1.0, True)
    assert short["inconclusive"] > 140
    assert short["exponential"] == 0


def test_growth_is_never_an_exponential_decay() -> None:
    for law in (np.exp(0.3 * SIZES), SIZES**2.0, np.exp(0.01 * SIZES)):
        fit = scaling_law(SIZES, law)
        assert fit.preferred == "polynomial"
        assert fit.exp_rate < 0


def test_four_sizes_never_prefer_a_decay() -> None:
    n = np.array([2, 4, 6, 8])
    assert scaling_law(n, np.exp(-0.5 * n)).preferred == "inconclusive"
    assert scaling_law(n, np.exp(-0.05 * n)).preferred == "inconclusive"
    assert scaling_law(n, 1.0 / n).preferred == "inconclusive"
    assert scaling_law(n, np.full(4, 0.3)).preferred == "polynomial"


@pytest.mark.parametrize("single_qubit", ["haar", "ry"])
def test_theorem_2_is_polynomial_at_n_over_4_and_exponential_at_1(single_qubit: Any) -> None:
    for expected, bandwidth in (("polynomial", lambda n: n / 4), ("exponential", lambda n: 1.0)):
        variance = [
            theory.product_mmd_variance(int(n), bandwidth(n), np.zeros((1, int(n))), single_qubit=single_qubit)
            for n in SIZES
        ]
        assert scaling_law(SIZES, variance).preferred == expected


def test_a_zero_variance_decides_nothing() -> None:
    variance = np.exp(-0.5 * SIZES)
    variance[-1] = 0
    law = scaling_law(SIZES, variance)
    assert law.preferred == "inconclusive"
    assert np.isnan(law.exp_rate)
    assert np.isnan(law.weight)


@settings(deadline=None, max_examples=30)
@given(factor=st.floats(1e-100, 1e100), seed=st.integers(0, 1000))
def test_law_does_not_depend_on_the_unit_or_the_order(factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    variance, ci = synthetic(rng, lambda n: -0.3 * n, SIZES.astype(np.float64), 0.5)
    order = rng.permutation(len(SIZES))
    law, other = (
        scaling_law(SIZES, variance, ci),
        scaling_law(SIZES[order], factor * variance[order], factor * ci[order]),
    )
    assert other.exp_rate == pytest.approx(law.exp_rate, rel=1e-6)
    assert other.poly_ci_low == pytest.approx(law.poly_ci_low, rel=1e-6)
    assert other.weight == pytest.approx(law.weight, abs=1e-6)


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


# malformed input


@pytest.mark.parametrize(
    "call",
    [
        lambda: variance_interval([1.0, 2.0, 3.0]),
        lambda: variance_interval([1.0, 2.0, 3.0, float("nan")]),
        lambda: variance_interval([1.0, 2.0, 3.0, float("inf")]),
        lambda: variance_interval([1.0, 2.0, 3.0, 4.0], 1.0),
        lambda: variance_interval([1.0, 2.0, 3.0, 4.0], 0.99999),
        lambda: variance_interval(np.ones((4, 2, 2))),
        lambda: statistics.combine_batches([1.0], 5),
        lambda: statistics.combine_batches([1.0, 2.0], [5, 5, 5]),
        lambda: statistics.log_standard_error(1.0, 2.0, 3.0),
        lambda: statistics.log_standard_error(1.0, 0.0, 3.0),
        lambda: scaling_law([2, 4, 6, 6], np.ones(4)),
        lambda: scaling_law([2, 4, 6, 8], [1.0, 1.0, 1.0, -1.0]),
        lambda: scaling_law([2, 4, 6, 8], [1.0, 1.0, 1.0, float("nan")]),
        lambda: scaling_law([0, 4, 6, 8], np.ones(4)),
        lambda: scaling_law([2, 4, 6, 8], np.ones(4), np.ones((4, 2))),
        lambda: scaling_law([2, 4, 6, 8], np.ones(4), np.ones(4)),
        lambda: statistics.proportion_interval(3, 2),
        lambda: statistics.bootstrap_median_difference([1.0], [1.0, 2.0]),
        lambda: statistics.ordering_p_value([], [1.0]),
        lambda: statistics.smallest_p_value(0, 1),
        lambda: simultaneous_z(0, 0.05),
    ],
)
def test_malformed_input_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        call()

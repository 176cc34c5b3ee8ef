"""Deviates: exact cases, and rates of false alarms in the tails on simulated draws."""

import numpy as np
import pytest
from scipy import stats

from bornscape import theory
from bornscape.statistics import (
    count_deviate,
    excess_kurtosis,
    gamma_deviate,
    log_standard_error,
    mean_deviate,
    variance_deviate,
    variance_interval,
)

FALSE_ALARM = 1e-6
"""Of each test that draws."""

EXPONENTIAL = (1.0, 2.0, 6.0, 120.0)


def within(count: int, trials: int, chance: float, factor: float = 1.0) -> bool:
    """Whether a count could be that of events of at most ``factor`` times the chance."""
    return bool(stats.binom.sf(count - 1, trials, factor * chance) > FALSE_ALARM)


# Variances


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.0, 1.3])
def test_normal_draws_follow_chi_square(ratio: float) -> None:
    """The cube root is within 0.03 of the exact deviate at 99 degrees of freedom."""
    exact = stats.norm.ppf(stats.chi2.cdf(99 * ratio, 99))
    assert variance_deviate(ratio, 100, (1.0, 0.0, 0.0, 0.0)) == pytest.approx(exact, abs=0.03)
    assert gamma_deviate(ratio, np.sqrt(2 / 99)) == pytest.approx(exact, abs=0.03)


@pytest.mark.parametrize("name", ["exponential", "lqf"])
def test_tails_hold_where_bonetts_do_not(name: str) -> None:
    """Both tails of 4000 sets of draws beyond 1 in 1000 have at most twice that rate, and Bonett's lower tail more."""
    rng = np.random.default_rng(17)
    if name == "exponential":
        cumulants, draws = EXPONENTIAL, rng.exponential(size=(300, 4000))
    else:
        weights = rng.exponential(size=(300, 4000, 16))
        ones = np.bitwise_count(np.arange(16)) / 4
        cumulants, draws = theory.deep_lqf_cumulants(4), weights @ ones / weights.sum(axis=2)
    variances = draws.var(axis=0, ddof=1)
    found = np.array([variance_deviate(v, 300, cumulants) for v in variances])
    for side in (found, -found):
        assert within(int(np.sum(side > stats.norm.isf(1e-3))), 4000, 1e-3, 2)
    assert abs(found.mean()) < 0.08
    assert found.std() == pytest.approx(1, abs=0.06)
    if name == "exponential":
        interval = variance_interval(draws)
        error = log_standard_error(interval.variance, interval.ci_low, interval.ci_high)
        low = np.log(variances) / error < -stats.norm.isf(1e-3)
        assert not within(int(low.sum()), 4000, 1e-3, 2)


def test_a_wrong_variance_is_seen() -> None:
    """A negative control: a closed form 40 % too large fails at 5 deviates in nearly every set."""
    draws = np.random.default_rng(3).normal(size=(600, 200))
    found = [variance_deviate(v, 600, (1.4, 0.0, 0.0, 0.0)) for v in draws.var(axis=0, ddof=1)]
    assert np.mean(np.array(found) < -3.5) > 0.9


def test_variance_edges() -> None:
    assert variance_deviate(0.0, 100, EXPONENTIAL) < -10
    # Power 0: the logarithm, here of draws whose variance is log-normal to third order.
    spread = np.sqrt(2 / 99)
    sixth = 100**2 * (3 * spread**4 - 8 / 99**2)
    assert variance_deviate(1.0, 100, (1.0, 0.0, 0.0, sixth)) == pytest.approx(spread / 2)
    for variance, draws, second in ((-1.0, 10, 1.0), (1.0, 1, 1.0), (1.0, 10, 0.0)):
        with pytest.raises(ValueError, match="need variance"):
            variance_deviate(variance, draws, (second, 0.0, 0.0, 0.0))


def test_kurtosis_comes_back_from_bonetts_interval() -> None:
    sample = np.random.default_rng(2).exponential(size=(400, 3))
    found = variance_interval(sample)
    trimmed = stats.trim_mean(sample, 1 / (2 * np.sqrt(396)), axis=0)
    fourth = 400 * ((sample - trimmed) ** 4).sum(axis=0) / ((sample - sample.mean(axis=0)) ** 2).sum(axis=0) ** 2
    columns = (np.asarray(getattr(found, name)) for name in ("variance", "ci_low", "ci_high"))
    assert excess_kurtosis(*columns, np.full(3, 400)) == pytest.approx(fourth - 3)


# Counts


def test_counts_are_exact_binomial_tails() -> None:
    for count, trials, mean in ((0, 50, 5.0), (9, 50, 5.0), (45, 50, 40.0), (50, 50, 45.0)):
        above = stats.binom.sf(count - 1, trials, mean / trials)
        below = stats.binom.cdf(count, trials, mean / trials)
        expected = max(0.0, stats.norm.isf(min(above, below))) * (1 if above < below else -1)
        assert count_deviate(count, trials, mean) == pytest.approx(expected, abs=1e-9)
    for arguments in ((-1, 5, 1.0), (6, 5, 1.0), (1, 5, 0.0), (1, 5, 5.0)):
        with pytest.raises(ValueError, match="need 0 <= count"):
            count_deviate(*arguments)


def test_counts_of_unlike_trials() -> None:
    """Sums of 300 trials of unlike chances alarm at most twice as often as a normal variable, in both tails."""
    rng = np.random.default_rng(8)
    for chances in (rng.beta(0.05, 1.0, 300), rng.uniform(size=300), rng.beta(1.0, 0.05, 300)):
        mean, spread = chances.sum(), np.sqrt(np.sum(chances * (1 - chances)))
        counts = (rng.random((20_000, 300)) < chances).sum(axis=1)
        table = {int(k): count_deviate(int(k), 300, mean, spread) for k in np.unique(counts)}
        found = np.array([table[int(k)] for k in counts])
        for side in (found, -found):
            assert within(int(np.sum(side > stats.norm.isf(1e-3))), 20_000, 1e-3, 2)
    # A negative control: 8 standard deviations are seen.
    assert count_deviate(150 + round(8 * 7.1), 300, 150.0, 7.1) > 5


# Means


def test_means_of_skew_draws() -> None:
    """A mean of 100 exponential draws is a gamma variable, Pearson's type III itself."""
    for mean in (0.7, 0.9, 1.0, 1.2, 1.5):
        exact = stats.norm.ppf(stats.gamma.cdf(mean * 100, 100))
        assert mean_deviate(mean, 100, 1.0, 1.0, 2.0) == pytest.approx(exact, abs=1e-6)
    with pytest.raises(ValueError, match="variance above 0"):
        mean_deviate(1.0, 10, 1.0, 0.0, 0.0)

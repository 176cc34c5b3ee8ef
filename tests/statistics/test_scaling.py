"""Scaling laws on synthetic data whose law is known."""

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

from bornscape import theory
from bornscape.statistics import scaling_law, simultaneous_z

Float = NDArray[np.float64]
FALSE_ALARM = 1e-4


def noise_of_frequency(probability: float, trials: int) -> float:
    return simultaneous_z(1, FALSE_ALARM) * np.sqrt(probability * (1 - probability) / trials)


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
    joint = scaling_law(SIZES, 3.0 * SIZES**-2.0 * np.exp(-0.4 * SIZES))
    assert (joint.preferred, joint.scatter) == ("exponential", pytest.approx(0, abs=1e-12))
    assert (joint.rate, joint.power) == (pytest.approx(0.4), pytest.approx(2))


def test_the_joint_law_is_least_squares_on_three_parameters() -> None:
    rng = np.random.default_rng(3)
    variance, ci = synthetic(rng, lambda n: 1 - 0.2 * n, SIZES.astype(np.float64), 0.3)
    law = scaling_law(SIZES, variance, ci)
    design = np.column_stack([np.ones(len(SIZES)), -np.log(SIZES), -SIZES])
    by_hand, squares, *_ = np.linalg.lstsq(design, np.log(variance), rcond=None)
    assert law.rate == pytest.approx(by_hand[2])
    assert law.fit_p_value == pytest.approx(stats.chi2.sf(squares[0] / 0.3**2, len(SIZES) - 3))
    if law.scatter == 0:
        half = stats.t.ppf(0.99, len(SIZES) - 3) * 0.3 * np.sqrt(np.linalg.inv(design.T @ design)[2, 2])
        assert law.rate_ci_high - law.rate == pytest.approx(half)


def test_scatter_is_found_where_it_is() -> None:
    rng = np.random.default_rng(4)
    n, scatters = np.arange(4, 41, 2), []
    for _ in range(40):
        variance, ci = synthetic(rng, lambda n: -1.5 * np.log(n) + 0.5 * rng.standard_normal(len(n)), n, 0.1)
        scatters.append(scaling_law(n, variance, ci).scatter)
        assert scaling_law(n, variance, ci).preferred != "polynomial" or scatters[-1] <= 0.3
    assert np.sqrt(np.mean(np.square(scatters))) == pytest.approx(0.5, rel=0.15)
    variance, ci = synthetic(rng, lambda n: -1.5 * np.log(n), n, 0.1)
    assert scaling_law(n, variance, ci).scatter < 0.15


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
    rng, trials, hits = np.random.default_rng(21), 400, np.zeros(3)
    laws = (lambda n: 1 - 0.3 * n, lambda n: 1 - 2 * np.log(n), lambda n: 1 - 2 * np.log(n) - 0.3 * n)
    for _ in range(trials):
        for index, law in enumerate(laws):
            variance, ci = synthetic(rng, law, SIZES.astype(np.float64), 0.2)
            fit = scaling_law(SIZES, variance, ci if with_ci else None)
            low, high, truth = (
                (fit.exp_ci_low, fit.exp_ci_high, 0.3),
                (fit.poly_ci_low, fit.poly_ci_high, 2.0),
                (fit.rate_ci_low, fit.rate_ci_high, 0.3),
            )[index]
            hits[index] += low <= truth <= high
    # With known errors the scale is never below 1: coverage is then at least nominal.
    level = np.array([0.95, 0.95, 0.98])
    assert np.all(hits / trials > level - [noise_of_frequency(p, trials) for p in level])


@pytest.mark.parametrize("with_ci", [False, True])
@pytest.mark.parametrize("power", [0.0, 1.0, 5.0])
@pytest.mark.parametrize("n", [SIZES, (4, 6, 8, 10, 12, 14), (10, 20, 50, 100, 200, 500, 1000)])
def test_polynomials_are_rarely_called_exponential(n: Any, power: float, with_ci: bool) -> None:
    counts = frequencies(lambda x: -power * np.log(x), n, 0.2, with_ci, trials=60)
    assert counts["exponential"] <= stats.binom.isf(FALSE_ALARM, 60, 0.02)


LONG = np.array([4, 6, 8, 10, 12, 14, 20, 40, 60, 100], dtype=np.float64)


@pytest.mark.parametrize("rate", [0.02, 0.03])
@pytest.mark.parametrize("noise", [0.02, 0.1, 0.2])
def test_slow_decays_are_rarely_called_polynomial(rate: float, noise: float) -> None:
    counts = frequencies(lambda n: -1.5 * np.log(n) - rate * n, LONG, noise, True, trials=60)
    assert counts["polynomial"] <= stats.binom.isf(FALSE_ALARM, 60, 0.05)


def test_laws_are_found_where_the_series_can_tell() -> None:
    assert frequencies(lambda n: -0.7 * n, np.arange(4, 15, 2), 0.1, True)["exponential"] > 140
    assert frequencies(lambda n: -1.5 * np.log(n), LONG, 0.1, True)["polynomial"] > 140
    noisy = frequencies(lambda n: -0.3 * n, np.arange(2, 11, 2), 0.5, True)
    assert noisy["polynomial"] <= 3
    assert noisy["inconclusive"] > 120


def test_the_size_of_interest_decides_what_matters() -> None:
    variance, ci = synthetic(np.random.default_rng(5), lambda n: -1.5 * np.log(n), LONG, 0.1)
    assert scaling_law(LONG, variance, ci).preferred == "polynomial"
    far = scaling_law(LONG, variance, ci, largest=10_000)
    assert far.preferred == "inconclusive"
    assert "n = 10000" in far.reason
    with pytest.raises(ValueError, match="largest"):
        scaling_law(LONG, variance, ci, largest=0)


def test_corrections_to_a_power_law_are_no_decay() -> None:
    """1/n (1 + 3/n^2) e^(-0.003 n), known so well that its rate is above 0, loses a quarter to the decay by n = 100."""
    variance = np.exp(-0.003 * LONG) * (1 + 3 / LONG**2) / LONG
    law = scaling_law(LONG, variance, np.stack([variance / 1.0001, variance * 1.0001], axis=1))
    assert law.preferred != "exponential"
    clear = np.exp(-0.003 * LONG) / LONG
    law = scaling_law(LONG, clear, np.stack([clear / 1.0001, clear * 1.0001], axis=1))
    assert (law.preferred, law.rate_ci_low > 0) == ("inconclusive", True)
    assert "does not matter" in law.reason


def test_growth_is_never_an_exponential_decay() -> None:
    for law in (np.exp(0.3 * SIZES), SIZES**2.0, np.exp(0.01 * SIZES)):
        fit = scaling_law(SIZES, law)
        assert fit.preferred == "polynomial"
        assert fit.exp_rate < 0


def test_four_sizes_decide_nothing() -> None:
    n = np.array([2, 4, 6, 8])
    for law in (np.exp(-0.5 * n), 1.0 / n, np.full(4, 0.3)):
        assert scaling_law(n, law).preferred == "inconclusive"
    assert scaling_law(n, 1.0 / n).reason == "4 sizes are too few"


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

"""Comparisons: by hand, and at their level where nothing differs."""

from __future__ import annotations

import numpy as np
import pytest
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


def test_simultaneous_z_keeps_its_promise() -> None:
    assert simultaneous_z(1, 0.05) == pytest.approx(1.959964, abs=1e-6)
    z = simultaneous_z(20, 0.1)
    assert (1 - 2 * stats.norm.sf(z)) ** 20 == pytest.approx(0.9)
    worst = np.abs(np.random.default_rng(10).standard_normal((20_000, 20))).max(axis=1)
    assert np.mean(worst > z) == pytest.approx(0.1, abs=noise_of_frequency(0.1, 20_000))
    assert simultaneous_z(10**6, 1e-9) > simultaneous_z(10, 1e-9)

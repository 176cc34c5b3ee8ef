"""How many repetitions decide an order: against simulated experiments, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bornscape.statistics import ordering_p_value, paired_p_value, repetitions_for_power, standardised_effect

FALSE_ALARM = 1e-4


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("effect", [0.9, 1.8])
def test_as_many_repetitions_have_the_power(effect: float, paired: bool) -> None:
    rng, trials, power = np.random.default_rng(int(10 * effect)), 400, 0.9
    repetitions = repetitions_for_power(effect, power, 0.01, paired)
    decided = 0
    for _ in range(trials):
        a, b = rng.standard_normal((2, repetitions))
        # A pair's difference has the variance 1 for either design's effect to be in its own unit.
        decided += (paired_p_value(a - effect, 0 * b) if paired else ordering_p_value(a - effect, b)) <= 0.01
    noise = float(stats.norm.isf(FALSE_ALARM / 2)) * math.sqrt(power * (1 - power) / trials)
    # The steps of an exact test at few repetitions cost up to 0.05 of the power.
    assert power - 0.05 - noise <= decided / trials <= power + 0.07 + noise


def test_never_fewer_than_can_decide() -> None:
    assert repetitions_for_power(50.0) == repetitions_for_power(-math.inf) == 7
    assert repetitions_for_power(50.0, paired=False) == 5
    assert repetitions_for_power(50.0, alpha=0.05) == 5
    assert repetitions_for_power(0.0) == repetitions_for_power(1e-9) == 10_000
    assert repetitions_for_power(-0.7) == repetitions_for_power(0.7) > repetitions_for_power(0.8)


def test_standardised_effects_by_hand() -> None:
    # Differences -1, -2, -3.
    assert standardised_effect([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]) == pytest.approx(-2)
    # Means 2 and 4, variances 1 and 4.
    assert standardised_effect([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], paired=False) == pytest.approx(-2 / math.sqrt(2.5))
    assert standardised_effect([1.0, 1.0], [2.0, 2.0]) == -math.inf
    assert standardised_effect([1.0, 1.0], [1.0, 1.0]) == 0
    assert math.isnan(standardised_effect([1.0], [2.0]))

"""Laws poly(n) / c^n of counts: known answers and false-alarm rates."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bornscape.statistics.freezing import freezing_law

SIZES = np.array([4, 6, 8, 10, 12, 14, 16, 20, 24])
DRAWS = np.full(len(SIZES), 300)


def share(base: float, power: float, amplitude: float = 1.0) -> Any:
    return 1 - np.exp(-amplitude * SIZES**power / base**SIZES)


# The law


@pytest.mark.parametrize(("base", "power", "amplitude"), [(2.0, 2.0, 1.0), (1.5, 0.0, 8.0), (3.0, 3.0, 2.0)])
def test_exact_shares_give_the_law_back(base: float, power: float, amplitude: float) -> None:
    """A count need not be whole: at the expected counts the likelihood is largest at the truth."""
    draws = np.full(len(SIZES), 1e6)
    law = freezing_law(SIZES, draws * share(base, power, amplitude), draws)
    assert law.base == pytest.approx(base, rel=1e-3)
    assert law.power == pytest.approx(power, abs=0.01)
    assert law.share(SIZES) == pytest.approx(share(base, power, amplitude), rel=0.01)
    assert law.ci_low < base < law.ci_high
    assert law.preferred == "exponential"
    fixed = freezing_law(SIZES, draws * share(base, power, amplitude), draws, power=power)
    assert (fixed.base, fixed.power) == (pytest.approx(base, rel=1e-4), power)
    assert law.ci_low < fixed.ci_low < base < fixed.ci_high < law.ci_high


def test_intervals_cover_and_no_power_law_is_called_exponential() -> None:
    """Of 60 sets, 95 % intervals miss at most 8 times (false alarm 0.6 %), and so for c = 1 on either side."""
    rng = np.random.default_rng(11)
    missed, exponential, laws = 0, 0, []
    for _ in range(60):
        law = freezing_law(SIZES, rng.binomial(DRAWS, share(2.0, 2.0)), DRAWS)
        missed += not law.ci_low <= 2 <= law.ci_high
        exponential += law.preferred == "exponential"
        laws.append(freezing_law(SIZES, rng.binomial(10 * DRAWS, share(1.0, -1.0)), 10 * DRAWS))
    assert stats.binom.sf(8, 60, 0.05) < 0.006
    assert missed <= 8
    assert exponential == 60
    assert sum(law.preferred == "exponential" for law in laws) <= 8
    assert sum(law.preferred == "polynomial" for law in laws) >= 40


def test_p_value_belongs_to_the_interval() -> None:
    """The two-sided p of c = 1 is below 5 % exactly where the 95 % interval leaves 1 out."""
    rng = np.random.default_rng(12)
    for _ in range(12):
        law = freezing_law(SIZES, rng.binomial(40, share(1.15, 0.5)), np.full(len(SIZES), 40))
        if law.preferred == "exponential":
            assert law.ci_low > 1
            assert law.p_value < 0.05
        else:
            assert law.ci_low <= 1 + 1e-5


def test_too_little_to_fit_is_inconclusive() -> None:
    for hits in ([300] * 7 + [5, 0], [0] * 9, [300] * 9):
        law = freezing_law(SIZES, hits, DRAWS)
        assert law.preferred == "inconclusive"
        assert np.isnan([law.base, law.p_value]).all()
    assert freezing_law(SIZES[:4], [200, 100, 50, 20], DRAWS[:4]).preferred == "inconclusive"


@pytest.mark.parametrize(
    ("n", "changed", "draws", "message"),
    [
        ([4, 6], [1], [9, 9], "one shape"),
        ([4, 4], [1, 1], [9, 9], "all different"),
        ([4, 6], [1, 10], [9, 9], "changed <= draws"),
        ([-4, 6], [1, 1], [9, 9], "positive"),
    ],
)
def test_malformed_counts(n: Any, changed: Any, draws: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        freezing_law(n, changed, draws)

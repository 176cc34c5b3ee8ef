"""Proportions that part: p-values by hand, and their level."""

import numpy as np
import pytest
from scipy import stats

from bornscape.statistics.proportions import separation_p_value

# Proportions


def test_separation_p_value_by_hand() -> None:
    """None of m against all of m: 1 - (g/2)^(1/m) = (g/2)^(1/m), so g = 2 / 2^m."""
    assert separation_p_value((0, 5), (5, 5)) == pytest.approx(2 / 2**5)
    assert separation_p_value((5, 5), (0, 5)) == 1.0
    assert separation_p_value((3, 9), (3, 9)) == 1.0
    # With 1/2 + x/2 in place of x: 1 - u/2 = u, u = (g/2)^(1/m) = 2/3.
    assert separation_p_value((0, 5), (5, 5), lambda x: (1 + x) / 2) == pytest.approx(2 * (2 / 3) ** 5)
    with pytest.raises(ValueError, match="got 6 of 5"):
        separation_p_value((6, 5), (0, 5))


def test_separation_p_value_keeps_its_level() -> None:
    """Equal proportions: p <= 0.2 in at most 20 % of all outcomes, by exact enumeration."""
    m, chance = 12, 0.3
    weights = stats.binom.pmf(np.arange(m + 1), m, chance)
    alarm = sum(
        weights[a] * weights[b] for a in range(m + 1) for b in range(m + 1) if separation_p_value((a, m), (b, m)) <= 0.2
    )
    assert 0 < alarm <= 0.2

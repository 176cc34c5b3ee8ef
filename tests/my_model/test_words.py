"""Words of the verdict: what grows is not said to fall, and how many draws would decide."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bornscape.my_model.verdict.words import deciding, draws_to_decide, draws_to_see, number, trend
from bornscape.statistics import scaling_law

SIZES = np.array([4, 5, 6, 7, 8, 9, 10, 12])


def law(values: np.ndarray, error: float = 0.01) -> Any:
    factor = math.exp(1.96 * error)
    found = scaling_law(SIZES, values, np.column_stack([values / factor, values * factor]))
    return SimpleNamespace(**vars(found), n_min=4.0, n_max=12.0, sizes=len(SIZES))


@pytest.mark.parametrize(
    ("values", "inverse", "words"),
    [
        (2.0**-SIZES, False, "falls exponentially, by a factor of 2.00 [1"),
        (2.0**-SIZES, True, "grows exponentially, by a factor of 2.00 [1"),
        (SIZES**-2.0, False, "falls polynomially, as n^-2.00 [-2."),
        (SIZES**-2.0, True, "grows polynomially, as n^2.00 [1."),
        (SIZES**3.0, False, "grows polynomially, as n^3.00 [2."),
        (SIZES**3.0, True, "falls polynomially, as n^-3.00 [-3."),
        (0.0 * SIZES + 1.0, True, "stays the same within its errors, as n^-0.00 [-0."),
    ],
)
def test_trends(values: np.ndarray, inverse: bool, words: str) -> None:
    assert trend(law(values), inverse).replace("n^0.00", "n^-0.00").startswith(words)


def test_the_draws_that_would_decide_do() -> None:
    """A constant measured to 10 % is undecided; with the draws said it is polynomial at 90 % of seeds."""
    undecided = law(np.ones(len(SIZES)), 0.1)
    assert undecided.preferred == "inconclusive"
    draws = draws_to_decide(undecided, 100)
    assert draws > 100
    rng, said, again = np.random.default_rng(8), 0, 0
    error = 0.1 * math.sqrt(100 / draws)
    for _ in range(100):
        said += law(np.exp(error * rng.normal(size=len(SIZES))), error).preferred == "polynomial"
        again += law(np.exp(0.1 * rng.normal(size=len(SIZES))), 0.1).preferred == "polynomial"
    assert said >= 85
    assert again <= 10


def test_draws_hardly_help_against_scatter_between_sizes() -> None:
    jagged = law(np.exp(0.8 * np.cos(np.pi * SIZES)))
    assert jagged.scatter > 0.3
    assert draws_to_decide(jagged, 100) == math.inf
    assert deciding(math.inf, 100) == "larger sizes would help, draws hardly"


def test_the_draws_that_would_show_a_ratio() -> None:
    half = 0.2 * stats.norm.ppf(0.975)
    row = SimpleNamespace(snr=1.2, snr_ci_low=1.2 * math.exp(-half), snr_ci_high=1.2 * math.exp(half), draws=100)
    # An error of 0.2 has to become log(1.2) / (1.96 + 1.81).
    expected = 100 * (0.2 * (1.960 + 1.812) / math.log(1.2)) ** 2
    assert draws_to_see(row) == pytest.approx(expected, rel=0.05)
    assert draws_to_see(SimpleNamespace(snr=1.0, snr_ci_low=1.0, snr_ci_high=1.0, draws=100)) == math.inf


def test_numbers_without_a_value() -> None:
    assert number(math.nan) == "no finite number of"
    assert number(math.inf) == "infinitely many"

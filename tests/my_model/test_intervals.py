"""Intervals of few, heavy-tailed draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bornscape.my_model.verdict.intervals import log_band, mean_band, variance_band
from bornscape.statistics import variance_interval

SETS, DRAWS = 1000, 100


def mixture(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Normal draws, one in ten of them wider: variance 1, kurtosis 9.75."""
    return rng.normal(size=shape) * np.where(rng.random(shape) < 0.1, np.sqrt(5.5), np.sqrt(0.5))


def product(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Products of six cosines of uniform angles, as gradients of product circuits: variance 1, kurtosis 11."""
    return np.prod(np.sqrt(2) * np.cos(rng.uniform(0, 2 * np.pi, (6, *shape))), axis=0)


@pytest.mark.parametrize("draw", [mixture, product])
def test_intervals_cover_at_heavy_tails(draw: Callable[[np.random.Generator, tuple[int, int]], np.ndarray]) -> None:
    values = draw(np.random.default_rng(3), (SETS, DRAWS))
    for band in (variance_band(values), mean_band(values**2)):
        # 93 % asked; 0.8 % is a standard error.
        assert np.mean((band.low <= 1) & (band.high >= 1)) >= 0.915
    plain = variance_interval(values.T)
    assert np.mean((plain.ci_low <= 1) & (plain.ci_high >= 1)) < 0.925


def test_bands_of_a_sample_and_of_many_agree() -> None:
    values = np.random.default_rng(1).normal(size=(3, 50))
    many = variance_band(values)
    for k in range(3):
        assert variance_band(values[k]).numbers() == pytest.approx([end[k] for end in many])
    assert many.estimate == pytest.approx(values.var(axis=1, ddof=1))


@pytest.mark.parametrize("unit", [1e-150, 1.0, 1e100])
def test_the_unit_scales_the_variance_alone(unit: float) -> None:
    values = np.random.default_rng(2).normal(size=60)
    expected = [end * unit**2 for end in variance_band(values).numbers()]
    assert variance_band(unit * values).numbers() == pytest.approx(expected, rel=1e-9)


def test_what_has_no_interval() -> None:
    assert variance_band(np.full(9, 0.3)).numbers() == (0, 0, 0)
    assert mean_band(np.ones(9)).numbers() == (1, 1, 1)
    estimate, low, high = mean_band(np.zeros(9)).numbers()
    assert estimate == 0
    assert np.isnan([low, high]).all()
    assert np.isnan(log_band(np.array(np.inf), np.array(0.1)).low)

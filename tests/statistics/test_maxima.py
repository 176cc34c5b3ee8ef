"""Peaks by hand, and resampled variances around the variance."""

import numpy as np
import pytest

from bornscape.statistics.maxima import peak, resampled_variances

RNG = np.random.default_rng(0)


def test_peak_of_a_parabola_is_exact() -> None:
    grid = np.geomspace(0.1, 10, 9)
    rows = np.exp([-((np.log(grid) - 0.3) ** 2) + 1, -2 * (np.log(grid) + 1.1) ** 2])
    found = peak(grid, rows)
    assert found.bandwidth == pytest.approx(np.exp([0.3, -1.1]))
    assert found.variance == pytest.approx(np.exp([1, 0]))


def test_peak_at_an_end_is_that_end() -> None:
    grid = np.geomspace(1, 8, 4)
    found = peak(grid, np.array([grid, 1 / grid]))
    assert found.bandwidth == pytest.approx([8, 1])
    assert found.variance == pytest.approx([8, 1])


def test_resampled_variances_scatter_around_the_variance() -> None:
    values = RNG.normal(3, [1.0, 0.1], size=(400, 2))
    found = resampled_variances(values, np.random.default_rng(1))
    # Bootstrap variances average (1 - 1/draws) of the sample's.
    assert found.mean(axis=0) == pytest.approx(values.var(axis=0, ddof=1), rel=0.03)
    constant = resampled_variances(np.full((10, 1), 7.0), np.random.default_rng(1))
    assert constant.tolist() == [[0.0]] * len(constant)

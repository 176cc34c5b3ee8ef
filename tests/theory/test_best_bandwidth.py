"""Closed forms over many bandwidths: the best one, its limits, and the median of distances."""

import numpy as np
import pytest

from bornscape import theory
from bornscape.datasets import synthetic_target
from bornscape.statistics.maxima import peak


@pytest.mark.parametrize("single_qubit", ["haar", "ry"])
@pytest.mark.parametrize("dataset", ["zero", "ghz", "o_n"])
def test_variances_are_those_of_theorem_2(single_qubit: str, dataset: str) -> None:
    strings = synthetic_target(dataset, 12, np.random.default_rng(0)).bitstrings
    found = theory.product_mmd_variances(12, [0.5, 3.0, 20.0], strings, single_qubit=single_qubit)
    expected = [theory.product_mmd_variance(12, s, strings, single_qubit=single_qubit) for s in (0.5, 3.0, 20.0)]
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("single_qubit", "biased", "limit"), [("haar", True, 0.240), ("ry", True, 0.230)])
def test_limits_of_the_best_bandwidth_at_zero(single_qubit: str, biased: bool, limit: float) -> None:
    n = 400
    grid = n * np.geomspace(0.1, 0.5, 41)
    variances = theory.product_mmd_variances(n, grid, np.zeros((1, n), dtype=np.uint8), single_qubit=single_qubit)
    assert peak(grid, variances).bandwidth[0] / n == pytest.approx(limit, abs=0.002)
    assert theory.asymptotic_best_bandwidth(single_qubit, biased) == 0.25


@pytest.mark.parametrize(("single_qubit", "limit"), [("haar", 1 / 6), ("ry", 1 / 8)])
def test_limits_of_the_best_bandwidth_without_biased_wires(single_qubit: str, limit: float) -> None:
    n = 400
    grid = n * np.geomspace(0.05, 0.5, 41)
    ghz = np.repeat(np.array([[0], [1]], dtype=np.uint8), n, axis=1)
    found = peak(grid, theory.product_mmd_variances(n, grid, ghz, single_qubit=single_qubit)).bandwidth[0] / n
    assert found == pytest.approx(limit, rel=0.01)
    assert theory.asymptotic_best_bandwidth(single_qubit, biased_wires=False) == pytest.approx(limit)


def test_median_distance_by_hand() -> None:
    """One qubit, target 0, Haar: equal strings with chance 1/4 + (2/3)/4 + (1/2)/2 = 2/3, so the median is 0."""
    assert theory.median_distance(1, np.zeros((1, 1), dtype=np.uint8)) == 0
    # GHZ at large n: a quarter at 0 or n, a quarter near n/3, half near n/2.
    ghz = np.repeat(np.array([[0], [1]], dtype=np.uint8), 300, axis=1)
    assert 0.45 < theory.median_distance(300, ghz) / 300 < 0.5

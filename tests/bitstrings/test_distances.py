"""Distances between the strings of two draws."""

import numpy as np
import pytest
from scipy.stats import binom

from bornscape.bitstrings.distances import distance_distribution, median_of
from bornscape.bitstrings.walsh import bodyness_spectrum


def test_distances_of_known_distributions() -> None:
    n = 5
    uniform, zero, ghz = np.full(32, 1 / 32), np.eye(32)[0], (np.eye(32)[0] + np.eye(32)[31]) / 2
    assert distance_distribution(bodyness_spectrum(uniform)) == pytest.approx(binom.pmf(range(6), n, 0.5))
    assert distance_distribution(bodyness_spectrum(zero)) == pytest.approx(np.eye(6)[0], abs=1e-14)
    assert distance_distribution(bodyness_spectrum(ghz)) == pytest.approx([0.5, 0, 0, 0, 0, 0.5], abs=1e-14)
    assert [median_of(np.array(d)) for d in ([1, 0], [0.5, 0.5], [0.4, 0.2, 0.4])] == [0, 0, 1]

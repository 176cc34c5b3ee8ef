"""Restricted supports and near starts: closed forms by hand, by enumeration and by Monte Carlo."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bornscape import theory
from bornscape.circuits import line_circuit
from bornscape.circuits.starts import near_angles
from bornscape.simulators.state_vector import probabilities

FALSE_ALARM = 1e-4


# Closed forms


def test_sector_subset_mass_by_hand() -> None:
    assert theory.sector_subset_mass(4, 2, 3) == 0.5
    assert theory.sector_subset_mass(5, 0, 1) == 1
    for weight, strings in ((2, 7), (2, 0), (5, 1), (-1, 1)):
        with pytest.raises(ValueError, match="strings of weight"):
            theory.sector_subset_mass(4, weight, strings)


@given(st.integers(1, 6), st.floats(0, 3), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_start_masses_of_all_strings_sum_to_one(n: int, sigma: float, seed: int) -> None:
    ones = np.random.default_rng(seed).random(n)
    everything = list(product([0, 1], repeat=n))
    assert theory.product_start_mass(everything, ones, sigma) == pytest.approx(1)
    assert theory.product_start_mass(everything[:1], ones, np.inf) == pytest.approx(2.0**-n)


def test_start_mass_around_one_string() -> None:
    string = np.array([[0, 1, 1]])
    found = theory.product_start_mass(string, string[0], 0.4)
    assert found == pytest.approx(((1 + np.exp(-0.08)) / 2) ** 3)
    assert theory.product_start_mass(string, string[0], 0.0) == 1
    for ones, sigma in (([0.0, 1.0], 0.1), ([0.0, 1.0, 1.0], -0.1)):
        with pytest.raises(ValueError, match="sigma >= 0"):
            theory.product_start_mass(string, ones, sigma)


def test_start_mass_by_monte_carlo() -> None:
    strings, ones, sigma, draws = np.array([[0, 1], [1, 1]]), np.array([0.0, 0.7]), 0.6, 4000
    circuit, rng = line_circuit(2, 0), np.random.default_rng(2)
    masses = [probabilities(circuit, near_angles(6, ones, sigma, rng))[[1, 3]].sum() for _ in range(draws)]
    z = (np.mean(masses) - theory.product_start_mass(strings, ones, sigma)) / (np.std(masses) / np.sqrt(draws))
    assert abs(z) < stats.norm.isf(FALSE_ALARM / 2)

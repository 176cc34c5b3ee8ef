"""Starts near a product state: exact without noise, and as noisy as they say."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from bornscape.circuits import line_circuit
from bornscape.circuits.starts import near_angles, turning_angles
from bornscape.simulators.state_vector import probabilities

FALSE_ALARM = 1e-4


# Starts


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_start_without_noise_prepares_the_product_state(layers: int) -> None:
    circuit, ones = line_circuit(3, layers), np.array([1.0, 0.0, 0.25])
    q = probabilities(circuit, near_angles(circuit.n_parameters, ones, 0.0, np.random.default_rng(0)))
    wires = [[1 - one, one] for one in ones]
    assert q == pytest.approx([a * b * c for a, b, c in product(*wires)], abs=1e-12)


def test_noise_of_the_angles() -> None:
    n = line_circuit(5, 400).n_parameters
    ones = np.full(5, 0.5)
    noise = near_angles(n, ones, 0.3, np.random.default_rng(1))
    noise[-15:].reshape(-1, 3)[:, 1] -= turning_angles(ones)
    assert abs(noise.mean()) < stats.norm.isf(FALSE_ALARM / 2) * 0.3 / np.sqrt(n)
    ratio = n * np.mean(noise**2) / 0.3**2
    assert stats.chi2.ppf(FALSE_ALARM / 2, n) < ratio < stats.chi2.isf(FALSE_ALARM / 2, n)

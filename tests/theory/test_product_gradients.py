"""The closed form of a product state's gradient and its noise, against simulation."""

import numpy as np
import pytest
from scipy import stats

from bornscape.bitstrings.correlations import parity_target
from bornscape.circuits import product_circuit
from bornscape.losses.mmd import MMDLoss
from bornscape.theory.product_gradients import parity_gradient_moments
from bornscape.training import Objective, exact_gradient, sampled_gradient


def goal(n: int, bandwidth: float) -> Objective:
    return Objective(product_circuit(n, "ry"), None, MMDLoss(parity_target(n, 2**n - 1), bandwidth))


def test_one_qubit_by_hand() -> None:
    # Target |0>: MMD = 2 p_s (1 - z)^2 / 2 with z = cos(theta), p_s = (1 - k)/2, so dMMD = (1 - k)(1 - z) sin(theta).
    theta, s = 0.7, 0.5
    k = np.exp(-1 / (2 * s))
    found = parity_gradient_moments(np.array([theta]), s, 10)
    assert found.gradient[0] == pytest.approx((1 - k) * (1 - np.cos(theta)) * np.sin(theta))


@pytest.mark.parametrize("bandwidth", [0.1, 1.0, 2.5])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_gradient_is_the_exact_one(n: int, bandwidth: float) -> None:
    theta = np.random.default_rng(n).uniform(0, 2 * np.pi, n)
    expected, _ = exact_gradient(goal(n, bandwidth), theta)
    np.testing.assert_allclose(parity_gradient_moments(theta, bandwidth, 10).gradient, expected, atol=1e-12)


@pytest.mark.parametrize(("n", "bandwidth"), [(1, 0.5), (3, 0.1), (4, 1.0)])
def test_the_noise_is_that_of_sampled_gradients(n: int, bandwidth: float) -> None:
    """Per angle, a variance of 2000 estimates within its interval; false alarm 1e-4 a test."""
    rng = np.random.default_rng(n)
    theta, repeats, shots = rng.uniform(0, 2 * np.pi, n), 2000, 20
    sought = goal(n, bandwidth)
    estimates = np.array([sampled_gradient(sought, theta, shots, rng)[0] for _ in range(repeats)])
    found = parity_gradient_moments(theta, bandwidth, shots)
    ratio = estimates.var(axis=0, ddof=1) / found.variance
    error = np.sqrt((stats.kurtosis(estimates, axis=0) + 2) / repeats)
    assert (np.abs(ratio - 1) < stats.norm.isf(1e-4 / 2 / n) * error).all()


def test_more_shots_mean_less_noise_and_the_same_gradient() -> None:
    theta = np.random.default_rng(0).uniform(0, 2 * np.pi, 50)
    few, many = (parity_gradient_moments(theta, 12.5, shots) for shots in (100, 10_000))
    np.testing.assert_array_equal(few.gradient, many.gradient)
    assert (many.variance > 0).all()
    # Between 1/N and 1/N^2.
    assert (few.variance / many.variance >= 100 * (1 - 1e-9)).all()
    assert (few.variance / many.variance <= 10_000).all()


def test_a_wire_without_randomness_is_no_division_by_zero() -> None:
    found = parity_gradient_moments(np.array([0.0, np.pi, np.pi / 2]), 0.1, 10)
    assert np.isfinite(found.gradient).all()
    assert np.isfinite(found.variance).all()

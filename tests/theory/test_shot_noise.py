"""The MMD's mean shot noise: closed forms against exact noise of random circuits, and against measurements."""

import numpy as np
import pytest

from bornscape import theory
from bornscape.losses.dense_noise import DenseMMD
from bornscape.losses.mmd import mmd_of_samples_and_target
from bornscape.losses.shots_needed import Noise, ProductMMD
from bornscape.simulators.product import draw_marginals

BITS = np.array([[0, 0, 0, 0], [1, 0, 1, 1], [1, 1, 0, 0]])
P = np.array([0.5, 0.3, 0.2])
SHOTS = 7


def agrees(noise: list[Noise], expected: float) -> bool:
    """5 standard errors."""
    values = np.array([first / SHOTS + second / (SHOTS * (SHOTS - 1)) for first, second in noise])
    return bool(abs(values.mean() - expected) < 5 * values.std(ddof=1) / np.sqrt(len(values)))


@pytest.mark.parametrize("bandwidth", [0.7, [0.3, 2.0], 4.0])
@pytest.mark.parametrize("gates", ["haar", "ry"])
def test_product_circuits(bandwidth: float | list[float], gates: theory.product.SingleQubit) -> None:
    kernels = np.atleast_1d(bandwidth).tolist()
    loss = ProductMMD(BITS, P, kernels)
    noise = [loss.noise(z) for z in draw_marginals(4000, 4, gates, np.random.default_rng(5))]
    expected = theory.product_mmd_shot_variance(4, bandwidth, BITS, SHOTS, P, gates)
    assert agrees(noise, expected)
    assert not agrees(noise, theory.product_mmd_shot_variance(4, bandwidth, BITS, SHOTS + 1, P, gates))


@pytest.mark.parametrize("bandwidth", [0.7, [0.3, 2.0], 4.0])
def test_haar_random_states(bandwidth: float | list[float]) -> None:
    rng, dense = np.random.default_rng(6), np.zeros(16)
    dense[[0, 11, 12]] = P
    loss = DenseMMD(dense, np.atleast_1d(bandwidth).tolist())
    noise = [loss.noise(rng.dirichlet(np.ones(16))) for _ in range(4000)]
    assert agrees(noise, theory.deep_mmd_shot_variance(4, bandwidth, dense, SHOTS))
    assert not agrees(noise, theory.deep_mmd_shot_variance(4, bandwidth, dense, SHOTS + 1))


def test_exact_variance_and_noise_make_up_the_variance_of_measurements() -> None:
    """With 7 shots at n = 2, over 40,000 Haar-random states: 5 standard errors of a variance of the kurtosis seen."""
    rng, strings = np.random.default_rng(7), np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    p = np.array([0.5, 0.0, 0.2, 0.3])
    values = np.array(
        [
            mmd_of_samples_and_target(strings[rng.choice(4, SHOTS, p=rng.dirichlet(np.ones(4)))], strings, p, 0.5)
            for _ in range(40_000)
        ]
    )
    exact, noise = theory.deep_mmd_variance(2, 0.5, p), theory.deep_mmd_shot_variance(2, 0.5, p, SHOTS)
    squares = (values - values.mean()) ** 2
    assert abs(squares.mean() - exact - noise) < 5 * squares.std() / np.sqrt(len(values))
    assert noise > 0.3 * exact


def test_cumulants_with_and_without_shots() -> None:
    p = np.random.default_rng(8).dirichlet(np.ones(16))
    exact = theory.deep_mmd_cumulants(4, 1.0, p)
    assert theory.deep_sampled_cumulants(4, 1.0, p, np.inf) == pytest.approx(exact)
    sampled = theory.deep_sampled_cumulants(4, 1.0, p, 100)
    noise = theory.deep_sampled_cumulants(4, 1.0, p, 100, states=False)
    assert sampled[0] == pytest.approx(exact[0] + noise[0])
    assert noise[0] == theory.deep_mmd_shot_variance(4, 1.0, p, 100)
    assert (np.array(sampled[2:]) > np.array(exact[2:])).all()


def test_fewer_than_two_shots_have_no_noise() -> None:
    with pytest.raises(ValueError, match="shots: expected at least 2, got 1"):
        theory.product_mmd_shot_variance(2, 1.0, [[0, 0]], 1)
    with pytest.raises(ValueError, match="shots: expected at least 2, got 1"):
        theory.deep_mmd_shot_variance(1, 1.0, [0.5, 0.5], 1)

"""Deep circuits: closed forms against all moments of a Haar random state."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from bornscape import theory
from bornscape.statistics import simultaneous_z

Float = NDArray[np.float64]
FALSE_ALARM = 1e-4


def distances(n: int) -> NDArray[np.int64]:
    index = np.arange(2**n)
    return np.bitwise_count(index[:, None] ^ index[None, :]).astype(np.int64)


def moment_scores(values: Float, mean: float, variance: float) -> list[float]:
    """z-scores of a sample's mean and variance; the variance's error comes from the sample's fourth moment."""
    centred = values - values.mean()
    error = np.sqrt(np.var(centred**2) / len(values))
    return [
        (values.mean() - mean) / (values.std() / np.sqrt(len(values))),
        (values.var(ddof=1) - variance) / error,
    ]


def assert_within_noise(scores: list[float]) -> None:
    assert np.max(np.abs(scores)) < simultaneous_z(len(scores), FALSE_ALARM)


# deep circuits


def dirichlet_moments(kernel: Float, p: Float) -> tuple[float, float]:
    """Mean and variance of (q - p)^T K (q - p) by summing Dirichlet(1, ..., 1) moments over all index tuples."""
    size = len(p)

    def moment(indices: tuple[int, ...]) -> float:
        repeats = math.prod(math.factorial(indices.count(i)) for i in set(indices))
        return repeats / math.prod(range(size, size + len(indices)))

    # Polynomial in q: constant, linear and quadratic coefficients.
    terms: list[tuple[tuple[int, ...], float]] = [((), float(p @ kernel @ p))]
    terms += [((i,), -2 * float((kernel @ p)[i])) for i in range(size)]
    terms += [((i, j), float(kernel[i, j])) for i in range(size) for j in range(size)]
    mean = math.fsum(c * moment(i) for i, c in terms)
    square = math.fsum(c * d * moment(i + j) for i, c in terms for j, d in terms)
    return mean, square - mean**2


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("bandwidth", [0.2, 2.0, [0.1, 1.0]])
def test_deep_mmd_against_all_dirichlet_moments(n: int, bandwidth: float | list[float]) -> None:
    p = np.random.default_rng(n).dirichlet(np.ones(2**n))
    kernel = np.mean([np.exp(-distances(n) / (2 * s)) for s in np.atleast_1d(bandwidth)], axis=0)
    mean, variance = dirichlet_moments(kernel, p)
    assert theory.deep_mmd_mean(n, bandwidth, p) == pytest.approx(mean, rel=1e-10)
    assert theory.deep_mmd_variance(n, bandwidth, p) == pytest.approx(variance, rel=1e-8)


def test_deep_moments_against_haar_states_and_the_papers_kld_only_in_the_limit() -> None:
    n, s, draws = 5, 1.25, 60_000
    rng = np.random.default_rng(13)
    p = rng.dirichlet(np.full(2**n, 0.3)) + 1e-12
    p /= p.sum()
    q = (rng.standard_normal((draws, 2**n, 2)) ** 2).sum(axis=2)
    q /= q.sum(axis=1, keepdims=True)
    kernel = np.exp(-distances(n) / (2 * s))
    values = np.einsum("di,di->d", (q - p) @ kernel, q - p)
    scores = moment_scores(values, theory.deep_mmd_mean(n, s, p), theory.deep_mmd_variance(n, s, p))
    kld = -np.log(q) @ p
    scores += moment_scores(kld, kld.mean(), theory.deep_kld_variance_exact(p))[1:]
    assert_within_noise(scores)
    assert abs(moment_scores(kld, kld.mean(), theory.deep_kld_variance(p))[1]) > 20


def test_deep_kld_variance_formulas_meet_for_a_concentrated_target() -> None:
    p = np.zeros(2**12)
    p[0] = 1
    assert theory.deep_kld_variance(p) == pytest.approx(np.pi**2 / 6)
    assert theory.deep_kld_variance_exact(p) == pytest.approx(np.pi**2 / 6, rel=2e-4)
    assert theory.deep_kld_variance_exact([1.0]) == pytest.approx(0, abs=1e-12)


def test_deep_mmd_does_not_depend_on_the_order_of_wires() -> None:
    p = np.random.default_rng(3).dirichlet(np.ones(16)).reshape(2, 2, 2, 2)
    flipped = p.transpose(3, 2, 1, 0).reshape(-1)
    value = theory.deep_mmd_variance(4, 1.0, p.reshape(-1))
    assert theory.deep_mmd_variance(4, 1.0, flipped) == pytest.approx(value, rel=1e-13)


def test_no_bandwidth_and_no_data_exceed_the_bound() -> None:
    """200 targets and bandwidths at each n, sparse and dense, one kernel and means of several."""
    rng = np.random.default_rng(12)
    for n in range(1, 8):
        bound, ratios = theory.deep_mmd_variance_bound(n), []
        for _ in range(200):
            p = rng.dirichlet(np.full(2**n, 10 ** rng.uniform(-2, 1)))
            bandwidth = n * 10 ** rng.uniform(-2, 1, rng.integers(1, 4))
            ratios.append(theory.deep_mmd_variance(n, list(bandwidth), p) / bound)
        assert 0 < min(ratios) < max(ratios) <= 1
    # It is no bound of circuits that are not deep.
    zero = np.zeros((1, 12), dtype=np.uint8)
    assert theory.product_mmd_variance(12, 3.0, zero) > 5 * theory.deep_mmd_variance_bound(12)


def test_the_bound_of_no_qubits_is_refused() -> None:
    with pytest.raises(ValueError, match="n_qubits must be at least 1, got 0"):
        theory.deep_mmd_variance_bound(0)

"""Bounds on Var[MMD] from second moments, where both the moments and the variance have closed forms."""

import numpy as np
import pytest
from scipy import stats

from bornscape import theory


def product_bounds(n: int, bandwidth: float) -> theory.VarianceBounds:
    """Of one layer of Haar-random gates, where E[z_A^2] = 3^-|A|."""
    sizes = np.arange(3, n + 1)
    weights = stats.binom.pmf(sizes, n, theory.flip_probability(bandwidth))
    more = float(weights @ 3.0**-sizes / weights.sum()) if n > 2 else 0.0
    return theory.variance_bounds(n, bandwidth, 1 / 3, 1 / 9, more)


@pytest.mark.parametrize("n", [2, 3, 5, 20, 100])
@pytest.mark.parametrize("share", [0.1, 0.25, 1.0])
def test_product_circuits_lie_between(n: int, share: float) -> None:
    bounds = product_bounds(n, share * n)
    rng = np.random.default_rng(n)
    zero, ghz = np.zeros((1, n), dtype=np.uint8), np.repeat(np.array([[0], [1]], dtype=np.uint8), n, axis=1)
    variances = {
        "zero": theory.product_mmd_variance(n, share * n, zero),
        "ghz": theory.product_mmd_variance(n, share * n, ghz),
        "random": theory.product_mmd_variance(n, share * n, rng.integers(0, 2, (3, n), dtype=np.uint8)),
    }
    assert bounds.lower_zero <= variances["zero"]
    assert bounds.lower_ghz <= variances["ghz"]
    assert max(variances.values()) <= bounds.upper
    # Neither bound is idle, nor does it hold for other data.
    assert bounds.lower_zero > variances["zero"] / 3
    if n > 2 and share >= 0.25:
        assert bounds.lower_zero > variances["ghz"]


def test_bounds_are_linear_in_the_moments() -> None:
    """So that unbiased estimates of the moments give unbiased ones of the bounds."""
    first, second = (0.3, 0.1, 0.02), (0.1, 0.05, 0.001)
    mean = [(a + b) / 2 for a, b in zip(first, second, strict=True)]
    each = [theory.variance_bounds(6, 1.5, *moments) for moments in (first, second)]
    np.testing.assert_allclose(theory.variance_bounds(6, 1.5, *mean), np.mean(each, axis=0))

"""Fixed points and hit probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape import theory

# fixed points


def test_fixed_points_of_corollary_2() -> None:
    p, q, epsilon = [0.5, 0.25, 0.25, 0.0], [0.9, 0.1], 1e-6
    entropy_p, entropy_q = 1.5 * np.log(2), -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    expected = {
        "kl_divergence": np.log(1 / epsilon) - entropy_p,
        "reverse_kl_divergence": np.log(1 / epsilon) - entropy_q,
        "jensen_shannon_divergence": 0.0,
        "total_variation": 2.0,
        "classical_fidelity": 1.0,
    }
    assert set(expected) == set(theory.PAIRWISE_LOSSES)
    for loss, value in expected.items():
        assert theory.fixed_point(loss, p, q, epsilon) == pytest.approx(value, rel=1e-12, abs=1e-12), loss
    assert theory.kld_fixed_point(p, epsilon) == pytest.approx(expected["kl_divergence"])
    assert theory.reverse_kld_fixed_point(q, epsilon) == pytest.approx(expected["reverse_kl_divergence"])
    assert theory.kld_fixed_point([1.0], 1e-14) == pytest.approx(32.2, abs=0.05)


def test_fixed_points_equal_the_losses_on_disjoint_supports() -> None:
    p, q, epsilon = np.array([0.7, 0.3, 0, 0, 0]), np.array([0, 0, 0.2, 0.2, 0.6]), 1e-4
    for loss, (constant, term) in theory.PAIRWISE_LOSSES.items():
        direct = constant + np.sum(term(p, q, epsilon))
        assert theory.fixed_point(loss, p, q, epsilon) == pytest.approx(direct, rel=1e-12, abs=1e-12), loss
    assert theory.pairwise_fixed_point(lambda a, b: (a - b) ** 2, p, q) == pytest.approx(0.58 + 0.44)


def test_renyi_fixed_point_tends_to_the_kld_one() -> None:
    p = [0.6, 0.3, 0.1]
    limit = theory.kld_fixed_point(p, 1e-6)
    assert theory.renyi_fixed_point(p, 1 + 1e-6, 1e-6) == pytest.approx(limit, rel=1e-6)
    assert theory.renyi_fixed_point(p, 2.0, 1e-6) == pytest.approx(np.log(0.46 / 1e-6))


@settings(deadline=None)
@given(n_samples=st.integers(0, 10**6), exponent=st.integers(0, 1000))
def test_hit_probability_lies_below_the_union_bound(n_samples: int, exponent: int) -> None:
    mass = 2.0**-exponent
    value = theory.hit_probability(n_samples, mass)
    assert 0 <= value <= min(1.0, n_samples * mass) * (1 + 1e-12)
    if 0 < n_samples * mass < 1e-6:
        assert value == pytest.approx(n_samples * mass, rel=1e-6)


def test_hit_probability_by_hand() -> None:
    assert theory.hit_probability(3, 0.5) == pytest.approx(7 / 8)
    assert (theory.hit_probability(0, 1.0), theory.hit_probability(1, 1.0)) == (0.0, 1.0)

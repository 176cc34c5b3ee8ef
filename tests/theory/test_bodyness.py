"""Bodyness weights and truncation bounds, against exact arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape import theory


def exact_flip(bandwidth: float, digits: int = 80) -> Fraction:
    with localcontext() as context:
        context.prec = digits
        return Fraction((1 - (Decimal(-1) / (2 * Decimal(bandwidth))).exp()) / 2)


def relative(value: float, reference: Fraction) -> float:
    return float(abs(Fraction(value) / reference - 1))


# bodyness


@pytest.mark.parametrize("bandwidth", [0.01, 0.5, 1.0, 25.0, 250.0, 1e6])
def test_flip_probability_is_right_to_rounding(bandwidth: float) -> None:
    assert relative(theory.flip_probability(bandwidth), exact_flip(bandwidth)) < 1e-15


def test_flip_probability_at_zero_is_the_limit() -> None:
    assert theory.flip_probability(0.0) == 0.5
    assert theory.bodyness_weights(3, 0.0) == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8], rel=1e-14)


@pytest.mark.parametrize(("n", "bandwidth"), [(1, 1.0), (3, 0.2), (50, 12.5), (1000, 1.0), (1000, 250.0)])
def test_bodyness_weights_in_high_precision(n: int, bandwidth: float) -> None:
    weights = theory.bodyness_weights(n, bandwidth)
    logs = theory.log_subset_weights(n, bandwidth)
    with localcontext() as context:
        context.prec = 60
        flip = (1 - (Decimal(-1) / (2 * Decimal(bandwidth))).exp()) / 2
        exact_logs = [(n - size) * (1 - flip).ln() + size * flip.ln() for size in range(n + 1)]
        exact = [math.comb(n, size) * log.exp() for size, log in enumerate(exact_logs)]
    assert logs == pytest.approx([float(log) for log in exact_logs], rel=1e-13)
    assert weights == pytest.approx([float(weight) for weight in exact], rel=1e-10, abs=1e-300)
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("bandwidth", [0.3, 5.0, [0.05, 2.0, 10.0]])
def test_bodyness_moments_are_those_of_the_weights(bandwidth: float | list[float]) -> None:
    n = 12
    weights, bodyness = theory.bodyness_weights(n, bandwidth), 2 * np.arange(n + 1)
    mean = weights @ bodyness
    assert theory.mean_bodyness(n, bandwidth) == pytest.approx(mean, rel=1e-12)
    assert theory.bodyness_variance(n, bandwidth) == pytest.approx(weights @ (bodyness - mean) ** 2, rel=1e-12)


def test_bodyness_is_theta_n_at_fixed_bandwidth_and_bounded_at_proportional_bandwidth() -> None:
    assert theory.mean_bodyness(1000, 1.0) == pytest.approx(100 * theory.mean_bodyness(10, 1.0))
    assert theory.mean_bodyness(1000, 250.0) == pytest.approx(2, rel=0.01)


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 60), ratio=st.floats(0.01, 10), data=st.data())
def test_truncation_bounds_hold_and_are_ordered(n: int, ratio: float, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    bound = theory.truncation_bound(n, ratio * n, k)
    assert bound == pytest.approx(4 * theory.bodyness_weights(n, ratio * n)[k + 1 :].sum(), rel=1e-9, abs=1e-14)
    assert bound <= theory.truncation_bound_closed(n, ratio * n, k) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("n", "s", "k", "star"), [(20, 5.0, 3, 3), (20, 1.0, 3, 5), (20, 1.0, 8, 8), (6, 2.0, 0, 0.75)]
)
def test_closed_truncation_bound_as_printed(n: int, s: float, k: int, star: float) -> None:
    expected = 4 * (n - k) * (n * np.e / (4 * s * star)) ** star
    assert theory.truncation_bound_closed(n, s, k) == pytest.approx(expected, rel=1e-12)

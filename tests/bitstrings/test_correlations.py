"""Correlations by order, parity targets, and the bodyness of observables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import comb

from bornscape.bitstrings.correlations import deviations, mean_bodyness, order_shares, parity_target, random_subset
from bornscape.bitstrings.walsh import bodyness_spectrum, walsh_hadamard


def test_parity_targets_by_hand() -> None:
    np.testing.assert_array_equal(parity_target(1, 1), [1, 0])
    np.testing.assert_array_equal(parity_target(2, 3), [0.5, 0, 0, 0.5])
    # Even on wire 0 alone, the most significant bit.
    np.testing.assert_array_equal(parity_target(2, 2), [0.5, 0.5, 0, 0])


@given(st.integers(1, 7), st.data())
def test_a_parity_target_has_one_correlation(n: int, data: st.DataObject) -> None:
    subset = data.draw(st.integers(1, 2**n - 1))
    expected = np.zeros(2**n)
    expected[[0, subset]] = 1
    np.testing.assert_allclose(walsh_hadamard(parity_target(n, subset)), expected, atol=1e-12)


@pytest.mark.parametrize("subset", [0, 8])
def test_a_parity_needs_wires(subset: int) -> None:
    with pytest.raises(ValueError, match="subset"):
        parity_target(3, subset)


def test_random_subsets_have_their_order_and_vary() -> None:
    rng = np.random.default_rng(0)
    found = {random_subset(4, 3, rng) for _ in range(100)}
    assert found == {0b0111, 0b1011, 0b1101, 0b1110}


def test_deviations_by_hand() -> None:
    # q = 00, p uniform on two bits: every z_A(q) = 1, z_A(p) = 0 but for the empty A.
    held = deviations(np.array([1, 0, 0, 0]) - 0.25)
    np.testing.assert_allclose(held.rms, [0, 1, 1])
    np.testing.assert_allclose(held.largest, [0, 1, 1])
    # q = 00 or 01: only wire 0 is off.
    held = deviations(np.array([0.5, 0.5, 0, 0]) - 0.25)
    np.testing.assert_allclose(held.rms, [0, np.sqrt(0.5), 0], atol=1e-15)
    np.testing.assert_allclose(held.largest, [0, 1, 0], atol=1e-15)


def test_deviations_are_the_normalised_bodyness_spectrum() -> None:
    rng = np.random.default_rng(1)
    q, p = rng.dirichlet(np.ones(32), 2)
    held = deviations(q - p)
    np.testing.assert_allclose(held.rms**2 * comb(5, np.arange(6)), bodyness_spectrum(q - p), atol=1e-15)
    assert (held.rms <= held.largest + 1e-15).all()


def test_order_shares_by_hand() -> None:
    # D = 7 + 3 Z_0 + 4 Z_0 Z_1 on two bits.
    values = 7 + np.array([3 + 4, 3 - 4, -3 - 4, -3 + 4])
    np.testing.assert_allclose(order_shares(values), [0, 9 / 25, 16 / 25], atol=1e-15)
    assert mean_bodyness(values) == pytest.approx((9 + 2 * 16) / 25)


def test_the_parity_is_of_full_bodyness() -> None:
    assert mean_bodyness(parity_target(5, 31)) == pytest.approx(5)


def test_a_constant_observable_has_no_bodyness() -> None:
    with pytest.raises(ValueError, match="not all equal"):
        order_shares(np.full(8, 0.3))


@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_shares_do_not_depend_on_scale_and_offset(offset: float, scale: float) -> None:
    values = np.random.default_rng(2).normal(size=16)
    np.testing.assert_allclose(order_shares(offset + scale * values), order_shares(values), atol=1e-9)

"""The supplement's printed bounds against the closed forms that they bound, and where a reading of one fails."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bornscape import theory

STRINGS = np.array([[0, 0, 0, 0], [0, 1, 1, 0], [1, 1, 1, 1]], dtype=np.uint8)
P = np.array([0.5, 0.3, 0.2])


def cross_term(n: int, s: float, strings: np.ndarray, p: np.ndarray | None = None) -> float:
    """C_s as Theorem 2 writes it, the sum over all subsets."""
    p_s = theory.flip_probability(s)
    sizes = np.arange(1, n + 1)
    weights = np.exp(theory.log_marginal_weights(strings, p))[1:]
    return float(np.sum((1 - p_s) ** (2 * (n - sizes)) * (p_s**2 / 3) ** sizes * weights))


@pytest.mark.parametrize("s", [5.6, 7.0, 30.0, 4000.0])
@pytest.mark.parametrize("n", [1, 4, 60, 700])
def test_self_term_bound_holds_and_is_reached_at_large_bandwidths(n: int, s: float) -> None:
    k = np.exp(-0.5 / s)
    exact = ((7 + 6 * k + 2 * k**2) / 15) ** n - ((4 + 4 * k + k**2) / 9) ** n
    bound = theory.self_term_lower_bound(n, s)
    assert bound == pytest.approx(n / (180 * s**2) * (1 - 11 / (2 * s)) * (1 - 1 / (3 * s)) ** (n - 1), rel=1e-12)
    assert bound < exact
    if s == 4000.0:
        assert bound > 0.98 * exact


@pytest.mark.parametrize("s", [0.3, 1.0, 4.0, 100.0])
def test_cross_term_bounds_as_printed_and_on_either_side(s: float) -> None:
    k_s, exact = np.exp(-0.5 / s), cross_term(4, s, STRINGS, P)
    assert theory.cross_term_upper_bound(4, s) == pytest.approx(((1 + k_s + k_s**2) / 3) ** 4, rel=1e-12)
    assert exact < theory.cross_term_upper_bound(4, s)
    if s < 0.5:
        return
    weights = np.exp(theory.log_marginal_weights(STRINGS, P))
    for k in (1, 2, 3, 4):
        weight = weights[1 : k + 1].sum()
        bound = theory.cross_term_lower_bound(4, s, k, weight)
        expected = (1 - 1 / (2 * s)) ** 4 * ((1 - 1 / (24 * s**2)) / (48 * s**2)) ** k * weight
        assert bound == pytest.approx(expected, rel=1e-12)
        assert bound < exact


def test_the_lower_bound_fails_if_the_empty_subset_is_counted() -> None:
    """Parity data have no parity of two wires: with z_{} = 1 in the sum the bound would promise what is not there."""
    s, strings = 10.0, theory.parity_strings()
    exact = cross_term(3, s, strings)
    weights = np.exp(theory.log_marginal_weights(strings))
    assert weights[1:3] == pytest.approx([0, 0])
    assert theory.cross_term_lower_bound(3, s, 2, weights[1:3].sum()) <= exact
    assert theory.cross_term_lower_bound(3, s, 2, weights[:3].sum()) > 100 * exact


@pytest.mark.parametrize(("n", "s"), [(5, 0.01), (40, 1.0), (40, 3.0), (300, 1.0)])
def test_low_bodyness_bound_below_the_mode_and_not_beyond(n: int, s: float) -> None:
    shares = np.cumsum(theory.bodyness_weights(n, s))
    mode = int(np.argmax(theory.bodyness_weights(n, s)))
    bounds = np.array([theory.low_bodyness_bound(n, s, k) for k in range(1, n + 1)])
    p = theory.flip_probability(s)
    assert bounds[1] == pytest.approx(3 * (n * np.e / 2) ** 2 * (1 - p) ** (n - 2) * p**2, rel=1e-12)
    assert np.all(shares[1 : mode + 1] <= bounds[:mode])
    if s >= 1:
        assert np.any(shares[mode + 1 :] > bounds[mode:])


@pytest.mark.parametrize(
    "call",
    [
        lambda: theory.self_term_lower_bound(3, 5.5),
        lambda: theory.cross_term_upper_bound(0, 1.0),
        lambda: theory.cross_term_lower_bound(3, 0.5, 1, 1.0),
        lambda: theory.cross_term_lower_bound(3, 1.0, 0, 1.0),
        lambda: theory.cross_term_lower_bound(3, 1.0, 1, -1.0),
        lambda: theory.low_bodyness_bound(3, 1.0, 4),
        lambda: theory.product_observable_variance([[0, 0]], [1.0]),
        lambda: theory.product_observable_variance([[3, 0], [3, 0]], [1.0, 1.0]),
        lambda: theory.product_observable_variance([[4]], [1.0]),
        lambda: theory.product_observable_variance([[3]], [1.0, 2.0]),
    ],
)
def test_malformed_input_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        call()


def test_lemma_1_by_hand() -> None:
    # 2 ZI - YX on two wires: 4/3 + 1/9.
    assert theory.product_observable_variance([[3, 0], [2, 1]], [2.0, -1.0]) == pytest.approx(4 / 3 + 1 / 9)


def test_fourth_moment_by_integration_over_the_sphere() -> None:
    """Three heights and five turns integrate polynomials of degree 4 (Gauss-Legendre up to 5) exactly."""
    heights, weights = np.polynomial.legendre.leggauss(3)
    turns = np.arange(5) * 2 * np.pi / 5
    z, phi = (grid.ravel() for grid in np.meshgrid(heights, turns, indexing="ij"))
    bloch = np.stack([np.ones(15), np.sqrt(1 - z**2) * np.cos(phi), np.sqrt(1 - z**2) * np.sin(phi), z])
    chances = np.repeat(weights / 2, 5) / 5
    words = np.array([[3, 0], [2, 1], [1, 1], [0, 2], [3, 3]])
    c = np.array([0.7, -1.1, 0.4, 2.0, 0.3])
    values = np.einsum("k,ki,kj->ij", c, bloch[words[:, 0]], bloch[words[:, 1]])
    both = np.outer(chances, chances)
    assert np.sum(both * values) == pytest.approx(0, abs=1e-14)
    assert theory.product_observable_variance(words, c) == pytest.approx(np.sum(both * values**2))
    assert theory.product_observable_fourth_moment(words, c) == pytest.approx(np.sum(both * values**4))

"""Marginals against sums by hand, and pairs that agree on k-bit marginals against independent counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape import theory
from bornscape.bitstrings.marginals import (
    differ_by_moves,
    differ_in_parities,
    local_observable,
    marginal,
    marginal_difference,
    observable_difference,
)
from bornscape.bitstrings.sampling import to_bits, to_indices
from bornscape.bitstrings.walsh import bodyness_spectrum, subset_sizes, walsh_hadamard

FAMILIES = pytest.mark.parametrize("family", ["moves", "parities"])


def pair(family: str, n: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.exponential(size=2**n) + 1
    p /= p.sum()
    return p, differ_by_moves(p, k, 2, rng) if family == "moves" else differ_in_parities(p, k, rng)


def test_marginals_by_hand() -> None:
    p = np.array([1, 2, 3, 4, 5, 6, 7, 8]) / 36
    assert marginal(p, (0,)) == pytest.approx(np.array([10, 26]) / 36)
    assert marginal(p, (2,)) == pytest.approx(np.array([16, 20]) / 36)
    assert marginal(p, (0, 2)) == pytest.approx(np.array([4, 6, 12, 14]) / 36)
    assert marginal(p, (0, 1, 2)) == pytest.approx(p)
    # Reversed, the last bit is 0 as often as it was 1.
    assert marginal_difference(p[::-1], p, 1) == pytest.approx(2 * 16 / 36)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.integers(0, 2**30))
def test_marginals_agree_with_a_sum_over_strings(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, wires = rng.random(2**n), tuple(sorted(rng.choice(n, rng.integers(1, n + 1), replace=False).tolist()))
    bits = to_bits(np.arange(2**n), n)[:, wires]
    expected = np.bincount(to_indices(bits), weights=p, minlength=2 ** len(wires))
    assert marginal(p, wires) == pytest.approx(expected, rel=1e-12)


@FAMILIES
@pytest.mark.parametrize(("n", "k"), [(2, 1), (3, 1), (3, 2), (5, 2), (6, 5), (7, 3)])
def test_pairs_agree_up_to_k_and_no_further(family: str, n: int, k: int) -> None:
    p, q = pair(family, n, k, 10 * n + k)
    assert q.sum() == pytest.approx(1, abs=1e-12)
    assert q.min() > 0
    for order in range(1, k + 1):
        assert marginal_difference(q, p, order) < 1e-14
    assert marginal_difference(q, p, k + 1) > 1e-3
    spectrum = bodyness_spectrum(q - p)
    assert spectrum[: k + 1].max() < 1e-28
    assert spectrum[k + 1] > 1e-5


@FAMILIES
def test_a_step_ends_near_the_edge(family: str) -> None:
    p, q = pair(family, 5, 2, 0)
    assert np.min(q / p) == pytest.approx(0.1)


@pytest.mark.parametrize("order", [0, 3, 4])
def test_orders_that_cannot_be(order: int) -> None:
    p, rng = np.full(8, 1 / 8), np.random.default_rng(0)
    with pytest.raises(ValueError, match="1 to 2"):
        differ_in_parities(p, order, rng)
    with pytest.raises(ValueError, match="1 to 2"):
        differ_by_moves(p, order, 1, rng)


@pytest.mark.parametrize(("n", "order"), [(4, 1), (4, 2), (5, 4), (3, 3)])
def test_local_observables_are_local(n: int, order: int) -> None:
    transform = walsh_hadamard(local_observable(n, order, np.random.default_rng(n)))
    sizes = subset_sizes(n)
    assert np.abs(transform[sizes > order]).max(initial=0) < 1e-10
    assert np.abs(transform[sizes == order]).min() > 1e-6


def test_observable_difference_by_hand() -> None:
    p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    assert observable_difference(q, p, np.array([1.0, -1.0])) == 1.0
    assert observable_difference(q, p, np.array([1.0, 1.0])) == 0.0
    assert observable_difference(q, p, np.array([3.0, 1.0])) == pytest.approx(0.5)


def test_the_printed_strings_are_not_the_example() -> None:
    uniform = np.full(8, 1 / 8)
    found = {}
    for name, strings in (("right", theory.parity_strings()), ("printed", theory.paper_printed_strings())):
        q = np.zeros(8)
        q[to_indices(strings)] = 0.25
        found[name] = [marginal_difference(q, uniform, order) for order in (1, 2, 3)]
    assert found["right"] == [0, 0, 1]
    assert found["printed"] == [0.5, 0.5, 1]

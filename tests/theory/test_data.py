"""Weights of data by their marginals, against sums over subsets."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bornscape import theory


def subsets(n: int) -> list[tuple[int, ...]]:
    return [wires for size in range(1, n + 1) for wires in itertools.combinations(range(n), size)]


def parity(wires: tuple[int, ...], strings: NDArray[np.uint8], p: list[Fraction]) -> Fraction:
    return sum((w * (-1) ** int(x[list(wires)].sum()) for x, w in zip(strings, p, strict=True)), Fraction(0))


def random_strings(rng: np.random.Generator, m: int, n: int) -> NDArray[np.uint8]:
    return rng.integers(0, 2, (m, n)).astype(np.uint8)


# data


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 6), m=st.integers(1, 12), seed=st.integers(0, 2**32 - 1), uniform=st.booleans())
def test_marginal_weights_equal_the_sum_over_subsets(n: int, m: int, seed: int, uniform: bool) -> None:
    rng = np.random.default_rng(seed)
    strings, integers = random_strings(rng, m, n), [int(w) for w in rng.integers(0, 5, m) + (np.arange(m) == 0)]
    p = [Fraction(1, m)] * m if uniform else [Fraction(w, sum(integers)) for w in integers]
    logs = theory.log_marginal_weights(strings, None if uniform else [float(w) for w in p])
    for size in range(1, n + 1):
        exact = sum((parity(a, strings, p) ** 2 for a in subsets(n) if len(a) == size), Fraction(0))
        assert np.exp(logs[size]) == pytest.approx(float(exact), rel=1e-12, abs=1e-15)
    assert logs[0] == 0


def test_pair_weights_do_not_depend_on_chunks_or_on_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    strings, p = random_strings(rng, 300, 40), rng.dirichlet(np.ones(300))
    whole = theory.hamming_pair_weights(strings, p)
    monkeypatch.setattr("bornscape.theory.data._CHUNK_PAIRS", 2100)
    assert theory.hamming_pair_weights(strings, p) == whole
    # Twice the same string at p/2 each is the string at p; halving shifts the fixed point by at most one unit.
    doubled, total = theory.hamming_pair_weights(np.tile(strings, (2, 1)), np.tile(p, 2) / 2)
    assert np.allclose([c / total for c in doubled], [c / whole[1] for c in whole[0]], rtol=1e-12)
    assert sum(whole[0]) == whole[1]


def test_pair_weights_of_a_tiny_case_by_hand() -> None:
    assert theory.hamming_pair_weights([[0, 0], [0, 1], [1, 1]]) == ([3, 4, 2], 9)


@pytest.mark.parametrize("n", [1, 5, 9])
def test_pairs_of_large_sets_of_equal_weight(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sums over subsets against all pairs, in whole numbers; the cardinality set at 20 wires has 184756 strings."""
    rng = np.random.default_rng(n)
    strings = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    strings = strings[rng.random(2**n) < 0.6] if n > 1 else strings
    p = np.full(len(strings), 1 / len(strings))
    whole = theory.hamming_pair_weights(strings, p)
    monkeypatch.setattr(theory.data, "_MAX_STRINGS", 0)
    assert theory.hamming_pair_weights(strings, p) == whole
    uneven = np.append(p[:-1] * (1 - 1e-3), p[-1] + 1e-3 * p[:-1].sum())
    for large in ((strings, uneven), (np.eye(25, dtype=np.uint8), None)):
        with pytest.raises(ValueError, match="at most 0 different strings, or of equal probability and 24 bits"):
            theory.hamming_pair_weights(*large)


def test_parity_strings_hide_in_their_marginals_and_the_printed_ones_do_not() -> None:
    assert np.array_equal(theory.log_marginal_weights(theory.parity_strings()), [0, -np.inf, -np.inf, 0])
    # 001, 011, 101, 110: the third bit has z = -1/2.
    assert theory.log_marginal_weights(theory.paper_printed_strings())[1] == pytest.approx(np.log(1 / 4))
    assert {tuple(x) for x in theory.parity_strings()} != {tuple(x) for x in theory.paper_printed_strings()}
    assert np.all(theory.parity_strings().sum(axis=1) % 2 == 0)

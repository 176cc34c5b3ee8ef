"""Synthetic targets."""

from itertools import pairwise

import numpy as np
import pytest

from bornscape.datasets import LARGEST_CARDINALITY, SYNTHETIC, Target, synthetic_target


def draw(name: str, n: int, seed: int = 170) -> Target:
    return synthetic_target(name, n, np.random.default_rng(seed))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("name", SYNTHETIC)
def test_every_set_is_uniform_on_distinct_sorted_strings(name: str, n: int) -> None:
    target = draw(name, n)
    sizes = {
        "zero": 1,
        "ghz": 2,
        "o_n": min(n, 2**n),
        "o_n2": min(n * n, 2**n),
        "cardinality": {1: 1, 2: 2, 3: 3, 5: 10, 8: 70}[n],
    }
    assert target.bitstrings.shape == (sizes[name], n)
    assert target.bitstrings.dtype == np.uint8
    assert target.n_qubits == n
    assert set(np.unique(target.bitstrings)) <= {0, 1}
    np.testing.assert_array_equal(target.probabilities, 1 / sizes[name])
    assert np.all(np.diff(target.indices) > 0)
    p = target.dense()
    assert p.shape == (2**n,)
    assert p.sum() == pytest.approx(1, rel=1e-14)
    assert np.count_nonzero(p) == sizes[name]


def test_members_of_each_set() -> None:
    np.testing.assert_array_equal(draw("zero", 3).bitstrings, [[0, 0, 0]])
    np.testing.assert_array_equal(draw("ghz", 3).bitstrings, [[0, 0, 0], [1, 1, 1]])
    np.testing.assert_array_equal(draw("cardinality", 3).bitstrings, [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    assert set(draw("cardinality", 8).bitstrings.sum(axis=1)) == {4}
    assert draw("o_n2", 2).indices.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", SYNTHETIC)
def test_sets_follow_the_seed(name: str) -> None:
    first, second, other = draw(name, 9), draw(name, 9), draw(name, 9, seed=171)
    np.testing.assert_array_equal(first.bitstrings, second.bitstrings)
    if name.startswith("o_n"):
        assert not np.array_equal(first.bitstrings, other.bitstrings)
    else:
        np.testing.assert_array_equal(first.bitstrings, other.bitstrings)


def test_random_strings_are_uniform() -> None:
    """2000 strings of 200 bits: the share of ones within 5 standard deviations, false alarm 6e-7."""
    bits = np.concatenate([draw("o_n", 200, seed).bitstrings for seed in range(10)])
    assert bits.shape == (2000, 200)
    assert abs(bits.mean() - 0.5) < 5 * 0.5 / np.sqrt(bits.size)


@pytest.mark.parametrize(("name", "sizes"), [("o_n", [20, 21, 64, 65, 200]), ("o_n2", [24, 25, 40])])
def test_one_set_extends_from_size_to_size(name: str, sizes: list[int]) -> None:
    """Every string goes on with further bits, from sizes on at which no two strings of this table are equal."""
    for n, larger in pairwise(sizes):
        some, more = draw(name, n).bitstrings, draw(name, larger).bitstrings
        begun = {row.tobytes() for row in np.ascontiguousarray(more[:, :n])}
        assert {row.tobytes() for row in some} <= begun
        # Another generator starts another table.
        assert not {row.tobytes() for row in draw(name, n, seed=171).bitstrings} <= begun


def test_equal_beginnings_count_once() -> None:
    """At n = 4 the 16 strings of O(n^2) are all there are, at n = 5 they are 25 of 32, whatever comes twice before."""
    for seed in range(5):
        assert draw("o_n2", 4, seed).indices.tolist() == list(range(16))
        assert len(set(draw("o_n2", 5, seed).indices)) == 25


def test_every_set_of_strings_is_equally_likely() -> None:
    """O(n) at n = 3, 3 of 8 strings: each string in 3/8 of 2000 sets, each pair in 3/28; within 5 deviations."""
    p = np.array([draw("o_n", 3, seed).dense() > 0 for seed in range(2000)], dtype=float)
    together = p.T @ p / 2000
    expected = np.where(np.eye(8, dtype=bool), 3 / 8, 3 / 28)
    assert np.all(np.abs(together - expected) < 5 * np.sqrt(expected * (1 - expected) / 2000))


@pytest.mark.parametrize("name", ["zero", "ghz", "o_n"])
def test_large_sets(name: str) -> None:
    target = draw(name, 1000)
    assert target.bitstrings.shape == ({"zero": 1, "ghz": 2, "o_n": 1000}[name], 1000)
    with pytest.raises(ValueError, match="1000 bits have no 64-bit index"):
        _ = target.indices


def test_bad_requests_are_named() -> None:
    with pytest.raises(ValueError, match="data set 'mnist': expected one of"):
        draw("mnist", 4)
    for n in (0, -1):
        with pytest.raises(ValueError, match=f"n_qubits: expected at least 1, got {n}"):
            draw("ghz", n)
    with pytest.raises(ValueError, match="cardinality: expected n_qubits at most 24, got 25"):
        draw("cardinality", LARGEST_CARDINALITY + 1)

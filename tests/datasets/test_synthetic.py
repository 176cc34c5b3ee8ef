"""Synthetic targets."""

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

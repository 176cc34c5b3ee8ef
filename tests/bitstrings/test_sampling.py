"""Shots, bitstrings and Hamming histograms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy.stats import chi2

from bornscape.bitstrings import distances
from bornscape.bitstrings.distances import hamming_histogram
from bornscape.bitstrings.sampling import empirical, sample_indices, sampled_means, to_bits, to_indices
from support.reference import all_strings

FALSE_ALARM = 1e-6
"""Probability that the chi-square test below fails a correct sampler."""


def chi_square(drawn: NDArray, probabilities: NDArray) -> float:
    expected = len(drawn) * probabilities
    return np.sum((np.bincount(drawn, minlength=len(probabilities)) - expected) ** 2 / expected)


def test_samples_follow_the_probabilities() -> None:
    p = np.array([0.3, 0.02, 0.1, 0.05, 0.25, 0.08, 0.15, 0.05])
    drawn = sample_indices(p, 20_000, np.random.default_rng(40))
    limit = chi2.isf(FALSE_ALARM, df=7)
    assert chi_square(drawn, p) < limit
    assert chi_square(drawn, np.roll(p, 1)) > limit
    assert chi_square(drawn, 0.95 * p + 0.05 / 8) > limit


def test_samples_are_independent_of_each_other_s_number() -> None:
    """As many shots as asked for, from the distribution also when it is not normalised."""
    p = np.array([1.0, 3.0])
    drawn = sample_indices(p, 10_000, np.random.default_rng(41))
    assert len(drawn) == 10_000
    assert set(drawn.tolist()) == {0, 1}
    assert chi_square(drawn, p / 4) < chi2.isf(FALSE_ALARM, df=1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_impossible_outcomes_are_never_drawn(dtype: type) -> None:
    p: NDArray = np.array([0, 0.5, 0, 0, 0.5, 0], dtype=dtype)
    drawn = sample_indices(p, 10_000, np.random.default_rng(42))
    assert set(drawn.tolist()) == {1, 4}


class Ends:
    """Generator whose numbers are the ends of [0, 1)."""

    def random(self, shots: int) -> NDArray:
        return np.resize([0.0, np.nextafter(1.0, 0.0)], shots)


def test_the_ends_of_the_unit_interval_give_the_ends_of_the_support() -> None:
    assert sample_indices(np.array([0, 0.4, 0.6, 0]), 2, Ends()).tolist() == [1, 2]


def test_the_same_seed_gives_the_same_samples() -> None:
    p = np.full(16, 1 / 16)
    first, second, other = (sample_indices(p, 50, np.random.default_rng(s)) for s in (43, 43, 44))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_empirical_counts_the_samples() -> None:
    p = np.random.default_rng(45).dirichlet(np.ones(8))
    found = empirical(p, 100, np.random.default_rng(46))
    drawn = sample_indices(p, 100, np.random.default_rng(46))
    np.testing.assert_array_equal(found * 100, np.bincount(drawn, minlength=8))
    np.testing.assert_array_equal(empirical(np.array([0.0, 1.0]), 7, np.random.default_rng(0)), [0, 1])


def test_bits_by_hand() -> None:
    np.testing.assert_array_equal(to_bits([0, 1, 6], 3), [[0, 0, 0], [0, 0, 1], [1, 1, 0]])
    assert to_bits([1], 3).dtype == np.uint8
    assert to_indices(np.array([[1, 0, 0]], dtype=np.uint8)).tolist() == [4]
    assert to_bits([], 3).shape == (0, 3)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_bits_are_those_of_the_binary_number(n: int) -> None:
    np.testing.assert_array_equal(to_bits(np.arange(2**n), n), all_strings(n))
    np.testing.assert_array_equal(to_indices(all_strings(n)), np.arange(2**n))


@given(st.integers(1, 62), st.data())
def test_bits_and_indices_are_inverse(n: int, data: st.DataObject) -> None:
    indices = data.draw(st.lists(st.integers(0, 2**n - 1), min_size=1, max_size=5))
    assert to_indices(to_bits(indices, n)).tolist() == indices


def test_strings_beyond_62_bits_have_no_index() -> None:
    with pytest.raises(ValueError, match="bitstrings of 63 bits have no 64-bit index; expected at most 62"):
        to_indices(np.zeros((1, 63), dtype=np.uint8))


def histogram_by_pairs(x: NDArray, y: NDArray) -> NDArray:
    counts = np.zeros(x.shape[1] + 1)
    for a in x:
        for b in y:
            counts[int((a != b).sum())] += 1
    return counts


@settings(deadline=None)
@given(st.data(), st.integers(1, 9))
def test_histogram_counts_every_pair(data: st.DataObject, n: int) -> None:
    x, y = (
        data.draw(hnp.arrays(np.uint8, st.tuples(st.integers(1, 6), st.just(n)), elements=st.integers(0, 1)))
        for _ in range(2)
    )
    np.testing.assert_array_equal(hamming_histogram(x, y), histogram_by_pairs(x, y))


@pytest.mark.parametrize("n", [1, 16, 63, 64, 65, 130])
def test_compiled_counts_at_the_ends_of_words(n: int) -> None:
    """Up to 64 bits a string is one word, which has a loop of its own; an odd number of rows has a rest."""
    rng = np.random.default_rng(n)
    x, y = rng.integers(0, 2, (187, n), dtype=np.uint8), rng.integers(0, 2, (181, n), dtype=np.uint8)
    assert len(x) * len(y) >= distances._COMPILED_FROM
    np.testing.assert_array_equal(hamming_histogram(x, y), histogram_by_pairs(x, y))
    np.testing.assert_array_equal(hamming_histogram(x, x), histogram_by_pairs(x, x))


def test_histogram_over_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(47)
    x, y = rng.integers(0, 2, (50, 7), dtype=np.uint8), rng.integers(0, 2, (11, 7), dtype=np.uint8)
    whole = hamming_histogram(x, y)
    np.testing.assert_array_equal(whole, histogram_by_pairs(x, y))
    monkeypatch.setattr(distances, "_BLOCK", 16)
    np.testing.assert_array_equal(hamming_histogram(x, y), whole)


@pytest.mark.parametrize("n", [1, 8, 63, 64, 65, 130, 256, 300])
def test_compiled_histograms_agree_with_matrix_products(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Around the ends of the words that hold the bits; weights of either side, of both and of none."""
    rng = np.random.default_rng(n)
    x, y = rng.integers(0, 2, (9, n), dtype=np.uint8), rng.integers(0, 2, (6, n), dtype=np.uint8)
    p, w = rng.random(6), rng.random(9)
    found = []
    for threshold in (0, 10**9):
        monkeypatch.setattr(distances, "_COMPILED_FROM", threshold)
        found.append([hamming_histogram(x, y, *weights) for weights in ((), (p,), (None, w), (p, w))])
    np.testing.assert_array_equal(found[0][0], histogram_by_pairs(x, y))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("n", [3, 70, 300])
def test_pairs_of_a_set_with_itself_are_counted_once_and_doubled(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as with a copy, which is not known to be the same set; weights that differ are no such case either."""
    monkeypatch.setattr(distances, "_COMPILED_FROM", 0)
    rng = np.random.default_rng(n)
    x, p, other = rng.integers(0, 2, (11, n), dtype=np.uint8), rng.random(11), rng.random(11)
    np.testing.assert_array_equal(hamming_histogram(x, x), hamming_histogram(x, x.copy()))
    for weights in ((p, p), (p, None), (p, other)):
        expected = hamming_histogram(x, x.copy(), *weights)
        np.testing.assert_allclose(hamming_histogram(x, x, *weights), expected, rtol=1e-13, atol=1e-15)


def test_histogram_of_long_strings() -> None:
    x = np.zeros((1, 1000), dtype=np.uint8)
    y = np.tril(np.ones((1000, 1000), dtype=np.uint8))
    np.testing.assert_array_equal(hamming_histogram(x, y), [0] + [1] * 1000)


@pytest.mark.parametrize("shots", [2, 400])
def test_sampled_means_on_both_ways_of_drawing(shots: int) -> None:
    """Few shots are drawn one by one, many as counts: the same mean and variance (5 standard errors)."""
    p = np.array([0.5, 0.125, 0.125, 0.0, 0.25, 0, 0, 0] * 2) / 2
    values = np.arange(2 * 16.0).reshape(2, 16) ** 2
    rng = np.random.default_rng(4)
    found = np.array([sampled_means(values, p, shots, rng) for _ in range(4000)])
    mean = values @ p
    variance = ((values**2) @ p - mean**2) / shots
    assert np.abs((found.mean(axis=0) - mean) / np.sqrt(variance / 4000)).max() < 5
    np.testing.assert_allclose(found.var(axis=0), variance, rtol=0.15)
    # Rows have shots of their own.
    assert abs(np.corrcoef(found.T)[0, 1]) < 0.1


def test_a_rounding_error_below_0_is_no_error() -> None:
    assert sampled_means(np.eye(2), np.array([1.0, -1e-9], dtype=np.float32), 10, np.random.default_rng(0))[0] == 1


def test_any_number_of_shots_fits_into_memory() -> None:
    p = np.array([0.0, 0.1, 0.2, 0.7])
    shots = 10**12
    seen = empirical(p, shots, np.random.default_rng(5))
    assert seen.sum() == pytest.approx(1, rel=1e-12)
    assert seen[0] == 0
    assert np.abs(seen - p).max() < 6 * np.sqrt(0.25 / shots)
    assert np.abs(seen - p).max() > 1e-9  # Shots they are, and not p.
    values = np.array([[0.0, 1.0, 2.0, 3.0]])
    means = sampled_means(values, p, shots, np.random.default_rng(6))
    assert means == pytest.approx(values @ p, abs=6 * 3 / np.sqrt(shots))
    assert empirical(p, 10**15, np.random.default_rng(7)).sum() == pytest.approx(1)

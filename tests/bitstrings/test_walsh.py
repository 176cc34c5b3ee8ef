"""The Walsh-Hadamard transform and the bodyness spectrum against plain sums over all subsets."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from bornscape.bitstrings import walsh
from bornscape.bitstrings.walsh import (
    bodyness_spectrum,
    products_by_size,
    qubits_of,
    spectra_of_differences,
    spectrum_of_transform,
    subset_sizes,
    walsh_hadamard,
)
from support.reference import all_strings


def integer_vectors(largest_n: int) -> st.SearchStrategy[NDArray]:
    """Vectors of whole numbers: every sum below is then exact, and no tolerance is needed."""
    return st.integers(0, largest_n).flatmap(
        lambda n: hnp.arrays(np.float64, 2**n, elements=st.integers(-1000, 1000).map(float))
    )


def transform_by_sums(values: NDArray) -> NDArray:
    strings = all_strings(qubits_of(len(values))).astype(int)
    return np.array([np.sum(values * (-1.0) ** (strings @ subset)) for subset in strings])


@settings(deadline=None)
@given(integer_vectors(4))
def test_transform_is_the_sum_over_all_strings(values: NDArray) -> None:
    np.testing.assert_array_equal(walsh_hadamard(values), transform_by_sums(values))


@settings(deadline=None, max_examples=30)
@given(integer_vectors(15))
def test_transform_twice_is_the_identity_and_keeps_squares(values: NDArray) -> None:
    transform = walsh_hadamard(values)
    np.testing.assert_array_equal(walsh_hadamard(transform), len(values) * values)
    assert np.sum(transform**2) == len(values) * np.sum(values**2)
    assert transform[0] == values.sum()
    assert spectrum_of_transform(transform).sum() == np.sum(transform**2)


@pytest.mark.parametrize("n", [1, 4, 5, 6, 9, 10, 11])
def test_basis_states_give_parities(n: int) -> None:
    """At and around the block size, where bits could come back in another order."""
    rng = np.random.default_rng(n)
    strings = all_strings(n).astype(np.int64)
    for x in rng.integers(0, 2**n, size=3):
        values = np.zeros(2**n)
        values[x] = 1
        np.testing.assert_array_equal(walsh_hadamard(values), (-1.0) ** (strings @ strings[x]))


@pytest.mark.parametrize("n", [4, 5, 6, 7, 13, 14, 15, 16, 17])
def test_compiled_loops_agree_with_matrix_products(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Around the blocks of the compiled transform, whose bits are taken two by two; whole numbers, so no tolerance."""
    rng = np.random.default_rng(n)
    first, second = (rng.integers(-1000, 1000, 2**n).astype(np.float64) for _ in range(2))
    found = []
    for threshold in (0, 99):
        monkeypatch.setattr(walsh, "COMPILED_FROM", threshold)
        transform = walsh_hadamard(first)
        sums = products_by_size(first, second), spectrum_of_transform(first), spectrum_of_transform(first, second)
        found.append((transform, *sums))
    for compiled, plain in zip(*found, strict=True):
        np.testing.assert_array_equal(compiled, plain)
    np.testing.assert_array_equal(first, np.random.default_rng(n).integers(-1000, 1000, 2**n))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 9, 15])
def test_spectra_of_several_differences_are_each_alone(n: int) -> None:
    """Whole numbers, so no tolerance; below 2 qubits a vector is shorter than the compiled loop's step."""
    rng = np.random.default_rng(n)
    transform, *others = rng.integers(-1000, 1000, (4, 2**n)).astype(np.float64)
    found = spectra_of_differences(transform, np.array(others))
    assert found.shape == (3, n + 1)
    for row, other in zip(found, others, strict=True):
        plain = np.bincount(walsh.subset_sizes(n), weights=(transform - other) ** 2, minlength=n + 1)
        np.testing.assert_array_equal(row, plain)


def test_expectations_of_z_by_hand() -> None:
    np.testing.assert_array_equal(walsh_hadamard([0.75, 0.25]), [1, 0.5])
    # |01>: wire 0 is 0 and wire 1 is 1; the subsets are {}, {1}, {0}, {0, 1}.
    np.testing.assert_array_equal(walsh_hadamard([0, 1, 0, 0]), [1, -1, 1, -1])
    np.testing.assert_array_equal(walsh_hadamard([0.5, 0, 0, 0.5]), [1, 0, 0, 1])


def test_the_argument_is_left_alone() -> None:
    values = np.array([0.75, 0.25])
    walsh_hadamard(values)
    np.testing.assert_array_equal(values, [0.75, 0.25])


def test_spectrum_by_hand() -> None:
    np.testing.assert_array_equal(bodyness_spectrum([0.5, -0.5]), [0, 1])
    np.testing.assert_array_equal(bodyness_spectrum([0.5, 0, 0, -0.5]), [0, 2, 0])
    np.testing.assert_array_equal(bodyness_spectrum([0.5, -0.5, -0.5, 0.5]), [0, 0, 4])
    np.testing.assert_array_equal(bodyness_spectrum([0.25, 0.25, -0.5, 0]), [0, 1.25, 0.25])
    np.testing.assert_array_equal(bodyness_spectrum([1.0]), [1])


def test_spectrum_of_equal_two_body_marginals() -> None:
    """Prop. 5's parity set agrees with the uniform distribution on all marginals of up to two bits."""
    parity = np.zeros(8)
    parity[[0b000, 0b011, 0b101, 0b110]] = 0.25
    np.testing.assert_array_equal(bodyness_spectrum(parity - 1 / 8), [0, 0, 0, 1])
    printed = np.zeros(8)
    printed[[0b001, 0b011, 0b101, 0b110]] = 0.25
    assert bodyness_spectrum(printed - 1 / 8)[:3].max() > 0


@settings(deadline=None)
@given(integer_vectors(4))
def test_spectrum_bins_squares_by_the_number_of_wires(values: NDArray) -> None:
    n = qubits_of(len(values))
    expected = np.zeros(n + 1)
    for subset, z in zip(all_strings(n), transform_by_sums(values), strict=True):
        expected[int(subset.sum())] += z**2
    spectrum = bodyness_spectrum(values)
    assert spectrum.dtype == np.float64
    np.testing.assert_array_equal(spectrum, expected)


@settings(deadline=None)
@given(integer_vectors(5), st.randoms(use_true_random=False))
def test_spectrum_does_not_depend_on_the_order_of_the_wires(values: NDArray, random: Random) -> None:
    n = qubits_of(len(values))
    order = random.sample(range(n), n)
    permuted = values.reshape((2,) * n).transpose(order).ravel() if n else values
    np.testing.assert_array_equal(bodyness_spectrum(permuted), bodyness_spectrum(values))


@pytest.mark.parametrize("n", range(6))
def test_subset_sizes_count_ones(n: int) -> None:
    sizes = subset_sizes(n)
    assert sizes.dtype == np.int64
    np.testing.assert_array_equal(sizes, [bin(i).count("1") for i in range(2**n)])
    with pytest.raises(ValueError, match="read-only"):
        sizes[0] = 5


@pytest.mark.parametrize("length", [0, 3, 5, 6, 7, 12, 1023])
def test_lengths_that_are_no_power_of_two_are_an_error(length: int) -> None:
    for call in (qubits_of, lambda size: walsh_hadamard(np.ones(size)), lambda size: bodyness_spectrum(np.ones(size))):
        with pytest.raises(ValueError, match=rf"expected a vector of length 2\*\*n, got length {length}"):
            call(length)


@pytest.mark.parametrize("n", [0, 1, 10, 20])
def test_qubits_of_a_power_of_two(n: int) -> None:
    assert qubits_of(2**n) == n


@pytest.mark.parametrize("shape", [(2, 2), (1, 4), (4, 1), ()])
def test_what_is_no_vector_is_an_error(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected a vector of length 2"):
        walsh_hadamard(np.zeros(shape))

"""Pixels to hits to bitstrings, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bornscape.datasets.images import GRIDS, cut_table, hit_bitstrings, image_distribution, summary


def test_grids_have_as_many_pixels_as_qubits():
    assert all(rows * cols == n for n, (rows, cols) in GRIDS.items())


def test_a_pixel_is_hit_above_a_tenth_of_the_mean_of_its_own_image():
    # Means 2.5 and 250: the cut is 0.25 and 25.
    pixels = np.array([[[9.5, 0.2], [0.3, 0.0]], [[950.0, 20.0], [30.0, 0.0]]])
    assert hit_bitstrings(pixels).tolist() == [[1, 0, 1, 0], [1, 0, 1, 0]]


def test_a_pixel_at_the_cut_is_not_hit_and_an_empty_image_has_none():
    pixels = np.array([[[4.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    assert hit_bitstrings(pixels, cut=4.0).tolist() == [[0] * 4, [0] * 4]


def test_pixels_are_read_row_by_row():
    pixels = np.zeros((1, 2, 3))
    pixels[0, 0, 2] = 1.0
    assert hit_bitstrings(pixels).tolist() == [[0, 0, 1, 0, 0, 0]]


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 4)), "expected \\(N, rows, cols\\)"),
        (-np.ones((1, 2, 2)), "none negative"),
        (np.full((1, 2, 2), np.nan), "finite"),
    ],
)
def test_bad_pixels_are_refused(pixels, message):
    with pytest.raises(ValueError, match=message):
        hit_bitstrings(pixels)


def test_distribution_counts_images_in_the_order_of_their_bitstrings():
    images, frequencies = image_distribution(np.array([[1, 0], [0, 1], [1, 0], [1, 0]]))
    assert images.tolist() == [[0, 1], [1, 0]]
    assert frequencies.tolist() == [0.25, 0.75]


def test_summary_by_hand():
    found = summary(np.array([[0, 0], [0, 0], [0, 1], [1, 1]]))
    assert found == (3, 1.5, 0.5, 1.0)


@given(st.floats(0.01, 3.0), st.floats(0.01, 3.0), st.integers(0, 2**32 - 1))
def test_a_higher_cut_never_hits_more_pixels(first, second, seed):
    pixels = np.random.default_rng(seed).exponential(size=(5, 3, 3))
    low, high = sorted((first, second))
    assert (hit_bitstrings(pixels, high) <= hit_bitstrings(pixels, low)).all()


def test_cut_table_has_a_row_a_cut():
    pixels = np.random.default_rng(1).exponential(size=(50, 2, 2))
    table = cut_table(pixels, [0.1, 1.0])
    assert table["cut"].tolist() == [0.1, 1.0]
    assert table.loc[1, "distinct_images"] == summary(hit_bitstrings(pixels, 1.0)).distinct

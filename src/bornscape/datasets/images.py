"""Pixel grids to images of hits, and images to bitstrings: wire 0 is the first pixel, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Bits, Float

GRIDS = {4: (2, 2), 6: (2, 3), 9: (3, 3), 10: (2, 5), 12: (3, 4), 15: (3, 5), 16: (4, 4), 18: (3, 6)}
"""Rows and columns of the images of n pixels; the paper does not state its grids. 10, 15 and 18: for Fig. 11 alone."""

IMAGE_SETS = ("jets", "showers")
"""Data sets of images, which the workflow makes beforehand."""

CUT = 0.1
"""The paper's cut: a pixel is hit if it exceeds one tenth of the mean pixel."""


class ImageSummary(NamedTuple):
    """How rich a set of images is: distinct ones, entropy in bits, mass of the most frequent 1 and 15."""

    distinct: int
    entropy: float
    top: float
    top_15: float


def hit_bitstrings(pixels: NDArray, cut: float = CUT) -> Bits:
    """Which pixels are hit, as bitstrings.

    Parameters
    ----------
    pixels
        (N, rows, cols) energies or transverse momenta, none negative.
    cut
        In units of the mean over the pixels of the same image (the paper's "mean deposit" is read so).

    Returns
    -------
    (N, rows * cols) uint8, row by row. An empty image has no hit.

    Raises
    ------
    ValueError
        If the shape is another, or a value is negative or not finite.

    Examples
    --------
    An image of one row and two pixels: the mean is 5.05, and 0.1 is below a tenth of it.

    >>> import numpy as np
    >>> hit_bitstrings(np.array([[[0.1, 10.0]]])).tolist()
    [[0, 1]]
    """
    values = np.asarray(pixels, dtype=np.float64)
    if values.ndim != 3:
        raise ValueError(f"pixels: expected (N, rows, cols), got shape {values.shape}")
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("pixels: expected finite values, none negative")
    flat = values.reshape(len(values), -1)
    return (flat > cut * flat.mean(axis=1, keepdims=True)).astype(np.uint8)


def image_distribution(bitstrings: NDArray) -> tuple[Bits, Float]:
    """Distinct images (M, n), in the order of their bitstrings, and their frequencies (M,), of images (N, n).

    Examples
    --------
    >>> import numpy as np
    >>> images, frequencies = image_distribution(np.array([[1, 1], [0, 1], [1, 1], [1, 1]]))
    >>> images.tolist(), frequencies.tolist()
    ([[0, 1], [1, 1]], [0.25, 0.75])
    """
    images, counts = np.unique(np.asarray(bitstrings, dtype=np.uint8), axis=0, return_counts=True)
    return images, counts / len(bitstrings)


def summary(bitstrings: NDArray) -> ImageSummary:
    """Summary of images (N, n)."""
    _, frequencies = image_distribution(bitstrings)
    ranked = np.sort(frequencies)[::-1]
    entropy = float(-np.sum(ranked * np.log2(ranked)))
    return ImageSummary(len(ranked), entropy, float(ranked[0]), float(ranked[:15].sum()))


def cut_table(pixels: NDArray, cuts: Sequence[float]) -> pd.DataFrame:
    """How the images depend on the cut: one row a cut with the summary of the images; pixels are (N, rows, cols)."""
    rows = [(cut, *summary(hit_bitstrings(pixels, cut))) for cut in cuts]
    return pd.DataFrame(rows, columns=["cut", "distinct_images", "entropy_bits", "top_image", "top_15_images"])

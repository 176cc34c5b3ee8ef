"""Samples and probabilities as arrays, checked and put together into a distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bornscape.aliases import Bits, Float
from bornscape.datasets import Target

SUM_TOLERANCE = 1e-6
"""How far from 1 a user's probabilities may sum; they are divided by their sum."""

THRESHOLD = "real numbers become bits by a threshold: (x > x.mean(axis=0)).astype(int)"


def distribution(bits: NDArray, weights: Float | None = None) -> Target:
    """Equal strings put together, in the order of their value.

    Parameters
    ----------
    bits
        (M, n), a row a string.
    weights
        (M,), divided by their sum; None: all the same, as for samples.

    Examples
    --------
    >>> distribution(np.array([[0, 1], [0, 1], [1, 1], [0, 1]])).dense().tolist()
    [0.0, 0.75, 0.0, 0.25]
    """
    weights = np.full(len(bits), 1 / len(bits)) if weights is None else weights
    distinct, place = np.unique(bits.astype(np.uint8), axis=0, return_inverse=True)
    p = np.bincount(place.ravel(), weights=weights, minlength=len(distinct))
    positive = p > 0
    return Target(distinct[positive], p[positive] / p[positive].sum())


def as_bits(
    values: ArrayLike, where: str, rows: Sequence[int] | None = None, columns: Sequence[str] | None = None
) -> Bits:
    """Bits (M, n) uint8 of samples as zeros and ones, or as spins: +1 is the bit 0 and -1 the bit 1, as for Z.

    Parameters
    ----------
    values
        (M, n), a row a sample: numbers or booleans, either all 0 and 1 or all -1 and +1.
    where
        What an error names first.
    rows, columns
        What an error calls row and column; numbers from 0 unless given.

    Raises
    ------
    ValueError
        If the shape or a value is another; the message names the first such row and column.

    Examples
    --------
    >>> as_bits([[0, 1], [1, 1]], "mine").tolist(), as_bits([[1, -1], [-1, -1]], "mine").tolist()
    ([[0, 1], [1, 1]], [[0, 1], [1, 1]])
    """
    try:
        found = np.asarray(values)
    except ValueError as error:
        raise ValueError(
            f"{where}: expected samples of shape (M, n), a row a sample, got rows of several lengths"
        ) from error
    if found.ndim != 2 or not found.size:
        raise ValueError(
            f"{where}: expected samples of shape (M, n), a row a sample, got shape {found.shape}; "
            f"array.reshape(-1, n) makes rows of n bits"
        )
    if found.dtype.kind not in "biuf":
        raise ValueError(f"{where}: expected numbers or booleans, got {found.dtype}; array.astype(int) makes numbers")
    spins = found.dtype.kind != "b" and bool((found == -1).any())
    low = -1 if spins else 0
    wrong = (found != low) & (found != 1)
    if wrong.any():
        row, column = np.argwhere(wrong)[0].tolist()
        place = f"row {rows[row] if rows else row}, column {columns[column] if columns else column}"
        wanted = "-1 or 1, as there is a -1" if spins else "0 or 1 (or -1 and 1 throughout)"
        raise ValueError(f"{where}: {place}: expected {wanted}, got {found[row, column]}; {THRESHOLD}")
    return ((found < 0) if spins else found).astype(np.uint8)


def checked_weights(values: Float, kind: str, where: str, rows: Sequence[int] | None = None) -> Float:
    """Weights of strings, (M,): probabilities that sum to 1, or counts.

    Parameters
    ----------
    kind
        "probability" or "count".
    where, rows
        As for ``as_bits``.

    Raises
    ------
    ValueError
        If one is below 0, not finite or, for counts, no whole number; if probabilities do not sum to 1, or counts to 0.
    """
    counts = kind == "count"
    with np.errstate(invalid="ignore"):
        wrong = ~np.isfinite(values) | (values < 0)
        if counts:
            wrong |= values != np.floor(values)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        wanted = "whole numbers, none below 0, such as 12" if counts else "finite probabilities, none below 0, as 0.25"
        raise ValueError(f"{where}: row {rows[row] if rows else row}: {kind}: expected {wanted}, got {values[row]}")
    total = values.sum()
    if counts and total == 0:
        raise ValueError(f"{where}: count: expected at least one count above 0")
    if not counts and abs(total - 1) > SUM_TOLERANCE:
        raise ValueError(
            f"{where}: expected probabilities with sum 1, got sum {total:.9g}; divide them by their sum, or name whole "
            f"numbers 'count'"
        )
    return values

"""Shots: drawing bitstrings, empirical distributions, and histograms of Hamming distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float64]
Bits = NDArray[np.uint8]

_BLOCK = 2048
_COMPILED_FROM = 2**15
"""Pairs from which compiled loops, about 10 times as fast, are worth the import of their compiler."""

_ROWS = 8
_OUTCOMES_A_SHOT = 4
"""Below so many outcomes a shot it is faster to draw the number of shots at every outcome than each shot's outcome."""


def sample_indices(probabilities: NDArray, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of ``shots`` basis states drawn from ``probabilities``, (2**n,), in no order.

    Inverse sampling in two steps, first a column and then a row of the probabilities laid out as a table of a few rows:
    the cumulative sum along all outcomes, which cannot be vectorised, is what one step would cost most.
    """
    table = np.reshape(probabilities, (min(_ROWS, len(probabilities)), -1)).astype(np.float64)
    weights = table.sum(axis=0)
    columns = np.cumsum(weights)
    points = rng.random(shots) * columns[-1]
    chosen = np.minimum(np.searchsorted(columns, points, side="right"), len(columns) - 1)
    rest = points - (columns[chosen] - weights[chosen])
    below = np.cumsum(table[:-1, chosen], axis=0)
    return (below <= rest).sum(axis=0) * table.shape[1] + chosen


def sampled_means(values: Float, probabilities: NDArray, shots: int, rng: np.random.Generator) -> Float:
    """Means of ``values`` at the outcomes of ``shots`` measurements, each row of values from measurements of its own.

    Parameters
    ----------
    values
        (B, 2**n).
    probabilities
        (2**n,).

    Returns
    -------
    (B,).
    """
    batch = len(values)
    if len(probabilities) > _OUTCOMES_A_SHOT * shots:
        drawn = sample_indices(probabilities, batch * shots, rng).reshape(batch, shots)
        return np.take_along_axis(values, drawn, axis=1).mean(axis=1)
    # Differences of numbers of single precision can be a rounding error below 0.
    weights = np.maximum(np.asarray(probabilities, dtype=np.float64), 0.0)
    counts = rng.multinomial(shots, weights / weights.sum(), size=batch)
    return np.einsum("bx,bx->b", counts, values) / shots


def empirical(probabilities: NDArray, shots: int, rng: np.random.Generator) -> Float:
    """Empirical distribution q~ of ``shots`` measurements, (2**n,)."""
    drawn = sample_indices(probabilities, shots, rng)
    return np.bincount(drawn, minlength=len(probabilities)) / shots


def to_bits(indices: ArrayLike, n_qubits: int) -> Bits:
    """Bitstrings (M, n) uint8 of basis-state indices, wire 0 (the most significant bit) first; n at most 62."""
    values = np.asarray(indices, dtype=np.int64)
    return ((values[:, None] >> np.arange(n_qubits - 1, -1, -1)) & 1).astype(np.uint8)


def to_indices(bits: NDArray) -> NDArray[np.int64]:
    """Basis-state indices of bitstrings (M, n), wire 0 first; n at most 62.

    Raises
    ------
    ValueError
        If there are more than 62 bits.
    """
    n_qubits = bits.shape[1]
    if n_qubits > 62:
        raise ValueError(f"bitstrings of {n_qubits} bits have no 64-bit index; expected at most 62")
    return bits.astype(np.int64) @ (1 << np.arange(n_qubits - 1, -1, -1, dtype=np.int64))


def hamming_histogram(x: NDArray, y: NDArray, weights_y: Float | None = None, weights_x: Float | None = None) -> Float:
    """Number, or total weight, of pairs (row of x, row of y) at each Hamming distance.

    Parameters
    ----------
    x, y
        (N, n) and (M, n) bitstrings of zeros and ones.
    weights_y, weights_x
        Weights of the rows, (M,) and (N,); 1 each unless given.

    Returns
    -------
    (n+1,) counts; without weights they sum to N M.
    """
    n = x.shape[1]
    if len(x) * len(y) >= _COMPILED_FROM:
        return _compiled_histogram(np.asarray(x), np.asarray(y), weights_y, weights_x)
    # Single precision counts exactly up to 2^24 bits, and its matrix product is twice as fast.
    signs_x = 1.0 - 2.0 * np.asarray(x, dtype=np.float32)
    signs_y = 1.0 - 2.0 * np.asarray(y, dtype=np.float32)
    rows = np.ones(len(x)) if weights_x is None else weights_x
    columns = np.ones(len(y)) if weights_y is None else weights_y
    weighted = weights_x is not None or weights_y is not None
    total = np.zeros(n + 1)
    for start in range(0, len(signs_x), _BLOCK):
        block = slice(start, start + _BLOCK)
        distances = np.rint((n - signs_x[block] @ signs_y.T) / 2).astype(np.int64)
        weights = np.outer(rows[block], columns).ravel() if weighted else None
        total += np.bincount(distances.ravel(), weights=weights, minlength=n + 1)
    return total


def _compiled_histogram(x: NDArray, y: NDArray, weights_y: Float | None, weights_x: Float | None) -> Float:
    from bornscape.hamming_compiled import count_pairs, packed, weigh_pairs

    # Pairs of a set with itself come twice, but for each string's own.
    twice = x is y and weights_x is weights_y
    rows = packed(x)
    columns = np.ascontiguousarray((rows if x is y else packed(y)).T)
    total = np.zeros(x.shape[1] + 1)
    if weights_x is None and weights_y is None:
        own = float(len(x))
        count_pairs(rows, columns, twice, total)
    else:
        left, right = (
            np.ones(len(v)) if weights is None else np.asarray(weights, dtype=np.float64)
            for v, weights in ((x, weights_x), (y, weights_y))
        )
        own = float(left @ left) if twice else 0.0
        weigh_pairs(rows, columns, left, right, twice, total)
    if twice:
        total *= 2
        total[0] += own
    return total

"""Shots: drawing bitstrings, empirical distributions, and histograms of Hamming distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bornscape.aliases import Bits, Float

_ROWS = 8
_OUTCOMES_A_SHOT = 4
"""Below so many outcomes a shot it is faster to draw the number of shots at every outcome than each shot's outcome."""


_DRAWN_ONE_BY_ONE = 2**24
"""Above so many shots an empirical distribution is drawn by the numbers at every outcome: memory for each would end."""


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
    """Empirical distribution q~ of ``shots`` measurements, (2**n,); up to 2**62 of them."""
    if shots > _DRAWN_ONE_BY_ONE:
        weights = np.maximum(np.asarray(probabilities, dtype=np.float64), 0.0)
        return rng.multinomial(shots, weights / weights.sum()) / shots
    drawn = sample_indices(probabilities, shots, rng)
    return np.bincount(drawn, minlength=len(probabilities)) / shots


def to_bits(indices: ArrayLike, n_qubits: int) -> Bits:
    """Bitstrings (M, n) uint8 of basis-state indices, wire 0 (the most significant bit) first; n at most 62.

    Examples
    --------
    >>> to_bits([1, 6], 3).tolist()
    [[0, 0, 1], [1, 1, 0]]
    """
    values = np.asarray(indices, dtype=np.int64)
    return ((values[:, None] >> np.arange(n_qubits - 1, -1, -1)) & 1).astype(np.uint8)


def to_indices(bits: NDArray) -> NDArray[np.int64]:
    """Basis-state indices of bitstrings (M, n), wire 0 first; n at most 62.

    Raises
    ------
    ValueError
        If there are more than 62 bits.

    Examples
    --------
    >>> import numpy as np
    >>> to_indices(np.array([[0, 0, 1], [1, 1, 0]])).tolist()
    [1, 6]
    """
    n_qubits = bits.shape[1]
    if n_qubits > 62:
        raise ValueError(f"bitstrings of {n_qubits} bits have no 64-bit index; expected at most 62")
    return bits.astype(np.int64) @ (1 << np.arange(n_qubits - 1, -1, -1, dtype=np.int64))

"""Hamming distances: histograms over pairs of strings, and their distribution from a spectrum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

from bornscape.aliases import Float

_BLOCK = 2048


_COMPILED_FROM = 2**15
"""Pairs from which compiled loops, about 10 times as fast, are worth the import of their compiler."""


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

    Examples
    --------
    The four pairs of 00 and 11 with themselves: two are equal, two are two flips apart.

    >>> import numpy as np
    >>> strings = np.array([[0, 0], [1, 1]])
    >>> hamming_histogram(strings, strings).tolist()
    [2.0, 0.0, 2.0]
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
    from bornscape.bitstrings.compiled_distances import count_pairs, packed, weigh_pairs

    # Pairs of a set with itself come twice, but each string's pair with itself once.
    twice = x is y and weights_x is weights_y
    rows = packed(x)
    columns = np.ascontiguousarray((rows if x is y else packed(y)).T)
    counted = weights_x is None and weights_y is None
    parts = np.zeros((4, x.shape[1] + 1), np.int64 if counted else np.float64)
    if counted:
        self_pairs = float(len(x))
        count_pairs(rows, columns, twice, parts)
    else:
        left, right = (
            np.ones(len(v)) if weights is None else np.asarray(weights, dtype=np.float64)
            for v, weights in ((x, weights_x), (y, weights_y))
        )
        self_pairs = float(left @ left) if twice else 0.0
        weigh_pairs(rows, columns, left, right, twice, parts)
    total = parts.sum(axis=0, dtype=np.float64)
    if twice:
        total *= 2
        total[0] += self_pairs
    return total


def distance_distribution(spectrum: Float) -> Float:
    """Distribution of the Hamming distance of two strings of one distribution, (n+1,), from its spectrum, (n+1,).

    P(H) = 2^-n sum_l S_l K_H(l), with S_l the sum of z_A^2 over |A| = l and K_H the Krawtchouk polynomial, whose terms
    of both signs limit this to about n = 30.
    """
    n = len(spectrum) - 1
    unnormalised = np.zeros(n + 1)
    for wires, total in enumerate(spectrum):
        ones = comb(wires, np.arange(wires + 1)) * (-1.0) ** np.arange(wires + 1)
        unnormalised += total * np.convolve(ones, comb(n - wires, np.arange(n - wires + 1)))
    return unnormalised / 2**n


def median_of(distribution: Float) -> int:
    """Smallest distance at which the distribution function reaches 1/2."""
    return int(np.searchsorted(np.cumsum(distribution), 0.5 - 1e-12))

"""Histograms of Hamming distances in compiled loops over packed bits, for samples of hundreds of strings and more.

Imported only where they come: the compiler's own import costs more than a short job saves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

Words = NDArray[np.uint64]


def _count_ones(typing_context: Any, word: Any) -> Any:
    """Number of ones of a word, by the processor's own instruction."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


_ones: Any = intrinsic(_count_ones)


def packed(bits: NDArray) -> Words:
    """Bitstrings (N, n) as words of 64 bits, (N, W), the last filled with zeros."""
    found = np.zeros((len(bits), -(-bits.shape[1] // 64) * 8), dtype=np.uint8)
    octets = np.packbits(np.asarray(bits, dtype=np.uint8), axis=1)
    found[:, : octets.shape[1]] = octets
    return found.view(np.uint64)


@njit(cache=True, error_model="numpy")
def _distances(word, rows, out):  # type: ignore[no-untyped-def]
    """Distance of one string, (W,), to each of M, whose words are ``rows``, (W, M)."""
    out[:] = 0
    for w in range(word.size):
        row = rows[w]
        for j in range(out.size):
            out[j] += _ones(word[w] ^ row[j])


@njit(cache=True, error_model="numpy")
def count_pairs(x, y, out):  # type: ignore[no-untyped-def]
    """Add the number of pairs at each distance to ``out``; x is (N, W) words, y (W, M), its words in rows."""
    distances = np.empty(y.shape[1], np.uint64)
    # Four counts a distance: a count waits for its last addition, and neighbours often have the same distance.
    parts = np.zeros((4, out.size), np.int64)
    for i in range(len(x)):
        _distances(x[i], y, distances)
        for j in range(distances.size):
            parts[j & 3, np.int64(distances[j])] += 1
    out += parts.sum(axis=0)


@njit(cache=True, error_model="numpy")
def weigh_pairs(x, y, weights_x, weights_y, out):  # type: ignore[no-untyped-def]
    """As ``count_pairs``, each pair with the product of its strings' weights, (N,) and (M,)."""
    distances = np.empty(y.shape[1], np.uint64)
    parts = np.zeros((4, out.size))
    for i in range(len(x)):
        _distances(x[i], y, distances)
        for j in range(distances.size):
            parts[j & 3, np.int64(distances[j])] += weights_x[i] * weights_y[j]
    out += parts.sum(axis=0)

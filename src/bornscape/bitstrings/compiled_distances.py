"""Histograms of Hamming distances in compiled loops over packed bits, for samples of hundreds of strings and more.

Imported only where they come: the compiler's own import costs more than a short job saves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from bornscape.aliases import Words


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
def _distances(word, rows, first, out):  # type: ignore[no-untyped-def]
    """Distance of one string, (W,), to each of M from ``first`` on, whose words are ``rows``, (W, M)."""
    out[:] = 0
    whole = word.size // 4
    # Four words a pass: to read and write the sums takes as long as to count.
    for w in range(whole):
        a, b, c, d = word[4 * w], word[4 * w + 1], word[4 * w + 2], word[4 * w + 3]
        row_a, row_b = rows[4 * w][first:], rows[4 * w + 1][first:]
        row_c, row_d = rows[4 * w + 2][first:], rows[4 * w + 3][first:]
        for j in range(out.size):
            out[j] += _ones(a ^ row_a[j]) + _ones(b ^ row_b[j]) + _ones(c ^ row_c[j]) + _ones(d ^ row_d[j])
    for w in range(4 * whole, word.size):
        row = rows[w][first:]
        for j in range(out.size):
            out[j] += _ones(word[w] ^ row[j])


@njit(cache=True, error_model="numpy")
def _count_words(x, y, above, parts):  # type: ignore[no-untyped-def]
    """As ``count_pairs`` for strings of one word each, (N,) and (M,), into ``parts``, (4, n + 1), in one pass."""
    one, two, three, four = parts[0], parts[1], parts[2], parts[3]
    for i in range(x.size):
        word, row = x[i], y[i + 1 if above else 0 :]
        fours = row.size // 4 * 4
        for j in range(0, fours, 4):
            one[np.int64(_ones(word ^ row[j]))] += 1
            two[np.int64(_ones(word ^ row[j + 1]))] += 1
            three[np.int64(_ones(word ^ row[j + 2]))] += 1
            four[np.int64(_ones(word ^ row[j + 3]))] += 1
        for j in range(fours, row.size):
            one[np.int64(_ones(word ^ row[j]))] += 1


@njit(cache=True, error_model="numpy")
def count_pairs(x, y, above, parts):  # type: ignore[no-untyped-def]
    """Add pairs at each distance to four counts, ``parts`` (4, n + 1); x is (N, W) words, y (W, M), its words in rows.

    Four, as a count waits for its last addition, and neighbours often have the same distance. With ``above`` only pairs
    whose second string has the higher index.
    """
    if len(y) == 1:
        _count_words(x[:, 0].copy(), y[0], above, parts)
        return
    distances = np.empty(y.shape[1], np.uint64)
    for i in range(len(x)):
        # A slice, not a range from i + 1 on: the compiler would ask of each index whether it is negative.
        first = i + 1 if above else 0
        found = distances[first:]
        _distances(x[i], y, first, found)
        for j in range(found.size):
            parts[j & 3, np.int64(found[j])] += 1


@njit(cache=True, error_model="numpy")
def weigh_pairs(x, y, weights_x, weights_y, above, parts):  # type: ignore[no-untyped-def]
    """As ``count_pairs``, each pair with the product of its strings' weights, (N,) and (M,)."""
    distances = np.empty(y.shape[1], np.uint64)
    for i in range(len(x)):
        first = i + 1 if above else 0
        found, weights = distances[first:], weights_x[i] * weights_y[first:]
        _distances(x[i], y, first, found)
        for j in range(found.size):
            parts[j & 3, np.int64(found[j])] += weights[j]

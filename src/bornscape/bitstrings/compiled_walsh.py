"""The Walsh-Hadamard transform and sums by subset size in compiled loops, for long vectors.

Matrix products move such vectors too often. Imported only where they come: the compiler's own import costs more than a
short job saves.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_BLOCK = 2**14
"""Entries that stay in the cache while all of their bits are transformed."""


@njit(cache=True, nogil=True, error_model="numpy")
def _two_bits(x, span):  # type: ignore[no-untyped-def]
    """Transform the bits of weights span and 2 span, in place."""
    rows = x.reshape(-1, span)
    for i in range(0, rows.shape[0], 4):
        a, b, c, d = rows[i], rows[i + 1], rows[i + 2], rows[i + 3]
        for j in range(span):
            p, q, r, s = a[j] + b[j], a[j] - b[j], c[j] + d[j], c[j] - d[j]
            a[j], b[j], c[j], d[j] = p + r, q + s, p - r, q - s


@njit(cache=True, nogil=True, error_model="numpy")
def _one_bit(x, span):  # type: ignore[no-untyped-def]
    """Transform the bit of weight span, in place."""
    rows = x.reshape(-1, span)
    for i in range(0, rows.shape[0], 2):
        a, b = rows[i], rows[i + 1]
        for j in range(span):
            p, q = a[j], b[j]
            a[j], b[j] = p + q, p - q


@njit(cache=True, nogil=True, error_model="numpy")
def _four_lowest_bits(x):  # type: ignore[no-untyped-def]
    """Transform the bits of weights 1 to 8, in place; strides known to the compiler, which it turns into vectors."""
    for k in range(0, x.size, 16):
        for i in range(k, k + 4):
            p, q, r, s = x[i] + x[i + 4], x[i] - x[i + 4], x[i + 8] + x[i + 12], x[i + 8] - x[i + 12]
            x[i], x[i + 4], x[i + 8], x[i + 12] = p + r, q + s, p - r, q - s
    for i in range(0, x.size, 4):
        p, q, r, s = x[i] + x[i + 1], x[i] - x[i + 1], x[i + 2] + x[i + 3], x[i + 2] - x[i + 3]
        x[i], x[i + 1], x[i + 2], x[i + 3] = p + r, q + s, p - r, q - s


@njit(cache=True, nogil=True, error_model="numpy")
def _down_to(x, span, least):  # type: ignore[no-untyped-def]
    """Transform the bits of weights from span / 2 down to least, in place."""
    while span >= 4 * least:
        span //= 4
        _two_bits(x, span)
    if span >= 2 * least:
        _one_bit(x, span // 2)


@njit(cache=True, nogil=True, error_model="numpy")
def transform(x):  # type: ignore[no-untyped-def]
    """Walsh-Hadamard transform in place of x, (2**n,) float64, n at least 4."""
    block = min(_BLOCK, x.size)
    _down_to(x, x.size, block)
    for start in range(0, x.size, block):
        part = x[start : start + block]
        _down_to(part, block, 16)
        _four_lowest_bits(part)


@njit(cache=True, nogil=True, error_model="numpy")
def last_two_bits(quarters, first, last):  # type: ignore[no-untyped-def]
    """Transform the two bits that number the quarters, (4, size), of the columns from first to below last, in place."""
    a, b, c, d = quarters[0, first:last], quarters[1, first:last], quarters[2, first:last], quarters[3, first:last]
    for j in range(last - first):
        p, q, r, s = a[j] + b[j], a[j] - b[j], c[j] + d[j], c[j] - d[j]
        a[j], b[j], c[j], d[j] = p + r, q + s, p - r, q - s


@njit(cache=True, nogil=True, error_model="numpy")
def _add(parts, out):  # type: ignore[no-untyped-def]
    """Add the sum of four rows to ``out``. To compile NumPy's own takes as long as all else here."""
    for k in range(out.size):
        out[k] += parts[0, k] + parts[1, k] + parts[2, k] + parts[3, k]


@njit(cache=True, nogil=True, error_model="numpy")
def products_by_size(a, b, sizes, out):  # type: ignore[no-untyped-def]
    """Add the sum of a(A) b(A) over |A| = l to out[l]."""
    # Four sums a size: a sum waits for its last addition, and neighbours often have the same size.
    parts = np.zeros((4, 64))
    fours = a.size // 4 * 4
    for i in range(0, fours, 4):
        for k in range(4):
            parts[k, sizes[i + k]] += a[i + k] * b[i + k]
    for i in range(fours, a.size):
        parts[0, sizes[i]] += a[i] * b[i]
    _add(parts, out)


@njit(cache=True, nogil=True, error_model="numpy")
def differences_by_size(a, b, sizes, out):  # type: ignore[no-untyped-def]
    """Add the sum of (a(A) - b(A))^2 over |A| = l to out[l]."""
    parts = np.zeros((4, 64))
    fours = a.size // 4 * 4
    for i in range(0, fours, 4):
        for k in range(4):
            gap = a[i + k] - b[i + k]
            parts[k, sizes[i + k]] += gap * gap
    for i in range(fours, a.size):
        parts[0, sizes[i]] += (a[i] - b[i]) ** 2
    _add(parts, out)


@njit(cache=True, nogil=True, error_model="numpy")
def differences_with(a, others, sizes, out):  # type: ignore[no-untyped-def]
    """As ``differences_by_size`` for each row of ``others``, (D, 2**n), into rows of ``out``, (D, n + 1)."""
    for d in range(len(others)):
        differences_by_size(a, others[d], sizes, out[d])

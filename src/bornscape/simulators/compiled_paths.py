"""The loops of Pauli paths: a turn and an entangler for all paths, from random numbers that are drawn before."""

from __future__ import annotations

import numpy as np
from numba import njit

_TO_Z = np.array([0.5, 0.25], dtype=np.float32)
"""Chance that a Z, and that an X or Y, becomes a Z."""


@njit(cache=True, error_model="numpy")
def turn_letters(x, z, points, coins):  # type: ignore[no-untyped-def]
    """Turn every letter that is not the identity, in place: words (n, paths) as bytes of 0 and 1.

    ``points`` and ``coins`` are one number in [0, 1) and one bit a letter, in the order of the array.
    """
    at = 0
    for j in range(x.shape[0]):
        for k in range(x.shape[1]):
            if x[j, k] | z[j, k]:
                kept = points[at] < _TO_Z[x[j, k]]
                x[j, k], z[j, k] = not kept, kept | coins[at]
                at += 1


@njit(cache=True, error_model="numpy")
def entangle_pairs(x, z, coins):  # type: ignore[no-untyped-def]
    """Pass words (n, paths) through a layer W, in place: a rotation multiplies where its coin, (n - 1, paths), is 1.

    In ``coins`` is left which rotations do not commute with each word. All are bytes of 0 and 1, or eight at a time.
    """
    for j in range(x.shape[0] - 1):
        for k in range(x.shape[1]):
            odd = x[j, k] ^ z[j, k] ^ z[j + 1, k]
            met = odd & coins[j, k]
            coins[j, k] = odd
            x[j, k] ^= met
            z[j, k] ^= met
            x[j + 1, k] ^= met

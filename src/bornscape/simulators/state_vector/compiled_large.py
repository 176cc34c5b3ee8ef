"""The adjoint pass of ``large``: one part of two states, or rows of them, so that threads can share the work."""

from __future__ import annotations

import numpy as np
from numba import njit

from bornscape.simulators.state_vector.compiled_adjoint import entangle_overlap, turn_overlap
from bornscape.simulators.state_vector.compiled_circuits import TILE_BYTES
from bornscape.simulators.state_vector.compiled_gates import PLAIN, act_real, turn_phases

_SUMS = {"contract", "reassoc"}
"""As in ``compiled_adjoint``."""

BUILT_ON = "2fdfc66200c8b55c"
"""First digits of the SHA-256 of compiled_adjoint.py, compiled_circuits.py and compiled_gates.py."""


@njit(cache=True, nogil=True, error_model="numpy", fastmath=PLAIN)
def _undo(x, y, kinds, masks, turns, first, last, found):  # type: ignore[no-untyped-def]
    """As ``undo_part``, one gate after the other."""
    for gate in range(last - 1, first - 1, -1):
        kind, high, low = kinds[gate], masks[gate, 0], masks[gate, 1]
        if kind == 0:
            found[gate] += turn_overlap(x, y, high)
        elif kind == 2:
            found[gate] += entangle_overlap(x, y, high, low)
        act_real(x, kind, high, low, turns[gate, 0], -turns[gate, 1])
        act_real(y, kind, high, low, turns[gate, 0], -turns[gate, 1])


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_SUMS)
def _turn_back(x0, x1, y0, y1, c, s):  # type: ignore[no-untyped-def]
    """Undo a rotation of the rows x0 and x1, and of y0 and y1; the share of Im <y|Y|x> before."""
    total = 0.0
    for j in range(x0.size):
        p, q, u, v = x0[j], x1[j], y0[j], y1[j]
        total += v * p - u * q
        x0[j], x1[j] = c * p + s * q, c * q - s * p
        y0[j], y1[j] = c * u + s * v, c * v - s * u
    return total


@njit(cache=True, nogil=True, error_model="numpy", fastmath=PLAIN)
def _undo_far(x, y, kind, high, low, c, s):  # type: ignore[no-untyped-def]
    """As ``_undo`` for one gate, reading and writing both states once; its share of Im <y|P|x> is returned."""
    total = 0.0
    if kind == 0:
        for i in range(0, x.size, 2 * high):
            zero, one = slice(i, i + high), slice(i + high, i + 2 * high)
            total += _turn_back(x[zero], x[one], y[zero], y[one], c, s)
        return total
    small, big = min(high, low), max(high, low)
    for i in range(0, x.size, 2 * big):
        for j in range(i, i + big, 2 * small):
            for first, second in ((0, high + low), (low, high)):
                one, other = slice(j + first, j + first + small), slice(j + second, j + second + small)
                total += _turn_back(x[one], x[other], y[one], y[other], c, s)
    return total


@njit(cache=True, nogil=True, error_model="numpy", fastmath=PLAIN)
def undo_part(x, y, kinds, masks, turns, first, last, found):  # type: ignore[no-untyped-def]
    """Undo the gates from ``first`` to below ``last``, no turns about Z, on one part of two states, the last one first.

    Each gate's share of Im <y|P|x> after it, P its Pauli word, is added to ``found``, (G,). Gates on the last wires
    come tile by tile.
    """
    tile = min(x.size, TILE_BYTES // x.itemsize)
    while last > first:
        start = last
        while start > first and max(masks[start - 1, 0], masks[start - 1, 1]) < tile:
            start -= 1
        for k in range(0, x.size if start < last else 0, tile):
            _undo(x[k : k + tile], y[k : k + tile], kinds, masks, turns, start, last, found)
        last = start
        while start > first and max(masks[start - 1, 0], masks[start - 1, 1]) >= tile:
            start -= 1
        for gate in range(last - 1, start - 1, -1):
            if kinds[gate] == 3:
                _undo(x, y, kinds, masks, turns, gate, gate + 1, found)
            else:
                high, low = masks[gate, 0], masks[gate, 1]
                found[gate] += _undo_far(x, y, kinds[gate], high, low, turns[gate, 0], turns[gate, 1])
        last = start


@njit(cache=True, nogil=True, error_model="numpy", fastmath=PLAIN)
def undo_rows(state, other, low, high, first, last, found):  # type: ignore[no-untyped-def]
    """Multiply rows from ``first`` to below ``last`` of two states by their phases.

    Rows are as long as the table ``low`` and have each an entry of ``high``. The rows' share of Im <other|Z|state>
    before, for Z on each bit, is added to ``found``, (n,).
    """
    columns = low.shape[1]
    lows, highs = 0, 0
    while 1 << lows < columns:
        lows += 1
    while 1 << highs < high.shape[1]:
        highs += 1
    spare = np.empty(columns)
    for row in range(first, last):
        here = slice(row * columns, (row + 1) * columns)
        a, b, c, d = state[0, here], state[1, here], other[0, here], other[1, here]
        for j in range(columns):
            spare[j] = c[j] * b[j] - d[j] * a[j]
        for bit in range(lows - 1, -1, -1):
            zero, one = spare[: 1 << bit], spare[1 << bit : 2 << bit]
            difference = 0.0
            for j in range(zero.size):
                difference += zero[j] - one[j]
                zero[j] += one[j]
            found[bit] += difference
        for bit in range(highs):
            found[lows + bit] += -spare[0] if row >> bit & 1 else spare[0]
        turn_phases(state[0], state[1], 1, low, high, row, row + 1)
        turn_phases(other[0], other[1], 1, low, high, row, row + 1)

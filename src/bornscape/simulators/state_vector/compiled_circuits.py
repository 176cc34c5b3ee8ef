"""Whole circuits in compiled loops: several gates share a pass through the state, tile by tile."""

from __future__ import annotations

import numpy as np
from numba import njit

from bornscape.simulators.state_vector.compiled_gates import PLAIN, act, act_real, parts_at_once, run_end
from bornscape.simulators.state_vector.compiled_passes import (
    LOW,
    VECTOR_BYTES,
    low_entanglers,
    low_rising_entanglers,
    low_turns,
    three_turns,
    two_entanglers,
    two_rising_entanglers,
)

BUILT_ON = "4ab23e6cb451843c"
"""First digits of the SHA-256 of compiled_gates.py and compiled_passes.py, one after the other: Numba asks for the
date of this file only before it runs what it has kept, so that this file has to change with those (a test says to
what).
"""

TILE_BYTES = 2**14
"""Of one part of a state, half of the nearest cache: what several gates act on before the next tile's turn."""


@njit(cache=True, error_model="numpy")
def _three_turns(x, span, angles):  # type: ignore[no-untyped-def]
    """RY on the bits of weights 4 span, 2 span and span."""
    for i in range(0, x.size, 8 * span):
        for j in range(i, i + span, VECTOR_BYTES // x.itemsize):
            three_turns(x, j, span, angles)


@njit(cache=True, error_model="numpy")
def _two_entanglers(x, span, angles):  # type: ignore[no-untyped-def]
    """The entanglers of the bits of weights 4 span and 2 span, and 2 span and span."""
    for i in range(0, x.size, 8 * span):
        for j in range(i, i + span, VECTOR_BYTES // x.itemsize):
            two_entanglers(x, j, span, angles)


@njit(cache=True, error_model="numpy")
def _two_rising_entanglers(x, span, angles):  # type: ignore[no-untyped-def]
    """The entanglers of the bits of weights 2 span and span, and 4 span and 2 span."""
    for i in range(0, x.size, 8 * span):
        for j in range(i, i + span, VECTOR_BYTES // x.itemsize):
            two_rising_entanglers(x, j, span, angles)


@njit(cache=True, error_model="numpy")
def _low_turns(x, angles):  # type: ignore[no-untyped-def]
    """RY on each of the last four wires."""
    for i in range(0, x.size, LOW):
        low_turns(x, i, angles)


@njit(cache=True, error_model="numpy")
def _low_entanglers(x, angles):  # type: ignore[no-untyped-def]
    """The entanglers of the last four wires, one after the other."""
    for i in range(0, x.size, LOW):
        low_entanglers(x, i, angles)


@njit(cache=True, error_model="numpy")
def _low_rising_entanglers(x, angles):  # type: ignore[no-untyped-def]
    """The entanglers of the last four wires, the last pair first."""
    for i in range(0, x.size, LOW):
        low_rising_entanglers(x, i, angles)


@njit(cache=True, error_model="numpy")
def _chain(kinds, masks, first, last, rising):  # type: ignore[no-untyped-def]
    """Gates of one kind from ``first`` on, at most four, each a bit below (above, if ``rising``) the one before."""
    count = 1
    while count < 4 and first + count < last:
        here, before = first + count, first + count - 1
        upper, lower = (here, before) if rising else (before, here)
        one_bit = 2 * masks[lower, 0] == masks[upper, 0] and 2 * masks[lower, 1] == masks[upper, 1]
        if not (one_bit and kinds[here] == kinds[first]):
            break
        count += 1
    return count


@njit(cache=True, error_model="numpy")
def _rising_pass(x, width, kinds, masks, turns, first, last):  # type: ignore[no-untyped-def]
    """As ``_pass`` for entanglers from the last wires up, as an inverse circuit has them."""
    length, lowest, kept = _chain(kinds, masks, first, last, True), VECTOR_BYTES // x.itemsize, x.dtype.type
    high, low = masks[first, 0] * width, masks[first, 1] * width
    if length < 2 or high != 2 * low:
        return 0
    c0, s0, c1, s1 = kept(turns[first, 0]), kept(turns[first, 1]), kept(turns[first + 1, 0]), kept(turns[first + 1, 1])
    if low >= lowest:
        _two_rising_entanglers(x, low, (c0, s0, c1, s1))
        return 2
    if length > 2 and width == 1 and low == 1:
        _low_rising_entanglers(x, (c0, s0, c1, s1, kept(turns[first + 2, 0]), kept(turns[first + 2, 1])))
        return 3
    return 0


@njit(cache=True, error_model="numpy")
def _pass(x, width, kinds, masks, turns, first, last):  # type: ignore[no-untyped-def]
    """Act with as many gates from ``first`` on as share a pass over a part; how many, or 0 if the first has its own."""
    kind, length, lowest = kinds[first], _chain(kinds, masks, first, last, False), VECTOR_BYTES // x.itemsize
    high, low = masks[first, 0] * width, masks[first, 1] * width
    kept = x.dtype.type
    c0, s0 = kept(turns[first, 0]), kept(turns[first, 1])
    if length < 2:
        return _rising_pass(x, width, kinds, masks, turns, first, last) if kind == 2 else 0
    c1, s1 = kept(turns[first + 1, 0]), kept(turns[first + 1, 1])
    if kind == 2 and high == 2 * low and low // 2 >= lowest:
        _two_entanglers(x, low // 2, (c0, s0, c1, s1))
        return 2
    if length < 3:
        return 0
    c2, s2 = kept(turns[first + 2, 0]), kept(turns[first + 2, 1])
    if kind == 2 and width == 1 and high == 8 and low == 4:
        _low_entanglers(x, (c0, s0, c1, s1, c2, s2))
        return 3
    # The last four bits of a single state wait for one another.
    if kind == 0 and high // 4 >= (LOW if width == 1 else lowest):
        _three_turns(x, high // 4, (c0, s0, c1, s1, c2, s2))
        return 3
    if kind == 0 and length == 4 and width == 1 and high == 8:
        _low_turns(x, (c0, s0, c1, s1, c2, s2, kept(turns[first + 3, 0]), kept(turns[first + 3, 1])))
        return 4
    return 0


@njit(cache=True, nogil=True, error_model="numpy")
def stretch(kinds, masks, first, last, below):  # type: ignore[no-untyped-def]
    """One past the gates from ``first`` on that are no turns about Z and act on bits of weights less than ``below``."""
    end = first
    while end < last and kinds[end] != 1 and max(masks[end, 0], masks[end, 1]) < below:
        end += 1
    return end


@njit(cache=True, error_model="numpy")
def _run_real(x, width, kinds, masks, turns, first, last):  # type: ignore[no-untyped-def]
    """Gates but turns about Z, from ``first`` to below ``last``, on one part, sharing passes where they can."""
    gate = first
    while gate < last:
        done = _pass(x, width, kinds, masks, turns, gate, last) if kinds[gate] != 3 else 0
        if done == 0:
            high, low = masks[gate, 0] * width, masks[gate, 1] * width
            act_real(x, kinds[gate], high, low, turns[gate, 0], turns[gate, 1])
            done = 1
        gate += done


@njit(cache=True, nogil=True, error_model="numpy")
def run_in_tiles(x, width, kinds, masks, turns, first, last):  # type: ignore[no-untyped-def]
    """As ``_run_real``: gates on the last wires tile by tile, each of which stays in the nearest cache meanwhile."""
    tile = min(x.size, TILE_BYTES // x.itemsize)
    gate = first
    while gate < last:
        end = stretch(kinds, masks, gate, last, tile // width)
        for start in range(0, x.size if end > gate else 0, tile):
            _run_real(x[start : start + tile], width, kinds, masks, turns, gate, end)
        gate = end
        while end < last and max(masks[end, 0], masks[end, 1]) >= tile // width:
            end += 1
        _run_real(x, width, kinds, masks, turns, gate, end)
        gate = end


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def run(state, width, n, kinds, masks, turns, first, last):  # type: ignore[no-untyped-def]
    """Apply the gates from ``first`` to below ``last`` to a state of n qubits, (2, 2**n width), in place.

    Kinds, (G,), are those of ``programs.Program``, masks, (G, 2), the weights of the bits of their wires, and turns,
    (G, 2), cosines and sines of half their angles, in double precision. The width is a power of two.
    """
    both = parts_at_once(state)
    gate = first
    while gate < last:
        end = stretch(kinds, masks, gate, last, 1 << n)
        for part in range(0, 2, both):
            run_in_tiles(state[part : part + both].reshape(-1), width, kinds, masks, turns, gate, end)
        gate = end
        if gate < last:
            end = run_end(kinds, gate, last)
            act(state[0], state[1], width, n, kinds, masks, turns, gate, end, 1.0)
            gate = end


@njit(cache=True, error_model="numpy")
def run_each(states, n, kinds, masks, turns):  # type: ignore[no-untyped-def]
    """As ``run`` for B single states one after the other, (B, 2, 2**n), each with turns of its own, (B, G, 2)."""
    # Numbers as literals would be types of their own, for which all that ``run`` calls is compiled once more.
    width, first = np.int64(1), np.int64(0)
    for k in range(len(states)):
        run(states[k], width, n, kinds, masks, turns[k], first, kinds.size)

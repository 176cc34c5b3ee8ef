"""Gates on whole states in compiled loops: what Lightning does a call at a time, for a whole circuit in one call.

A state is two real arrays, its real and imaginary parts, because turns about Y and CNOT RY CNOT are real and act on
both alike. Each of its 2**n entries can be a row of ``width`` columns, states that meet the same gates. A turn about Z
is a phase of each entry; neighbouring ones are one product with a table. Gates come as ``programs.Program`` lists them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from bornscape.kernels.vector_passes import (
    LOW,
    VECTOR_BYTES,
    low_entanglers,
    low_rising_entanglers,
    low_turns,
    three_turns,
    two_entanglers,
    two_rising_entanglers,
)

BUILT_ON = "332e260c6a811cc2"
"""First digits of the SHA-256 of vector_passes.py: Numba asks for the date of this file only before it runs what it
has kept, so that this file has to change with that one (a test says to what).
"""

TILE_BYTES = 2**14
"""Of one part of a state, half of the nearest cache: what several gates act on before the next tile's turn."""

PLAIN = {"contract"}
"""What the compiler may do to sums and products: fuse them."""


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def _turn(x, span, c, s):  # type: ignore[no-untyped-def]
    """RY on the bit of weight ``span``; c and s are cosine and sine of half the angle.

    Loops over the smallest spans have constant strides, or the compiler would not use vectors.
    """
    if span == 1:
        for i in range(x.size // 2):
            p, q = x[2 * i], x[2 * i + 1]
            x[2 * i], x[2 * i + 1] = c * p - s * q, s * p + c * q
    elif span == 2:
        for i in range(x.size // 4):
            p, u, q, v = x[4 * i], x[4 * i + 1], x[4 * i + 2], x[4 * i + 3]
            x[4 * i], x[4 * i + 2] = c * p - s * q, s * p + c * q
            x[4 * i + 1], x[4 * i + 3] = c * u - s * v, s * u + c * v
    else:
        rows = x.reshape(-1, span)
        for i in range(0, rows.shape[0], 2):
            a, b = rows[i], rows[i + 1]
            for j in range(span):
                p, q = a[j], b[j]
                a[j], b[j] = c * p - s * q, s * p + c * q


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def _entangle(x, control, target, c, s):  # type: ignore[no-untyped-def]
    """CNOT RY CNOT with the RY on the control: a real rotation of 00 and 11, and one of 01 and 10."""
    if control == 2 and target == 1:
        for i in range(x.size // 4):
            p, u, v, q = x[4 * i], x[4 * i + 1], x[4 * i + 2], x[4 * i + 3]
            x[4 * i], x[4 * i + 3] = c * p - s * q, s * p + c * q
            x[4 * i + 1], x[4 * i + 2] = c * u - s * v, s * u + c * v
        return
    small, big = min(control, target), max(control, target)
    for i in range(0, x.size, 2 * big):
        for j in range(i, i + big, 2 * small):
            x00, x11 = x[j : j + small], x[j + big + small : j + big + 2 * small]
            x01, x10 = x[j + target : j + target + small], x[j + control : j + control + small]
            for k in range(small):
                p, q, u, v = x00[k], x11[k], x01[k], x10[k]
                x00[k], x11[k] = c * p - s * q, s * p + c * q
                x01[k], x10[k] = c * u - s * v, s * u + c * v


@njit(cache=True, error_model="numpy")
def _flip(x, control, target):  # type: ignore[no-untyped-def]
    """CNOT."""
    small, big = min(control, target), max(control, target)
    for i in range(0, x.size, 2 * big):
        for j in range(i, i + big, 2 * small):
            x10, x11 = x[j + control : j + control + small], x[j + big + small : j + big + 2 * small]
            for k in range(small):
                x10[k], x11[k] = x11[k], x10[k]


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def _table(factors, first, last, kind):  # type: ignore[no-untyped-def]
    """Phases of the bits from ``first`` to below ``last``, (2, 2**bits): a set bit has its factor,
    another its conjugate.
    """
    table = np.empty((2, 1 << (last - first)), dtype=kind)
    re, im = table[0], table[1]
    re[0], im[0] = 1.0, 0.0
    for bit in range(first, last):
        c, s, size = factors[bit, 0], factors[bit, 1], 1 << (bit - first)
        for j in range(size):
            a, b = re[j], im[j]
            re[size + j], im[size + j] = a * c - b * s, a * s + b * c
            re[j], im[j] = a * c + b * s, b * c - a * s
    return table


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def _phases(re, im, width, n, masks, turns, first, last, way):  # type: ignore[no-untyped-def]
    """RZ of the gates from ``first`` to below ``last`` at once; ``way`` -1 undoes them."""
    factors = np.zeros((n, 2))
    factors[:, 0] = 1
    for gate in range(first, last):
        bit = 0
        while 1 << bit < masks[gate, 0]:
            bit += 1
        a, b, c, s = factors[bit, 0], factors[bit, 1], turns[gate, 0], way * turns[gate, 1]
        factors[bit, 0], factors[bit, 1] = a * c - b * s, a * s + b * c
    half = min(n, max(4, (n + 1) // 2))
    low, high = _table(factors, 0, half, re.dtype), _table(factors, half, n, re.dtype)
    low_re, low_im, columns = low[0], low[1], 1 << half
    for row in range(high.shape[1]):
        u, v = high[0, row], high[1, row]
        if width == 1:
            a, b = re[row * columns : (row + 1) * columns], im[row * columns : (row + 1) * columns]
            for j in range(columns):
                p, q = u * low_re[j] - v * low_im[j], u * low_im[j] + v * low_re[j]
                x, y = a[j], b[j]
                a[j], b[j] = x * p - y * q, x * q + y * p
        else:
            for j in range(columns):
                p, q = u * low_re[j] - v * low_im[j], u * low_im[j] + v * low_re[j]
                start = (row * columns + j) * width
                a, b = re[start : start + width], im[start : start + width]
                for k in range(width):
                    x, y = a[k], b[k]
                    a[k], b[k] = x * p - y * q, x * q + y * p


@njit(cache=True, error_model="numpy")
def run_end(kinds, first, last):  # type: ignore[no-untyped-def]
    """One past the last of the turns about Z that follow one another from ``first`` on; first + 1 for another gate."""
    end = first + 1
    while kinds[first] == 1 and end < last and kinds[end] == 1:
        end += 1
    return end


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def _act_real(x, kind, high, low, cosine, sine):  # type: ignore[no-untyped-def]
    """One gate that is not a turn about Z, on one part."""
    # In the state's own precision: mixed, every product would be a double one.
    c, s = x.dtype.type(cosine), x.dtype.type(sine)
    if kind == 0:
        _turn(x, high, c, s)
    elif kind == 2:
        _entangle(x, high, low, c, s)
    else:
        _flip(x, high, low)


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def act(re, im, width, n, kinds, masks, turns, first, last, way):  # type: ignore[no-untyped-def]
    """One gate, or the turns about Z from ``first`` to below ``last``; ``way`` -1 undoes them."""
    kind, high, low = kinds[first], masks[first, 0] * width, masks[first, 1] * width
    if kind == 1:
        _phases(re, im, width, n, masks, turns, first, last, way)
        return
    for x in (re, im):
        _act_real(x, kind, high, low, turns[first, 0], way * turns[first, 1])


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


@njit(cache=True, error_model="numpy")
def _stretch(kinds, masks, first, last, below):  # type: ignore[no-untyped-def]
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
            _act_real(x, kinds[gate], high, low, turns[gate, 0], turns[gate, 1])
            done = 1
        gate += done


@njit(cache=True, error_model="numpy")
def _run_in_tiles(x, width, kinds, masks, turns, first, last):  # type: ignore[no-untyped-def]
    """As ``_run_real``: gates on the last wires tile by tile, each of which stays in the nearest cache meanwhile."""
    tile = min(x.size, TILE_BYTES // x.itemsize)
    gate = first
    while gate < last:
        end = _stretch(kinds, masks, gate, last, tile // width)
        for start in range(0, x.size if end > gate else 0, tile):
            _run_real(x[start : start + tile], width, kinds, masks, turns, gate, end)
        gate = end
        while end < last and max(masks[end, 0], masks[end, 1]) >= tile // width:
            end += 1
        _run_real(x, width, kinds, masks, turns, gate, end)
        gate = end


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def run(re, im, width, n, kinds, masks, turns, first, last):  # type: ignore[no-untyped-def]
    """Apply the gates from ``first`` to below ``last`` to a state of n qubits, (2**n width,) each part, in place.

    Kinds, (G,), are those of ``programs.Program``, masks, (G, 2), the weights of the bits of their wires, and turns,
    (G, 2), cosines and sines of half their angles, in double precision. The width is a power of two.
    """
    gate = first
    while gate < last:
        end = _stretch(kinds, masks, gate, last, 1 << n)
        _run_in_tiles(re, width, kinds, masks, turns, gate, end)
        _run_in_tiles(im, width, kinds, masks, turns, gate, end)
        gate = end
        if gate < last:
            end = run_end(kinds, gate, last)
            act(re, im, width, n, kinds, masks, turns, gate, end, 1.0)
            gate = end


@njit(cache=True, error_model="numpy")
def run_each(states, n, kinds, masks, turns):  # type: ignore[no-untyped-def]
    """As ``run`` for B single states one after the other, (B, 2, 2**n), each with turns of its own, (B, G, 2)."""
    for k in range(len(states)):
        run(states[k, 0], states[k, 1], 1, n, kinds, masks, turns[k], 0, kinds.size)

"""Gates on whole states in compiled loops, which ``compiled_circuits`` puts together to whole circuits.

A state is two real arrays, its real and imaginary parts, because turns about Y and CNOT RY CNOT are real and act on
both alike. Each of its 2**n entries can be a row of ``width`` columns, states that meet the same gates. A turn about Z
is a phase of each entry; neighbouring ones are one product with a table. Gates come as ``programs.Program`` lists them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from bornscape.simulators.state_vector.compiled_passes import combined

BUILT_ON = "d41340d3c9fe76b8"
"""First digits of the SHA-256 of compiled_passes.py; see compiled_circuits.py."""

PLAIN = {"contract"}
"""What the compiler may do to sums and products: fuse them."""


JOINED_BYTES = 2**14
"""Of a state up to which its parts are one array to real gates: less to call for each; larger ones fill the caches."""


@njit(cache=True, error_model="numpy")
def parts_at_once(state):  # type: ignore[no-untyped-def]
    """How many of a state's two parts a real gate meets in one call, as an array twice as long."""
    return 2 if state.size * state.itemsize <= JOINED_BYTES else 1


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def _turn(x, span, c, s):  # type: ignore[no-untyped-def]
    """RY on the bit of weight ``span``; c and s are cosine and sine of half the angle.

    Loops over the smallest spans have constant strides, or the compiler would not use vectors.
    """
    if span == 1:
        for i in range(x.size // 2):
            p, q = x[2 * i], x[2 * i + 1]
            x[2 * i], x[2 * i + 1] = combined(c, p, -s, q), combined(c, q, s, p)
    elif span == 2:
        for i in range(x.size // 4):
            p, u, q, v = x[4 * i], x[4 * i + 1], x[4 * i + 2], x[4 * i + 3]
            x[4 * i], x[4 * i + 2] = combined(c, p, -s, q), combined(c, q, s, p)
            x[4 * i + 1], x[4 * i + 3] = combined(c, u, -s, v), combined(c, v, s, u)
    else:
        rows = x.reshape(-1, span)
        for i in range(0, rows.shape[0], 2):
            a, b = rows[i], rows[i + 1]
            for j in range(span):
                p, q = a[j], b[j]
                a[j], b[j] = combined(c, p, -s, q), combined(c, q, s, p)


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def _entangle(x, control, target, c, s):  # type: ignore[no-untyped-def]
    """CNOT RY CNOT with the RY on the control: a real rotation of 00 and 11, and one of 01 and 10."""
    if control == 2 and target == 1:
        for i in range(x.size // 4):
            p, u, v, q = x[4 * i], x[4 * i + 1], x[4 * i + 2], x[4 * i + 3]
            x[4 * i], x[4 * i + 3] = combined(c, p, -s, q), combined(c, q, s, p)
            x[4 * i + 1], x[4 * i + 2] = combined(c, u, -s, v), combined(c, v, s, u)
        return
    small, big = min(control, target), max(control, target)
    for i in range(0, x.size, 2 * big):
        for j in range(i, i + big, 2 * small):
            x00, x11 = x[j : j + small], x[j + big + small : j + big + 2 * small]
            x01, x10 = x[j + target : j + target + small], x[j + control : j + control + small]
            for k in range(small):
                p, q, u, v = x00[k], x11[k], x01[k], x10[k]
                x00[k], x11[k] = combined(c, p, -s, q), combined(c, q, s, p)
                x01[k], x10[k] = combined(c, u, -s, v), combined(c, v, s, u)


@njit(cache=True, error_model="numpy")
def flip(x, control, target):  # type: ignore[no-untyped-def]
    """CNOT."""
    small, big = min(control, target), max(control, target)
    for i in range(0, x.size, 2 * big):
        for j in range(i, i + big, 2 * small):
            x10, x11 = x[j + control : j + control + small], x[j + big + small : j + big + 2 * small]
            for k in range(small):
                x10[k], x11[k] = x11[k], x10[k]


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def phase_factors(n, masks, turns, first, last, way):  # type: ignore[no-untyped-def]
    """Cosine and sine of the turn about Z of every bit, (n, 2), of the gates from ``first`` to below ``last``."""
    factors = np.zeros((n, 2))
    factors[:, 0] = 1
    for gate in range(first, last):
        bit = 0
        while 1 << bit < masks[gate, 0]:
            bit += 1
        a, b, c, s = factors[bit, 0], factors[bit, 1], turns[gate, 0], way * turns[gate, 1]
        factors[bit, 0], factors[bit, 1] = a * c - b * s, a * s + b * c
    return factors


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def phase_table(factors, first, last, kind):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True, error_model="numpy", fastmath=PLAIN)
def phase_tables(n, masks, turns, first, last, way, kind):  # type: ignore[no-untyped-def]
    """Phases of the lower half of the bits, and of the others, that the turns about Z from ``first`` to below ``last``
    make together; ``way`` -1 undoes them.
    """
    factors = phase_factors(n, masks, turns, first, last, way)
    half = min(n, max(4, (n + 1) // 2))
    return phase_table(factors, 0, half, kind), phase_table(factors, half, n, kind)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=PLAIN)
def turn_phases(re, im, width, low, high, first, last):  # type: ignore[no-untyped-def]
    """Multiply rows from ``first`` to below ``last``, as long as ``low``, by that table and their entry of ``high``."""
    low_re, low_im, columns = low[0], low[1], low.shape[1]
    for row in range(first, last):
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
def act_real(x, kind, high, low, cosine, sine):  # type: ignore[no-untyped-def]
    """One gate that is not a turn about Z, on one part."""
    # In the state's own precision: mixed, every product would be a double one.
    c, s = x.dtype.type(cosine), x.dtype.type(sine)
    if kind == 0:
        _turn(x, high, c, s)
    elif kind == 2:
        _entangle(x, high, low, c, s)
    else:
        flip(x, high, low)


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def act(re, im, width, n, kinds, masks, turns, first, last, way):  # type: ignore[no-untyped-def]
    """One gate, or the turns about Z from ``first`` to below ``last``; ``way`` -1 undoes them."""
    kind, high, low = kinds[first], masks[first, 0] * width, masks[first, 1] * width
    if kind == 1:
        low_phases, high_phases = phase_tables(n, masks, turns, first, last, way, re.dtype)
        turn_phases(re, im, width, low_phases, high_phases, 0, high_phases.shape[1])
        return
    for x in (re, im):
        act_real(x, kind, high, low, turns[first, 0], way * turns[first, 1])

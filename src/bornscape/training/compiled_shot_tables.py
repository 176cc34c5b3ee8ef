"""Compiled: shots of both shifted circuits, each looked up in a table of its distribution.

Indexed search (Chen and Asau 1974): the sums of the probabilities as integers, and a guide that says for each of many
equal parts of their range where in the sums the search starts. A random integer then finds its outcome in about one
step, whatever the number of outcomes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_BITS = 62
"""Of a shot's random integer: its sign stays clear, and the last sum, 2**62, is above every shot."""


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _both_sides(psi, phi, sign, x):  # type: ignore[no-untyped-def]
    """Probabilities of outcome ``x`` at plus and minus pi/2."""
    a, b, c, d = psi[2 * x], psi[2 * x + 1], phi[2 * x], phi[2 * x + 1]
    even, odd = (a * a + b * b + c * c + d * d) / 2, sign * (a * d - b * c)
    # Differences of numbers of single precision can be a rounding error below 0.
    return max(even + odd, psi.dtype.type(0)), max(even - odd, psi.dtype.type(0))


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def class_probabilities(outcomes, labels, rest, psi, phi, sign, out):  # type: ignore[no-untyped-def]
    """Probabilities of the classes at plus and minus pi/2, into ``out``, (2, K).

    ``psi`` and ``phi``, (2 2**n,), hold real and imaginary parts in turn. Class ``rest`` has what is left of 1; where
    it is -1 all outcomes have a class of their own, in order.
    """
    plus, minus = out[0], out[1]
    side = psi.dtype.type(sign)
    if rest < 0:
        for x in range(plus.size):
            plus[x], minus[x] = _both_sides(psi, phi, side, x)
        return
    plus[:] = 0
    minus[:] = 0
    for k in range(outcomes.size):
        up, down = _both_sides(psi, phi, side, outcomes[k])
        plus[labels[k]] += up
        minus[labels[k]] += down
    plus[rest] = max(1.0 - plus.sum(), 0.0)
    minus[rest] = max(1.0 - minus.sum(), 0.0)


@njit(cache=True, error_model="numpy")
def all_class_probabilities(outcomes, labels, rest, psi, tangents, signs, out):  # type: ignore[no-untyped-def]
    """As ``class_probabilities`` for each of k tangent states, into ``out``, (k, 2, K)."""
    for use in range(signs.size):
        class_probabilities(outcomes, labels, rest, psi, tangents[use], signs[use], out[use])


@njit(cache=True, error_model="numpy", fastmath={"reassoc"})
def _sum(x):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(x.size):
        total += x[k]
    return total


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _tabulate(probabilities, bounds, guide, shift):  # type: ignore[no-untyped-def]
    """Sums of the probabilities on the scale of the shots, and where the search for each part of it starts."""
    scale = 2.0**_BITS / _sum(probabilities)
    last = probabilities.size - 1
    while probabilities[last] == 0:
        last -= 1
    total = 0.0
    for x in range(last):
        total += probabilities[x] * scale
        bounds[x] = min(total, 2.0**_BITS)
    bounds[last:] = 1 << _BITS
    # A part's search starts at the first sum above the part's beginning: as far on as sums lie up to there.
    guide[:] = 0
    for x in range(last):
        guide[(bounds[x] + (1 << shift) - 1) >> shift] += 1
    before = 0
    for part in range(guide.size):
        before += guide[part]
        guide[part] = before


@njit(cache=True, error_model="numpy")
def _mean(row, bounds, guide, shift, points):  # type: ignore[no-untyped-def]
    """Mean of ``row`` at the shots of random 64-bit ``points``."""
    total = 0.0
    for k in range(points.size):
        point = (points[k] & 0x7FFFFFFFFFFFFFFF) >> (63 - _BITS)
        x = guide[point >> shift]
        # One step without a branch, which the processor could not foresee; more are rare.
        x += bounds[x] <= point
        while bounds[x] <= point:
            x += 1
        total += row[x]
    return total / points.size


@njit(cache=True, error_model="numpy")
def look_up_all(values, outcomes, labels, rest, psi, tangents, signs, points):  # type: ignore[no-untyped-def]
    """Differences of the means on both sides, (k,), averaged over the rows of ``values``, (B, K).

    ``points``, (k, 2, B, shots), are random 64-bit integers; for the others see ``class_probabilities``.
    """
    classes = values.shape[1]
    parts = 2
    while 1 << parts < classes:
        parts += 1
    shift = _BITS - parts
    sides, bounds = np.empty((2, classes)), np.empty(classes, dtype=np.int64)
    # The last place is for sums that all shots lie below.
    guide = np.empty((1 << parts) + 1, dtype=np.int32)
    found = np.zeros(signs.size)
    for use in range(signs.size):
        class_probabilities(outcomes, labels, rest, psi, tangents[use], signs[use], sides)
        for side in range(2):
            _tabulate(sides[side], bounds, guide, shift)
            for b in range(len(values)):
                mean = _mean(values[b], bounds, guide, shift, points[use, side, b])
                found[use] += (mean if side == 0 else -mean) / len(values)
    return found

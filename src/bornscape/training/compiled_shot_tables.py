"""Compiled: shots of both shifted circuits, each looked up in a table of its distribution.

Indexed search (Chen and Asau 1974) in two steps: sums of the probabilities of whole blocks of outcomes, with a guide
that says for each of many equal parts of their range where in them the search starts, and sums inside each block, of
which those below the shot are counted. A random integer then finds its outcome in about as much time whatever their
number, and the table costs little more than the probabilities.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_BLOCK = 16
"""Outcomes whose sums are compared with a shot at once."""


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _both_sides(psi, phi, sign, x):  # type: ignore[no-untyped-def]
    """Probabilities of outcome ``x`` at plus and minus pi/2."""
    a, b, c, d = psi[2 * x], psi[2 * x + 1], phi[2 * x], phi[2 * x + 1]
    even, odd = (a * a + b * b + c * c + d * d) / 2, sign * (a * d - b * c)
    # Differences of numbers of single precision can be a rounding error below 0.
    return max(even + odd, psi.dtype.type(0)), max(even - odd, psi.dtype.type(0))


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _probabilities(psi, phi, sign, plus, minus):  # type: ignore[no-untyped-def]
    """Probabilities of all outcomes at plus and minus pi/2."""
    for x in range(plus.size):
        plus[x], minus[x] = _both_sides(psi, phi, sign, x)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def class_probabilities(outcomes, labels, rest, psi, tangents, signs, out):  # type: ignore[no-untyped-def]
    """Probabilities of the K classes at plus and minus pi/2 of each of k angles, into ``out``, (k, 2, K).

    ``psi`` and ``tangents``, (2 2**n,) and (k, 2 2**n), hold real and imaginary parts in turn. Class ``rest`` has what
    is left of 1; where it is -1 all outcomes have a class of their own, in order.
    """
    out[:] = 0
    for use in range(signs.size):
        plus, minus, side = out[use, 0], out[use, 1], psi.dtype.type(signs[use])
        if rest < 0:
            _probabilities(psi, tangents[use], side, plus, minus)
            continue
        for k in range(outcomes.size):
            up, down = _both_sides(psi, tangents[use], side, outcomes[k])
            plus[labels[k]] += up
            minus[labels[k]] += down
        plus[rest] = max(1.0 - plus.sum(), 0.0)
        minus[rest] = max(1.0 - minus.sum(), 0.0)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def pattern_probabilities(kinds, patterns, psi, tangents, signs, out):  # type: ignore[no-untyped-def]
    """As ``class_probabilities``, of outcomes in rows of which many have the same classes: sums of rows come first.

    ``kinds``, (rows,), says which of the ``patterns``, (R, columns), of classes a row has.
    """
    columns = patterns.shape[1]
    sums = np.empty((2, *patterns.shape), dtype=psi.dtype)
    out[:] = 0
    for use in range(signs.size):
        side = psi.dtype.type(signs[use])
        sums[:] = 0
        for row in range(kinds.size):
            u = psi[2 * columns * row : 2 * columns * (row + 1)]
            v = tangents[use, 2 * columns * row : 2 * columns * (row + 1)]
            plus, minus = sums[0, kinds[row]], sums[1, kinds[row]]
            for x in range(columns):
                up, down = _both_sides(u, v, side, x)
                plus[x] += up
                minus[x] += down
        for kind in range(len(patterns)):
            for x in range(columns):
                out[use, 0, patterns[kind, x]] += sums[0, kind, x]
                out[use, 1, patterns[kind, x]] += sums[1, kind, x]


def _counter(typing_context: Any, x: Any, start: Any, limit: Any) -> Any:
    """How many of the ``_BLOCK`` numbers of ``x`` from ``start`` on are at most ``limit``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, place, value = arguments
        kind = context.get_data_type(signature.args[0].dtype)
        data = context.make_array(signature.args[0])(context, builder, value=array).data
        vector = ir.VectorType(kind, _BLOCK)
        numbers = builder.load(
            builder.bitcast(builder.gep(data, [place]), vector.as_pointer()),
            align=signature.args[0].dtype.bitwidth // 8,
        )
        single = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), _BLOCK), [0] * _BLOCK)
        limits = builder.shuffle_vector(single, ir.Constant(vector, ir.Undefined), zeros)
        met = builder.bitcast(builder.fcmp_ordered("<=", numbers, limits), ir.IntType(_BLOCK))
        return builder.zext(builder.ctpop(met), ir.IntType(64))

    return types.int64(x, types.intp, limit), generate


_count_up_to: Any = intrinsic(_counter)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _tabulate(probabilities, inside, begins, ends, guide):  # type: ignore[no-untyped-def]
    """Sums of the probabilities, and where the search for each equal part of their range starts; returns the last sum.

    ``inside`` has the sums inside of each block of ``_BLOCK`` outcomes, infinite from the last one on that can be met;
    ``begins`` and ``ends``, (blocks,) both, those before and after it.
    """
    blocks, total = len(ends), 0.0
    for block in range(blocks):
        # Blocks do not wait for one another.
        below = probabilities[0] * 0
        for x in range(_BLOCK * block, _BLOCK * (block + 1)):
            below += probabilities[x]
            inside[x] = below
        begins[block] = total
        total += below
        ends[block] = total
    # A part's search starts at the first end above the part's beginning: as far on as ends lie up to there.
    guide[:] = 0
    scale = (guide.size - 1) / total
    last = 0
    for block in range(blocks):
        guide[min(int(ends[block] * scale) + 1, guide.size - 1)] += 1
        x = _BLOCK * (block + 1) - 1
        below = inside[x]
        if below > 0:
            last = block
        # Rounding may put a shot beyond its block: it is of the last outcome there that can be met.
        inside[x] = np.inf
        while x > _BLOCK * block and inside[x - 1] == below:
            x -= 1
            inside[x] = np.inf
    before = 0
    for part in range(guide.size):
        before += guide[part]
        guide[part] = min(before, last)
    # Above every shot, whatever rounding does.
    ends[last:] = np.inf
    return total


@njit(cache=True, error_model="numpy")
def _mean(row, inside, begins, ends, guide, total, shift, points):  # type: ignore[no-untyped-def]
    """Mean of ``row`` at the shots of ``points``, random integers of which ``shift`` bits are below the guide's."""
    found, scale = 0.0, total / (guide.size - 1) / 2.0**shift
    for k in range(points.size):
        point = (np.float64(points[k]) + 0.5) * scale
        block = np.int64(guide[points[k] >> points.dtype.type(shift)])
        # One step without a branch, which the processor could not foresee; more are rare.
        block += ends[block] <= point
        while ends[block] <= point:
            block += 1
        # Rounding may put the beginning of a block above the shot.
        rest = max(inside.dtype.type(point - begins[block]), inside.dtype.type(0))
        found += row[_BLOCK * block + _count_up_to(inside, _BLOCK * block, rest)]
    return found / points.size


@njit(cache=True, error_model="numpy")
def _room(classes, points, kind):  # type: ignore[no-untyped-def]
    """Room for a table: sums inside of blocks, before and after them, the guide; bits of a shot below the guide's."""
    blocks = (classes + _BLOCK - 1) // _BLOCK
    bits = 2
    while 1 << bits < 2 * blocks:
        bits += 1
    # The last place is for ends that all shots lie below.
    guide = np.empty((1 << bits) + 1, dtype=np.int32)
    inside, begins, ends = np.empty(blocks * _BLOCK, dtype=kind), np.empty(blocks), np.empty(blocks)
    return inside, begins, ends, guide, 8 * points.itemsize - bits


@njit(cache=True, error_model="numpy")
def look_up_all(values, psi, tangents, signs, points):  # type: ignore[no-untyped-def]
    """Differences of the means on both sides, (k,), averaged over the rows of ``values``, (B, 2**n).

    ``points``, (k, 2, B, shots), are random integers, uniform on all of their type, unsigned; for the others see
    ``class_probabilities``.
    """
    size = values.shape[1]
    inside, begins, ends, guide, shift = _room(size, points, psi.dtype)
    padded = np.zeros((2, inside.size), dtype=psi.dtype)
    found = np.zeros(signs.size)
    for use in range(signs.size):
        _probabilities(psi, tangents[use], psi.dtype.type(signs[use]), padded[0, :size], padded[1, :size])
        for side in range(2):
            total = _tabulate(padded[side], inside, begins, ends, guide)
            for b in range(len(values)):
                mean = _mean(values[b], inside, begins, ends, guide, total, shift, points[use, side, b])
                found[use] += (mean if side == 0 else -mean) / len(values)
    return found


@njit(cache=True, error_model="numpy")
def look_up_classes(values, sides, points):  # type: ignore[no-untyped-def]
    """As ``look_up_all`` with values of K classes, (B, K), and their probabilities, ``sides``, (k, 2, K)."""
    classes = values.shape[1]
    inside, begins, ends, guide, shift = _room(classes, points, sides.dtype)
    padded = np.zeros(inside.size)
    found = np.zeros(len(sides))
    for use in range(len(sides)):
        for side in range(2):
            padded[:classes] = sides[use, side]
            total = _tabulate(padded, inside, begins, ends, guide)
            for b in range(len(values)):
                mean = _mean(values[b], inside, begins, ends, guide, total, shift, points[use, side, b])
                found[use] += (mean if side == 0 else -mean) / len(values)
    return found

"""Compiled: shots of both shifted circuits in one walk along their outcomes, without writing the distributions out.

The shots of a circuit come in increasing order, as the partial sums of exponential variables, so that one walk meets
them all, past whole blocks of outcomes at a time.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_BLOCK = 16
"""Outcomes that a walk passes at once where no shot falls among them."""


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _masses(psi, phi, sign, out):  # type: ignore[no-untyped-def]
    """Probability of every block of outcomes on both sides, into (2, blocks)."""
    for b in range(out.shape[1]):
        u, v = psi[2 * _BLOCK * b : 2 * _BLOCK * (b + 1)], phi[2 * _BLOCK * b : 2 * _BLOCK * (b + 1)]
        # Accumulated in the states' own precision, which lets the compiler use whole vectors.
        even, odd = u[0] * 0, u[0] * 0
        for j in range(u.size // 2):
            even += u[2 * j] * u[2 * j] + u[2 * j + 1] * u[2 * j + 1]
            even += v[2 * j] * v[2 * j] + v[2 * j + 1] * v[2 * j + 1]
            odd += u[2 * j] * v[2 * j + 1] - u[2 * j + 1] * v[2 * j]
        out[0, b] = even / 2 + sign * odd
        out[1, b] = even / 2 - sign * odd


@njit(cache=True, error_model="numpy")
def _walk(row, psi, phi, sign, masses, steps):  # type: ignore[no-untyped-def]
    """Mean of ``row`` at the shots of one side; ``sign`` is the side's sign in front of the odd part."""
    scale = masses.sum() / steps.sum()
    last_block = masses.size - 1
    block, x, end = 0, 0, min(_BLOCK, row.size)
    below = 0.0
    inside = 0.0
    point = 0.0
    total = 0.0
    hit = 0
    for k in range(steps.size - 1):
        point += steps[k] * scale
        if block < last_block and point >= below + masses[block]:
            while block < last_block and point >= below + masses[block]:
                below += masses[block]
                block += 1
            x = _BLOCK * block
            end = min(x + _BLOCK, row.size)
            inside = below
        while x < end:
            even = psi[2 * x] ** 2 + psi[2 * x + 1] ** 2 + phi[2 * x] ** 2 + phi[2 * x + 1] ** 2
            p = even / 2 + sign * (psi[2 * x] * phi[2 * x + 1] - psi[2 * x + 1] * phi[2 * x])
            if p > 0:
                # Kept where rounding leaves the point beyond the block's last outcome.
                hit = x
                if inside + p > point:
                    break
                inside += p
            x += 1
        total += row[hit]
    return total / (steps.size - 1)


@njit(cache=True, error_model="numpy")
def walk_all(values, psi, tangents, signs, steps):  # type: ignore[no-untyped-def]
    """Differences of the means on both sides, (k,), averaged over the rows of ``values``, (B, 2**n).

    ``psi`` and ``tangents``, (2 2**n,) and (k, 2 2**n), hold real and imaginary parts in turn, ``steps``,
    (k, 2, B, shots + 1), exponential variables.
    """
    masses = np.empty((2, (values.shape[1] + _BLOCK - 1) // _BLOCK))
    found = np.zeros(len(signs))
    for use in range(len(signs)):
        phi, sign = tangents[use], signs[use]
        _masses(psi, phi, sign, masses)
        for b in range(len(values)):
            plus = _walk(values[b], psi, phi, sign, masses[0], steps[use, 0, b])
            minus = _walk(values[b], psi, phi, -sign, masses[1], steps[use, 1, b])
            found[use] += (plus - minus) / len(values)
    return found

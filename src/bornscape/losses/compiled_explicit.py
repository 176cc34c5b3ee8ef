"""Every explicit loss on a target's support in one compiled loop: a draw of few qubits costs little else."""

from __future__ import annotations

import numpy as np
from numba import njit

COUNT = 7
KLD, REVERSE_KLD, JSD, TVD, FIDELITY, RENYI_2, RENYI_HALF = range(COUNT)
"""Places of the losses, which are those of ``explicit.DEFINITIONS``."""


@njit(cache=True, error_model="numpy")
def _relative_entropy(x, y):  # type: ignore[no-untyped-def]
    """One term x log(x / y) of a relative entropy, 0 at x = 0."""
    return x * np.log(x / y) if x > 0 else 0.0


@njit(cache=True, error_model="numpy")
def all_losses(p, q, mass, rest, epsilon):  # type: ignore[no-untyped-def]
    """The losses of ``explicit.DEFINITIONS``, (``COUNT``,) in its order, of a target p and q on its support, (M,).

    ``mass`` and ``rest`` are the sums of q and of q log q over all other outcomes, which meet p = 0.
    """
    out = np.zeros(COUNT)
    out[REVERSE_KLD], out[TVD] = rest - mass * np.log(epsilon), mass
    overlap, square, root = 0.0, 0.0, 0.0
    for k in range(p.size):
        a, b = p[k], q[k]
        kept = max(b, epsilon)
        out[KLD] += _relative_entropy(a, kept)
        out[REVERSE_KLD] += _relative_entropy(b, max(a, epsilon))
        out[JSD] += _relative_entropy(a, a + b) + _relative_entropy(b, a + b)
        out[TVD] += abs(a - b)
        overlap += np.sqrt(a * b)
        if a > 0:
            square += a * a / kept
            root += np.sqrt(a * kept)
    out[FIDELITY] = 1 - overlap
    out[RENYI_2] = np.log(square)
    out[RENYI_HALF] = -2 * np.log(root)
    return out


@njit(cache=True, error_model="numpy")
def losses_of_rows(p, rows, epsilon):  # type: ignore[no-untyped-def]
    """As ``all_losses``, (R, ``COUNT``), of every row of frequencies on the support, (R, M); the rest lies outside.

    Of the reverse KLD the part outside is missing, which frequencies on the support do not tell.
    """
    values = np.empty((len(rows), COUNT))
    for row in range(len(rows)):
        _store(all_losses(p, rows[row], 1.0 - rows[row].sum(), 0.0, epsilon), values, row)
    return values


@njit(cache=True, error_model="numpy")
def _store(found, values, row):  # type: ignore[no-untyped-def]
    """``values[row] = found``, for whose check of shapes the compiler takes seconds."""
    for k in range(found.size):
        values[row, k] = found[k]


@njit(cache=True, error_model="numpy")
def negative_entropy(q):  # type: ignore[no-untyped-def]
    """Sum of q log q."""
    total = 0.0
    for x in q:
        if x > 0:
            total += x * np.log(x)
    return total


@njit(cache=True, error_model="numpy")
def losses_inside(p, q, entropy, epsilon):  # type: ignore[no-untyped-def]
    """As ``all_losses``, given ``entropy``, the sum of q log q over all outcomes."""
    mass = max(0.0, 1.0 - q.sum())
    rest = entropy - negative_entropy(q) if mass > 0 else 0.0
    return all_losses(p, q, mass, rest, epsilon)


@njit(cache=True, nogil=True, error_model="numpy")
def losses_of_supports(indices, probabilities, starts, q, entropy, epsilon):  # type: ignore[no-untyped-def]
    """As ``all_losses``, (D, ``COUNT``), for D supports that follow one another from ``starts`` on, (D + 1,).

    q is that of all outcomes, (2**n,), ``entropy`` their sum of q log q. With the losses comes q's sum on each
    support, (D,).
    """
    count = starts.size - 1
    values, masses = np.empty((count, COUNT)), np.empty(count)
    for d in range(count):
        chosen = slice(starts[d], starts[d + 1])
        inside = q[indices[chosen]]
        _store(losses_inside(probabilities[chosen], inside, entropy, epsilon), values, d)
        masses[d] = inside.sum()
    return values, masses

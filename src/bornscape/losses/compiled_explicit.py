"""Every explicit loss on a target's support in one compiled loop: a draw of few qubits costs little else."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def _relative_entropy(x, y):  # type: ignore[no-untyped-def]
    """One term x log(x / y) of a relative entropy, 0 at x = 0."""
    return x * np.log(x / y) if x > 0 else 0.0


@njit(cache=True, error_model="numpy")
def all_losses(p, q, mass, rest, epsilon):  # type: ignore[no-untyped-def]
    """The losses of ``explicit.DEFINITIONS``, (7,) in its order, of a target p and q on its support, (M,).

    ``mass`` and ``rest`` are the sums of q and of q log q over all other outcomes, which meet p = 0.
    """
    out = np.zeros(7)
    out[1], out[3] = rest - mass * np.log(epsilon), mass
    overlap, square, root = 0.0, 0.0, 0.0
    for k in range(p.size):
        a, b = p[k], q[k]
        kept = max(b, epsilon)
        out[0] += _relative_entropy(a, kept)
        out[1] += _relative_entropy(b, max(a, epsilon))
        out[2] += _relative_entropy(a, a + b) + _relative_entropy(b, a + b)
        out[3] += abs(a - b)
        overlap += np.sqrt(a * b)
        if a > 0:
            square += a * a / kept
            root += np.sqrt(a * kept)
    out[4] = 1 - overlap
    out[5] = np.log(square)
    out[6] = -2 * np.log(root)
    return out


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


@njit(cache=True, error_model="numpy")
def losses_of_supports(indices, probabilities, starts, q, entropy, epsilon):  # type: ignore[no-untyped-def]
    """As ``all_losses``, (D, 7), for D supports that follow one another from ``starts`` on, (D + 1,).

    q is that of all outcomes, (2**n,), ``entropy`` their sum of q log q. With the losses comes q's sum on each
    support, (D,).
    """
    count = starts.size - 1
    values, masses = np.empty((count, 7)), np.empty(count)
    for d in range(count):
        chosen = slice(starts[d], starts[d + 1])
        inside = q[indices[chosen]]
        values[d], masses[d] = losses_inside(probabilities[chosen], inside, entropy, epsilon), inside.sum()
    return values, masses

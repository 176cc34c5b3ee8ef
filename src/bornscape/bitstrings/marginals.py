"""Marginals by plain sums, and pairs of distributions that agree on all marginals of k bits and differ beyond.

Nothing here uses the Walsh-Hadamard transform but ``differ_in_parities``: marginals are a path of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from bornscape.aliases import Float
from bornscape.bitstrings.walsh import qubits_of, subset_sizes, walsh_hadamard


def marginal(values: Float, wires: Sequence[int]) -> Float:
    """Sum of ``values``, (2**n,), over all bits but those of the increasing ``wires``: (2**len(wires),).

    Wire 0 is the most significant bit of an index, before and after.

    Examples
    --------
    01 with certainty: wire 0 is 0, wire 1 is 1.

    >>> import numpy as np
    >>> p = np.array([0.0, 1.0, 0.0, 0.0])
    >>> marginal(p, [0]).tolist(), marginal(p, [1]).tolist()
    ([1.0, 0.0], [0.0, 1.0])
    """
    n = qubits_of(values.size)
    others = tuple(wire for wire in range(n) if wire not in wires)
    return values.reshape((2,) * n).sum(axis=others).reshape(-1)


def marginals(values: Float, order: int) -> Iterator[Float]:
    """Every marginal of ``order`` bits."""
    return (marginal(values, wires) for wires in combinations(range(qubits_of(values.size)), order))


def marginal_difference(q: Float, p: Float, order: int) -> float:
    """Largest total variation, sum |.| in [0, 2], between marginals of ``order`` bits of q and p, (2**n,)."""
    return max(float(np.abs(difference).sum()) for difference in marginals(q - p, order))


def local_observable(n_qubits: int, order: int, rng: np.random.Generator) -> Float:
    """Diagonal of a random ``order``-body observable M, (2**n,): a function of every set of ``order`` bits, added up.

    The functions' values are uniform on [-1, 1].
    """
    total = np.zeros((2,) * n_qubits)
    for wires in combinations(range(n_qubits), order):
        shape = [2 if wire in wires else 1 for wire in range(n_qubits)]
        total += rng.uniform(-1.0, 1.0, 2**order).reshape(shape)
    return total.reshape(-1)


def observable_difference(q: Float, p: Float, observable: Float) -> float:
    """|Tr[M q] - Tr[M p]| over sum |M| |q - p|: 1 where nothing cancels, about 1e-16 where all does."""
    terms = observable * (q - p)
    return float(abs(terms.sum()) / np.abs(terms).sum())


def differ_by_moves(p: Float, order: int, moves: int, rng: np.random.Generator) -> Float:
    """A distribution with the marginals of p, (2**n,), up to ``order`` bits and others beyond, made by moving mass.

    A move chooses order + 1 bits and adds (-1)^(their parity) g(the other bits) with a random g >= 0. A marginal of
    fewer bits sums over one of the chosen bits at least, hence to 0. Moves are scaled so that all stays positive.

    Raises
    ------
    ValueError
        If ``order`` is not in 1..n-1.
    """
    n = qubits_of(p.size)
    _check_order(order, n)
    direction = np.zeros((2,) * n)
    for _ in range(moves):
        wires = rng.choice(n, order + 1, replace=False)
        rest = rng.exponential(size=2 ** (n - order - 1)).reshape([1 if w in wires else 2 for w in range(n)])
        parity = subset_sizes(order + 1) % 2
        direction += (1 - 2 * parity).reshape([2 if w in wires else 1 for w in range(n)]) * rest
    return _step(p, direction.reshape(-1))


def differ_in_parities(p: Float, order: int, rng: np.random.Generator) -> Float:
    """A distribution whose parities z_A equal those of p, (2**n,), for |A| <= ``order`` and no other.

    A random combination of the Walsh functions of more than ``order`` bits is added to p, scaled so that the result
    stays positive.

    Raises
    ------
    ValueError
        If ``order`` is not in 1..n-1.
    """
    n = qubits_of(p.size)
    _check_order(order, n)
    coefficients = np.where(subset_sizes(n) > order, rng.standard_normal(2**n), 0.0)
    return _step(p, walsh_hadamard(coefficients))


def _check_order(order: int, n: int) -> None:
    if not 1 <= order < n:
        raise ValueError(f"order: expected 1 to {n - 1}, got {order}")


def _step(p: Float, direction: Float) -> Float:
    """P plus nine tenths of the longest step along ``direction`` that leaves no entry negative."""
    down = direction < 0
    return p + 0.9 * np.min(p[down] / -direction[down]) * direction

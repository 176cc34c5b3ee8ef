"""Words in parts that depend on separate stretches of a line of wires: their means multiply.

Of a circuit that starts in |0...0> the means of words whose light cones share no wire are independent. Here a cone is
the stretch of wires from its first to its last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bornscape.aliases import Bits, Float, Indices
from bornscape.circuits.cones import Cones


def stretches(cones: Cones, wires: Sequence[int]) -> tuple[Indices, Indices]:
    """First and last wires of each measured wire's cone, (n_measured,) each."""
    ends = [cones.cone(frozenset({wire})).wires for wire in wires]
    return np.array([end[0] for end in ends]), np.array([end[-1] for end in ends])


@dataclass(frozen=True, eq=False)
class Parts:
    """Distinct parts of some words, and which parts each word has.

    Attributes
    ----------
    words
        (P, n_measured).
    table
        (K, most parts of a word): places in ``words``; P where a word has fewer.
    """

    words: Bits
    table: Indices

    @classmethod
    def of(cls, words: Bits, first: Indices, last: Indices) -> Parts:
        """Parts of words (K, n_measured) whose wires depend on the stretches from ``first`` to ``last``.

        Examples
        --------
        Each wire depends on itself and its neighbours.

        >>> words = np.array([[1, 0, 1, 0, 0, 0, 1]], dtype=np.uint8)
        >>> Parts.of(words, np.arange(7) - 1, np.arange(7) + 1).words.tolist()
        [[0, 0, 0, 0, 0, 0, 1], [1, 0, 1, 0, 0, 0, 0]]
        """
        order = np.argsort(first, kind="stable")
        chosen = np.asarray(words, dtype=bool)[:, order]
        nowhere = int(first.min()) - 1
        reached = np.maximum.accumulate(np.where(chosen, last[order], nowhere), axis=1)
        before = np.concatenate([np.full((len(chosen), 1), nowhere), reached[:, :-1]], axis=1)
        numbers = np.cumsum(chosen & (first[order] > before), axis=1)
        rows, places = np.nonzero(chosen)
        mine = numbers[rows, places] - 1
        table = np.zeros((len(chosen), 1 + int(mine.max(initial=-1))), dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(numbers[:, -1] if numbers.size else [0])]).astype(np.int64)
        apart = np.zeros((starts[-1], chosen.shape[1]), dtype=np.uint8)
        apart[starts[rows] + mine, order[places]] = 1
        kinds, kind_of = np.unique(np.packbits(apart, axis=1), axis=0, return_inverse=True)
        table[:] = len(kinds)
        table[rows, mine] = kind_of.ravel()[starts[rows] + mine]
        distinct = np.unpackbits(kinds, axis=1, count=chosen.shape[1])
        return cls(distinct, table)

    def products(self, means: Float) -> Float:
        """Means of the words, (K,), from those of the parts, (P,)."""
        return np.asarray(np.append(means, 1.0)[self.table].prod(axis=1))

    def shares(self, means: Float, weights: Float) -> Float:
        """Derivatives of the sum of weights times the words' means, by the parts' means, (P,)."""
        factors, found = np.append(means, 1.0)[self.table], np.zeros(len(means) + 1)
        for k in range(self.table.shape[1]):
            others = np.delete(factors, k, axis=1).prod(axis=1)
            found += np.bincount(self.table[:, k], weights=weights * others, minlength=len(found))
        return found[:-1]

"""Means of Z-words over a data set at any n: strings that are listed, or the cardinality set by its formula."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse
from scipy.stats import hypergeom

from bornscape.aliases import Bits, Float
from bornscape.datasets import Target

_SPARSE = 0.05
"""Share of ones in the words up to which a sparse product is the faster one."""

_AT_ONCE = 2**25
"""Parities held at once."""


class WordData(Protocol):
    """What a loss on words needs to know of its data."""

    @property
    def n_qubits(self) -> int:
        """Length of the strings."""

    def means(self, words: Bits) -> Float:
        """z_A(p) of words (K, n), (K,), in [-1, 1]; 1 for the empty word."""


@dataclass(frozen=True, eq=False)
class ListedWords:
    """Data whose strings are listed."""

    target: Target

    @property
    def n_qubits(self) -> int:
        """Length of the strings."""
        return self.target.n_qubits

    @cached_property
    def _columns(self) -> np.ndarray:
        return np.ascontiguousarray(self.target.bitstrings.T, dtype=np.float32)

    def means(self, words: Bits) -> Float:
        """z_A(p) of words (K, n), (K,)."""
        words = np.asarray(words, dtype=np.uint8)
        p = self.target.probabilities
        found = np.empty(len(words))
        step = max(1, _AT_ONCE // len(p))
        for start in range(0, len(words), step):
            some = words[start : start + step]
            few = some.mean() <= _SPARSE
            rows = sparse.csr_array(some, dtype=np.float32) if few else some.astype(np.float32)
            # Counts of at most n are exact in single precision.
            found[start : start + step] = 1 - 2 * (((rows @ self._columns).astype(np.int32) & 1) @ p)
        return found


@dataclass(frozen=True)
class CardinalityWords:
    """All strings of n bits with ``weight`` ones, uniformly: z_A depends on |A| alone, and no string is listed."""

    n_qubits: int
    weight: int

    @cached_property
    def _by_size(self) -> Float:
        """Krawtchouk polynomials over their binomial: the mean of (-1)^|A and x|, by |A| = 0..n."""
        shared = np.arange(self.weight + 1)
        signs = 1 - 2 * (shared % 2)
        return np.array(
            [hypergeom.pmf(shared, self.n_qubits, self.weight, k) @ signs for k in range(self.n_qubits + 1)]
        )

    def means(self, words: Bits) -> Float:
        """z_A(p) of words (K, n), (K,)."""
        return np.asarray(self._by_size[np.asarray(words).sum(axis=1, dtype=np.int64)])

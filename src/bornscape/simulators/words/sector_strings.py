"""Bitstrings of one Hamming weight, numbered, and where pairs of them differ on one wire or two."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Bits, Indices

KEPT = 2**26
"""Numbers of strings that are kept together (256 MiB)."""

Places = NDArray[np.int32]


class Strings:
    """Strings of n bits by their weight, each weight's numbered from 0: later wires count more.

    Parameters
    ----------
    n_qubits
        Their length.
    largest
        Strings of the most frequent weight that will be asked for: it sets how much is kept.

    Examples
    --------
    >>> Strings(3, 3).columns(2).T.tolist()
    [[1, 1, 0], [1, 0, 1], [0, 1, 1]]
    """

    def __init__(self, n_qubits: int, largest: int) -> None:
        self.n_qubits = n_qubits
        self.columns = lru_cache(maxsize=8)(self._columns)
        self.places = lru_cache(maxsize=max(8, KEPT // max(1, largest)))(self._places)
        # C(place, k) for k = 0..place+1; those beyond 62 bits belong to weights that are never listed.
        self._binomials = [
            np.array([min(comb(place, k), 2**62) for k in range(place + 2)], dtype=np.int64)
            for place in range(n_qubits)
        ]

    def size(self, weight: int) -> int:
        """Number of strings of a weight; 0 if there is no such weight."""
        return comb(self.n_qubits, weight) if 0 <= weight <= self.n_qubits else 0

    def numbers(self, bits: Bits) -> Indices:
        """Numbers of strings (K, n) among those of their own weight, (K,): sum over ones of C(place, ones so far)."""
        found, ones = (np.zeros(len(bits), dtype=np.int64) for _ in range(2))
        for column, binomials in zip(np.asarray(bits, dtype=np.int64).T, self._binomials, strict=True):
            ones += column
            found += column * binomials[np.minimum(ones, len(binomials) - 1)]
        return found

    def _columns(self, weight: int) -> Bits:
        """All strings of a weight in their order, (n, size): a row is a wire."""
        size = self.size(weight)
        flat = chain.from_iterable(combinations(range(self.n_qubits), weight))
        ones = np.fromiter(flat, dtype=np.int64, count=size * weight).reshape(size, weight)
        found = np.zeros((size, self.n_qubits), dtype=np.uint8)
        np.put_along_axis(found, ones, 1, axis=1)
        ordered = np.empty((self.n_qubits, size), dtype=np.uint8)
        ordered[:, self.numbers(found)] = found.T
        return ordered

    def _places(self, wires: tuple[int, ...], local: tuple[int, ...], rest: int) -> Places:
        """Numbers of the strings with the bits ``local`` on ``wires`` and ``rest`` ones on the others.

        Strings that agree on the others stand at the same place, whatever their local bits are.
        """
        weight = rest + sum(local)
        if not self.size(weight):
            return np.empty(0, dtype=np.int32)
        columns = self.columns(weight)
        chosen = np.ones(columns.shape[1], dtype=bool)
        for wire, bit in zip(wires, local, strict=True):
            chosen &= columns[wire] == bit
        return np.flatnonzero(chosen).astype(np.int32)

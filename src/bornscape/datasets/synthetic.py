"""Synthetic data sets: one string, the GHZ pair, random strings, all strings of half weight."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from bornscape.aliases import Bits
from bornscape.datasets.targets import Target


def _uniform(bitstrings: Bits) -> Target:
    return Target(bitstrings, np.full(len(bitstrings), 1 / len(bitstrings)))


def _zero(n: int, rng: np.random.Generator) -> Target:
    return _uniform(np.zeros((1, n), dtype=np.uint8))


def _ghz(n: int, rng: np.random.Generator) -> Target:
    return _uniform(np.repeat(np.array([[0], [1]], dtype=np.uint8), n, axis=1))


def _table_of_bits(rows: int, n: int, root: list[int]) -> Bits:
    """Left upper corner, (rows, n), of one endless table of random bits; each column has a stream of its own."""
    streams = (np.random.default_rng(np.random.SeedSequence(root, spawn_key=(column,))) for column in range(n))
    packed = np.frombuffer(b"".join(stream.bytes(-(-rows // 8)) for stream in streams), dtype=np.uint8)
    return np.unpackbits(packed.reshape(n, -1), axis=1, count=rows).T


def _random_strings(count: int, n: int, rng: np.random.Generator) -> Target:
    """The first ``count`` distinct strings of n bits of an endless table (all of them where there are no more).

    The generator only chooses the table. So one that starts alike gives sets that extend each other: the strings of a
    larger n go on with the next bits, and further strings join them. Strings equal up to bit n count once.
    """
    root = rng.integers(0, 2**32, size=4, dtype=np.uint64).tolist()
    if n < 62:
        count = min(count, 2**n)
    rows, first = count, np.empty(0, dtype=np.int64)
    while len(first) < count:
        rows = 2 * rows
        table = _table_of_bits(rows, n, root)
        _, first = np.unique(table, axis=0, return_index=True)
    kept = table[np.sort(first)[:count]]
    return _uniform(np.ascontiguousarray(kept[np.lexsort(kept.T[::-1])]))


def _cardinality(n: int, rng: np.random.Generator) -> Target:
    places = np.array(list(combinations(range(n), n // 2)), dtype=np.int64)
    bitstrings = np.zeros((len(places), n), dtype=np.uint8)
    np.put_along_axis(bitstrings, places, 1, axis=1)
    return _uniform(bitstrings[np.lexsort(bitstrings.T[::-1])])


class Synthetic(NamedTuple):
    """How a data set is made at n qubits, and the number of its strings."""

    make: Callable[[int, np.random.Generator], Target]
    strings: Callable[[int], int]


SYNTHETIC: dict[str, Synthetic] = {
    "zero": Synthetic(_zero, lambda n: 1),
    "ghz": Synthetic(_ghz, lambda n: 2),
    "o_n": Synthetic(lambda n, rng: _random_strings(n, n, rng), lambda n: min(n, 2**n)),
    "o_n2": Synthetic(lambda n, rng: _random_strings(n * n, n, rng), lambda n: min(n * n, 2**n)),
    "cardinality": Synthetic(_cardinality, lambda n: comb(n, n // 2)),
}
"""|0...0>; the GHZ pair; n and n^2 distinct random strings; all strings of weight n // 2. All are uniform."""

LARGEST_CARDINALITY = 24
"""Largest n at which the cardinality set (2.7 million strings) is listed."""


def synthetic_target(name: str, n_qubits: int, rng: np.random.Generator) -> Target:
    """One of the synthetic data sets at n qubits, uniform on its strings.

    The random sets take a table of bits from ``rng`` and their strings from its first rows and columns. Generators of
    one seed, whatever n, therefore give one set that grows with n: otherwise the draw of the data would scatter a
    quantity from size to size and hide its law in n.

    Raises
    ------
    ValueError
        If the name is unknown, or the cardinality set is asked for beyond 24 qubits.

    Examples
    --------
    The GHZ pair, 000 and 111, each with probability 1/2.

    >>> import numpy as np
    >>> import bornscape as bs
    >>> target = bs.synthetic_target("ghz", 3, np.random.default_rng(0))
    >>> target.bitstrings.tolist(), target.probabilities.tolist()
    ([[0, 0, 0], [1, 1, 1]], [0.5, 0.5])
    """
    if name not in SYNTHETIC:
        raise ValueError(f"data set {name!r}: expected one of {sorted(SYNTHETIC)}")
    if n_qubits < 1:
        raise ValueError(f"n_qubits: expected at least 1, got {n_qubits}")
    if name == "cardinality" and n_qubits > LARGEST_CARDINALITY:
        raise ValueError(f"data set cardinality: expected n_qubits at most {LARGEST_CARDINALITY}, got {n_qubits}")
    return SYNTHETIC[name].make(n_qubits, rng)

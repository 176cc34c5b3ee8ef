"""Target distributions: bitstrings and their probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.sampling import to_indices

Float = NDArray[np.float64]
Bits = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Target:
    """A target distribution p.

    Attributes
    ----------
    bitstrings
        Its support, (M, n) uint8, distinct rows, wire 0 (the most significant bit) first.
    probabilities
        (M,), positive, sum 1.
    """

    bitstrings: Bits
    probabilities: Float

    @property
    def n_qubits(self) -> int:
        """Length of the bitstrings."""
        return self.bitstrings.shape[1]

    @property
    def indices(self) -> NDArray[np.int64]:
        """Basis-state indices of the support, (M,); n at most 62."""
        return to_indices(self.bitstrings)

    def dense(self) -> Float:
        """P over all basis states, (2**n,)."""
        p = np.zeros(2**self.n_qubits)
        p[self.indices] = self.probabilities
        return p


def _uniform(bitstrings: Bits) -> Target:
    return Target(bitstrings, np.full(len(bitstrings), 1 / len(bitstrings)))


def _zero(n: int, rng: np.random.Generator) -> Target:
    return _uniform(np.zeros((1, n), dtype=np.uint8))


def _ghz(n: int, rng: np.random.Generator) -> Target:
    return _uniform(np.repeat(np.array([[0], [1]], dtype=np.uint8), n, axis=1))


def _random_strings(count: int, n: int, rng: np.random.Generator) -> Target:
    """``count`` distinct uniformly random strings (all of them where there are no more)."""
    if n < 62:
        count = min(count, 2**n)
    found: dict[bytes, Bits] = {}
    while len(found) < count:
        row = rng.integers(0, 2, size=n, dtype=np.uint8)
        found[row.tobytes()] = row
    return _uniform(np.array([found[key] for key in sorted(found)]))


def _cardinality(n: int, rng: np.random.Generator) -> Target:
    places = np.array(list(combinations(range(n), n // 2)), dtype=np.int64)
    bitstrings = np.zeros((len(places), n), dtype=np.uint8)
    np.put_along_axis(bitstrings, places, 1, axis=1)
    return _uniform(bitstrings[np.lexsort(bitstrings.T[::-1])])


SYNTHETIC: dict[str, Callable[[int, np.random.Generator], Target]] = {
    "zero": _zero,
    "ghz": _ghz,
    "o_n": lambda n, rng: _random_strings(n, n, rng),
    "o_n2": lambda n, rng: _random_strings(n * n, n, rng),
    "cardinality": _cardinality,
}
"""|0...0>; the GHZ pair; n and n^2 distinct random strings; all strings of weight n // 2."""

LARGEST_CARDINALITY = 24
"""Largest n at which the cardinality set (2.7 million strings) is listed."""


def synthetic_target(name: str, n_qubits: int, rng: np.random.Generator) -> Target:
    """One of the synthetic data sets at n qubits, uniform on its strings.

    Raises
    ------
    ValueError
        If the name is unknown, or the cardinality set is asked for beyond 24 qubits.
    """
    if name not in SYNTHETIC:
        raise ValueError(f"data set {name!r}: expected one of {sorted(SYNTHETIC)}")
    if n_qubits < 1:
        raise ValueError(f"n_qubits: expected at least 1, got {n_qubits}")
    if name == "cardinality" and n_qubits > LARGEST_CARDINALITY:
        raise ValueError(f"data set cardinality: expected n_qubits at most {LARGEST_CARDINALITY}, got {n_qubits}")
    return SYNTHETIC[name](n_qubits, rng)


def write_target(target: Target, path: Path) -> None:
    """Write a target as CSV: bitstring, probability."""
    strings = ["".join(map(str, row)) for row in target.bitstrings.tolist()]
    table = pd.DataFrame({"bitstring": strings, "probability": target.probabilities})
    table.to_csv(path, index=False, float_format="%.17g")


def read_target(path: Path) -> Target:
    """Read a target written as CSV (bitstring, probability).

    Raises
    ------
    ValueError
        If columns are missing, strings have unequal lengths, other characters or repeat, or probabilities are not
        positive or do not sum to 1 within 1e-9. The message names the file.
    """
    try:
        table = pd.read_csv(path, dtype={"bitstring": str}, index_col=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: expected a CSV file: {error}") from error
    if list(table.columns) != ["bitstring", "probability"] or table.empty:
        raise ValueError(f"{path}: expected columns bitstring, probability and at least one row")
    strings = table["bitstring"].fillna("").tolist()
    if len({len(s) for s in strings}) != 1 or set("".join(strings)) - {"0", "1"} or not strings[0]:
        raise ValueError(f"{path}: bitstring: expected strings of 0 and 1, all of one length")
    if len(set(strings)) != len(strings):
        raise ValueError(f"{path}: bitstring: expected distinct strings")
    p = pd.to_numeric(table["probability"], errors="coerce").to_numpy(dtype=np.float64)
    if not np.isfinite(p).all() or (p <= 0).any() or abs(p.sum() - 1) > 1e-9:
        raise ValueError(f"{path}: probability: expected positive numbers with sum 1, got sum {p.sum()}")
    bitstrings = np.frombuffer("".join(strings).encode(), dtype=np.uint8).reshape(len(strings), -1) - ord("0")
    if abs(p.sum() - 1) > 1e-12:  # else what write_target wrote would not come back bit for bit
        p = p / p.sum()
    return Target(bitstrings.astype(np.uint8), p)

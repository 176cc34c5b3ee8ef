"""Target distributions: bitstrings and their probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Bits, Float
from bornscape.bitstrings.sampling import to_indices

SUM_TOLERANCE = 1e-6
"""How far from 1 a target's probabilities may sum."""


def _distinct(bits: NDArray) -> bool:
    """Whether no row comes twice."""
    if bits.shape[1] > 62:
        return len(np.unique(np.packbits(bits.astype(bool), axis=1), axis=0)) == len(bits)
    values = to_indices(bits)
    return bool((values[1:] > values[:-1]).all()) or len(np.unique(values)) == len(values)


@dataclass(frozen=True, eq=False)
class Target:
    """A target distribution p.

    Attributes
    ----------
    bitstrings
        Its support, (M, n) uint8, distinct rows, wire 0 (the most significant bit) first.
    probabilities
        (M,), positive, sum 1.

    Raises
    ------
    ValueError
        If the shapes do not fit, a value is no bit, a row comes twice, or a probability is below 0 or their sum not 1.
    """

    bitstrings: Bits
    probabilities: Float

    def __post_init__(self) -> None:
        """Check both arrays."""
        bits, p = np.asarray(self.bitstrings), np.asarray(self.probabilities)
        if bits.ndim != 2 or p.shape != bits.shape[:1] or not p.size:
            raise ValueError(
                f"expected bitstrings (M, n) and probabilities (M,), got shapes {bits.shape} and {p.shape}"
            )
        if not ((bits == 0) | (bits == 1)).all():
            raise ValueError("bitstrings: expected zeros and ones")
        if not abs(float(p.sum()) - 1) <= SUM_TOLERANCE or p.min() < 0:
            raise ValueError(f"probabilities: expected none below 0 and sum 1, got sum {float(p.sum()):.9g}")
        if not _distinct(bits):
            raise ValueError("bitstrings: expected distinct rows; add up the probabilities of equal ones")

    @property
    def n_qubits(self) -> int:
        """Length of the bitstrings."""
        return self.bitstrings.shape[1]

    @property
    def indices(self) -> NDArray[np.int64]:
        """Basis-state indices of the support, (M,); n at most 62."""
        return to_indices(self.bitstrings)

    def dense(self) -> Float:
        """P over all basis states, (2**n,).

        Examples
        --------
        The strings 00 and 10 with probabilities 3/4 and 1/4.

        >>> import numpy as np
        >>> import bornscape as bs
        >>> bs.Target(np.array([[0, 0], [1, 0]]), np.array([0.75, 0.25])).dense().tolist()
        [0.75, 0.0, 0.25, 0.0]
        """
        p = np.zeros(2**self.n_qubits)
        p[self.indices] = self.probabilities
        return p


Targets = Mapping[str, Target]
"""Targets by the names of their data sets."""


def write_target(target: Target, path: str | Path) -> None:
    """Write a target as CSV: bitstring, probability."""
    strings = ["".join(map(str, row)) for row in target.bitstrings.tolist()]
    table = pd.DataFrame({"bitstring": strings, "probability": target.probabilities})
    table.to_csv(path, index=False, float_format="%.17g")


def read_target(path: str | Path) -> Target:
    """Read a target written as CSV (bitstring, probability).

    Raises
    ------
    ValueError
        If columns are missing, strings have unequal lengths, other characters or repeat, or probabilities are not
        positive or do not sum to 1 within 1e-9. The message names the file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import bornscape as bs
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "target.csv")
    ...     _ = path.write_text("bitstring,probability\\n01,0.5\\n11,0.5\\n")
    ...     target = bs.read_target(path)
    >>> target.bitstrings.tolist(), target.probabilities.tolist()
    ([[0, 1], [1, 1]], [0.5, 0.5])
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

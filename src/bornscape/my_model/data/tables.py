"""A table of a user's data, from a text or a Parquet file, made into a distribution: which column is what.

A refusal is one line that names the file, in the user's own names of columns, and ends with what would work.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bornscape.aliases import Bits, Float
from bornscape.datasets import Target
from bornscape.my_model.data.samples import as_bits, checked_weights, distribution

WEIGHTS = ("probability", "count")
NAMES = ("bitstring", *WEIGHTS)
HEADERS = "a header 'bitstring', 'bitstring,probability' or 'bitstring,count', or a column a bit"


def _is_string(text: object) -> bool:
    """Whether it is a whole bitstring and not one bit."""
    return isinstance(text, str) and len(text) > 1 and not set(text) - {"0", "1"}


class Table:
    """Columns of a file: cells that are text, or from Parquet numbers; ``names`` is None where there is no header."""

    def __init__(
        self, path: str, frame: pd.DataFrame, names: list[str] | None, lines: list[int], separator: str
    ) -> None:
        self.path, self.frame, self.names, self.lines = path, frame, names, lines
        self.separator = separator
        self.known = [name.lower() for name in names or []]

    def target(self) -> Target:
        """The distribution; raises a ValueError as ``read_data``."""
        if not len(self.frame) or not len(self.frame.columns):
            raise ValueError(f"{self.path}: expected {HEADERS}, and at least one row")
        twice = [name for name in NAMES if self.known.count(name) > 1]
        if twice or set(WEIGHTS) <= set(self.known):
            given = twice or list(WEIGHTS)
            raise ValueError(f"{self.path}: expected one column of probabilities or counts, got {given}; {self._cut()}")
        weighted = [k for k, name in enumerate(self.known) if name in WEIGHTS]
        strings = self._string_column(weighted)
        if strings is None:
            bits = self._matrix([k for k in range(len(self.frame.columns)) if k not in weighted])
        else:
            bits = self._strings(self.frame.iloc[:, strings].tolist())
        if not weighted:
            return distribution(bits)
        kind = self.known[weighted[0]]
        if kind == "probability" and len(np.unique(np.packbits(bits, axis=1), axis=0)) < len(bits):
            raise ValueError(
                f"{self.path}: bitstring: expected distinct strings beside probabilities; 'count' adds up equal ones"
            )
        return distribution(bits, self._weights(weighted[0], kind))

    def _cut(self, columns: Sequence[str] = ("bitstring",)) -> str:
        """A line that keeps some columns."""
        reader = "read_parquet(" if self.path.endswith("parquet") else "read_csv("
        how = "" if reader == "read_parquet(" else f", dtype=str, sep={self.separator!r}"
        return (
            f'pandas.{reader}"{self.path}"{how})[{list(columns)}].to_csv("bits.csv", index=False) keeps what is needed'
        )

    def _string_column(self, weighted: list[int]) -> int | None:
        """Place of the column of whole strings; None where a column is a bit."""
        others = [k for k in range(len(self.frame.columns)) if k not in weighted]
        if self.names is None:
            first = self.frame.iloc[0].tolist()
            if len(first) == 2 and _is_string(first[0]):
                raise ValueError(
                    f"{self.path}: expected a header: 'bitstring,probability' or 'bitstring,count' as first line"
                )
            return 0 if len(first) == 1 and not set(str(first[0])) - {"0", "1"} else None
        if "bitstring" in self.known:
            place = self.known.index("bitstring")
            extra = [self.names[k] for k in others if k != place]
            if extra:
                raise ValueError(
                    f"{self.path}: expected {HEADERS}; it has the columns {self.names}, of which {extra} "
                    f"{'are' if len(extra) > 1 else 'is'} not understood; {self._cut(self._kept())}"
                )
            return place
        names = [self.names[k] for k in others]
        if "" in names or any(name.lower() in ("index", "unnamed: 0") for name in names):
            raise ValueError(
                f"{self.path}: expected a name for every column, got {names}: an index? "
                f'table.to_csv("bits.csv", index=False) leaves it out'
            )
        holding = [self.names[k] for k in others if self.frame.iloc[:, k].map(_is_string).any()]
        if holding or not others:
            raise ValueError(
                f"{self.path}: expected {HEADERS}; it has the columns {self.names}; call the one with whole strings "
                f"'bitstring', and one with probabilities 'probability'"
            )
        return None

    def _kept(self) -> list[str]:
        assert self.names is not None
        return [name for name, known in zip(self.names, self.known, strict=True) if known in NAMES]

    def _strings(self, strings: list[object]) -> Bits:
        first = strings[0]
        for row, text in zip(self.lines, strings, strict=True):
            if not isinstance(text, str) or not text or set(text) - {"0", "1"}:
                cure = "write '0110', as text"
                raise ValueError(
                    f"{self.path}: row {row}: bitstring: expected characters 0 and 1, got {text!r}; {cure}"
                )
            if len(text) != len(str(first)):
                raise ValueError(
                    f"{self.path}: row {row}: bitstring: expected {len(str(first))} characters as in the first, got "
                    f"{len(text)}; write zeros in front as well, {text.zfill(len(str(first)))!r}"
                )
        codes = np.frombuffer("".join(map(str, strings)).encode(), dtype=np.uint8)
        return codes.reshape(len(strings), -1) - np.uint8(ord("0"))

    def _number(self, column: int) -> Float:
        """Values of a column; NaN where there is no number."""
        try:
            cells = pd.to_numeric(self.frame.iloc[:, column], errors="coerce")
        except TypeError:
            return np.full(len(self.frame), np.nan)
        return cells.to_numpy(dtype=np.float64, na_value=np.nan)

    def _matrix(self, columns: list[int]) -> Bits:
        values = np.column_stack([self._number(column) for column in columns])
        if self.names is None:
            names = [str(column + 1) for column in columns]
            if np.isnan(values).any():
                row, column = np.argwhere(np.isnan(values))[0].tolist()
                cell = self.frame.iloc[row, columns[column]]
                raise ValueError(
                    f"{self.path}: row {self.lines[row]}, column {names[column]}: expected 0 or 1 (or -1 and 1), "
                    f"got {cell!r}; write 0 1 1 0, a row a sample"
                )
            return as_bits(values, self.path, self.lines, names)
        names = [self.names[column] for column in columns]
        low = -1 if (values == -1).any() else 0
        fits = (values == low) | (values == 1)
        other = ~fits.all(axis=0)
        if other.any():
            row, column = next((r, c) for c in np.flatnonzero(other) for r in np.flatnonzero(~fits[:, c])[:1])
            cell, kept = (
                self.frame.iloc[row, columns[column]],
                [n for n, bad in zip(names, other, strict=True) if not bad],
            )
            cure = self._cut(kept) if kept else "write the header 'bitstring' above whole strings"
            raise ValueError(
                f"{self.path}: row {self.lines[row]}, column {names[column]!r}: expected 0 or 1 in a column of bits "
                f"(or -1 and 1 throughout), got {cell!r}; {cure}"
            )
        return as_bits(values, self.path, self.lines, names)

    def _weights(self, column: int, kind: str) -> Float:
        values = self._number(column)
        if np.isnan(values).any():
            row = int(np.flatnonzero(np.isnan(values))[0])
            wanted = "a whole number such as 12" if kind == "count" else "finite probabilities such as 0.25"
            raise ValueError(
                f"{self.path}: row {self.lines[row]}: {kind}: expected {wanted}, got {self.frame.iloc[row, column]!r}"
            )
        return checked_weights(values, kind, self.path, self.lines)

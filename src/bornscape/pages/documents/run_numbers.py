"""The tables of a run as a document asks for them: rows by their cells, medians, verdicts."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Float
from bornscape.artifacts import table_path
from bornscape.tables.selection import rows_where
from bornscape.tables.verdicts import counts_by_origin, told

Cell = str | float | bool | None
"""What a cell is asked to hold; None: nothing."""

TEXT = ("bandwidth", "depth", "dataset", "bitstring")
"""Columns that are read as text."""


@dataclass(frozen=True)
class Interval:
    """A number with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Numbers:
    """Numbers of several rows, at least one, all finite."""

    values: Float

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.values)

    @property
    def median(self) -> float:
        """Their median."""
        return float(np.median(self.values))

    @property
    def mean(self) -> float:
        """Their mean."""
        return float(np.mean(self.values))

    @property
    def sum(self) -> float:
        """Their sum."""
        return float(np.sum(self.values))

    @property
    def smallest(self) -> float:
        """The smallest."""
        return float(self.values.min())

    @property
    def largest(self) -> float:
        """The largest."""
        return float(self.values.max())

    @property
    def spread(self) -> Interval:
        """The median with the lower and the upper quartile."""
        low, middle, high = np.quantile(self.values, [0.25, 0.5, 0.75])
        return Interval(float(middle), float(low), float(high))

    @property
    def whole(self) -> Interval:
        """The median with the smallest and the largest."""
        return Interval(self.median, self.smallest, self.largest)

    def above(self, limit: float) -> int:
        """How many lie above a limit."""
        return int((self.values > limit).sum())


@dataclass(frozen=True)
class Run:
    """A folder of tables. Every lookup that finds nothing, or not what was asked for, is a ``LookupError``.

    Cells are asked for by keyword: a number, a text, or None for an empty cell. ``where`` is a condition for what
    keywords cannot say, for example ``"n_qubits >= 16"``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     text = "loss,shots,repetition,tvd\\nmmd,,0,0.5\\nmmd,100,0,0.7\\nmmd,100,1,0.9\\n"
    ...     _ = Path(folder, "training.csv").write_text(text)
    ...     run = Run(Path(folder))
    ...     exact = run.number("training", "tvd", loss="mmd", shots=None)
    ...     sampled = run.numbers("training", "tvd", loss="mmd", shots=100)
    >>> exact, round(sampled.median, 3), sampled.count
    (0.5, 0.8, 2)
    """

    folder: Path

    @cached_property
    def _read(self) -> dict[str, pd.DataFrame]:
        return {}

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run, read once."""
        if name not in self._read:
            path = table_path(self.folder, name)
            if not path.is_file():
                raise LookupError(f"{name}.csv is not there")
            self._read[name] = pd.read_csv(path, dtype=dict.fromkeys(TEXT, str), low_memory=False)
        return self._read[name]

    def rows(self, name: str, where: str = "", **cells: Cell) -> pd.DataFrame:
        """The rows of a table with these cells, at least one."""
        found = self.table(name)
        for column, wanted in cells.items():
            if column not in found:
                raise LookupError(f"{name}.csv has no column {column}")
            found = found[found[column].isna() if wanted is None else found[column] == wanted]
        found = rows_where(found, where) if where else found
        if found.empty:
            asked = ", ".join([*([where] if where else []), *(f"{key} = {value}" for key, value in cells.items())])
            raise LookupError(f"{name}.csv has no row with {asked}")
        return found

    def numbers(self, name: str, column: str, where: str = "", **cells: Cell) -> Numbers:
        """A column of the rows with these cells, all of them numbers."""
        rows = self.rows(name, where, **cells)
        if column not in rows:
            raise LookupError(f"{name}.csv has no column {column}")
        values = rows[column].to_numpy(dtype=np.float64)
        if not np.isfinite(values).all():
            raise LookupError(f"{name}.csv, {column}: not all of {len(values)} cells are numbers")
        return Numbers(values)

    def number(self, name: str, column: str, where: str = "", **cells: Cell) -> float:
        """One cell: of the only row with these cells."""
        return float(self._only(self.numbers(name, column, where, **cells).values, name, column))

    def text(self, name: str, column: str, where: str = "", **cells: Cell) -> str:
        """One cell as text: of the only row with these cells."""
        return str(self._only(self.rows(name, where, **cells)[column].to_list(), name, column))

    def interval(
        self, name: str, column: str, where: str = "", low: str = "ci_low", high: str = "ci_high", **cells: Cell
    ) -> Interval:
        """A cell with its interval, the columns ``low`` and ``high`` of the same row."""
        return Interval(*(self.number(name, key, where, **cells) for key in (column, low, high)))

    @staticmethod
    def _only(values: Any, name: str, column: str) -> Any:
        if len(values) != 1:
            raise LookupError(f"{name}.csv, {column}: expected one row; got {len(values)}")
        return values[0]

    def levels(self, name: str, column: str, where: str = "", **cells: Cell) -> list[Any]:
        """What a column holds in the rows with these cells, in order; None for empty cells, which come last."""
        values = self.rows(name, where, **cells)[column].drop_duplicates().sort_values()
        return [None if pd.isna(value) else value for value in values.tolist()]

    # Training.

    def last(self, name: str, column: str, where: str = "", time: str = "epoch", **cells: Cell) -> Numbers:
        """A column at the end of each run: in the rows of the largest ``time`` that there is."""
        rows = self.rows(name, where, **cells)
        ends = rows[rows[time] == rows[time].max()]
        return Numbers(ends[column].to_numpy(dtype=np.float64))

    def final_tvd(self, name: str = "training", where: str = "", **cells: Cell) -> Numbers:
        """The exact total variation distance at the last epoch of each run of a training table."""
        return Numbers(self._ends(name, where, **cells)["tvd"].to_numpy(dtype=np.float64))

    def _ends(self, name: str, where: str, **cells: Cell) -> pd.DataFrame:
        rows = self.rows(name, where, **cells)
        last = rows.groupby([key for key in rows if key not in ("epoch", "tvd")], dropna=False)["epoch"].transform(
            "max"
        )
        if last.nunique() > 1:
            raise LookupError(f"{name}.csv: runs of different lengths, {sorted(last.unique().tolist())} epochs")
        return rows[rows["epoch"] == last]

    def ahead(self, first: str, second: str, name: str = "training", where: str = "", **cells: Cell) -> tuple[int, int]:
        """(repetitions at whose end the first loss is nearer to the data than the second, repetitions of both)."""
        ends = []
        for loss in (first, second):
            ends.append(self._ends(name, where, **{**cells, "loss": loss}).set_index("repetition")["tvd"])
        both = ends[0].index.intersection(ends[1].index)
        if not ends[0].index.is_unique or not ends[1].index.is_unique or both.empty:
            raise LookupError(f"{name}.csv: {first} and {second} are not paired by repetition")
        return int((ends[0][both] < ends[1][both]).sum()), len(both)

    # Claims.

    def verdict(self, claim: str) -> str:
        """The verdict on a claim, in words."""
        return self.text("claims", "verdict", claim=claim).replace("_", " ")

    def control(self, claim: str) -> str:
        """The verdict on a claim's broken variant, in words."""
        return self.text("claim_controls", "verdict", claim=claim).replace("_", " ")

    def estimate(self, claim: str) -> Interval:
        """The decisive estimate of a claim, with its interval."""
        return self.interval("claims", "estimate", claim=claim)

    def claims(self, verdict: str | None = None, origin: str | None = None) -> int:
        """How many claims came out like this; all, if nothing is asked."""
        return len(self.named(verdict, origin))

    def named(self, verdict: str | None = None, origin: str | None = None) -> list[str]:
        """Names of the claims that came out like this."""
        found = self.table("claims")
        for column, wanted in (("verdict", verdict), ("origin", origin)):
            found = found if wanted is None else found[found[column] == wanted]
        return [str(name) for name in found["claim"]]

    def counts(self, origin: str) -> str:
        """The verdicts on the claims of an origin: "3 reproduced, 1 contradicted"."""
        counts = counts_by_origin(self.table("claims").to_dict("records"))
        if origin not in counts:
            raise LookupError(f"claims.csv has no claim of the origin {origin}")
        return told(counts[origin])

    # The run itself.

    @property
    def about(self) -> dict[str, Any]:
        """The manifest."""
        path = self.folder / "manifest.json"
        if not path.is_file():
            raise LookupError("manifest.json is not there")
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    def cpu_minutes(self) -> float:
        """CPU time in the jobs of the run."""
        return math.fsum(rule["cpu_seconds"] for rule in self.about["cost"].values()) / 60

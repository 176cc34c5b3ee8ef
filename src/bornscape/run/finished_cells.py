"""Training runs that are finished, cell by cell, and one run's training tables with those of others below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bornscape.artifacts import table_path
from bornscape.tables.columns import TRAINING_COLUMNS, TRAINING_FINAL_COLUMNS, TRAINING_SUMMARY_COLUMNS

PARTS = {
    "training.csv": ("curves", TRAINING_COLUMNS),
    "training_final.csv": ("finals", TRAINING_FINAL_COLUMNS),
    "training_summary.csv": ("summary", TRAINING_SUMMARY_COLUMNS),
}
"""Tables of a run, and the part of a cell and the columns that each is made of."""

RUN_KEYS = TRAINING_COLUMNS[:7]
"""What tells training runs apart: experiment, data set, loss, n, layers, shots, repetition."""


LATE, LATE_STEP = 600, 50
"""Past the first of these epochs a curve that git keeps has every so-manieth: there it hardly moves."""


class Cell(NamedTuple):
    """A finished job of the training stage: its name (experiment/cell) and its tables by part."""

    name: str
    files: Mapping[str, Path]


def finished_cells(run: Path) -> list[Cell]:
    """Cells of a run folder with all their tables, by name.

    Raises
    ------
    ValueError
        If there is none.
    """
    parts = [part for part, _ in PARTS.values()]
    cells = []
    for curves in sorted((run / "training").glob("*/*_curves.csv")):
        cell = curves.name.removesuffix("_curves.csv")
        files = {part: curves.with_name(f"{cell}_{part}.csv") for part in parts}
        if all(path.is_file() for path in files.values()):
            cells.append(Cell(f"{curves.parent.name}/{cell}", files))
    if not cells:
        raise ValueError(f"{run}/training: expected finished cells, EXPERIMENT/CELL_{{{','.join(parts)}}}.csv")
    return cells


def _as_text(path: Path) -> pd.DataFrame:
    """A table whose numbers stay as they are written."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def thinned(rows: pd.DataFrame) -> pd.DataFrame:
    """Curves without most of their late epochs, which are kept at every ``LATE_STEP`` and at the end."""
    if "epoch" not in rows:
        return rows
    epoch = rows["epoch"].astype(int)
    last = epoch.groupby([rows[key] for key in RUN_KEYS]).transform("max")
    return rows[(epoch <= LATE) | (epoch % LATE_STEP == 0) | (epoch == last)].reset_index(drop=True)


def combined(base: Path, cells: Sequence[Cell], anew: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """The training tables of ``base``, without the experiments ``anew``, with the rows of ``cells`` below their own.

    Raises
    ------
    ValueError
        If a run of a cell is in the tables already; the message names it.
    """
    tables = {}
    for name, (part, columns) in PARTS.items():
        base_rows = _as_text(table_path(base, name.removesuffix(".csv")))
        base_rows = base_rows[~base_rows["experiment"].isin(anew)]
        added = pd.concat([_as_text(cell.files[part]) for cell in cells], ignore_index=True)
        rows = added.reindex(columns=columns, fill_value="").fillna("")
        known = set(base_rows[RUN_KEYS].itertuples(index=False, name=None))
        twice = sorted(known.intersection(rows[RUN_KEYS].itertuples(index=False, name=None)))
        if twice:
            raise ValueError(f"{base / name}: expected none of the added runs, has {', '.join(twice[0])}")
        tables[name] = thinned(pd.concat([base_rows, rows], ignore_index=True))
    repeated = tables["training_summary.csv"][RUN_KEYS].duplicated()
    if repeated.any():
        row = tables["training_summary.csv"][RUN_KEYS][repeated].iloc[0]
        raise ValueError(f"added folders: expected each run once, {', '.join(row)} comes twice")
    return tables

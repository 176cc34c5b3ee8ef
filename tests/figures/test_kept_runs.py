"""Figures of the kept runs' own numbers, whose ranges made-up tables do not have: what a reader needs of them."""

from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from bornscape.artifacts import table_path
from bornscape.claims.comparison import Tables
from bornscape.planning.shown import SECTIONS
from support import figure_checks as checks
from support.shipped import CATALOGUE, ROOT, settings_of

PAPER, DEFAULT = (ROOT / "results" / run for run in ("paper", "reference"))
THINNED = ("phases",)
"""Figures that can be drawn from the few rows of the default run that git keeps, and not from the other kept run."""


def held(name: str, run: Path) -> bool:
    return all(table_path(run, table).is_file() for table in CATALOGUE.figures[name].tables)


def kept_tables(name: str) -> dict[str, pd.DataFrame]:
    run = Tables(RUNS[name])
    return {table: run.read(table) for table in CATALOGUE.figures[name].tables}


RUNS = {name: PAPER for name in CATALOGUE.figures if held(name, PAPER)} | dict.fromkeys(THINNED, DEFAULT)


@pytest.mark.parametrize("name", RUNS)
def test_a_reader_can_read_it(name: str) -> None:
    drawn, shown = import_module(f"bornscape.figures.{name}").figure(**kept_tables(name), **settings_of(name))
    try:
        assert checks.faults(drawn) == []
        assert checks.unscaled_axes(drawn) == []
        assert checks.missing_points(drawn, shown) == []
        assert not checks.too_tall(name, drawn)
    finally:
        plt.close(drawn)


@pytest.mark.parametrize("name", [name for name in RUNS if set(SECTIONS) & set(CATALOGUE.figures[name].tables)])
def test_its_own_entries_are_all_that_it_reads(name: str) -> None:
    """Else it would come out otherwise when it is asked for alone."""
    entry = CATALOGUE.figures[name]
    tables = kept_tables(name)
    own = {
        table: rows[rows["experiment"].isin(entry.entries)] if table in SECTIONS else rows
        for table, rows in tables.items()
    }
    assert all(0 < len(own[table]) <= len(tables[table]) for table in tables)
    module = import_module(f"bornscape.figures.{name}")
    shown = []
    for read in (tables, own):
        drawn, table = module.figure(**read, **settings_of(name))
        plt.close(drawn)
        shown.append(table.reset_index(drop=True))
    pd.testing.assert_frame_equal(*shown)


def test_most_figures_are_looked_at() -> None:
    assert len(RUNS) > 0.7 * len(CATALOGUE.figures)

"""Figures of the kept runs' own numbers, whose ranges made-up tables do not have: what a reader needs of them."""

from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from support import figure_checks as checks
from support.shipped import CATALOGUE, ROOT, settings_of

PAPER, DEFAULT = (ROOT / "results" / run for run in ("paper", "reference"))
THINNED = ("explicit_models", "fig_9", "fig_12", "phases")
"""Figures that can be drawn from the few rows of the default run that git keeps, and not from the other kept run."""


def held(name: str, run: Path) -> bool:
    return all((run / f"{table}.csv").is_file() for table in CATALOGUE.figures[name].tables)


RUNS = {name: PAPER for name in CATALOGUE.figures if held(name, PAPER)} | dict.fromkeys(THINNED, DEFAULT)


@pytest.mark.parametrize("name", RUNS)
def test_a_reader_can_read_it(name: str) -> None:
    text = {"bandwidth": str, "bitstring": str}
    tables = {t: pd.read_csv(RUNS[name] / f"{t}.csv", dtype=text) for t in CATALOGUE.figures[name].tables}
    drawn, shown = import_module(f"bornscape.figures.{name}").figure(**tables, **settings_of(name))
    try:
        assert checks.faults(drawn) == []
        assert checks.unscaled_axes(drawn) == []
        assert checks.missing_points(drawn, shown) == []
        assert not checks.too_tall(name, drawn)
    finally:
        plt.close(drawn)


def test_most_figures_are_looked_at() -> None:
    assert len(RUNS) > 0.7 * len(CATALOGUE.figures)

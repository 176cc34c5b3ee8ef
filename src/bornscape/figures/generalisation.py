"""Generalisation and initialisation: distances to the true distribution, unseen valid strings, the first gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.style import at_line, grid, legend_below, panel_letters, points, use_style

STARTS = {"uniform": "uniform", "near_identity": "near\nidentity", "marginals": "at the\nmarginals"}
"""Starts, and how the axis names them."""

PANELS = {
    "tvd_true": "TVD to the\ntrue distribution",
    "tvd_seen": "TVD to the\ntraining set",
    "unseen_valid": "mass on valid\nstrings not seen",
    "signal_to_noise": "signal to noise,\nfirst gradient",
}


def figure_table(training_summary: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """Median, lowest and highest over repetitions of each quantity, by data set, start and loss.

    ``studies`` names the entries of ``training`` that begin at each start.
    """
    starts = {study: start for start, named in studies.items() for study in named}
    rows = training_summary[training_summary["experiment"].isin(starts)].copy()
    rows["signal_to_noise"] = rows["gradient_norm"] / rows["gradient_noise"]
    rows["start"] = rows["experiment"].map(lambda study: STARTS[starts[study]].replace("\n", " "))
    long = rows.melt(["dataset", "start", "loss", "unseen_true"], list(PANELS), var_name="quantity")
    grouped = long.groupby(["dataset", "quantity", "start", "loss"], sort=False)
    table = grouped["value"].agg(repetitions="count", low="min", median="median", high="max").reset_index()
    return table.merge(long.groupby("dataset")["unseen_true"].median().reset_index(), on="dataset")


def figure(training_summary: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training_summary.csv."""
    use_style()
    table = figure_table(training_summary, studies)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = grid(len(PANELS), len(datasets), 5.2, sharex=True, sharey="row")
    for column, dataset in zip(axes.T, datasets, strict=True):
        part = table[table["dataset"] == dataset]
        for axis, quantity in zip(column, PANELS, strict=True):
            _panel(axis, part[part["quantity"] == quantity])
        column[2].axhline(part["unseen_true"].iloc[0], color="0.4", lw=0.7, ls=":")
        at_line(column[2], "dotted: the data's", 0.98, 0.79, across=True, ha="right", va="top")
        column[3].set_yscale("log")
        column[3].axhline(1, color="0.6", lw=0.6)
        at_line(column[3], "signal = noise", 0.02, 0.8, across=True, va="top")
        column[0].set_title(DATASET_TITLES[dataset])
    for axis, name in zip(axes[:, 0], PANELS.values(), strict=True):
        axis.set_ylabel(name)
    for row, top in zip(axes, (2, 2, 0.8), strict=False):
        row[0].set_ylim(0, top)
    panel_letters(axes.ravel())
    legend_below(drawn, axes[0, 0], 3)
    return drawn, table


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    starts = [name.replace("\n", " ") for name in STARTS.values()]
    losses = list(dict.fromkeys(rows["loss"]))
    for place, loss in enumerate(losses):
        colour, marker, name = LOSS_STYLES[loss]
        line = rows[rows["loss"] == loss].set_index("start").reindex(starts)
        x = pd.Series(range(len(starts)), index=starts) + 0.14 * (place - (len(losses) - 1) / 2)
        points(axis, line, x, ("median", "low", "high"), color=colour, marker=marker, ls="", label=name)
    axis.set_xticks(range(len(starts)), list(STARTS.values()), rotation=90)
    axis.set_xlim(-0.5, len(starts) - 0.5)

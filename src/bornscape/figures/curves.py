"""Training curves: exact TVD against epochs, median and quartiles over repetitions."""

from __future__ import annotations

from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bornscape.figures.style import LOSS_STYLES

DEPTH_STYLES: tuple[Literal["-", "--", ":"], ...] = ("-", "--", ":")
"""Lines of the first, second and third depth shown."""


def curve_table(training: pd.DataFrame, experiments: list[str]) -> pd.DataFrame:
    """Median and quartiles of the TVD over repetitions at every epoch of the runs of ``experiments``."""
    rows = training[training["experiment"].isin(experiments)]
    keys = ["experiment", "n_qubits", "n_layers", "shots", "loss", "epoch"]
    grouped = rows.groupby(keys, sort=False, dropna=False)["tvd"]
    table = grouped.describe(percentiles=[0.25, 0.5, 0.75])[["count", "25%", "50%", "75%"]].reset_index()
    table.columns = [*keys, "repetitions", "low", "median", "high"]
    return table


def shots_name(shots: float) -> str:
    """How a panel names its number of shots; NaN is exact."""
    return "exact gradients" if pd.isna(shots) else f"{shots:g} shots"


def draw_curves(axis: Axes, table: pd.DataFrame, layers: list[int]) -> None:
    """Curves of one panel: colour and marker by loss, line by depth; bands are quartiles."""
    for (loss, depth), rows in table.groupby(["loss", "n_layers"], sort=False):
        colour, marker, _ = LOSS_STYLES[str(loss)]
        line = DEPTH_STYLES[layers.index(int(depth))]
        axis.fill_between(rows["epoch"], rows["low"], rows["high"], color=colour, alpha=0.15, lw=0)
        every = max(1, len(rows) // 6)
        axis.plot(rows["epoch"], rows["median"], line, color=colour, marker=marker, markevery=every, markersize=2.5)


def curve_legend(drawn: Figure, losses: list[str], depth_names: list[str]) -> None:
    """One legend below all panels: losses by colour, depths by line."""
    handles = []
    for loss in losses:
        colour, marker, name = LOSS_STYLES[loss]
        handles.append(Line2D([], [], color=colour, marker=marker, label=name))
    for style, name in zip(DEPTH_STYLES, depth_names, strict=False):
        handles.append(Line2D([], [], color="0.3", linestyle=style, label=name))
    drawn.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)

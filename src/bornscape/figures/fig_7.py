"""Fig. 7: Var[MMD] at s = n/4 against n for growing depth, exact and from 512 shots, on four data sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import shades
from bornscape.figures.look.published import ABOVE, apart, beside, draw_published, entries
from bornscape.figures.look.style import few_sizes, grid, legend_below, panel_letters, points, use_style
from bornscape.published import published_curves
from bornscape.tables.scaling import with_data

BANDWIDTH = "n/4"
LAYERS = [0, 1, 2, 4, 8, 12, 16, np.inf]
"""The paper's depths; the study also holds 3 layers, for log2(n)."""
SHOTS = 512
MARKERS = "osD^vPX*"
PUBLISHED = [0, 2, 16, np.inf]
"""Depths whose published curves are drawn; all eight would hide ours."""


def figure_table(variance: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """What the figure shows, from variance.csv; ``studies`` names that of ``line`` circuits."""
    rows = variance[(variance["experiment"] == studies["line"]) & (variance["loss"] == "mmd")]
    rows = rows[(rows["bandwidth"] == BANDWIDTH) & rows["n_layers"].isin(LAYERS)]
    rows = with_data(rows[rows["shots"].isna() | (rows["shots"] == SHOTS)])
    columns = ["dataset", "n_layers", "shots", "n_qubits", "draws", "variance", "ci_low", "ci_high"]
    return beside(rows[columns], _published(rows), {"y": "variance"})


def _published(ours: pd.DataFrame) -> pd.DataFrame:
    """The paper's values at our sizes, data sets and numbers of shots."""
    rows = published_curves("7")
    rows = rows[rows["n_layers"].isin(PUBLISHED) & (rows["n_qubits"] <= ours["n_qubits"].max())]
    return rows[rows["dataset"].isin(ours["dataset"]) & rows["shots"].isin(ours["shots"])]


def figure(variance: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from variance.csv."""
    use_style()
    table = figure_table(variance, studies)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = grid(len(datasets), 2, 0.7 + 1.05 * len(datasets), sharex=True, sharey=True)
    for (exact, sampled), dataset in zip(axes, datasets, strict=True):
        part = table[table["dataset"] == dataset]
        _panel(exact, part[part["shots"].isna()])
        _panel(sampled, part[part["shots"] == SHOTS])
        exact.set(title=f"{DATASET_TITLES[dataset]}, exact", ylabel="Var[MMD]")
        sampled.set_title(f"{DATASET_TITLES[dataset]}, {SHOTS} shots")
    for axis in axes[-1]:
        axis.set_xlabel("qubits n")
    panel_letters(axes.ravel())
    legend_below(drawn, entries(axes[0, 0]), 4, "layers (MMD at s = n/4)")
    return drawn, table


def _name(layers: float) -> str:
    return "∞ (Porter-Thomas)" if np.isinf(layers) else f"{layers:g}"


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    ours, theirs = apart(rows)
    for layers, colour, marker in zip(LAYERS, shades("viridis", len(LAYERS)), MARKERS, strict=True):
        line = ours[ours["n_layers"] == layers].sort_values("n_qubits")
        points(axis, line, "n_qubits", color=colour, marker=marker, label=_name(layers))
    for layers, marker in zip(LAYERS, MARKERS, strict=True):
        draw_published(axis, theirs[theirs["n_layers"] == layers], "n_qubits", "variance", marker, zorder=ABOVE)
    axis.set(yscale="log")
    few_sizes(axis, ours["n_qubits"])

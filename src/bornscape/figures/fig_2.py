"""Fig. 2: Var[KLD] of line circuits against n for growing depth, exact, beside Prop. 1's closed form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.closed_forms import deep_forms
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import shades
from bornscape.figures.look.published import ABOVE, apart, beside, draw_published, entries
from bornscape.figures.look.style import few_sizes, grid, legend_below, panel_letters, points, use_style
from bornscape.published import published_curves
from bornscape.tables.scaling import with_data

LAYERS = [2, 4, 6, 8, 10, 12, 14, np.inf]
MARKERS = "osD^vPX*"
PUBLISHED = [2, 14, np.inf]
"""Depths whose published curves are drawn; all eight would hide ours."""

COLUMNS = [
    *("dataset", "n_qubits", "n_layers", "draws", "variance", "ci_low", "ci_high"),
    *("closed_form", "as_printed"),
]
"""``as_printed``: the paper's deep form."""


def figure_table(variance: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """What the figure shows; ``studies`` names that of ``line`` circuits."""
    rows = variance[(variance["experiment"] == studies["line"]) & (variance["loss"] == "kld")]
    rows = with_data(rows[rows["n_layers"].isin(LAYERS) & rows["shots"].isna()])
    deep = [
        deep_forms(row.dataset, row.n_qubits) if np.isinf(row.n_layers) else (np.nan, np.nan)
        for row in rows.itertuples()
    ]
    rows = rows.assign(closed_form=[pair[0] for pair in deep], as_printed=[pair[1] for pair in deep])
    return beside(rows.reindex(columns=COLUMNS), _published(rows), {"y": "variance"})


def _published(lines: pd.DataFrame) -> pd.DataFrame:
    """The paper's values at our sizes and data sets."""
    rows = published_curves("2")
    rows = rows[rows["n_layers"].isin(PUBLISHED) & (rows["n_qubits"] <= lines["n_qubits"].max())]
    return rows[rows["dataset"].isin(lines["dataset"])]


def figure(variance: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from variance.csv."""
    use_style()
    table = figure_table(variance, studies)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = grid(-(-len(datasets) // 2), 2, 3.6, sharex=True, sharey=True)
    for axis, dataset in zip(axes.ravel(), datasets, strict=False):
        _line_panel(axis, table[table["dataset"] == dataset])
        axis.set_title(DATASET_TITLES[dataset])
    axes[0, 0].set_ylim(0.5 * table["variance"].min(), 2 * table["variance"].max())
    for axis in axes[:, 0]:
        axis.set_ylabel("Var[KLD], exact")
    for axis in axes[-1]:
        axis.set_xlabel("qubits n")
    panel_letters(axes.ravel())
    legend_below(drawn, entries(axes[0, 0]), 5, "layers")
    return drawn, table


def _line_panel(axis: Axes, part: pd.DataFrame) -> None:
    ours, theirs = apart(part)
    for layers, colour, marker in zip(LAYERS, shades("viridis", len(LAYERS)), MARKERS, strict=True):
        rows = ours[ours["n_layers"] == layers].sort_values("n_qubits")
        name = "∞" if np.isinf(layers) else f"{layers:g}"
        points(axis, rows, "n_qubits", color=colour, marker=marker, label=name)
    deep = ours[np.isinf(ours["n_layers"])].sort_values("n_qubits")
    axis.plot(deep["n_qubits"], deep["closed_form"], color="k", ls="--", lw=0.7, zorder=5, label="∞, closed form")
    axis.plot(deep["n_qubits"], deep["as_printed"], color="k", ls=":", lw=0.7, zorder=5, label="as printed")
    for layers, marker in zip(LAYERS, MARKERS, strict=True):
        draw_published(axis, theirs[theirs["n_layers"] == layers], "n_qubits", "variance", marker, zorder=ABOVE)
    axis.set_yscale("log")
    few_sizes(axis, ours["n_qubits"].unique())

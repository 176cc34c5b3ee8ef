"""Fig. 7: Var[MMD] at s = n/4 against n for growing depth, exact and from 512 shots, on four data sets."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import DATASET_TITLES, PAGE_WIDTH, use_style

BANDWIDTH = "n/4"
LAYERS = [0, 1, 2, 4, 8, 12, 16, np.inf]
"""The paper's depths; the study also holds 3 layers, for log2(n)."""
SHOTS = 512
MARKERS = "osD^vPX*"


def figure_table(variance: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows, from variance.csv."""
    rows = variance[(variance["experiment"] == "line") & (variance["loss"] == "mmd")]
    rows = rows[(rows["bandwidth"] == BANDWIDTH) & rows["n_layers"].isin(LAYERS)]
    rows = rows[rows["shots"].isna() | (rows["shots"] == SHOTS)]
    kept = ["dataset", "n_layers", "shots", "n_qubits", "draws", "variance", "ci_low", "ci_high"]
    return rows[kept].reset_index(drop=True)


def figure(variance: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from variance.csv."""
    use_style()
    table = figure_table(variance)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = plt.subplots(2, len(datasets), figsize=(PAGE_WIDTH, 3.9), sharex=True, sharey=True, squeeze=False)
    for column, dataset in enumerate(datasets):
        part = table[table["dataset"] == dataset]
        _panel(axes[0, column], part[part["shots"].isna()])
        _panel(axes[1, column], part[part["shots"] == SHOTS])
        axes[0, column].set_title(DATASET_TITLES[dataset])
        axes[1, column].set_xlabel("qubits n")
    axes[0, 0].set_ylabel("Var[MMD], exact")
    axes[1, 0].set_ylabel(f"Var[MMD], {SHOTS} shots")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    drawn.legend(
        handles,
        labels,
        title="layers",
        title_fontsize=7,
        loc="outside lower center",
        ncols=len(handles),
        frameon=False,
    )
    return drawn, table


def _name(layers: float) -> str:
    return "∞ (Porter-Thomas)" if np.isinf(layers) else f"{layers:g}"


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    colours = sns.color_palette("viridis", len(LAYERS))
    for layers, colour, marker in zip(LAYERS, colours, MARKERS, strict=True):
        line = rows[rows["n_layers"] == layers].sort_values("n_qubits")
        errors = [line["variance"] - line["ci_low"], line["ci_high"] - line["variance"]]
        axis.errorbar(
            line["n_qubits"],
            line["variance"],
            yerr=errors,
            color=colour,
            marker=marker,
            elinewidth=0.6,
            label=_name(layers),
        )
    axis.set(yscale="log")
    axis.set_xticks(sorted(rows["n_qubits"].unique()))

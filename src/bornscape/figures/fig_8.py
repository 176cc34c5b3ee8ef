"""Fig. 8: Var[LQF] against n for growing depth on four data sets, with the QF as reference; below, up to n = 1000."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import DATASET_TITLES, LOSS_STYLES, PAGE_WIDTH, use_style

SMALL, LARGE = "fidelity", "fidelity_large"
LAYERS = [2, 4, 6, 8, 10, 12, 14, np.inf]
"""The paper's depths; the study also holds 0, 1, 3 and 16 layers."""
REFERENCE = 2
"""Layers of the global fidelity."""
MARKERS = "osD^v<>X"
SHALLOW = {"0": "0 layers", "1": "1 layer", "2": "2 layers", "log2(n)": "log$_2$ n layers"}
KEPT = ["experiment", "loss", "dataset", "depth", "n_layers", "n_qubits", "draws", "variance", "ci_low", "ci_high"]


def figure_table(variance: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows, from variance.csv; variances that are 0 to rounding have no place on a log axis."""
    rows = variance[variance["experiment"].isin([SMALL, LARGE]) & (variance["variance"] > 0)]
    small = rows[(rows["experiment"] == SMALL) & rows["n_layers"].isin(LAYERS)]
    small = small[(small["loss"] == "lqf") | (small["n_layers"] == REFERENCE)]
    parts = [small.assign(depth=[f"{layers:g}" for layers in small["n_layers"]])]
    large = rows[(rows["experiment"] == LARGE) & (rows["loss"] == "lqf")]
    for depth in SHALLOW:
        layers = np.round(np.log2(large["n_qubits"])) if depth == "log2(n)" else float(depth)
        parts.append(large[large["n_layers"] == layers].assign(depth=depth))
    return pd.concat(parts, ignore_index=True)[KEPT]


def figure(variance: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from variance.csv."""
    use_style()
    table = figure_table(variance)
    small, large = (table[table["experiment"] == experiment] for experiment in (SMALL, LARGE))
    above = list(dict.fromkeys(small["dataset"]))
    below = list(dict.fromkeys(large["dataset"]))
    columns = max(len(above), len(below) + 1)
    drawn, axes = plt.subplots(2, columns, figsize=(PAGE_WIDTH, 4.4), squeeze=False, sharey="row")
    for axis, dataset in zip(axes[0], above, strict=False):
        _depth_panel(axis, small[small["dataset"] == dataset])
        axis.set(title=DATASET_TITLES[dataset], xlabel="qubits n")
    for axis, dataset in zip(axes[1], below, strict=False):
        _size_panel(axis, large[large["dataset"] == dataset])
        axis.set(title=DATASET_TITLES[dataset], xlabel="qubits n")
    for row in axes:
        row[0].set_ylabel("variance")
    for axis in axes[1, len(below) :]:
        axis.axis("off")
    # Beside the lower row there is room for its legend; the upper row's stands below all.
    axes[1, len(below)].legend(
        *axes[1, 0].get_legend_handles_labels(), title="lower row: LQF", title_fontsize=7, loc="center", frameon=False
    )
    handles, labels = axes[0, 0].get_legend_handles_labels()
    drawn.legend(
        handles,
        labels,
        title="upper row: LQF by layers",
        title_fontsize=7,
        loc="outside lower center",
        ncols=len(handles),
        frameon=False,
        columnspacing=1.0,
        handletextpad=0.4,
    )
    return drawn, table


def _line(axis: Axes, rows: pd.DataFrame, **style: object) -> None:
    line = rows.sort_values("n_qubits")
    errors = [line["variance"] - line["ci_low"], line["ci_high"] - line["variance"]]
    axis.errorbar(line["n_qubits"], line["variance"], yerr=errors, elinewidth=0.6, **style)  # type: ignore[arg-type]


def _depth_panel(axis: Axes, rows: pd.DataFrame) -> None:
    local = rows[rows["loss"] == "lqf"]
    colours = sns.color_palette("viridis", len(LAYERS))
    for layers, colour, marker in zip(LAYERS, colours, MARKERS, strict=True):
        name = "∞ (Haar)" if np.isinf(layers) else f"{layers:g}"
        _line(axis, local[local["n_layers"] == layers], color=colour, marker=marker, label=name)
    colour, marker, _ = LOSS_STYLES["qf"]
    _line(axis, rows[rows["loss"] == "qf"], color=colour, marker=marker, linestyle="--", label="QF, 2 layers")
    axis.set(yscale="log")
    axis.set_xticks(sorted(rows["n_qubits"].unique()))


def _size_panel(axis: Axes, rows: pd.DataFrame) -> None:
    colours = sns.color_palette("mako", len(SHALLOW))
    for (depth, name), colour, marker in zip(SHALLOW.items(), colours, "oDs^", strict=True):
        part = rows[rows["depth"] == depth]
        _line(axis, part, color=colour, marker=marker, label=name)
    axis.set(xscale="log", yscale="log")

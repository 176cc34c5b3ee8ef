"""Var[MMD_s] against the bandwidth, and the bandwidth at which it is largest."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import CIRCUIT_STYLES, DATASET_TITLES, PAGE_WIDTH, panel_letters, use_style

LIMITS = {"n/4": 1 / 4, "n/6": 1 / 6, "n/8": 1 / 8}
"""Best multiples of n as n grows (theory.asymptotic_best_bandwidth)."""


def figure_table(optimal_bandwidth: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows: curves at one size a circuit, best bandwidths at all, as multiples of n."""
    rows = optimal_bandwidth.copy()
    # The largest size of each circuit; closed forms at 50 qubits and more are curves of one shape.
    largest = rows.groupby("ansatz")["n_qubits"].transform("max")
    rows = rows[(rows["point"] != "grid") | (rows["n_qubits"] == largest)]
    for name in ("s", "s_low", "s_high"):
        rows[f"{name}_over_n"] = rows[name] / rows["n_qubits"]
    return rows.reset_index(drop=True)


def figure(optimal_bandwidth: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from optimal_bandwidth.csv."""
    use_style()
    table = figure_table(optimal_bandwidth)
    datasets = list(dict.fromkeys(table["dataset"]))
    shape = (2, len(datasets))
    drawn, axes = plt.subplots(*shape, figsize=(PAGE_WIDTH, 4.2), sharey="row", sharex="row", squeeze=False)
    for column, dataset in enumerate(datasets):
        rows = table[table["dataset"] == dataset]
        _curves(axes[0, column], rows)
        _best(axes[1, column], rows)
        axes[0, column].set_title(DATASET_TITLES[dataset])
    for label, value in LIMITS.items():
        axes[1, -1].annotate(label, (1.02, value), xycoords=("axes fraction", "data"), va="center", fontsize=7)
    axes[0, 0].set_ylabel("Var[MMD] / largest")
    axes[1, 0].set_ylabel("best bandwidth s/n")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=len(handles), frameon=False)
    panel_letters(list(axes.ravel()))
    return drawn, table


def _curves(axis: Axes, rows: pd.DataFrame) -> None:
    for ansatz, (colour, marker, name) in CIRCUIT_STYLES.items():
        part = rows[rows["ansatz"] == ansatz]
        grid = part[part["point"] == "grid"].sort_values("s")
        if grid.empty:
            continue
        n = grid["n_qubits"].iloc[0]
        axis.plot(grid["s_over_n"], 1 / grid["ratio"], color=colour, label=f"{name}, n = {n}")
        if ansatz == "line":
            axis.fill_between(grid["s_over_n"], 1 / grid["ratio_high"], 1 / grid["ratio_low"], color=colour, alpha=0.2)
        median = part[(part["point"].isin(["median", "median/2"])) & (part["n_qubits"] == n)]
        axis.plot(
            median["s_over_n"],
            1 / median["ratio"],
            marker,
            color=colour,
            markerfacecolor="none",
            markeredgecolor=colour,
        )
    axis.axvline(1 / 4, color="0.4", linewidth=0.6, linestyle="--")
    axis.set(xscale="log", yscale="log", ylim=(0.02, 1.3), xlabel="bandwidth s/n")


def _best(axis: Axes, rows: pd.DataFrame) -> None:
    rows = rows[rows["point"] == "best"]
    for ansatz, (colour, marker, _) in CIRCUIT_STYLES.items():
        part = rows[rows["ansatz"] == ansatz].sort_values("n_qubits")
        middle = part["s_over_n"]
        errors = np.maximum([middle - part["s_low_over_n"], part["s_high_over_n"] - middle], 0)
        line = "none" if ansatz == "line" else "-"
        axis.errorbar(part["n_qubits"], middle, yerr=errors, color=colour, marker=marker, linestyle=line, capsize=1.5)
    for value in LIMITS.values():
        axis.axhline(value, color="0.4", linewidth=0.6, linestyle="--")
    axis.set(xscale="log", xlabel="qubits n", ylim=(0, 0.4))

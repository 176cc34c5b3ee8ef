"""Var[MMD_s] against the bandwidth, and the bandwidth at which it is largest."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import CIRCUIT_STYLES
from bornscape.figures.look.style import at_line, grid, legend_below, log_sizes, panel_letters, points, use_style

LINES = {"product_haar": "--", "product_ry": ":", "line": "-"}
"""The line of each random circuit."""

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
    # The ratio is the largest variance over this one.
    for name, ratio in (("relative", "ratio"), ("relative_low", "ratio_high"), ("relative_high", "ratio_low")):
        rows[name] = 1 / rows[ratio]
    return rows.reset_index(drop=True)


def figure(optimal_bandwidth: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from optimal_bandwidth.csv."""
    use_style()
    table = figure_table(optimal_bandwidth)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = grid(2, len(datasets), 3.6, sharey="row", sharex="row")
    for column, dataset in enumerate(datasets):
        rows = table[table["dataset"] == dataset]
        _curves(axes[0, column], rows)
        _best(axes[1, column], rows)
        axes[0, column].set_title(DATASET_TITLES[dataset])
    for label, value in LIMITS.items():
        at_line(axes[1, -1], label, 1.02, value, across=True, va="center")
    axes[0, 0].set_ylabel("Var[MMD] / largest")
    axes[1, 0].set_ylabel("best bandwidth s/n")
    for row, label in zip(axes, ("bandwidth s/n", "qubits n"), strict=True):
        row[len(row) // 2].set_xlabel(label)
    panel_letters(axes.ravel())
    legend_below(drawn, axes[0, 0], 1)
    return drawn, table


def _curves(axis: Axes, rows: pd.DataFrame) -> None:
    for ansatz, (colour, marker, name) in CIRCUIT_STYLES.items():
        part = rows[rows["ansatz"] == ansatz]
        curve = part[part["point"] == "grid"].sort_values("s")
        if curve.empty:
            continue
        n = curve["n_qubits"].iloc[0]
        line = LINES[ansatz]
        axis.plot(curve["s_over_n"], curve["relative"], line, color=colour, label=f"{name}, n = {n}")
        if ansatz == "line":
            low, high = curve["relative_low"], curve["relative_high"]
            axis.fill_between(curve["s_over_n"], low, high, color=colour, alpha=0.2, lw=0)
        median = part[(part["point"].isin(["median", "median/2"])) & (part["n_qubits"] == n)]
        axis.plot(
            median["s_over_n"],
            median["relative"],
            marker,
            color=colour,
            markerfacecolor="none",
            markeredgecolor=colour,
        )
    axis.axvline(1 / 4, color="0.4", linewidth=0.6, linestyle="--")
    axis.set(xscale="log", yscale="log", ylim=(0.02, 1.3))
    at_line(axis, "n/4", 0.27, 0.023)


def _best(axis: Axes, rows: pd.DataFrame) -> None:
    rows = rows[rows["point"] == "best"]
    for ansatz, (colour, marker, _) in CIRCUIT_STYLES.items():
        part = rows[rows["ansatz"] == ansatz].sort_values("n_qubits")
        line = "none" if ansatz == "line" else LINES[ansatz]
        names = ("s_over_n", "s_low_over_n", "s_high_over_n")
        points(axis, part, "n_qubits", names, color=colour, marker=marker, linestyle=line)
    for value in LIMITS.values():
        axis.axhline(value, color="0.4", linewidth=0.6, linestyle="--")
    axis.set(xscale="log", ylim=(0, 0.4))
    log_sizes(axis)

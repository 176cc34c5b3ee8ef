"""Proposition 5: the truncated MMD, marginals and observables of pairs that agree on k-bit marginals."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import PAGE_WIDTH, panel_letters, use_style

BANDWIDTH = "n/4"
FAMILY = "moves"
FLOOR = 1e-18
"""Where exact zeros are drawn."""

QUANTITIES = {
    "marginals": ("parities", "difference of marginals"),
    "observable": ("moves", "difference of $\\mathrm{Tr}[M\\rho]$"),
}
"""Quantity -> family whose agreement was made in another way, and its name."""


def figure_table(proposition_5: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows."""
    largest = proposition_5["n_qubits"].max()
    mmd = (proposition_5["quantity"] == "mmd") & (proposition_5["bandwidth"] == BANDWIDTH)
    curves = proposition_5[mmd & (proposition_5["family"] == FAMILY) & (proposition_5["n_qubits"] == largest)]
    points = [
        proposition_5[(proposition_5["quantity"] == quantity) & (proposition_5["family"] == family)]
        for quantity, (family, _) in QUANTITIES.items()
    ]
    return pd.concat([curves, *points], ignore_index=True)


def figure(proposition_5: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from proposition_5.csv."""
    use_style()
    table = figure_table(proposition_5)
    drawn, axes = plt.subplots(1, 3, figsize=(PAGE_WIDTH, 2.6), sharey=True)
    _curves(axes[0], table[table["quantity"] == "mmd"])
    for axis, (quantity, (_, name)) in zip(axes[1:], QUANTITIES.items(), strict=True):
        _points(axis, table[table["quantity"] == quantity])
        axis.set_title(name)
    axes[0].set_ylabel("relative to the pair's total variation")
    axes[1].legend(loc="center right", frameon=False)
    panel_letters(axes)
    return drawn, table


def _curves(axis: Axes, rows: pd.DataFrame) -> None:
    orders = sorted(rows["k"].unique())
    shown = [orders[round(i)] for i in np.linspace(0, len(orders) - 1, min(4, len(orders)))]
    colours = sns.color_palette("viridis", len(shown))
    for k, colour, marker in zip(shown, colours, "osD^", strict=False):
        part = rows[rows["k"] == k].sort_values("order")
        axis.plot(part["order"], np.maximum(part["median"], FLOOR), color=colour, marker=marker, label=f"{k}")
    axis.set(yscale="log", xlabel="wires kept in the loss", ylim=(FLOOR / 3, 1e4))
    axis.set_title(f"$\\sqrt{{\\mathrm{{MMD}}}}$ truncated, n = {rows['n_qubits'].max()}")
    axis.legend(
        loc="upper left", frameon=False, ncols=4, title="pairs agree up to k =", title_fontsize=7, columnspacing=1
    )
    axis.xaxis.set_major_locator(plt.MaxNLocator(integer=True))


def _points(axis: Axes, rows: pd.DataFrame) -> None:
    for beyond, column, marker, name in ((0, "largest", "o", "order k"), (1, "smallest", "^", "order k + 1")):
        part = rows[rows["order"] == rows["k"] + beyond]
        colour = sns.color_palette("colorblind")[3 * beyond]
        axis.plot(
            part["k"] + 0.05 * (part["n_qubits"] - rows["n_qubits"].mean()),
            np.maximum(part[column], FLOOR),
            marker,
            color=colour,
            markerfacecolor="none" if beyond else colour,
            label=name,
        )
    axis.set(yscale="log", xlabel="k")
    axis.xaxis.set_major_locator(plt.MaxNLocator(integer=True))

"""Proposition 5: the truncated MMD, marginals and observables of pairs that agree on k-bit marginals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.palette import shades
from bornscape.figures.look.style import legend_below, panel_letters, stack, use_style, whole_steps

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
    """What the figure shows; ``drawn_``: with exact zeros at ``FLOOR``."""
    largest = proposition_5["n_qubits"].max()
    mmd = (proposition_5["quantity"] == "mmd") & (proposition_5["bandwidth"] == BANDWIDTH)
    curves = proposition_5[mmd & (proposition_5["family"] == FAMILY) & (proposition_5["n_qubits"] == largest)]
    points = [
        proposition_5[(proposition_5["quantity"] == quantity) & (proposition_5["family"] == family)]
        for quantity, (family, _) in QUANTITIES.items()
    ]
    table = pd.concat([curves, *points], ignore_index=True)
    return table.assign(
        **{f"drawn_{name}": table[name].clip(lower=FLOOR) for name in ("smallest", "median", "largest")}
    )


def figure(proposition_5: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from proposition_5.csv."""
    use_style()
    table = figure_table(proposition_5)
    drawn, (above, below) = stack([2.2, 2.0])
    curves = above.subplots()
    _curves(curves, table[table["quantity"] == "mmd"])
    legend_below(above, curves, 4, "pairs agree up to k =")
    panels = below.subplots(1, 2, sharey=True)
    for axis, (quantity, (_, name)) in zip(panels, QUANTITIES.items(), strict=True):
        _points(axis, table[table["quantity"] == quantity])
        axis.set_title(name)
    for axis in (curves, panels[0]):
        axis.set_ylabel("difference / total variation")
    legend_below(below, panels[0], 2)
    panel_letters([curves, *panels])
    return drawn, table


def _curves(axis: Axes, rows: pd.DataFrame) -> None:
    orders = sorted(rows["k"].unique())
    shown = [orders[round(i)] for i in np.linspace(0, len(orders) - 1, min(4, len(orders)))]
    for k, colour, marker in zip(shown, shades("viridis", len(shown)), "osD^", strict=False):
        part = rows[rows["k"] == k].sort_values("order")
        axis.plot(part["order"], part["drawn_median"], color=colour, marker=marker, label=f"{k}")
    axis.set(yscale="log", xlabel="wires kept in the loss", ylim=(FLOOR / 3, 10))
    axis.set_title(f"$\\sqrt{{\\mathrm{{MMD}}}}$ truncated, n = {rows['n_qubits'].max()}")
    whole_steps(axis)


def _points(axis: Axes, rows: pd.DataFrame) -> None:
    styles = (("drawn_largest", "o", "order k, largest"), ("drawn_smallest", "^", "order k + 1, smallest"))
    for beyond, ((column, marker, name), colour) in enumerate(zip(styles, shades("rocket", 2), strict=True)):
        part = rows[rows["order"] == rows["k"] + beyond]
        x = part["k"] + 0.05 * (part["n_qubits"] - rows["n_qubits"].mean())
        axis.plot(x, part[column], marker, color=colour, mfc="none" if beyond else colour, mew=0.7, label=name)
    axis.set(yscale="log", xlabel="k", ylim=(FLOOR / 3, 10))
    whole_steps(axis)

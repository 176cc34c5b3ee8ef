"""Fig. 12: the same circuits on data of polynomial and of exponential support (-log p), at 6 qubits."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.curves import at_budget, budgets, curve_legend, curve_table, draw_curves, height, row_name
from bornscape.figures.look.style import grid, panel_letters, use_style

TITLES = {"fig_12_polynomial": "polynomial", "fig_12_exponential": "exponential"}


def figure(training: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv: a column for each support, rows by shots and depth."""
    use_style()
    table = curve_table(training, list(TITLES))
    rows = [(shots, layers) for shots in budgets(table) for layers in sorted(table["n_layers"].unique())]
    drawn, axes = grid(len(rows), len(TITLES), height(len(rows)), sharex=True, sharey="col")
    for axis, title in zip(axes[0], TITLES.values(), strict=True):
        axis.set_title(f"{title} support")
    for line, (shots, layers) in zip(axes, rows, strict=True):
        for axis, experiment in zip(line, TITLES, strict=True):
            part = at_budget(table[table["experiment"] == experiment], shots)
            draw_curves(axis, part[part["n_layers"] == layers])
        line[0].set_ylabel(row_name(f"{layers} layer{'s' if layers > 1 else ''}", shots))
    for axis, experiment in zip(axes[-1], TITLES, strict=True):
        axis.set(xlabel="step", ylim=(0, 1.05 * table.loc[table["experiment"] == experiment, "high"].max()))
    drawn.supylabel("exact TVD, Σ|p − q|")
    panel_letters(axes.ravel())
    curve_legend(drawn, list(dict.fromkeys(table["loss"])))
    return drawn, table

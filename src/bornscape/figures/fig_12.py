"""Fig. 12: the same circuits on data of polynomial and of exponential support (-log p), at 6 qubits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.curves import at_budget, budgets, curve_legend, curve_table, draw_curves, height, row_name
from bornscape.figures.look.style import grid, panel_letters, use_style

SUPPORTS = ("polynomial", "exponential")


def figure(training: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv: a column for each support, rows by shots and depth.

    ``studies`` names an entry of ``training`` for each support.
    """
    use_style()
    experiments = [studies[support] for support in SUPPORTS]
    table = curve_table(training, experiments)
    rows = [(shots, layers) for shots in budgets(table) for layers in sorted(table["n_layers"].unique())]
    drawn, axes = grid(len(rows), len(SUPPORTS), height(len(rows)), sharex=True, sharey="col")
    for axis, support in zip(axes[0], SUPPORTS, strict=True):
        axis.set_title(f"{support} support")
    for line, (shots, layers) in zip(axes, rows, strict=True):
        for axis, experiment in zip(line, experiments, strict=True):
            part = at_budget(table[table["experiment"] == experiment], shots)
            draw_curves(axis, part[part["n_layers"] == layers])
        line[0].set_ylabel(row_name(f"{layers} layer{'s' if layers > 1 else ''}", shots))
    for axis, experiment in zip(axes[-1], experiments, strict=True):
        axis.set(xlabel="step", ylim=(0, 1.05 * table.loc[table["experiment"] == experiment, "high"].max()))
    drawn.supylabel("exact TVD, Σ|p − q|")
    panel_letters(axes.ravel())
    curve_legend(drawn, list(dict.fromkeys(table["loss"])))
    return drawn, table

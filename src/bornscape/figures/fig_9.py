"""Fig. 9: training on particle images: exact TVD against epochs for each loss, size, depth and number of shots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.curves import at_budget, budgets, curve_legend, curve_table, draw_curves, height, row_name
from bornscape.figures.look.style import grid, panel_letters, use_style

DEPTHS = ("1 layer", "$\\log_2 n$ layers", "$n$ layers")


def figure(training: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv: a column for each size, rows by shots and depth.

    ``studies`` names the entries of ``training`` whose ``panels`` these are.
    """
    use_style()
    table = curve_table(training, studies["panels"])
    sizes, counts = sorted(table["n_qubits"].unique()), budgets(table)
    parts = [table[table["n_qubits"] == n] for n in sizes]
    depths = max(part["n_layers"].nunique() for part in parts)
    rows = [(shots, place) for shots in counts for place in range(depths)]
    drawn, axes = grid(len(rows), len(sizes), height(len(rows)), sharex=True, sharey=True)
    for axis, n in zip(axes[0], sizes, strict=True):
        axis.set_title(f"n = {n}")
    for line, (shots, place) in zip(axes, rows, strict=True):
        for axis, part in zip(line, parts, strict=True):
            layers = dict(enumerate(sorted(part["n_layers"].unique())))
            shown = at_budget(part[part["n_layers"] == layers.get(place)], shots)
            if shown.empty:
                axis.set_axis_off()
            # In panels this narrow five numbers of epochs touch.
            draw_curves(axis, shown, markers=4, steps=3)
        line[0].set_ylabel(row_name(DEPTHS[place], shots))
    axes[0, 0].set_ylim(0, 2.05)
    axes[-1, len(sizes) // 2].set_xlabel("epoch")
    drawn.supylabel("exact TVD, Σ|p − q|")
    panel_letters(axis for axis in axes.ravel() if axis.axison)
    curve_legend(drawn, list(dict.fromkeys(table["loss"])))
    return drawn, table

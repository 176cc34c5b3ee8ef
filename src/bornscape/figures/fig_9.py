"""Fig. 9: training on particle images: exact TVD against epochs for each loss, size, depth and number of shots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.baselines import panel_baselines
from bornscape.figures.look.curves import at_budget, budgets, curve_table, height, row_name
from bornscape.figures.look.published import beside
from bornscape.figures.look.style import grid, panel_letters, use_style
from bornscape.figures.look.training_panels import draw_training, training_legend
from bornscape.published import published_training

DEPTHS = ("1 layer", "$\\log_2 n$ layers", "$n$ layers")


def published_panels(ours: pd.DataFrame) -> pd.DataFrame:
    """The paper's medians at our sizes and numbers of shots; its log2(n) layers, rounded down, stand at ours."""
    curves = published_training("9")
    curves = curves.assign(place=_places(curves))
    depths = ours.assign(place=_places(ours))[["n_qubits", "n_layers", "place", "shots"]].drop_duplicates()
    return curves.drop(columns="n_layers").merge(depths, on=["n_qubits", "shots", "place"])


def _places(rows: pd.DataFrame) -> pd.Series:
    """Which of a size's depths a row has: 0 for one layer, 1 for log2(n), 2 for n."""
    return rows.groupby("n_qubits")["n_layers"].rank(method="dense").astype(int) - 1


def figure(training: pd.DataFrame, baselines: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv and baselines.csv: a column for each size, rows by shots and depth.

    ``studies`` names the entries of ``training`` whose ``panels`` these are.
    """
    use_style()
    ours = curve_table(training, studies["panels"])
    dataset = training.loc[training["experiment"].isin(studies["panels"]), "dataset"].iloc[0]
    table = beside(ours, published_panels(ours), {})
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
            held = panel_baselines(baselines, dataset, n, layers[place], shots) if not shown.empty else baselines[:0]
            draw_training(axis, shown, held, lowest=1e-3, markers=4)
        line[0].set_ylabel(row_name(DEPTHS[place], shots))
    axes[-1, len(sizes) // 2].set_xlabel("epoch")
    drawn.supylabel("exact TVD, Σ|p − q|")
    panel_letters(axis for axis in axes.ravel() if axis.axison)
    training_legend(drawn, ours["loss"], baselines, dataset)
    return drawn, table

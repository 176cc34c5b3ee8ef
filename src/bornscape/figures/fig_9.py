"""Fig. 9: training on particle images: exact TVD against epochs for each loss, size, depth and number of shots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.baselines import panel_baselines
from bornscape.figures.look.curves import at_budget, budget_name, budgets, curve_table, layers_name
from bornscape.figures.look.published import OURS, beside
from bornscape.figures.look.style import panel_letters, stack, use_style
from bornscape.figures.look.training_panels import Place, draw_ends, draw_training, training_legend
from bornscape.published import published_training

LOWEST = 3e-4
"""The end of the axis."""


def published_panels(ours: pd.DataFrame) -> pd.DataFrame:
    """The paper's medians at our sizes and numbers of shots; its log2(n) layers, rounded down, stand at ours."""
    curves = published_training("9")
    curves = curves.assign(place=_depths(curves))
    depths = ours.assign(place=_depths(ours))[["n_qubits", "n_layers", "place", "shots"]].drop_duplicates()
    return curves.drop(columns="n_layers").merge(depths, on=["n_qubits", "shots", "place"])


def _depths(rows: pd.DataFrame) -> pd.Series:
    """Which of a size's depths a row has: 0 for one layer, 1 for log2(n), 2 for n."""
    return rows.groupby("n_qubits")["n_layers"].rank(method="dense").astype(int) - 1


def figure(training: pd.DataFrame, baselines: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv and baselines.csv: where all runs end, and a few of their curves.

    ``studies`` names the entries of ``training`` whose ``panels`` these are.
    """
    use_style()
    ours = curve_table(training, studies["panels"])
    dataset = training.loc[training["experiment"].isin(studies["panels"]), "dataset"].iloc[0]
    table = beside(ours, published_panels(ours), {})
    counts = budgets(table)
    lines = -(-len(counts) // 2)
    drawn, (above, below) = stack([0.25 + 1.15 * lines, 1.95])
    ends = above.subplots(lines, 2, sharey=True, squeeze=False)
    for axis, shots in zip(ends.ravel(), counts, strict=False):
        draw_ends(axis, _places(at_budget(table, shots), shots, baselines, dataset), LOWEST)
        axis.set_title(budget_name(shots))
    for axis in ends.ravel()[len(counts) :]:
        axis.set_axis_off()
    for axis in ends[:, 0]:
        axis.set_ylabel("final TVD, Σ|p − q|")
    for axis in ends[-1]:
        axis.set_xlabel("layers")
    curves = below.subplots(1, 2, sharey=True)
    n = sorted(ours["n_qubits"].unique())[ours["n_qubits"].nunique() // 2]
    layers = sorted(ours.loc[ours["n_qubits"] == n, "n_layers"].unique())
    middle = layers[len(layers) // 2]
    for axis, shots in zip(curves, (counts[0], counts[-1]), strict=True):
        shown = at_budget(table[(table["n_qubits"] == n) & (table["n_layers"] == middle)], shots)
        draw_training(axis, shown, panel_baselines(baselines, dataset, n, middle, shots), LOWEST, markers=4)
        axis.set(title=f"n = {n}, {layers_name(middle)}, {budget_name(shots, short=True)}", xlabel="epoch")
    curves[0].set_ylabel("TVD")
    panel_letters([*(axis for axis in ends.ravel() if axis.axison), *curves])
    training_legend(below, ours["loss"], baselines, dataset, marker="o")
    return drawn, table


def _places(rows: pd.DataFrame, shots: float, baselines: pd.DataFrame, dataset: str) -> list[Place]:
    ours = rows[rows["source"] == OURS]
    cases = ours[["n_qubits", "n_layers"]].drop_duplicates().sort_values(["n_qubits", "n_layers"])
    return [
        Place(
            f"{layers:g}",
            f"n = {n:g}",
            rows[(rows["n_qubits"] == n) & (rows["n_layers"] == layers)],
            panel_baselines(baselines, dataset, n, layers, shots),
        )
        for n, layers in cases.itertuples(index=False)
    ]

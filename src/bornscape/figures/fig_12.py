"""Fig. 12: the same circuits on data of polynomial and of exponential support (-log p), at 6 qubits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.baselines import panel_baselines
from bornscape.figures.look.curves import at_budget, budget_name, budgets, curve_table, layers_name
from bornscape.figures.look.published import beside
from bornscape.figures.look.style import panel_letters, stack, use_style
from bornscape.figures.look.training_panels import Place, draw_ends, draw_training, training_legend
from bornscape.published import published_training

LOWEST = 1e-3
"""The end of the axis."""
SUPPORTS = {"polynomial": "none", "exponential": "negative_log"}
"""Kinds of data, and the transform that makes them."""


def published_panels(ours: pd.DataFrame, experiments: Mapping[str, str]) -> pd.DataFrame:
    """The paper's medians at our layers and numbers of shots, named after our ``experiments`` (by support)."""
    curves = published_training("12")
    curves = curves.assign(experiment=curves["support"].map(experiments))
    shown = ours[["experiment", "n_layers", "shots"]].drop_duplicates()
    return curves.merge(shown, on=["experiment", "n_layers", "shots"])


def figure(training: pd.DataFrame, baselines: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv and baselines.csv: a column a support: where all
    runs end, and curves of a middle depth.

    ``studies`` names an entry of ``training`` for each support.
    """
    use_style()
    experiments = [studies[support] for support in SUPPORTS]
    ours = curve_table(training, experiments)
    first = training[training["experiment"] == experiments[0]].iloc[0]
    table = beside(ours, published_panels(ours, {support: studies[support] for support in SUPPORTS}), {})
    counts, depths = budgets(ours), sorted(ours["n_layers"].unique())
    drawn, (above, below) = stack([1.55, 3.0])
    ends = above.subplots(1, 2, sharey=True)
    curves = below.subplots(2, 2, sharex=True, sharey=True)
    middle = depths[len(depths) // 2]
    for column, (support, transform) in enumerate(SUPPORTS.items()):
        part = table[table["experiment"] == studies[support]]

        def held(layers: int, shots: float, transform: str = transform) -> pd.DataFrame:
            return panel_baselines(baselines, first["dataset"], first["n_qubits"], layers, shots, transform)

        cases = [(shots, layers) for shots in counts for layers in depths]
        places = [
            Place(
                f"{layers:g}",
                "exact" if pd.isna(shots) else f"{shots:g}",
                at_budget(part[part["n_layers"] == layers], shots),
                held(layers, shots),
            )
            for shots, layers in cases
        ]
        draw_ends(ends[column], places, LOWEST)
        ends[column].set(title=f"{support} support", xlabel="layers; above: shots")
        for axis, shots in zip(curves[:, column], (counts[0], counts[-1]), strict=True):
            draw_training(axis, at_budget(part[part["n_layers"] == middle], shots), held(middle, shots), LOWEST)
            axis.set_title(f"{layers_name(middle)}, {budget_name(shots, short=True)}")
        curves[-1, column].set_xlabel("step")
    ends[0].set_ylabel("final TVD, Σ|p − q|")
    below.supylabel("TVD")
    panel_letters([*ends, *curves.ravel()])
    training_legend(below, ours["loss"], baselines, first["dataset"], marker="o")
    return drawn, table

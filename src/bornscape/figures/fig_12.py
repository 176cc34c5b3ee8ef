"""Fig. 12: the same circuits on data of polynomial and of exponential support (-log p), at 6 qubits."""

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

SUPPORTS = {"polynomial": "none", "exponential": "negative_log"}
"""Kinds of data, and the transform that makes them."""


def published_panels(ours: pd.DataFrame, experiments: Mapping[str, str]) -> pd.DataFrame:
    """The paper's medians at our layers and numbers of shots, named after our ``experiments`` (by support)."""
    curves = published_training("12")
    curves = curves.assign(experiment=curves["support"].map(experiments))
    shown = ours[["experiment", "n_layers", "shots"]].drop_duplicates()
    return curves.merge(shown, on=["experiment", "n_layers", "shots"])


def figure(training: pd.DataFrame, baselines: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv and baselines.csv: a column a support, rows by shots and depth.

    ``studies`` names an entry of ``training`` for each support.
    """
    use_style()
    experiments = [studies[support] for support in SUPPORTS]
    ours = curve_table(training, experiments)
    first = training[training["experiment"] == experiments[0]].iloc[0]
    table = beside(ours, published_panels(ours, {support: studies[support] for support in SUPPORTS}), {})
    rows = [(shots, layers) for shots in budgets(table) for layers in sorted(table["n_layers"].unique())]
    drawn, axes = grid(len(rows), len(SUPPORTS), height(len(rows)), sharex=True, sharey=True)
    for axis, support in zip(axes[0], SUPPORTS, strict=True):
        axis.set_title(f"{support} support")
    for line, (shots, layers) in zip(axes, rows, strict=True):
        for axis, experiment, transform in zip(line, experiments, SUPPORTS.values(), strict=True):
            part = at_budget(table[(table["experiment"] == experiment) & (table["n_layers"] == layers)], shots)
            held = panel_baselines(baselines, first["dataset"], first["n_qubits"], layers, shots, transform)
            draw_training(axis, part, held, lowest=3e-3)
        line[0].set_ylabel(row_name(f"{layers:g} layer{'s' if layers > 1 else ''}", shots))
    for axis in axes[-1]:
        axis.set_xlabel("step")
    drawn.supylabel("exact TVD, Σ|p − q|")
    panel_letters(axes.ravel())
    training_legend(drawn, ours["loss"], baselines, first["dataset"])
    return drawn, table

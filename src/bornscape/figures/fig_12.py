"""Fig. 12: the same circuits on data of polynomial and of exponential support (-log p), at 6 qubits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.baselines import baseline_handles, draw_baselines, panel_baselines
from bornscape.figures.look.curves import at_budget, budgets, curve_table, draw_curves, height, loss_handles, row_name
from bornscape.figures.look.published import beside, draw_published_losses, published_entry
from bornscape.figures.look.style import grid, legend_below, panel_letters, use_style
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
            draw_curves(axis, part[(part["source"] == "measured") & (part["epoch"] > 0)], steps=0)
            draw_published_losses(axis, part)
            axis.set(xscale="log", yscale="log", ylim=(3e-3, 3), xlim=(0.9, None))
            held = panel_baselines(baselines, first["dataset"], first["n_qubits"], layers, shots, transform)
            draw_baselines(axis, held, labelled=False)
        line[0].set_ylabel(row_name(f"{layers:g} layer{'s' if layers > 1 else ''}", shots))
    for axis in axes[-1]:
        axis.set_xlabel("step")
    drawn.supylabel("exact TVD, Σ|p − q|")
    panel_letters(axes.ravel())
    handles = [*loss_handles(dict.fromkeys(ours["loss"])), published_entry(marker="", lw=0.8)]
    legend_below(drawn, [*handles, *baseline_handles(baselines[baselines["dataset"] == first["dataset"]])], 3)
    return drawn, table

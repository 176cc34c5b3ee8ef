"""Corollary 3: how often estimated differences are frozen, and what they tell of the training set."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.style import few_sizes, grid, legend_below, panel_letters, points, use_style

LAST = ("kld", "mmd_n4")
"""Losses that are drawn on top of the others."""

NEAREST = ("tvd", "kld", "mmd_n4")
"""Losses of the last row: all explicit ones on one axis of noisy accuracies could not be told apart."""


def figure_table(loss_differences: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows; the MMD carries its bandwidth in its name."""
    return loss_differences.assign(loss=loss_differences["loss"].replace({"mmd": "mmd_n4"}))


def figure(loss_differences: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from loss_differences.csv."""
    use_style()
    table = figure_table(loss_differences)
    datasets = list(dict.fromkeys(table["dataset"]))
    first = [loss for loss in LOSS_STYLES if loss in set(table["loss"]) and loss not in LAST]
    losses = (*first, *LAST)
    drawn, axes = grid(3, len(datasets), 4.9, sharex=True, sharey="row")
    for (share, best, nearest), dataset in zip(axes.T, datasets, strict=True):
        part = table[table["dataset"] == dataset]
        _panel(share, part, losses[:-1], ("fraction", "ci_low", "ci_high"))
        _panel(best, part, losses, ("best_accuracy", "best_low", "best_high"))
        _panel(nearest, part, NEAREST, ("nearest_accuracy", "nearest_low", "nearest_high"))
        for axis in (best, nearest):
            axis.axhline(0.5, color="0.3", lw=0.6, ls=":")
            axis.set_ylim(0.35, 1.04)
        share.set_title(DATASET_TITLES[dataset])
        nearest.set_xlabel("qubits n")
    for axis, name in zip(axes[:, 0], ("share at $\\Delta L_0$", "accuracy, best", "accuracy, nearest"), strict=True):
        axis.set_ylabel(name)
    panel_letters(axes.ravel())
    legend_below(drawn, axes[1, 0], 3)
    return drawn, table


def _panel(axis: Axes, part: pd.DataFrame, losses: tuple[str, ...], names: tuple[str, str, str]) -> None:
    for number, loss in enumerate(losses):
        colour, marker, name = LOSS_STYLES[loss]
        rows = part[part["loss"] == loss].sort_values("n_qubits")
        # Side by side: explicit losses coincide.
        x = rows["n_qubits"] + 0.3 * (number - (len(losses) - 1) / 2)
        points(axis, rows, x, names, color=colour, marker=marker, lw=0.7, label=name)
    few_sizes(axis, part["n_qubits"], most=4)

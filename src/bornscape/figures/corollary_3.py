"""Corollary 3: how often estimated differences are frozen, and what they tell of the training set."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import DATASET_TITLES, LOSS_STYLES, PAGE_WIDTH, panel_letters, use_style

LOSSES = ("reverse_kld", "jsd", "tvd", "classical_fidelity", "renyi_2", "renyi_0.5", "kld", "mmd_n4")
NEAREST = ("tvd", "kld", "mmd_n4")
"""Losses of the last column: all explicit ones on one axis of noisy accuracies could not be told apart."""


def figure_table(loss_differences: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows; the MMD carries its bandwidth in its name."""
    return loss_differences.assign(loss=loss_differences["loss"].replace({"mmd": "mmd_n4"}))


def figure(loss_differences: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from loss_differences.csv."""
    use_style()
    table = figure_table(loss_differences)
    datasets = list(dict.fromkeys(table["dataset"]))
    shape = (len(datasets), 3)
    drawn, axes = plt.subplots(*shape, figsize=(PAGE_WIDTH, 1.9 * len(datasets) + 0.6), sharex=True, squeeze=False)
    for row, dataset in zip(axes, datasets, strict=True):
        part = table[table["dataset"] == dataset]
        _panel(row[0], part, LOSSES[:-1], ("fraction", "ci_low", "ci_high"))
        _panel(row[1], part, LOSSES, ("best_accuracy", "best_low", "best_high"))
        _panel(row[2], part, NEAREST, ("nearest_accuracy", "nearest_low", "nearest_high"))
        row[0].set_ylabel(f"{DATASET_TITLES[dataset]}\nshare at $\\Delta L_0$")
        row[1].set_ylabel("accuracy, best")
        row[2].set_ylabel("accuracy, nearest")
        for axis in row[1:]:
            axis.axhline(0.5, color="0.3", lw=0.6, ls=":")
            axis.set_ylim(0.35, 1.04)
    for axis in axes[-1]:
        axis.set_xlabel("qubits n")
    handles, labels = axes[0, 1].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=6.5)
    panel_letters(list(axes.ravel()))
    return drawn, table


def _panel(axis: Axes, part: pd.DataFrame, losses: tuple[str, ...], names: tuple[str, str, str]) -> None:
    middle, low, high = names
    for number, loss in enumerate(losses):
        colour, marker, name = LOSS_STYLES[loss]
        rows = part[part["loss"] == loss].sort_values("n_qubits")
        bars = [rows[middle] - rows[low], rows[high] - rows[middle]]
        # Side by side: explicit losses coincide.
        shift = 0.25 * (number - (len(losses) - 1) / 2)
        style = {"color": colour, "marker": marker, "elinewidth": 0.5, "lw": 0.7, "label": name}
        axis.errorbar(rows["n_qubits"] + shift, rows[middle], bars, **style)

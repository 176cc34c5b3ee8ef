"""Corollary 3: how often estimated differences are frozen, and what they tell of the training set."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.style import (
    Names,
    at_line,
    few_sizes,
    grid,
    legend_below,
    panel_letters,
    points,
    side_by_side,
    use_style,
)

MMD = "mmd_n4"
NEAREST = ("kld", "tvd", MMD)
"""Losses that are drawn as lines in the last row; the first and the last of them in the others."""

SHARE: Names = ("fraction", "ci_low", "ci_high")
BEST: Names = ("best_accuracy", "best_low", "best_high")
NEARER: Names = ("nearest_accuracy", "nearest_low", "nearest_high")
NAMES = ("share of pairs\nat $\\Delta L_0$", "guessed right,\nbest classifier", "guessed right,\nnearer difference")


def figure_table(loss_differences: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows; the MMD carries its bandwidth in its name."""
    return loss_differences.assign(loss=loss_differences["loss"].replace({"mmd": MMD}))


def figure(loss_differences: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from loss_differences.csv."""
    use_style()
    table = figure_table(loss_differences)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = grid(3, len(datasets), 4.3, sharex=True, sharey="row")
    for (share, best, nearest), dataset in zip(axes.T, datasets, strict=True):
        part = table[table["dataset"] == dataset]
        _band(share, part[part["loss"] != MMD], SHARE)
        _lines(share, part, NEAREST[:1], SHARE)
        _band(best, part[part["loss"] != MMD], BEST)
        _lines(best, part, (NEAREST[0], MMD), BEST)
        _lines(nearest, part, NEAREST, NEARER)
        for axis in (best, nearest):
            axis.axhline(0.5, color="0.3", lw=0.6, ls=":")
            axis.set_ylim(0.35, 1.06)
            at_line(axis, "chance", 0.02, 0.49, across=True, va="top")
        share.set_title(DATASET_TITLES[dataset])
        nearest.set_xlabel("qubits n")
    for axis, name in zip(axes[:, 0], NAMES, strict=True):
        axis.set_ylabel(name)
    panel_letters(axes.ravel())
    named = {handle.get_label(): handle for axis in axes[1:, 0] for handle in axis.get_legend_handles_labels()[0]}
    legend_below(drawn, named.values(), 2)
    return drawn, table


def _band(axis: Axes, rows: pd.DataFrame, names: Names) -> None:
    """All explicit losses: where they coincide the band is as thin as the KLD's line."""
    values = rows.groupby("n_qubits")[names[0]].agg(["min", "max"])
    label = f"all {rows['loss'].nunique()} explicit losses"
    axis.fill_between(values.index, values["min"], values["max"], color="0.75", lw=0.5, label=label)


def _lines(axis: Axes, part: pd.DataFrame, losses: tuple[str, ...], names: Names) -> None:
    for place, loss in enumerate(losses):
        colour, marker, name = LOSS_STYLES[loss]
        rows = part[part["loss"] == loss].sort_values("n_qubits")
        x = side_by_side(rows["n_qubits"], place, len(losses))
        points(axis, rows, x, names, color=colour, marker=marker, lw=0.7, label=name)
    few_sizes(axis, part["n_qubits"], most=4)

"""Explicit models as the control experiment: exact KLD while training, and the first gradient of the estimate."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import MODEL_STYLES
from bornscape.figures.look.style import (
    few_sizes,
    grid,
    legend_below,
    panel_letters,
    use_style,
    whole_decades,
    whole_steps,
)

SAMPLED = "qcbm_sampled"
KEYS = ["panel", "n_qubits", "dataset", "model", "epoch"]


def figure_table(explicit_models: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows, by panel, from explicit_models.csv: medians, smallest and largest over repetitions.

    Panels: ``kld`` at the largest n that was trained; ``signal_to_noise`` and ``zero_share`` of the first gradient at
    every n, the latter with ``predicted``, the share of entries of whose circuits no shot hits the training set.
    """
    rows = explicit_models
    trained = rows[rows["n_qubits"] == rows.loc[rows["epoch"] > 0, "n_qubits"].max()]
    parts = [trained.assign(panel="kld", value=trained["kld"])]
    first = rows[rows["signal_to_noise"].notna()]
    parts.append(first.assign(panel="signal_to_noise", value=first["signal_to_noise"]))
    counted = rows[rows["entries"].notna()]
    shares = 1 - counted["nonzero"] / counted["entries"], 1 - counted["chance"] / counted["entries"]
    parts.append(counted.assign(panel="zero_share", value=shares[0], predicted=shares[1]))
    values = pd.concat(parts).reindex(columns=[*KEYS, "value", "predicted"])
    grouped = values.groupby(KEYS, sort=False)
    summary = grouped["value"].agg(["size", "median", "min", "max"]).assign(predicted=grouped["predicted"].median())
    return summary.rename(columns={"size": "repetitions"}).reset_index()


def figure(explicit_models: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from explicit_models.csv."""
    use_style()
    table = figure_table(explicit_models)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = grid(3, len(datasets), 4.4, sharex="row", sharey="row")
    for column, dataset in enumerate(datasets):
        rows = table[table["dataset"] == dataset]
        _training(axes[0, column], rows[rows["panel"] == "kld"])
        _signal(axes[1, column], rows[rows["panel"] == "signal_to_noise"])
        _zeros(axes[2, column], rows[rows["panel"] == "zero_share"])
        axes[0, column].set_title(DATASET_TITLES[dataset])
    n = table.loc[table["panel"] == "kld", "n_qubits"].max()
    for axis, label in zip(axes[:, 0], (f"exact KLD, n = {n}", "signal-to-noise ratio", "zero entries"), strict=True):
        axis.set_ylabel(label)
    for row, label in zip(axes, ("epoch", "qubits n", "qubits n"), strict=True):
        row[len(row) // 2].set_xlabel(label)
    whole_decades(axes[0, 0])
    panel_letters(axes.ravel())
    expected = axes[2, 0].get_legend_handles_labels()[0][1:]
    legend_below(drawn, [*axes[0, 0].get_legend_handles_labels()[0], *expected], 2)
    return drawn, table


def _line(axis: Axes, rows: pd.DataFrame, model: str, x: str) -> None:
    colour, marker, name = MODEL_STYLES[model]
    part = rows[rows["model"] == model].sort_values(x)
    axis.plot(part[x], part["median"], color=colour, marker=marker, label=name)
    axis.fill_between(part[x], part["min"], part["max"], color=colour, alpha=0.15, linewidth=0)


def _training(axis: Axes, rows: pd.DataFrame) -> None:
    for model in MODEL_STYLES:
        _line(axis, rows, model, "epoch")
    axis.set_yscale("log")
    whole_steps(axis)


def _signal(axis: Axes, rows: pd.DataFrame) -> None:
    for model in MODEL_STYLES:
        _line(axis, rows, model, "n_qubits")
    axis.set_yscale("log")
    few_sizes(axis, rows["n_qubits"], most=4)


def _zeros(axis: Axes, rows: pd.DataFrame) -> None:
    _line(axis, rows, SAMPLED, "n_qubits")
    part = rows.sort_values("n_qubits")
    axis.plot(part["n_qubits"], part["predicted"], color="0.3", linestyle="--", label="no hit, expected")
    axis.set_ylim(-0.05, 1.05)
    few_sizes(axis, rows["n_qubits"], most=4)

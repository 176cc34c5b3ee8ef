"""Training with and without the data state's fixed phases: exact TVD over the epochs, by ansatz and loss."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import DATASET_TITLES, LOSS_STYLES, PAGE_WIDTH, use_style

ANSATZ_TITLES = {
    "line": "line (Eq. 53)",
    "real_parameters": "real, same parameters",
    "real_layers": "real, same layers",
}
MARKED = 8
"""Markers a curve."""


def figure_table(phases: pd.DataFrame) -> pd.DataFrame:
    """Median and quartiles of the TVD over the repetitions, at the smallest size that was run."""
    rows = phases[phases["n_qubits"] == phases["n_qubits"].min()]
    keys = ["dataset", "n_qubits", "ansatz", "n_layers", "n_parameters", "loss", "epoch"]
    groups = rows.groupby(keys, sort=False)["tvd"]
    found = groups.quantile([0.25, 0.5, 0.75]).unstack()
    found.columns = ["quartile_low", "median", "quartile_high"]
    return found.assign(repetitions=groups.size()).reset_index()


def figure(phases: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from phases.csv."""
    use_style()
    table = figure_table(phases)
    datasets = list(dict.fromkeys(table["dataset"]))
    ansaetze = [name for name in ANSATZ_TITLES if name in set(table["ansatz"])]
    shape = (len(datasets), len(ansaetze))
    drawn, axes = plt.subplots(
        *shape, figsize=(PAGE_WIDTH, 1.9 * shape[0] + 0.5), squeeze=False, sharex=True, sharey="row"
    )
    for row, dataset in enumerate(datasets):
        for column, ansatz in enumerate(ansaetze):
            part = table[(table["dataset"] == dataset) & (table["ansatz"] == ansatz)]
            _panel(axes[row, column], part)
            if row == 0:
                axes[row, column].set_title(f"{ANSATZ_TITLES[ansatz]}: {part['n_parameters'].iloc[0]} angles")
        axes[row, 0].set_ylabel(f"TVD, {DATASET_TITLES[dataset].split(' (')[0]}")
    for axis in axes[-1]:
        axis.set_xlabel("epoch")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=len(handles), frameon=False)
    return drawn, table


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    for loss in ("lqf", "lqf_free", "mmd_average"):
        part = rows[rows["loss"] == loss].sort_values("epoch")
        if part.empty:
            continue
        colour, marker, name = LOSS_STYLES[loss]
        every = max(1, len(part) // MARKED)
        axis.plot(part["epoch"], part["median"], color=colour, marker=marker, markevery=every, label=name)
        axis.fill_between(
            part["epoch"], part["quartile_low"], part["quartile_high"], color=colour, alpha=0.2, linewidth=0
        )

"""Generalisation and initialisation: distances to the true distribution, unseen valid strings, the first gradient."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import DATASET_TITLES, LOSS_STYLES, PAGE_WIDTH, use_style

STARTS = {"": "uniform", "_identity": "near\nidentity", "_marginals": "at the\nmarginals"}
"""Endings of the experiments' names, and what they start from."""

PANELS = {
    "tvd_true": "TVD to the true\ndistribution",
    "tvd_seen": "TVD to the\ntraining set",
    "unseen_valid": "mass on valid strings\nthat were not seen",
    "signal_to_noise": "signal to noise of\nthe first gradient",
}


def figure_table(training_summary: pd.DataFrame) -> pd.DataFrame:
    """Median, lowest and highest over repetitions of each quantity, by data set, start and loss."""
    rows = training_summary[training_summary["experiment"].str.startswith("generalise_")].copy()
    rows["signal_to_noise"] = rows["gradient_norm"] / rows["gradient_noise"]
    endings = rows["experiment"].str.extract(r"^generalise_[a-z]+?(_identity|_marginals)?$")[0].fillna("")
    rows["start"] = endings.map(lambda ending: STARTS[ending].replace("\n", " "))
    long = rows.melt(["dataset", "start", "loss", "unseen_true"], list(PANELS), var_name="quantity")
    grouped = long.groupby(["dataset", "quantity", "start", "loss"], sort=False)
    table = grouped["value"].agg(repetitions="count", low="min", median="median", high="max").reset_index()
    return table.merge(long.groupby("dataset")["unseen_true"].median().reset_index(), on="dataset")


def figure(training_summary: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training_summary.csv."""
    use_style()
    table = figure_table(training_summary)
    datasets = list(dict.fromkeys(table["dataset"]))
    size = (PAGE_WIDTH, 0.8 + 1.7 * len(datasets))
    drawn, axes = plt.subplots(len(datasets), len(PANELS), figsize=size, sharex=True, squeeze=False)
    for row, dataset in zip(axes, datasets, strict=True):
        part = table[table["dataset"] == dataset]
        for axis, quantity in zip(row, PANELS, strict=True):
            _panel(axis, part[part["quantity"] == quantity])
        row[2].axhline(part["unseen_true"].iloc[0], color="0.4", lw=0.7, ls=":")
        row[3].set_yscale("log")
        row[0].set_ylabel(DATASET_TITLES[dataset])
    for axis, title in zip(axes[0], PANELS.values(), strict=True):
        axis.set_title(title)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return drawn, table


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    starts = [name.replace("\n", " ") for name in STARTS.values()]
    losses = list(dict.fromkeys(rows["loss"]))
    for place, loss in enumerate(losses):
        colour, marker, name = LOSS_STYLES[loss]
        line = rows[rows["loss"] == loss].set_index("start").reindex(starts)
        shift = 0.12 * (place - (len(losses) - 1) / 2)
        errors = [line["median"] - line["low"], line["high"] - line["median"]]
        x = [k + shift for k in range(len(starts))]
        axis.errorbar(x, line["median"], yerr=errors, color=colour, marker=marker, ls="", elinewidth=0.7, label=name)
    axis.set_xticks(range(len(starts)), list(STARTS.values()), fontsize=6)
    axis.set_xlim(-0.5, len(starts) - 0.5)

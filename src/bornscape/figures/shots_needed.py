"""What a sign costs: shots that resolve a loss difference at 95 % against n, all losses side by side."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import BANDWIDTH_STYLES, DATASET_TITLES, LOSS_STYLES, PAGE_WIDTH, panel_letters, use_style

STYLES = {
    **{name: LOSS_STYLES[name] for name in ("kld", "jsd", "tvd", "classical_fidelity", "renyi_2")},
    "mmd_1": (*BANDWIDTH_STYLES["1"][:2], "MMD, s = 1"),
    **{name: LOSS_STYLES[name] for name in ("mmd_n4", "mmd_average", "lqf")},
}
"""Colour, marker and name of each loss, in the order of the legend."""


def figure(shots_needed: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from shots_needed.csv."""
    use_style()
    datasets = list(dict.fromkeys(shots_needed["dataset"]))
    drawn, axes = plt.subplots(1, len(datasets), figsize=(PAGE_WIDTH, 3.2), sharey=True, squeeze=False)
    for axis, dataset in zip(axes[0], datasets, strict=True):
        _panel(axis, shots_needed[shots_needed["dataset"] == dataset])
        axis.set(yscale="log", xlabel="qubits n", title=DATASET_TITLES[dataset])
    axes[0, 0].set_ylabel("shots to resolve a sign at 95 %")
    panel_letters(axes[0])
    handles, labels = axes[0, 0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
    return drawn, shots_needed


def _panel(axis: Axes, table: pd.DataFrame) -> None:
    for place, (loss, (colour, marker, name)) in enumerate(STYLES.items()):
        rows = table[(table["loss"] == loss) & np.isfinite(table["median"])].sort_values("n_qubits")
        if rows.empty:
            continue
        # Curves that agree lie on each other: a little to the side each.
        x = rows["n_qubits"] + 0.12 * (place - 4)
        high = np.where(np.isfinite(rows["ci_high"]), rows["ci_high"], rows["median"])
        errors = [rows["median"] - rows["ci_low"], high - rows["median"]]
        axis.errorbar(x, rows["median"], yerr=errors, color=colour, marker=marker, elinewidth=0.6, label=name)

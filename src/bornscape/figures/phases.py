"""Training with and without the data state's fixed phases: exact TVD over the epochs, by ansatz and loss."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.curves import draw_curves, quartiles
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.style import grid, legend_below, panel_letters, use_style

ANSATZ_TITLES = {
    "line": "line\n(Eq. 53)",
    "real_parameters": "real, same\nparameters",
    "real_layers": "real, same\nlayers",
}
LOSSES = ("lqf", "lqf_free", "mmd_average")


def figure_table(phases: pd.DataFrame) -> pd.DataFrame:
    """Median and quartiles of the TVD over the repetitions, at the smallest size that was run."""
    rows = phases[phases["n_qubits"] == phases["n_qubits"].min()]
    keys = ["dataset", "n_qubits", "ansatz", "n_layers", "n_parameters", "loss", "epoch"]
    return quartiles(rows, keys, "tvd")


def figure(phases: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from phases.csv."""
    use_style()
    table = figure_table(phases)
    datasets = list(dict.fromkeys(table["dataset"]))
    ansaetze = [name for name in ANSATZ_TITLES if name in set(table["ansatz"])]
    drawn, axes = grid(len(datasets), len(ansaetze), 0.6 + 1.35 * len(datasets), sharex=True, sharey=True)
    for line, dataset in zip(axes, datasets, strict=True):
        for axis, ansatz in zip(line, ansaetze, strict=True):
            part = table[(table["dataset"] == dataset) & (table["ansatz"] == ansatz)]
            shown = [part[part["loss"] == loss].sort_values("epoch") for loss in LOSSES]
            draw_curves(axis, pd.concat(shown))
            axis.set_xlabel("epoch" if dataset == datasets[-1] else "")
            if dataset == datasets[0]:
                axis.set_title(f"{ANSATZ_TITLES[ansatz]},\n{part['n_parameters'].iloc[0]} angles")
        line[0].set_ylabel(f"TVD, {DATASET_TITLES[dataset]}")
    axes[0, 0].set_ylim(0, 2.05)
    panel_letters(axes.ravel())
    legend_below(drawn, axes[0, 0], 3)
    return drawn, table

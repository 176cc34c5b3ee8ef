"""Fig. 6b: CMA-ES on a layer of R_y rotations, target |0...0>, from 512 shots a loss."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.palette import BANDWIDTH_STYLES, shades
from bornscape.figures.look.style import grid, legend_below, panel_letters, use_style

PAPER_STEPS = 1400
BANDWIDTHS = ["1", "n/4"]
MARKERS = "osD^v"


def figure_table(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """What the figure shows: each trained run."""
    rows = pd.concat(tables, ignore_index=True)
    return rows[rows["trained"]].drop(columns="trained").reset_index(drop=True)


def figure(fig_6b: pd.DataFrame, fig_6b_large: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from fig_6b.csv and fig_6b_large.csv."""
    use_style()
    table = figure_table([fig_6b, fig_6b_large])
    drawn, axes = grid(2, 2, 3.9, sharex=True, sharey="row")
    for column, bandwidth in enumerate(BANDWIDTHS):
        rows = table[table["bandwidth"] == bandwidth]
        _panel(axes[0, column], rows, "loss")
        _panel(axes[1, column], rows, "ones")
        axes[0, column].set_title(BANDWIDTH_STYLES[bandwidth][2])
        axes[0, column].set(yscale="log", ylim=(1e-4, 2))
        axes[1, column].set(xlabel="evaluations of the loss", ylim=(0, 0.6))
    axes[0, 0].set_ylabel("MMD")
    axes[1, 0].set_ylabel("share of ones E|x|/n")
    panel_letters(axes.ravel())
    legend_below(drawn, axes[0, 0], 4)
    return drawn, table


def _panel(axis: Axes, rows: pd.DataFrame, quantity: str) -> None:
    sizes = sorted(rows["n_qubits"].unique())
    colours = shades("viridis", len(sizes))
    for n, colour, marker in zip(sizes, colours, MARKERS, strict=False):
        runs = rows[rows["n_qubits"] == n]
        for repetition, run in runs.groupby("repetition"):
            name = f"n = {n}" if repetition == runs["repetition"].min() else None
            if quantity == "loss":
                axis.plot(run["evaluations"], run["estimate"], color=colour, alpha=0.3, linewidth=0.5)
            every = max(1, len(run) // 6)
            values = run[quantity].where(run[quantity] > 0, np.nan)
            axis.plot(
                run["evaluations"], values, color=colour, marker=marker, markevery=(int(repetition), every), label=name
            )
    axis.axvline(PAPER_STEPS, color="0.6", linewidth=0.6, linestyle=":")

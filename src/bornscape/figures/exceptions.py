"""The exceptions that the paper names: training mass for restricted supports, and for starts near the data."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import PAGE_WIDTH, START_STYLES, SUPPORT_STYLES, panel_letters, use_style

DATASET = "ghz"
"""The training set of the starts' panels."""

KEPT = ["n_qubits", "model", "start", "sigma", "dataset", "strings", "draws"]


def figure_table(exceptions: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows, by panel: ``value`` between ``low`` and ``high``, a mean mass or a share of draws."""
    rows = exceptions.assign(sigma=exceptions["sigma"].astype(str))
    support = rows[[key in SUPPORT_STYLES for key in zip(rows["model"], rows["dataset"], strict=True)]]
    starts = rows[rows["dataset"] == DATASET]
    starts = starts[[key in START_STYLES for key in zip(starts["start"], starts["sigma"], strict=True)]]
    line = starts[starts["model"] == "line"]
    mass = {"mass": "value", "ci_low": "low", "ci_high": "high"}
    share = {"fraction": "value", "fraction_low": "low", "fraction_high": "high"}
    panels = {
        "support": support.rename(columns=mass),
        "start": line.rename(columns=mass),
        "product": starts[starts["model"] == "product"].rename(columns=mass),
        "left": line.rename(columns=share),
    }
    parts = [part.assign(panel=name) for name, part in panels.items()]
    return pd.concat(parts)[["panel", *KEPT, "value", "low", "high"]].reset_index(drop=True)


def figure(exceptions: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from exceptions.csv."""
    use_style()
    table = figure_table(exceptions)
    drawn, axes = plt.subplots(2, 2, figsize=(PAGE_WIDTH, 5.0))
    panels = {name: table[table["panel"] == name] for name in ("support", "start", "product", "left")}
    _lines(axes[0, 0], panels["support"], ("model", "dataset"), SUPPORT_STYLES)
    for axis, name in zip(axes.ravel()[1:], ("start", "product", "left"), strict=True):
        _lines(axis, panels[name], ("start", "sigma"), START_STYLES)
    for axis in axes.ravel()[:3]:
        axis.set(yscale="log", ylabel="mean mass on the training set")
    # Room for the legend below the lowest line.
    axes[0, 0].set_ylim(bottom=panels["support"]["value"].min() / 300)
    axes[1, 0].set(xscale="log", ylim=(1e-12, 3))
    axes[1, 1].set(ylabel="estimates off the fixed point", ylim=(-0.05, 1.05))
    axes[0, 0].set_title("restricted support")
    axes[0, 1].set_title("start near the data, $\\log_2 n$ layers")
    axes[1, 0].set_title("start near the data, product circuits")
    axes[1, 1].set_title("start near the data, $\\log_2 n$ layers")
    axes[0, 0].legend(frameon=False, fontsize=6, loc="lower left")
    handles, labels = axes[0, 1].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    panel_letters(axes.ravel())
    return drawn, table


def _lines(axis: Axes, rows: pd.DataFrame, keys: tuple[str, str], styles: dict) -> None:
    for key, (colour, marker, name) in styles.items():
        part = rows[(rows[keys[0]] == key[0]) & (rows[keys[1]] == key[1])].sort_values("n_qubits")
        errors = [(part["value"] - part["low"]).clip(lower=0), (part["high"] - part["value"]).clip(lower=0)]
        axis.errorbar(
            part["n_qubits"], part["value"], yerr=errors, color=colour, marker=marker, elinewidth=0.6, label=name
        )
    axis.set_xlabel("qubits n")

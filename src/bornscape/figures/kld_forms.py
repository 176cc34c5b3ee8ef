"""Forms of the KLD: what the gradient from few shots is worth at random angles and after exact steps from there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.palette import DATASET_STYLES
from bornscape.figures.look.style import few_sizes, grid, legend_below, panel_letters, points, use_style

SIZES = "ghz"
"""The data set that is shown at every size."""
STRINGS = "published"
"""And that of the panel before and after training, at its largest size."""
NAMES = {"kld": ("clipped", 1e-6), "kld_smoothed": ("clipped", None), "kld_flat": ("flat", 1e-6)}
"""Loss styles of the forms shown; None is the largest epsilon of the run, half a shot."""
LINES = {"kld": "-", "kld_smoothed": "--", "kld_flat": "-."}
WIDTH = ("median", "low", "high")


def figure_table(kld_forms: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows, by panel, from kld_forms.csv: medians, smallest and largest over starts.

    Panels: ``signal_to_noise`` and ``zeros`` (with ``expected``: the share without a hit) at the start at every size,
    ``gain`` of half a shot over 1e-6 by the ``hits`` expected, a row a start, and ``alignment`` before and after.
    """
    largest = kld_forms["epsilon"].max()
    chosen = {loss: (form, largest if epsilon is None else epsilon) for loss, (form, epsilon) in NAMES.items()}
    rows = pd.concat(
        kld_forms[(kld_forms["form"] == form) & np.isclose(kld_forms["epsilon"], epsilon)].assign(loss=loss)
        for loss, (form, epsilon) in chosen.items()
    )
    start = rows[(rows["epochs"] == 0) & (rows["dataset"] == SIZES)]
    zeros = start.assign(value=1 - start["nonzero"] / start["entries"], expected=1 - start["chance"] / start["entries"])
    kept = rows[rows["dataset"] == STRINGS]
    kept = kept[kept["n_qubits"] == kept["n_qubits"].max()]
    parts = {
        "signal_to_noise": start.assign(value=start["signal_to_noise"]),
        "zeros": zeros,
        "alignment": kept.assign(value=kept["alignment"]),
    }
    keys = ["panel", "dataset", "n_qubits", "epochs", "loss"]
    values = pd.concat([part.assign(panel=panel) for panel, part in parts.items()]).reindex(
        columns=[*keys, "value", "expected"]
    )
    grouped = values.groupby(keys, sort=False)
    summary = grouped["value"].agg(repetitions="size", median="median", low="min", high="max")
    summary = summary.assign(expected=grouped["expected"].median()).reset_index()
    gains = rows[rows["loss"] == "kld_smoothed"].assign(panel="gain", median=lambda part: part["gain"], repetitions=1)
    columns = [*keys, "hits", "repetitions", *WIDTH, "expected"]
    return pd.concat([summary, gains], ignore_index=True).reindex(columns=columns)


def figure(kld_forms: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from kld_forms.csv."""
    use_style()
    table = figure_table(kld_forms)
    drawn, ((signal, gain), (zeros, alignment)) = grid(2, 2, 4.1)
    _curves(signal, table[table["panel"] == "signal_to_noise"])
    signal.set(ylabel="signal-to-noise ratio", yscale="log", title=f"{DATASET_TITLES[SIZES]}, start")
    part = table[table["panel"] == "zeros"]
    _curves(zeros, part)
    expected = part[part["loss"] == "kld"]
    (line,) = zeros.plot(expected["n_qubits"], expected["expected"], color="0.3", ls=":", label="no hit, expected")
    zeros.set(ylabel="zero entries", ylim=(-0.05, 1.05), title=f"{DATASET_TITLES[SIZES]}, start")
    for axis in (signal, zeros):
        axis.set_xlabel("qubits n")
        few_sizes(axis, part["n_qubits"], most=4)
    datasets = _gains(gain, table[table["panel"] == "gain"])
    _before_and_after(alignment, table[table["panel"] == "alignment"])
    panel_letters((signal, gain, zeros, alignment))
    legend_below(drawn, [*signal.get_legend_handles_labels()[0], line, *datasets], 2)
    return drawn, table


def _curves(axis: Axes, rows: pd.DataFrame) -> None:
    for loss, part in rows.groupby("loss", sort=False):
        colour, marker, name = LOSS_STYLES[str(loss)]
        axis.plot(part["n_qubits"], part["median"], color=colour, marker=marker, ls=LINES[str(loss)], label=name)
        axis.fill_between(part["n_qubits"], part["low"], part["high"], color=colour, alpha=0.15, lw=0)


def _gains(axis: Axes, rows: pd.DataFrame) -> list[Line2D]:
    """Open markers at the start, filled ones after training; the handles name the data sets."""
    handles = []
    for dataset, part in rows.groupby("dataset", sort=False):
        colour, marker = DATASET_STYLES[str(dataset)]
        style: dict[str, Any] = {"color": colour, "marker": marker, "ls": "none"}
        for after, shown in part.groupby(part["epochs"] > 0):
            axis.plot(shown["hits"], shown["median"], **style, mfc=colour if after else "none")
        handles.append(Line2D([], [], **style, mfc="none", label=DATASET_TITLES[str(dataset)]))
    handles.append(Line2D([], [], color="0.1", marker="o", ls="none", label="after exact steps"))
    axis.axhline(1, color="0.3", lw=0.6, ls=":")
    axis.set(
        xscale="log",
        yscale="log",
        xlabel="expected shots on data",
        ylabel="SNR at $\\varepsilon = 1/2N$\nover that at $10^{-6}$",
    )
    return handles


def _before_and_after(axis: Axes, rows: pd.DataFrame) -> None:
    epochs = sorted(rows["epochs"].unique())
    for place, (loss, part) in enumerate(rows.groupby("loss", sort=False)):
        colour, marker, _ = LOSS_STYLES[str(loss)]
        at = part["epochs"].map(epochs.index) + 0.2 * (place - 1)
        points(axis, part, at, WIDTH, color=colour, marker=marker, ls="none")
    axis.set_xticks(range(len(epochs)), ["start" if not epoch else f"{epoch} steps" for epoch in epochs])
    axis.set(xlim=(-0.5, len(epochs) - 0.5), ylabel="cosine with the gradient")
    axis.set_title(f"{STRINGS}, n = {rows['n_qubits'].max()}")

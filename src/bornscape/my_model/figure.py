"""The figure of a model: variances, signal-to-noise ratios, shots needed, bodyness, and a path if one was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.aliases import Settings
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.style import (
    few_sizes,
    grid,
    legend_below,
    log_sizes,
    panel_letters,
    use_style,
    whole_numbers,
)
from bornscape.my_model.settings import EXTRAPOLATED, LARGEST_STATE_VECTORS
from bornscape.simulators.words.choice import STATE_VECTOR

Styles = dict[str, tuple[object, str]]

_LARGEST_DRAWN = 1e30
"""Shots beyond which an extrapolation leaves the panel."""

_SMALLEST_SHARE = 1e-6
"""Share of an order of correlations below which it is not shown."""

_TICKS = (2, 5, 10, 20, 50, 100, 200)

_MMDS = ("mmd_average", "mmd_n4", "mmd_0.01", "mmd_1", "mmd_n")
"""Whose looks a model's own MMDs have, in turn."""

FIGURE_COLUMNS = ["panel", "loss", "x", "value", "low", "high", "engine"]
"""``engine`` is that of a measured size; blank elsewhere."""


def loss_styles(settings: Settings) -> Styles:
    """Colour and marker of each loss of a model: the package's own for the kinds that have one, others in turn."""
    in_turn: Iterator[tuple[object, str]] = cycle(LOSS_STYLES[loss][:2] for loss in _MMDS)
    return {
        label: LOSS_STYLES[loss["kind"]][:2] if loss["kind"] in LOSS_STYLES else next(in_turn)
        for label, loss in settings["losses"].items()
    }


def _panel(axis: Axes, table: pd.DataFrame, styles: Styles, name: str) -> None:
    """Points with error bars; what has no value on a log axis is left out."""
    part = table[table["panel"] == name]
    for label, (colour, marker) in styles.items():
        rows = part[(part["loss"] == label) & (part["value"] > 0) & np.isfinite(part["value"])]
        low = (rows["value"] - rows["low"]).clip(lower=0).fillna(0)
        high = (rows["high"] - rows["value"]).clip(lower=0).fillna(0)
        high = high.where(np.isfinite(high), 0)
        axis.errorbar(
            rows["x"], rows["value"], [low, high], color=colour, marker=marker, capsize=1.5, elinewidth=0.7, label=label
        )
        words = rows[~rows["engine"].isin(["", STATE_VECTOR])]
        if len(words):
            (rings,) = axis.plot(words["x"], words["value"], color=colour, marker="o", linestyle="none")
            rings.set(markerfacecolor="none", markersize=2.2 * rings.get_markersize(), markeredgewidth=0.7)


def figure_table(
    sizes: pd.DataFrame, extrapolation: pd.DataFrame, bodyness: pd.DataFrame, path: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What the figure shows (``FIGURE_COLUMNS``)."""
    parts = []
    for panel, names in {
        "variance": ("variance", "ci_low", "ci_high"),
        "snr": ("snr", "snr_ci_low", "snr_ci_high"),
        "shots_needed": ("shots_needed", "shots_ci_low", "shots_ci_high"),
    }.items():
        part = sizes[["loss", "n_qubits", *names, "engine"]]
        part = part.set_axis(["loss", "x", "value", "low", "high", "engine"], axis=1)
        parts.append(part.assign(panel=panel))
    part = extrapolation[["loss", "n_qubits", "shots_needed", "ci_low", "ci_high"]]
    parts.append(part.set_axis(["loss", "x", "value", "low", "high"], axis=1).assign(panel="extrapolated"))
    largest = bodyness[(bodyness["n_qubits"] == bodyness["n_qubits"].max()) & (bodyness["order"] > 0)]
    part = largest[["loss", "order", "share", "ci_low", "ci_high"]]
    parts.append(part.set_axis(["loss", "x", "value", "low", "high"], axis=1).assign(panel="bodyness"))
    if path is not None and len(path):
        parts += _path_parts(path)
    table = pd.concat([part.astype({"value": float, "low": float, "high": float}) for part in parts])
    return table.fillna({"engine": ""})[FIGURE_COLUMNS]


def _path_parts(path: pd.DataFrame) -> list[pd.DataFrame]:
    """The path at its largest size: the mean loss, and signal over noise, by the number of steps."""
    largest = path[path["n_qubits"] == path["n_qubits"].max()]
    value = largest[["loss", "step", "value"]].set_axis(["loss", "x", "value"], axis=1)
    ratio = largest[["loss", "step", "snr", "snr_ci_low", "snr_ci_high"]]
    ratio = ratio.set_axis(["loss", "x", "value", "low", "high"], axis=1)
    return [value.assign(low=value["value"], high=value["value"], panel="path_loss"), ratio.assign(panel="path_snr")]


def figure(
    settings: Settings,
    sizes: pd.DataFrame,
    extrapolation: pd.DataFrame,
    bodyness: pd.DataFrame,
    path: pd.DataFrame | None = None,
) -> tuple[Figure, pd.DataFrame]:
    """The figure of one model, and the table of what it shows."""
    use_style()
    table = figure_table(sizes, extrapolation, bodyness, path)
    styles = loss_styles(settings)
    walked = path is not None and len(path) > 0
    drawn, axes = grid(3, 2, 5.9) if walked else grid(2, 2, 4.1)
    variance, snr, shots, spectrum = axes.ravel()[:4]
    for axis, name in ((variance, "variance"), (snr, "snr"), (shots, "shots_needed"), (spectrum, "bodyness")):
        _panel(axis, table, styles, name)
        axis.set(xlabel="qubits n", yscale="log")
    for axis in (variance, snr):
        _sizes_axis(axis, sizes["n_qubits"])
    variance.set_ylabel("Var[loss]")
    snr.set_ylabel("gradient, signal / noise")
    snr.axhline(1, color="0.5", linewidth=0.7, linestyle=":")
    _extrapolated(shots, table, styles, int(sizes.loc[sizes["engine"] != "", "n_qubits"].max()))
    spectrum.set(xlabel="order of correlations l", title=f"n = {bodyness['n_qubits'].max()}")
    spectrum.set_ylabel("share in dL/dq")
    spectrum.set_ylim(_SMALLEST_SHARE, 2)
    few_sizes(spectrum, bodyness["order"], most=6)
    if bodyness["n_qubits"].max() > LARGEST_STATE_VECTORS:
        rows = table[(table["panel"] == "bodyness") & (table["value"] > _SMALLEST_SHARE)]
        shown = rows["x"].tolist()
        few_sizes(spectrum, range(1, int(max([2, *shown])) + 1), most=6)
        spectrum.set_xlim(0.5, 1.05 * max([2, *shown]))
    if walked:
        _along(axes[2, 0], axes[2, 1], table, styles)
    panel_letters(axes.ravel())
    legend_below(drawn, variance if variance.get_legend_handles_labels()[0] else snr, 3)
    return drawn, table


def _sizes_axis(axis: Axes, sizes: pd.Series) -> None:
    """Few ticks; on a log scale where sizes go far beyond those of state vectors."""
    if sizes.max() <= LARGEST_STATE_VECTORS:
        few_sizes(axis, sizes, most=4)
        return
    axis.set_xscale("log")
    log_sizes(axis)


def _along(loss: Axes, snr: Axes, table: pd.DataFrame, styles: Styles) -> None:
    """The path's panels."""
    for axis, name, title in ((loss, "path_loss", "loss, mean of starts"), (snr, "path_snr", "signal / noise")):
        _panel(axis, table, styles, name)
        axis.set(xlabel="steps of training", ylabel=title, yscale="log")
    snr.axhline(1, color="0.5", linewidth=0.7, linestyle=":")


def _extrapolated(axis: Axes, table: pd.DataFrame, styles: Styles, largest: int) -> None:
    """Hollow points and dashed bars at the sizes that were not measured, on a shaded ground."""
    part = table[(table["panel"] == "extrapolated") & (table["value"] > 0)]
    for k, (label, (colour, marker)) in enumerate(styles.items()):
        rows = part[part["loss"] == label].sort_values("x")
        shown = rows[rows["value"] < _LARGEST_DRAWN]
        # Side by side: intervals of several losses would hide one another.
        x = shown["x"] * 1.04 ** (k - (len(styles) - 1) / 2)
        axis.plot(x, shown["value"], color=colour, marker=marker, markerfacecolor="none", linestyle="none")
        axis.vlines(x, shown["low"], np.minimum(shown["high"], _LARGEST_DRAWN), color=colour, lw=0.7, linestyles="--")
    axis.set_xscale("log")
    axis.set_ylabel("shots needed (ratio 1)")
    right = 1.25 * max(*EXTRAPOLATED, largest)
    if right < _TICKS[-1]:
        whole_numbers(axis, [n for n in _TICKS if n < right])
    else:
        log_sizes(axis)
    if largest < max(EXTRAPOLATED):
        axis.axvspan(largest * 1.06, right, color="0.93", zorder=0)
    axis.set_xlim(right=right)

"""The exceptions that the paper names: training mass for restricted supports, and for starts near the data."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.palette import START_STYLES, SUPPORT_STYLES
from bornscape.figures.look.style import (
    few_sizes,
    legend_below,
    legend_in,
    log_sizes,
    panel_letters,
    points,
    stack,
    use_style,
)

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
    drawn, (above, below) = stack([2.1, 3.2])
    panels = {name: table[table["panel"] == name] for name in ("support", "start", "product", "left")}
    support = above.subplots()
    _lines(support, panels["support"], ("model", "dataset"), SUPPORT_STYLES)
    support.set(yscale="log", ylabel="mass on training set", title="restricted support")
    legend_below(above, support, 2)
    (start, product), (left, names) = below.subplots(2, 2)
    for axis, name in ((start, "start"), (product, "product"), (left, "left")):
        _lines(axis, panels[name], ("start", "sigma"), START_STYLES)
    start.set(yscale="log", ylabel="mass on training set", title="$\\log_2 n$ layers")
    product.set(xscale="log", yscale="log", ylim=(1e-12, 3), title="product circuits")
    left.set(ylabel="share off $L_0$", ylim=(-0.05, 1.05), title="$\\log_2 n$ layers")
    for axis in (support, start, left):
        few_sizes(axis, table.loc[table["panel"] == "start", "n_qubits"], most=4)
    log_sizes(product)
    legend_in(names, start)
    panel_letters((support, start, product, left))
    return drawn, table


def _lines(axis: Axes, rows: pd.DataFrame, keys: tuple[str, str], styles: dict) -> None:
    for key, (colour, marker, name) in styles.items():
        part = rows[(rows[keys[0]] == key[0]) & (rows[keys[1]] == key[1])].sort_values("n_qubits")
        points(axis, part, "n_qubits", ("value", "low", "high"), color=colour, marker=marker, label=name)
    axis.set_xlabel("qubits n")

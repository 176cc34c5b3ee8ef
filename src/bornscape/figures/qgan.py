"""Variable bodyness: a QGAN's discriminators as observables, what they tell apart, and what they teach."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.curves import quartiles
from bornscape.figures.look.palette import shades
from bornscape.figures.look.style import (
    at_line,
    legend_below,
    legend_in,
    panel_letters,
    points,
    stack,
    use_style,
    whole_steps,
)

_COLOURS = shades("mako", 4)
STYLES = {
    "network": (_COLOURS[0], "o", "network"),
    "marginals": (_COLOURS[2], "s", "logistic regression\non bits and pairs"),
}
"""Colour, marker and name of each discriminator."""
MOMENTS = {
    "start": ("0.5", "X", "--", "network, first weights"),
    "adversarial": (_COLOURS[0], "o", "-", "network, against the Born machine"),
    "supervised": (_COLOURS[1], "D", "-.", "network, against uniform strings"),
    "marginals": (_COLOURS[2], "s", ":", "bits and pairs, against the Born machine"),
}
"""Colour, marker, line and name of each spectrum."""
FLOOR = 1e-6
"""Shares below this are rounding: the axis ends there."""
COLUMNS = ["panel", "series", "n_qubits", "epoch", "order", "repetitions", "median", "low", "high"]


def _quartiles(rows: pd.DataFrame, keys: list[str], value: str, panel: str) -> pd.DataFrame:
    """Median and quartiles over repetitions."""
    return quartiles(rows, ["series", "n_qubits", *keys], value).assign(panel=panel)


def figure_table(qgan: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows, at the largest n: median and quartiles over repetitions.

    Panels: ``bodyness`` and ``tvd`` by epoch of the adversarial runs, ``accuracy`` by step of the supervised ones, and
    ``share`` of each order at the moments of ``MOMENTS``.
    """
    rows = qgan[qgan["n_qubits"] == qgan["n_qubits"].max()]
    rows = rows.assign(series=rows["discriminator"])
    once = rows[rows["order"] == 1]
    duel, lesson = once[once["phase"] == "adversarial"], once[once["phase"] == "supervised"]
    last = rows["epoch"] == rows.groupby("phase")["epoch"].transform("max")
    network, fight = rows["discriminator"] == "network", rows["phase"] == "adversarial"
    moments = {
        "start": network & fight & (rows["epoch"] == 0),
        "adversarial": network & fight & last,
        "supervised": network & ~fight & last,
        "marginals": ~network & fight & last,
    }
    shares = pd.concat([rows[chosen].assign(series=name) for name, chosen in moments.items()])
    parts = [
        _quartiles(duel, ["epoch"], "bodyness", "bodyness"),
        _quartiles(shares, ["epoch", "order"], "share", "share"),
        _quartiles(lesson, ["epoch"], "accuracy", "accuracy"),
        _quartiles(duel, ["epoch"], "tvd", "tvd"),
    ]
    return pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)


def figure(qgan: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from qgan.csv."""
    use_style()
    table = figure_table(qgan)
    n = table["n_qubits"].iloc[0]
    drawn, (above, below) = stack([3.0, 2.1])
    (bodyness, accuracy), (tvd, names) = above.subplots(2, 2)
    _lines(bodyness, table[table["panel"] == "bodyness"])
    bodyness.axhline(2, color="0.6", lw=0.6, ls=":")
    # Below both lines, which may rise or fall across it.
    at_line(bodyness, "dotted: pairs", 0.98, 0.55, across=True, ha="right")
    bodyness.set_ylim(0.5, n + 0.5)
    bodyness.set(xlabel="epoch", ylabel="mean bodyness of D", title=f"adversarial, n = {n}")
    _lines(accuracy, table[table["panel"] == "accuracy"])
    for level, name in ((0.5, "chance"), (0.75, "best possible")):
        accuracy.axhline(level, color="0.6", lw=0.6, ls=":")
        at_line(
            accuracy,
            name,
            0.02 if level > 0.5 else 0.98,
            level + 0.005 if level > 0.5 else level - 0.02,
            across=True,
            ha="left" if level > 0.5 else "right",
            va="bottom" if level > 0.5 else "top",
        )
    accuracy.set(xlabel="step", ylabel="accuracy of D", ylim=(0.42, 0.8), title="against uniform")
    _lines(tvd, table[table["panel"] == "tvd"])
    tvd.axhline(1, color="0.6", lw=0.6, ls=":")
    at_line(tvd, "uniform distribution", 0.98, 0.97, across=True, ha="right", va="top")
    tvd.set(xlabel="epoch", ylabel="exact TVD, Σ|p − q|", ylim=(0, 2), title="adversarial")
    legend_in(names, bodyness, "discriminator D")
    share = below.subplots()
    _shares(share, table[table["panel"] == "share"])
    legend_below(below, share, 1)
    share.set_title(f"spectrum of D, n = {n}")
    panel_letters((bodyness, accuracy, tvd, share))
    return drawn, table


def _lines(axis: Axes, table: pd.DataFrame) -> None:
    for series, (colour, marker, name) in STYLES.items():
        rows = table[table["series"] == series]
        axis.fill_between(rows["epoch"], rows["low"], rows["high"], color=colour, alpha=0.2, lw=0)
        axis.plot(rows["epoch"], rows["median"], color=colour, marker=marker, label=name)
    whole_steps(axis)


def _shares(axis: Axes, table: pd.DataFrame) -> None:
    for series, (colour, marker, line, name) in MOMENTS.items():
        rows = table[(table["series"] == series) & (table["median"] > FLOOR)]
        points(axis, rows, "order", ("median", "low", "high"), color=colour, marker=marker, ls=line, label=name)
    axis.set(yscale="log", xlabel="order (bodyness of the term)", ylabel="share of D's variance", ylim=(FLOOR, 2))
    axis.set_xticks(sorted(table["order"].unique().astype(int)))

"""One look for every figure: a colour, a marker and a name for each loss; sizes for a column or a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.artifacts import atomic, write_table

COLUMN_WIDTH = 3.4
PAGE_WIDTH = 7.0
"""Inches: one column, and both, of a two-column journal."""

_COLOURS = sns.color_palette("colorblind", 10)
LOSS_STYLES = {
    "mmd_average": (_COLOURS[0], "o", "MMD, averaged (0.01, n/4, n)"),
    "mmd_0.01": (_COLOURS[4], "v", "MMD, s = 0.01"),
    "mmd_n4": (_COLOURS[9], "s", "MMD, s = n/4"),
    "mmd_n": (_COLOURS[7], "^", "MMD, s = n"),
    "lqf": (_COLOURS[2], "D", "local quantum fidelity"),
    "kld": (_COLOURS[3], "X", "KLD"),
}
"""Colour, marker and name of each loss."""

BANDWIDTH_STYLES = {
    "1": (_COLOURS[1], "v", "s = 1"),
    "10": (_COLOURS[5], "D", "s = 10"),
    "n/4": (_COLOURS[9], "s", "s = n/4"),
}
"""Colour, marker and name of each bandwidth of the MMD."""

DATASET_TITLES = {
    "zero": "$|0\\ldots0\\rangle$",
    "ghz": "GHZ",
    "o_n": "$O(n)$ strings",
    "o_n2": "$O(n^2)$ strings",
    "cardinality": "cardinality",
    "jets": "particle jets (Pythia 8)",
    "showers": "electron showers",
}


def use_style() -> None:
    """Set fonts and lines for print at column width."""
    sns.set_theme(context="paper", style="ticks")
    mpl.rcParams.update(
        {
            "font.size": 8,
            "axes.titlesize": 8,
            "axes.labelsize": 8,
            "legend.fontsize": 7,
            "xtick.labelsize": 7,
            "ytick.labelsize": 7,
            "lines.linewidth": 1.0,
            "lines.markersize": 3.5,
            "axes.linewidth": 0.6,
            "figure.constrained_layout.use": True,
            "svg.hashsalt": "bornscape",
            "pdf.fonttype": 42,
        }
    )


def panel_letters(axes: Sequence[Axes]) -> None:
    """Letters a, b, c... at the upper left of panels."""
    for letter, axis in zip("abcdefgh", axes, strict=False):
        axis.set_title(letter, loc="left", fontweight="bold")


def save(figure: Figure, table: pd.DataFrame, paths: Sequence[str | Path]) -> None:
    """Write a figure as PNG (200 dpi) and PDF without time stamps, and its table as CSV, in the order given."""
    png, pdf, csv = paths
    with atomic(png) as temporary:
        figure.savefig(temporary, dpi=200, metadata={"Software": None})
    with atomic(pdf) as temporary:
        figure.savefig(temporary, metadata={"CreationDate": None, "ModDate": None})
    write_table(table, csv)
    plt.close(figure)

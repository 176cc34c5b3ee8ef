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
    "mmd_average": (_COLOURS[0], "o", "MMD, averaged"),
    "mmd_0.01": (_COLOURS[4], "v", "MMD, s = 0.01"),
    "mmd_n4": (_COLOURS[9], "s", "MMD, s = n/4"),
    "mmd_0.1": (_COLOURS[1], "v", "MMD, s = 0.1"),
    "mmd_annealed": (_COLOURS[5], "P", "MMD, s annealed from n/4 to 0.1"),
    "mmd_n": (_COLOURS[7], "^", "MMD, s = n"),
    "lqf": (_COLOURS[2], "D", "local quantum fidelity"),
    "lqf_free": (_COLOURS[1], "d", "LQF, model's own phases"),
    "qf": ("0.35", "P", "global quantum fidelity"),
    "kld": (_COLOURS[3], "X", "KLD"),
    "reverse_kld": (_COLOURS[1], "P", "reverse KLD"),
    "jsd": (_COLOURS[5], "<", "JSD"),
    "tvd": (_COLOURS[6], ">", "TVD"),
    "classical_fidelity": (_COLOURS[8], "p", "classical fidelity"),
    "renyi_2": ("0.2", "*", "Rényi, order 2"),
    "renyi_0.5": ("0.5", "h", "Rényi, order 1/2"),
}
"""Colour, marker and name of each loss."""

BANDWIDTH_STYLES = {
    "1": (_COLOURS[1], "v", "s = 1"),
    "10": (_COLOURS[5], "D", "s = 10"),
    "n/4": (_COLOURS[9], "s", "s = n/4"),
}
"""Colour, marker and name of each bandwidth of the MMD."""

KERNEL_STYLES = {
    "0": (_COLOURS[4], "o", "s → 0"),
    "1": BANDWIDTH_STYLES["1"],
    "n/4": BANDWIDTH_STYLES["n/4"],
    "n": (_COLOURS[7], "^", "s = n"),
    "average": (_COLOURS[0], "X", "average of s → 0, 1, n/4"),
}
"""The same for the kernels of Fig. 5."""

CIRCUIT_STYLES = {
    "product_haar": (_COLOURS[2], "D", "product, Haar (Theorem 2)"),
    "product_ry": (_COLOURS[3], "X", "product, $R_y$ (Theorem 2)"),
    "line": (_COLOURS[0], "o", "line, $\\log_2 n$ layers"),
}
"""Colour, marker and name of each random circuit."""

DATASET_STYLES = {
    "zero": (_COLOURS[0], "o"),
    "ghz": (_COLOURS[1], "s"),
    "o_n": (_COLOURS[2], "D"),
    "o_n2": (_COLOURS[4], "^"),
    "cardinality": ("0.4", "X"),
}
"""Colour and marker of each data set, where several share an axis."""

SHOTS_STYLES = {
    "100": (_COLOURS[5], "o", "N = 100"),
    "512": (_COLOURS[7], "P", "N = 512"),
    "1000": (_COLOURS[2], "s", "N = 1000"),
    "n**2": (_COLOURS[0], "D", "N = $n^2$"),
    "2.7**n": ("0.3", "X", "N = $2.7^n$"),
}
"""Colour, marker and name of each number of shots."""

MODEL_STYLES = {
    "qcbm_sampled": (_COLOURS[3], "X", "circuit, KLD from shots"),
    "qcbm_exact": (_COLOURS[0], "o", "circuit, exact KLD"),
    "matrix_product": (_COLOURS[2], "s", "matrix product state, exact KLD"),
    "autoregressive": (_COLOURS[1], "^", "autoregressive, exact KLD"),
}
"""Colour, marker and name of each model, implicit or explicit."""

SUPPORT_STYLES = {
    ("half_weight", "sector"): (_COLOURS[0], "o", "weight n/2; all its strings"),
    ("half_weight", "sector_n**2"): (_COLOURS[0], "s", "weight n/2; $n^2$ of them"),
    ("half_weight", "sector_n"): (_COLOURS[0], "D", "weight n/2; n of them"),
    ("line", "sector"): (_COLOURS[3], "o", "line; all of weight n/2"),
    ("line", "sector_n"): (_COLOURS[3], "D", "line; n of them"),
    ("weight_two", "sector_n"): (_COLOURS[2], "D", "weight 2; n of its strings"),
}
"""The same for each model's support and training set."""

START_STYLES = {
    ("string", "0"): ("0.2", ".", "string, σ = 0"),
    ("string", "0.1"): (_COLOURS[0], "o", "string, σ = 0.1"),
    ("string", "0.3"): (_COLOURS[9], "s", "string, σ = 0.3"),
    ("string", "1/sqrt(n)"): (_COLOURS[2], "P", "string, σ = $1/\\sqrt{n}$"),
    ("string", "1"): (_COLOURS[4], "^", "string, σ = 1"),
    ("marginals", "0.1"): (_COLOURS[1], "v", "marginals, σ = 0.1"),
    ("uniform", "uniform"): (_COLOURS[3], "X", "uniform angles"),
}
"""The same for each start of a circuit and the scale of its angles."""

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
    for letter, axis in zip("abcdefghijkl", axes, strict=False):
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

"""IQP Born machines: squares of words against their rank, and the MMD's first gradient by graph and by start."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from bornscape.figures.look.palette import shades
from bornscape.figures.look.style import few_sizes, legend_below, panel_letters, points, stack, use_style, whole_numbers

GRAPHS = {
    "product": "no pairs",
    "line": "line",
    "lattice": "lattice",
    "random": "random graph",
    "dense": "2 log$_2$ n neighbours",
    "complete": "complete",
}
STARTS = {
    "identity": "identity, $1/\\sqrt{n}$",
    "unbiased": "fair bits",
    "data": "data's correlations",
    "wide": "normal, width 1",
    "full_range": "full range",
}
_MARKERS = "osD^Pv"
TYPICAL = ("typical", "low", "high")
SQUARE = ("mean_square", "square_low", "square_high")


def figure_table(iqp_graphs: pd.DataFrame) -> pd.DataFrame:
    """Every row with 95 % intervals: of the mean square of words, of the geometric mean of gradients."""
    rows = iqp_graphs.copy()
    quantile = stats.t.ppf(0.975, rows["draws"] - 1)
    for sign, name in ((-1, "low"), (1, "high")):
        rows[name] = np.exp(rows["log_mean"] + sign * quantile * rows["log_error"])
        rows[f"square_{name}"] = rows["mean_square"] + sign * quantile * rows["mean_square_error"]
    rows["typical"] = np.exp(rows["log_mean"])
    # Of collisions the n-th root, which tends to 1 where they are bounded; of lattices that of a lower bound.
    closed = rows["expected"].where(rows["generators"] != "lattice", rows["lower"])
    rows["rate"] = closed ** (1 / rows["n_qubits"])
    gradients = (rows["part"] == "gradient") & (rows["draws"] > 1)
    words = (rows["part"] == "words") & (rows["rank"] <= LARGEST_RANK) & (rows["square_low"] > 0)
    return rows[gradients | words | (rows["part"] == "collisions")].reset_index(drop=True)


LARGEST_RANK = 10
"""Of words whose mean square so many draws can show."""


def figure(iqp_graphs: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from iqp_graphs.csv."""
    use_style()
    table = figure_table(iqp_graphs)
    drawn, (above, below) = stack([4.25, 1.85])
    words, graphs, collisions = above.subplots(3, 1)
    starts = below.subplots()
    _words(words, table[table["part"] == "words"])
    gradients = table[table["part"] == "gradient"]
    _series(graphs, gradients[gradients["word"] == "qubit"], "generators", GRAPHS, "viridis")
    _collisions(collisions, table[table["part"] == "collisions"])
    legend_below(above, graphs, 3)
    _series(starts, gradients[gradients["word"] == "pair"], "start", STARTS, "rocket")
    legend_below(below, starts, 3)
    panel_letters((words, graphs, collisions, starts))
    return drawn, table


def _words(axis: Axes, rows: pd.DataFrame) -> None:
    for place, kind in enumerate(GRAPHS):
        chosen = rows[rows["generators"] == kind]
        colour, marker = shades("viridis", len(GRAPHS))[place], _MARKERS[place]
        points(axis, chosen, "rank", SQUARE, color=colour, marker=marker, ls="", mfc="none")
    ranks = np.arange(1, max(2, int(rows["rank"].max()) if len(rows) else 2) + 1)
    axis.plot(ranks, 2.0**-ranks, color="0.3", ls="--", linewidth=0.8, zorder=0)
    axis.set(xlabel="rank r of a word", ylabel="E[$z_A^2$]", yscale="log")
    whole_numbers(axis, ranks)


def _collisions(axis: Axes, rows: pd.DataFrame) -> None:
    looks = zip(GRAPHS, shades("viridis", len(GRAPHS)), _MARKERS, strict=True)
    for kind, colour, marker in looks:
        chosen = rows[rows["generators"] == kind].sort_values("n_qubits")
        (line,) = axis.plot(chosen["n_qubits"], chosen["rate"], color=colour, marker=marker)
        if kind == "lattice":
            line.set(markerfacecolor="none", linestyle="--")
    axis.set(xlabel="qubits n", ylabel="($2^n$ E[$\\sum q^2$])$^{1/n}$", xscale="log")
    few_sizes(axis, rows["n_qubits"], most=6)


def _series(axis: Axes, rows: pd.DataFrame, column: str, names: dict[str, str], map_name: str) -> None:
    for (key, name), colour, marker in zip(names.items(), shades(map_name, len(names)), _MARKERS, strict=False):
        chosen = rows[rows[column] == key].sort_values("n_qubits")
        if len(chosen):
            points(axis, chosen, "n_qubits", TYPICAL, color=colour, marker=marker, label=name)
    axis.set(xlabel="qubits n", ylabel="(dL/d angle)$^2$", xscale="log", yscale="log")
    few_sizes(axis, rows["n_qubits"], most=6)

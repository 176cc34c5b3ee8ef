"""Theorem 3: the light cones' bound beside Var[MMD] of shallow line circuits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import DATASET_STYLES
from bornscape.figures.look.shallow_lines import BANDWIDTH, SETS, TICKS, at_depth, shallow
from bornscape.figures.look.style import (
    at_line,
    few_sizes,
    legend_below,
    panel_letters,
    points,
    stack,
    use_style,
    whole_numbers,
)

BOUND_CIRCUIT = "line_haar"
DEPTHS = {"1": ("1 layer", ":"), "2": ("2 layers", "--"), "shallow": ("$\\log_2 n$ layers", "-")}
LINEAR = ("$n$ layers", "-.")
"""Name and line of n layers."""


def _bounds(theorem_3: pd.DataFrame) -> pd.DataFrame:
    """Variances of state vectors and their bounds."""
    rows = theorem_3[(theorem_3["bandwidth"] == BANDWIDTH) & theorem_3["variance"].notna() & theorem_3["bound"].notna()]
    columns = ["circuit", "dataset", "n_qubits", "n_layers", "draws", "variance", "ci_low", "ci_high"]
    ratio = rows["variance"] / rows["bound"]
    return rows[[*columns, "linear_expected", "bound", "bound_error"]].assign(part="bound", variance_over_bound=ratio)


def _beyond(theorem_3: pd.DataFrame, variance: pd.DataFrame, study: str) -> pd.DataFrame:
    """Variances of sequential states at uniform angles, and the bound of the same circuits at its own sizes."""
    rows = variance[(variance["experiment"] == study) & (variance["loss"] == "mmd")]
    rows = rows[rows["bandwidth"] == BANDWIDTH]
    cones = theorem_3[(theorem_3["circuit"] == "line") & (theorem_3["bandwidth"] == BANDWIDTH)]
    columns = ["dataset", "n_qubits", "n_layers"]
    parts = [rows[[*columns, "draws", "variance", "ci_low", "ci_high"]], cones[[*columns, "bound", "bound_error"]]]
    parts = [part.assign(n_layers=part["n_layers"].astype(float)) for part in parts]
    return parts[0].merge(parts[1], on=columns, how="outer").assign(part="variance", circuit="line")


def figure_table(theorem_3: pd.DataFrame, variance: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """What the figure shows; ``part`` says which of its numbers a row holds.

    ``studies`` names the one of ``line`` circuits beyond state vectors.
    """
    table = pd.concat([_bounds(theorem_3), _beyond(theorem_3, variance, studies["line"])], ignore_index=True)
    return table[["part", *(name for name in table.columns if name != "part")]]


def figure(theorem_3: pd.DataFrame, variance: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from theorem_3.csv and variance.csv."""
    use_style()
    table = figure_table(theorem_3, variance, studies)
    parts = {name: table[table["part"] == name] for name in ("bound", "variance")}
    drawn, (above, below) = stack([1.95, 2.1])
    bound, ratio = above.subplots(1, 2)
    _bound_panel(bound, parts["bound"])
    _ratio_panel(ratio, parts["bound"])
    lines = [Line2D([], [], color="0.3", ls=line, label=name) for name, line in (DEPTHS["shallow"], LINEAR)]
    legend_below(above, [*bound.get_legend_handles_labels()[0], *lines], 3)
    depth = below.subplots()
    _depth_panel(depth, parts["variance"])
    legend_below(below, depth, 3)
    panel_letters((bound, ratio, depth))
    return drawn, table


def _bound_panel(axis: Axes, rows: pd.DataFrame) -> None:
    rows = rows[(rows["circuit"] == BOUND_CIRCUIT) & shallow(rows)].sort_values("n_qubits")
    for dataset in SETS:
        part, (colour, marker) = rows[rows["dataset"] == dataset], DATASET_STYLES[dataset]
        points(axis, part, "n_qubits", color=colour, marker=marker, ls="", label=DATASET_TITLES[dataset])
        axis.plot(part["n_qubits"], part["bound"], color=colour)
    axis.set(yscale="log", xlabel="qubits n", ylabel="Var[MMD]", title="points; lines: bound")
    few_sizes(axis, rows["n_qubits"])


def _ratio_panel(axis: Axes, rows: pd.DataFrame) -> None:
    """How far above the bound: log2 n layers and n layers."""
    rows = rows[rows["circuit"] == BOUND_CIRCUIT].sort_values("n_qubits")
    for dataset in SETS:
        colour, marker = DATASET_STYLES[dataset]
        for chosen, line in ((shallow(rows), "-"), (rows["n_layers"] == rows["n_qubits"], LINEAR[1])):
            part = rows[chosen & (rows["dataset"] == dataset)]
            axis.plot(part["n_qubits"], part["variance_over_bound"], color=colour, marker=marker, ls=line)
    axis.axhline(1, color="0.3", lw=0.6)
    axis.set(yscale="log", xlabel="qubits n", ylabel="Var[MMD] / bound")
    axis.set_ylim(0.5, None)
    at_line(axis, "bound", 0.98, 0.93, across=True, ha="right", va="top")
    few_sizes(axis, rows["n_qubits"])


def _depth_panel(axis: Axes, rows: pd.DataFrame) -> None:
    colour, marker = DATASET_STYLES["ghz"]
    for depth, (name, line) in DEPTHS.items():
        part = at_depth(rows[rows["dataset"] == "ghz"], depth)
        measured, bounded = part.dropna(subset=["variance"]), part.dropna(subset=["bound"])
        points(axis, measured, "n_qubits", color=colour, marker=marker, ls=line, label=name)
        axis.plot(bounded["n_qubits"], bounded["bound"], color="0.5", ls=line)
        if len(bounded) and depth == "shallow":
            middle = bounded.iloc[len(bounded) // 2]
            at_line(axis, "their bounds", middle["n_qubits"], middle["bound"] / 2, ha="right", va="top")
    axis.set(xscale="log", yscale="log", xlabel="qubits n", ylabel="Var[MMD]", title=DATASET_TITLES["ghz"])
    whole_numbers(axis, TICKS)

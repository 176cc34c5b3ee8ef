"""Theorem 3: the light cones' bound beside Var[MMD], and Var[MMD] of shallow line circuits far beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import DATASET_STYLES
from bornscape.figures.look.style import few_sizes, grid, legend_below, panel_letters, points, use_style, whole_numbers
from bornscape.statistics import log_standard_error, scaling_law
from bornscape.statistics.scaling import HARMLESS
from bornscape.tables.scaling import FEWEST_SIZES

BANDWIDTH = "n/4"
BOUND_CIRCUIT = "line_haar"
LAW_SETS = ("zero", "ghz", "o_n")
DEPTHS = {"1": ("1 layer", ":"), "2": ("2 layers", "--"), "shallow": ("$\\log_2 n$ layers", "-")}
LINEAR = "-."
"""The line of n layers."""
RATE = ("rate", "rate_ci_low", "rate_ci_high")
TICKS = (4, 10, 20, 40, 100)


def _shallow(rows: pd.DataFrame) -> pd.Series:
    """Which rows have log2 n layers, rounded."""
    return rows["n_layers"].astype(float) == np.maximum(1, np.round(np.log2(rows["n_qubits"])))


def _bounds(theorem_3: pd.DataFrame) -> pd.DataFrame:
    """Variances of state vectors and their bounds."""
    rows = theorem_3[(theorem_3["bandwidth"] == BANDWIDTH) & theorem_3["variance"].notna() & theorem_3["bound"].notna()]
    columns = ["circuit", "dataset", "n_qubits", "n_layers", "draws", "variance", "ci_low", "ci_high"]
    ratio = rows["variance"] / rows["bound"]
    return rows[[*columns, "linear_expected", "bound", "bound_error"]].assign(part="bound", variance_over_bound=ratio)


def _variances(theorem_3: pd.DataFrame, variance: pd.DataFrame, study: str) -> pd.DataFrame:
    """Variances of sequential states, with the bound of the same circuits where there is one."""
    rows = variance[(variance["experiment"] == study) & (variance["loss"] == "mmd")]
    rows = rows[rows["bandwidth"] == BANDWIDTH].copy()
    rows["n_layers"] = rows["n_layers"].astype(float)
    cones = theorem_3[(theorem_3["circuit"] == "line") & (theorem_3["bandwidth"] == BANDWIDTH)]
    cones = cones[["dataset", "n_qubits", "n_layers", "bound", "bound_error"]]
    columns = ["dataset", "n_qubits", "n_layers", "draws", "variance", "ci_low", "ci_high"]
    both = rows[columns].merge(cones, on=["dataset", "n_qubits", "n_layers"], how="left")
    return both.assign(part="variance", circuit="line")


def _parts_of_depth(rows: pd.DataFrame, depth: str) -> pd.DataFrame:
    part = rows[_shallow(rows)] if depth == "shallow" else rows[rows["n_layers"] == float(depth)]
    return part.sort_values("n_qubits")


def _laws(variances: pd.DataFrame) -> pd.DataFrame:
    """The joint law's rate, and both pure laws, at log2 n layers for series that end at growing n."""
    rows = []
    for dataset in LAW_SETS:
        series = _parts_of_depth(variances[variances["dataset"] == dataset], "shallow")
        for largest in series["n_qubits"]:
            part = series[series["n_qubits"] <= largest]
            if len(part) >= FEWEST_SIZES and (part["ci_low"] > 0).all():
                rows.append({"dataset": dataset, "largest_n": largest} | _law(part))
    return pd.DataFrame(rows).assign(part="law", circuit="line")


def _law(part: pd.DataFrame) -> dict[str, float | str]:
    n, intervals = part["n_qubits"].to_numpy(float), part[["ci_low", "ci_high"]].to_numpy()
    law = scaling_law(n, part["variance"], intervals)
    logs = np.log(part["variance"].to_numpy())
    weights = np.asarray(log_standard_error(part["variance"], intervals[:, 0], intervals[:, 1])) ** -2
    fit: dict[str, float | str] = {name: getattr(law, name) for name in ("preferred", *RATE)}
    for name, slope, scale in (("exp", law.exp_rate, n), ("poly", law.poly_power, np.log(n))):
        intercept = np.average(logs + slope * scale, weights=weights)
        fit |= {f"{name}_slope": slope, f"{name}_intercept": intercept}
    return fit


def figure_table(theorem_3: pd.DataFrame, variance: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """What the figure shows; ``part`` says which of its numbers a row holds.

    ``studies`` names the one of ``line`` circuits beyond state vectors.
    """
    variances = _variances(theorem_3, variance, studies["line"])
    parts = [_bounds(theorem_3), variances, _laws(variances)]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return table[["part", *(name for name in table.columns if name != "part")]]


def figure(theorem_3: pd.DataFrame, variance: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from theorem_3.csv and variance.csv."""
    use_style()
    table = figure_table(theorem_3, variance, studies)
    parts = {name: table[table["part"] == name] for name in ("bound", "variance", "law")}
    drawn, axes = grid(3, 2, 5.2)
    _bound_panel(axes[0, 0], parts["bound"])
    _ratio_panel(axes[0, 1], parts["bound"])
    _depth_panel(axes[1, 0], parts["variance"])
    _rate_panel(axes[1, 1], parts["law"])
    for axis, scale in ((axes[2, 0], "log"), (axes[2, 1], "linear")):
        _law_panel(axis, parts["variance"], parts["law"], scale)
    panel_letters(axes.ravel())
    lines = [*DEPTHS.values(), ("$n$ layers", LINEAR)]
    depths = [Line2D([], [], color="0.3", ls=line, label=name) for name, line in lines]
    legend_below(drawn, [*axes[0, 0].get_legend_handles_labels()[0], *depths], 4)
    return drawn, table


def _points(axis: Axes, rows: pd.DataFrame, dataset: str, **changes: Any) -> None:
    colour, marker = DATASET_STYLES[dataset]
    style: dict[str, Any] = {"color": colour, "fmt": marker, "label": DATASET_TITLES[dataset]} | changes
    points(axis, rows, "n_qubits", **style)


def _bound_panel(axis: Axes, rows: pd.DataFrame) -> None:
    rows = rows[(rows["circuit"] == BOUND_CIRCUIT) & _shallow(rows)].sort_values("n_qubits")
    for dataset in LAW_SETS:
        part = rows[rows["dataset"] == dataset]
        _points(axis, part, dataset)
        axis.plot(part["n_qubits"], part["bound"], color=DATASET_STYLES[dataset][0])
    axis.set(yscale="log", xlabel="qubits n", ylabel="Var[MMD], bound")
    few_sizes(axis, rows["n_qubits"])


def _ratio_panel(axis: Axes, rows: pd.DataFrame) -> None:
    """How far above the bound: log2 n layers and n layers."""
    rows = rows[rows["circuit"] == BOUND_CIRCUIT].sort_values("n_qubits")
    for dataset in LAW_SETS:
        colour, marker = DATASET_STYLES[dataset]
        for chosen, line in ((_shallow(rows), "-"), (rows["n_layers"] == rows["n_qubits"], LINEAR)):
            part = rows[chosen & (rows["dataset"] == dataset)]
            axis.plot(part["n_qubits"], part["variance_over_bound"], color=colour, marker=marker, ls=line)
    axis.axhline(1, color="0.3", lw=0.6)
    axis.set(yscale="log", xlabel="qubits n", ylabel="Var[MMD] / bound")
    few_sizes(axis, rows["n_qubits"])


def _depth_panel(axis: Axes, rows: pd.DataFrame) -> None:
    for depth, (name, line) in DEPTHS.items():
        part = _parts_of_depth(rows[rows["dataset"] == "ghz"], depth)
        _points(axis, part, "ghz", ls=line, label=name)
        bounded = part.dropna(subset=["bound"])
        axis.plot(bounded["n_qubits"], bounded["bound"], color="0.5", ls=line)
    axis.set(xscale="log", yscale="log", xlabel="qubits n", ylabel="Var[MMD], bound", title=DATASET_TITLES["ghz"])
    whole_numbers(axis, TICKS)


def _law_panel(axis: Axes, rows: pd.DataFrame, laws: pd.DataFrame, scale: str) -> None:
    """Measured variances with the power law (solid) and the exponential (dotted) of the whole series."""
    for dataset in LAW_SETS:
        part = _parts_of_depth(rows[rows["dataset"] == dataset], "shallow")
        _points(axis, part, dataset)
        fits = laws[laws["dataset"] == dataset]
        if fits.empty:
            continue
        fit, colour = fits.iloc[-1], DATASET_STYLES[dataset][0]
        n = np.geomspace(part["n_qubits"].min(), part["n_qubits"].max(), 60)
        axis.plot(n, np.exp(fit["poly_intercept"]) * n ** -fit["poly_slope"], color=colour)
        axis.plot(n, np.exp(fit["exp_intercept"] - fit["exp_slope"] * n), color=colour, ls=":")
    axis.set(xscale=scale, yscale="log", xlabel="qubits n", ylabel="Var[MMD]")
    whole_numbers(axis, TICKS if scale == "log" else (0, 50, 100))


def _rate_panel(axis: Axes, laws: pd.DataFrame) -> None:
    """The rate of the joint law with its interval; in grey the rates that matter at the largest n."""
    for shift, dataset in enumerate(LAW_SETS):
        colour, marker = DATASET_STYLES[dataset]
        part = laws[laws["dataset"] == dataset]
        bars = np.abs(part[["rate_ci_low", "rate_ci_high"]].to_numpy(float).T - part["rate"].to_numpy(float))
        # Side by side: intervals of one n would hide each other.
        axis.errorbar(part["largest_n"] * 1.04**shift, part["rate"], bars, color=colour, fmt=marker)
    axis.axhline(0, color="0.3", lw=0.6)
    axis.set(xscale="log", ylim=(-0.3, 0.3), xlabel="largest n of the series", ylabel="rate r a qubit")
    if len(laws):
        n = np.geomspace(laws["largest_n"].min(), 1.15 * laws["largest_n"].max(), 60)
        axis.fill_between(n, HARMLESS / n, 1, color="0.9", lw=0)
        whole_numbers(axis, TICKS)

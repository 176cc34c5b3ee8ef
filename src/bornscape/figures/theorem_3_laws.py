"""Theorem 3 in n: Var[MMD] of shallow line circuits far beyond state vectors, and the rate that would bend its law."""

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
from bornscape.figures.look.shallow_lines import BANDWIDTH, SETS, TICKS, at_depth
from bornscape.figures.look.style import (
    at_line,
    legend_below,
    panel_letters,
    points,
    side_by_side,
    stack,
    use_style,
    whole_numbers,
)
from bornscape.statistics import log_standard_error, scaling_law
from bornscape.statistics.scaling import HARMLESS
from bornscape.tables.scaling import FEWEST_SIZES

RATE = ("rate", "rate_ci_low", "rate_ci_high")
FITS = {"poly": ("-", "power law"), "exp": ("--", "exponential")}
"""Line and name of each pure law."""


def _laws(variances: pd.DataFrame) -> pd.DataFrame:
    """The joint law's rate, and both pure laws, at log2 n layers for series that end at growing n."""
    rows = []
    for dataset in SETS:
        series = at_depth(variances[variances["dataset"] == dataset], "shallow")
        for largest in series["n_qubits"]:
            part = series[series["n_qubits"] <= largest]
            if len(part) >= FEWEST_SIZES and (part["ci_low"] > 0).all():
                rows.append({"dataset": dataset, "largest_n": largest} | _law(part))
    return pd.DataFrame(rows).assign(part="law")


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


def figure_table(variance: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """Variances at log2(n) layers and, as ``part`` says, the laws of series of them that end at growing n.

    ``studies`` names the one of ``line`` circuits beyond state vectors.
    """
    rows = variance[(variance["experiment"] == studies["line"]) & (variance["loss"] == "mmd")]
    rows = rows[(rows["bandwidth"] == BANDWIDTH) & rows["dataset"].isin(SETS)]
    columns = ["dataset", "n_qubits", "n_layers", "draws", "variance", "ci_low", "ci_high"]
    rows = at_depth(rows[columns].assign(n_layers=rows["n_layers"].astype(float), part="variance"), "shallow")
    table = pd.concat([part for part in (rows, _laws(rows)) if len(part)], ignore_index=True)
    return table[["part", *(name for name in table.columns if name != "part")]]


def figure(variance: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from variance.csv."""
    use_style()
    table = figure_table(variance, studies)
    rows, laws = table[table["part"] == "variance"], table[table["part"] == "law"]
    drawn, (above, below) = stack([1.7, 1.95])
    rate = above.subplots()
    _rate_panel(rate, laws)
    panels = below.subplots(1, 2, sharey=True)
    for axis, scale in zip(panels, ("log", "linear"), strict=True):
        _law_panel(axis, rows, laws, scale)
    panels[0].set_ylabel("Var[MMD]")
    panel_letters((rate, *panels))
    fits = [Line2D([], [], color="0.3", ls=line, label=name) for line, name in FITS.values()]
    legend_below(below, [*panels[0].get_legend_handles_labels()[0], *fits], 3)
    return drawn, table


def _law_panel(axis: Axes, rows: pd.DataFrame, laws: pd.DataFrame, scale: str) -> None:
    """Measured variances with both pure laws of the whole series."""
    for dataset in SETS:
        part, fits = rows[rows["dataset"] == dataset], laws[laws["dataset"] == dataset]
        colour, marker = DATASET_STYLES[dataset]
        points(axis, part, "n_qubits", color=colour, marker=marker, ls="", label=DATASET_TITLES[dataset])
        if fits.empty:
            continue
        fit = fits.iloc[-1]
        n = np.geomspace(part["n_qubits"].min(), part["n_qubits"].max(), 60)
        for name, abscissa in (("poly", np.log(n)), ("exp", n)):
            law = np.exp(fit[f"{name}_intercept"] - fit[f"{name}_slope"] * abscissa)
            axis.plot(n, law, color=colour, ls=FITS[name][0], lw=0.8)
    axis.set(xscale=scale, yscale="log", xlabel=f"qubits n, {'logarithmic' if scale == 'log' else 'linear'}")
    whole_numbers(axis, TICKS if scale == "log" else (4, 50, 100))


def _rate_panel(axis: Axes, laws: pd.DataFrame) -> None:
    """The rate of the joint law with its interval; in grey the rates that matter at the largest n."""
    axis.axhline(0, color="0.3", lw=0.6)
    axis.set(xscale="log", ylim=(-0.3, 0.3), xlabel="largest n of the series", ylabel="rate r in n$^{-k}$ e$^{-rn}$")
    for shift, dataset in enumerate(SETS if len(laws) else ()):
        colour, marker = DATASET_STYLES[dataset]
        part = laws[laws["dataset"] == dataset]
        x = side_by_side(part["largest_n"], shift, len(SETS))
        points(axis, part, x, RATE, color=colour, marker=marker, ls="")
    if len(laws):
        n = np.geomspace(0.95 * laws["largest_n"].min(), 1.05 * laws["largest_n"].max(), 60)
        axis.fill_between(n, HARMLESS / n, 1, color="0.9", lw=0)
        whole_numbers(axis, TICKS)
        at_line(axis, "would matter by this n", 0.98, 0.27, across=True, ha="right", va="top")

"""Fig. 6a: Var[MMD] of random product circuits up to n = 1000, with the closed form of Theorem 2 on top."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape import theory
from bornscape.figures.look.palette import BANDWIDTH_STYLES
from bornscape.figures.look.published import apart, beside, draw_published, entries
from bornscape.figures.look.style import grid, legend_below, log_sizes, panel_letters, points, use_style
from bornscape.formulas import Bandwidth, bandwidth_values
from bornscape.published import published_curves

Ensemble = Literal["haar", "ry"]

ENSEMBLES: dict[Ensemble, str] = {"haar": "Haar-random gates", "ry": "uniform $R_y$ angles"}
OTHER: dict[Ensemble, Ensemble] = {"haar": "ry", "ry": "haar"}
DATASET = "zero"
LOWEST = 1e-26
CURVE_POINTS = 50
APART = 1.25
"""Factor between the sizes of published markers, which the paper sets on a linear axis."""


@cache
def closed_form(n_qubits: int, bandwidth: Bandwidth, single_qubit: Ensemble) -> float:
    """Var[MMD] of Theorem 2 for the target |0...0>, at a bandwidth that is a formula of n."""
    (s,) = bandwidth_values(bandwidth, n_qubits)
    return theory.product_mmd_variance(n_qubits, s, np.zeros((1, n_qubits), dtype=np.uint8), single_qubit=single_qubit)


def figure_table(
    variance: pd.DataFrame, studies: Mapping[str, Any], bandwidths: Mapping[str, Bandwidth]
) -> pd.DataFrame:
    """What the figure shows: measured variances with both ensembles' closed forms beside them.

    ``studies`` names one for each ensemble; ``bandwidths`` gives the formulas of the tables' labels.
    """
    named = [studies[single_qubit] for single_qubit in ENSEMBLES]
    rows = variance[variance["experiment"].isin(named) & (variance["dataset"] == DATASET)]
    rows = rows[["experiment", "bandwidth", "n_qubits", "draws", "variance", "ci_low", "ci_high"]].copy()
    for single_qubit in OTHER:
        rows[f"closed_form_{single_qubit}"] = [
            closed_form(row.n_qubits, bandwidths[row.bandwidth], single_qubit) for row in rows.itertuples()
        ]
        for name in ("variance", "ci_low", "ci_high"):
            rows[f"{name}_over_{single_qubit}"] = rows[name] / rows[f"closed_form_{single_qubit}"]
    return beside(rows, _published(rows, bandwidths), {"y": "variance"})


def _published(ours: pd.DataFrame, bandwidths: Mapping[str, Bandwidth]) -> pd.DataFrame:
    """The paper's markers at our bandwidths and range of sizes, as far as they stay apart; ``experiment`` is empty."""
    rows = published_curves("6")
    rows = rows[(rows["panel"] == "a") & rows["shots"].notna() & rows["bandwidth"].isin(ours["bandwidth"])]
    rows = rows[rows["n_qubits"].between(ours["n_qubits"].min(), ours["n_qubits"].max())]
    place = np.floor(np.log(rows["n_qubits"]) / np.log(APART))
    rows = rows.groupby(["bandwidth", place], sort=False).head(1).copy()
    for single_qubit in OTHER:
        forms = [closed_form(row.n_qubits, bandwidths[row.bandwidth], single_qubit) for row in rows.itertuples()]
        rows[f"closed_form_{single_qubit}"] = forms
        rows[f"variance_over_{single_qubit}"] = rows["y"] / forms
    return rows


def figure(
    variance: pd.DataFrame, studies: Mapping[str, Any], bandwidths: Mapping[str, Bandwidth]
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from variance.csv."""
    use_style()
    table = figure_table(variance, studies, bandwidths)
    ours, theirs = apart(table)
    ratios = {"height_ratios": [2.2, 1]}
    drawn, axes = grid(2, 2, 3.7, sharex=True, sharey="row", gridspec_kw=ratios)
    for column, (single_qubit, title) in enumerate(ENSEMBLES.items()):
        part = ours[ours["experiment"] == studies[single_qubit]]
        _variance_panel(axes[0, column], part, theirs, single_qubit, bandwidths)
        _ratio_panel(axes[1, column], part, theirs, single_qubit)
        axes[0, column].set_title(title)
        axes[1, column].set_xlabel("qubits n")
        log_sizes(axes[1, column])
    axes[0, 0].set_ylabel("Var[MMD]")
    axes[1, 0].set_ylabel("ratio to\nclosed form")
    panel_letters(axes.ravel())
    legend_below(drawn, [*entries(axes[1, 0]), *entries(axes[0, 0])], 3)
    return drawn, table


def _variance_panel(
    axis: Axes,
    part: pd.DataFrame,
    theirs: pd.DataFrame,
    single_qubit: Ensemble,
    bandwidths: Mapping[str, Bandwidth],
) -> None:
    sizes = np.unique(np.geomspace(2, part["n_qubits"].max(), CURVE_POINTS).astype(int))
    for label, (colour, marker, name) in BANDWIDTH_STYLES.items():
        if label not in bandwidths:
            continue
        rows = part[part["bandwidth"] == label]
        points(axis, rows, "n_qubits", fmt=marker, color=colour, capsize=1.5, label=name)
        axis.plot(sizes, [closed_form(int(n), bandwidths[label], single_qubit) for n in sizes], color=colour)
    for label, rows in theirs.groupby("bandwidth", sort=False):
        draw_published(axis, rows, "n_qubits", "variance", BANDWIDTH_STYLES[str(label)][1], ls="")
    axis.set(xscale="log", yscale="log", ylim=(LOWEST, 1))


def _ratio_panel(axis: Axes, part: pd.DataFrame, theirs: pd.DataFrame, single_qubit: Ensemble) -> None:
    """Local regime only: the ratio of the variance at s = n/4 to both closed forms."""
    colour, marker, _ = BANDWIDTH_STYLES["n/4"]
    rows = part[part["bandwidth"] == "n/4"]
    names = [f"{name}_over_{single_qubit}" for name in ("variance", "ci_low", "ci_high")]
    points(axis, rows, "n_qubits", (names[0], names[1], names[2]), fmt=marker, color=colour, capsize=1.5)
    others = [f"{name}_over_{OTHER[single_qubit]}" for name in ("variance", "ci_low", "ci_high")]
    style = {"fmt": marker, "color": "0.5", "mfc": "none", "mew": 0.8, "capsize": 1.5}
    points(axis, rows, "n_qubits", (others[0], others[1], others[2]), **style, label="s = n/4, other's closed form")
    dots = theirs[theirs["bandwidth"] == "n/4"]
    draw_published(axis, dots, "n_qubits", f"variance_over_{single_qubit}", marker, ls="", label="_")
    axis.axhline(1, color="0.3", lw=0.6)
    axis.set(ylim=(0.4, 2.1))

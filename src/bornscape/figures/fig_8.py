"""Fig. 8: Var[LQF] against n for growing depth on four data sets, with the QF as reference; below, up to n = 1000."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.palette import shades
from bornscape.figures.look.published import ABOVE, apart, beside, draw_published, entries
from bornscape.figures.look.style import few_sizes, legend_below, log_sizes, panel_letters, points, stack, use_style
from bornscape.published import published_curves
from bornscape.tables.scaling import with_data

LAYERS = [2, 4, 6, 8, 10, 12, 14, np.inf]
"""The paper's depths; the study also holds 0, 1, 3 and 16 layers."""
REFERENCE = 2
"""Layers of the global fidelity."""
MARKERS = "osD^v<>X"
PUBLISHED = [2, 14, np.inf]
"""Depths whose published curves are drawn; all eight would hide ours."""
SHALLOW = {"0": "0 layers", "1": "1 layer", "2": "2 layers", "log2(n)": "log$_2$ n layers"}
KEPT = ["experiment", "loss", "dataset", "depth", "n_layers", "n_qubits", "draws", "variance", "ci_low", "ci_high"]


def figure_table(variance: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """What the figure shows, from variance.csv; ``studies`` names the ``small`` and the ``large`` one.

    Variances that are 0 to rounding have no place on a log axis.
    """
    rows = variance[variance["experiment"].isin([studies["small"], studies["large"]]) & (variance["variance"] > 0)]
    small = rows[(rows["experiment"] == studies["small"]) & rows["n_layers"].isin(LAYERS)]
    small = small[(small["loss"] == "lqf") | (small["n_layers"] == REFERENCE)]
    parts = [small.assign(depth=[f"{layers:g}" for layers in small["n_layers"]])]
    large = rows[(rows["experiment"] == studies["large"]) & (rows["loss"] == "lqf")]
    for depth in SHALLOW:
        layers = np.round(np.log2(large["n_qubits"])) if depth == "log2(n)" else float(depth)
        parts.append(large[large["n_layers"] == layers].assign(depth=depth))
    ours = with_data(pd.concat(parts, ignore_index=True))[KEPT]
    return beside(ours, _published(small, studies["small"]), {"y": "variance"})


def _published(ours: pd.DataFrame, study: str) -> pd.DataFrame:
    """The paper's values at our sizes and data sets."""
    rows = published_curves("8")
    rows = rows[rows["n_layers"].isin(PUBLISHED) & (rows["n_qubits"] <= ours["n_qubits"].max())]
    rows = rows[rows["dataset"].isin(ours["dataset"])]
    return rows.assign(experiment=study, depth=[f"{layers:g}" for layers in rows["n_layers"]])


def figure(variance: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from variance.csv."""
    use_style()
    table = figure_table(variance, studies)
    small, large = (table[table["experiment"] == studies[part]] for part in ("small", "large"))
    above = list(dict.fromkeys(small["dataset"]))
    below = list(dict.fromkeys(large["dataset"]))
    rows = -(-len(above) // 2)
    drawn, (upper, lower) = stack([0.5 + 1.45 * rows, 2.0])
    panels = list(upper.subplots(rows, 2, squeeze=False, sharex=True, sharey=True).ravel())
    for axis, dataset in zip(panels, above, strict=False):
        _depth_panel(axis, small[small["dataset"] == dataset])
        axis.set_title(DATASET_TITLES[dataset])
    for axis in panels[::2]:
        axis.set_ylabel("Var[LQF], Var[QF]")
    for axis in panels[-2:]:
        axis.set_xlabel("qubits n")
    legend_below(upper, entries(panels[0]), 5, "layers")
    beyond = list(lower.subplots(1, len(below), squeeze=False, sharey=True)[0])
    for axis, dataset in zip(beyond, below, strict=True):
        _size_panel(axis, large[large["dataset"] == dataset])
        axis.set(title=DATASET_TITLES[dataset], xlabel="qubits n")
    beyond[0].set_ylabel("Var[LQF]")
    legend_below(lower, beyond[0], 4)
    panel_letters([*panels[: len(above)], *beyond])
    for axis in panels[len(above) :]:
        axis.set_axis_off()
    return drawn, table


def _depth_panel(axis: Axes, rows: pd.DataFrame) -> None:
    ours, theirs = apart(rows)
    local = ours[ours["loss"] == "lqf"]
    for layers, colour, marker in zip(LAYERS, shades("viridis", len(LAYERS)), MARKERS, strict=True):
        name = "∞ (Haar)" if np.isinf(layers) else f"{layers:g}"
        line = local[local["n_layers"] == layers].sort_values("n_qubits")
        points(axis, line, "n_qubits", color=colour, marker=marker, label=name)
    colour, marker, _ = LOSS_STYLES["qf"]
    line = ours[ours["loss"] == "qf"].sort_values("n_qubits")
    points(axis, line, "n_qubits", color=colour, marker=marker, linestyle="--", label=f"global QF, {REFERENCE}")
    for (loss, layers), part in theirs.groupby(["loss", "n_layers"], sort=False):
        open_marker = marker if loss == "qf" else MARKERS[LAYERS.index(layers)]
        draw_published(axis, part, "n_qubits", "variance", open_marker, zorder=ABOVE)
    axis.set(yscale="log")
    few_sizes(axis, ours["n_qubits"])


def _size_panel(axis: Axes, rows: pd.DataFrame) -> None:
    for (depth, name), colour, marker in zip(SHALLOW.items(), shades("mako", len(SHALLOW)), "oDs^", strict=True):
        part = rows[rows["depth"] == depth].sort_values("n_qubits")
        points(axis, part, "n_qubits", color=colour, marker=marker, label=name)
    axis.set(xscale="log", yscale="log")
    log_sizes(axis)

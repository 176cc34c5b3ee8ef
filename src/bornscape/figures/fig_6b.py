"""Fig. 6b: CMA-ES on a layer of R_y rotations, target |0...0>, from 512 shots a loss."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.palette import BANDWIDTH_STYLES, shades
from bornscape.figures.look.published import ABOVE, NAME, apart, beside, draw_published, entries
from bornscape.figures.look.style import at_line, grid, legend_below, panel_letters, use_style
from bornscape.published import published_curves

BANDWIDTHS = ["1", "n/4"]
MARKERS = "osD^v"


def figure_table(single: list[pd.DataFrame], double: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows: each run, with its precision and the median over runs, and the published lines."""
    ours = pd.concat([*(table.assign(precision="single") for table in single), double.assign(precision="double")])
    medians = ours.groupby(["precision", "bandwidth", "n_qubits", "generation"])[["estimate", "ones"]].transform(
        "median"
    )
    ours[["median_estimate", "median_ones"]] = medians
    curves = published_curves("6")
    curves = curves[(curves["panel"] == "b") & curves["n_qubits"].isin(ours["n_qubits"])]
    return beside(ours.reset_index(drop=True), curves, {"x": "generation", "y": "estimate"})


def figure(
    fig_6b: pd.DataFrame, fig_6b_large: pd.DataFrame, fig_6b_double: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from the tables of the same names."""
    use_style()
    table = figure_table([fig_6b, fig_6b_large], fig_6b_double)
    ours, theirs = apart(table)
    sizes = sorted(ours["n_qubits"].unique())
    looks = list(zip(sizes, shades("viridis", len(sizes)), MARKERS, strict=False))
    drawn, axes = grid(2, 2, 4.1, sharex=True, sharey="row")
    for (upper, lower), bandwidth in zip(axes.T, BANDWIDTHS, strict=True):
        for n, colour, marker in looks:
            here = ours[(ours["bandwidth"] == bandwidth) & (ours["n_qubits"] == n)]
            for precision, rows in here.groupby("precision", sort=False):
                style = {"color": colour, "marker": marker, "label": f"n = {n}"}
                if precision == "double":
                    style |= {"linestyle": "--", "label": f"n = {n}, double precision"}
                _runs(upper, rows, "estimate", **style)
                _runs(lower, rows, "ones", **style)
            line = theirs[(theirs["bandwidth"] == bandwidth) & (theirs["n_qubits"] == n)]
            draw_published(upper, line, "generation", "estimate", marker, zorder=ABOVE, markevery=3)
        upper.set_title(BANDWIDTH_STYLES[bandwidth][2])
        upper.set(yscale="log", ylim=(1e-4, 2))
        lower.set(xlabel="generations", ylim=(0, 0.62))
        # The first generations apart, those of 1000 qubits in view.
        lower.set_xscale("symlog", linthresh=10)
        lower.set_xlim(0, 1600)
        lower.axhline(0.5, color="0.4", lw=0.6, ls=":", zorder=1)
    at_line(axes[1, 1], "random strings", 0.98, 0.51, across=True, ha="right")
    at_line(axes[1, 0], "target", 0.02, 0.01, across=True)
    axes[0, 0].set_ylabel("estimated MMD")
    axes[1, 0].set_ylabel("share of ones E|x|/n")
    panel_letters(axes.ravel())
    # Published last: the panel of s = n/4 has all sizes, that of s = 1 the other precision.
    named = {handle.get_label(): handle for axis in axes[0] for handle in entries(axis)}
    legend_below(drawn, sorted(named.values(), key=lambda handle: handle.get_label() == NAME), 3)
    return drawn, table


def _runs(axis: Axes, rows: pd.DataFrame, quantity: str, **style: Any) -> None:
    """Each run thin, and the median over runs with the legend's entry."""
    for _, run in rows.groupby("repetition"):
        axis.plot(run["generation"], run[quantity], color=style["color"], alpha=0.3, linewidth=0.4)
    middle = rows.drop_duplicates("generation")
    axis.plot(middle["generation"], middle[f"median_{quantity}"], markevery=max(1, len(middle) // 6), **style)

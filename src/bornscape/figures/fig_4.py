"""Fig. 4: mean and variance of the KLD estimated from N shots, product circuits, target |0...0>."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.palette import shades
from bornscape.figures.look.published import apart, beside, draw_published, entries, published_entry
from bornscape.figures.look.style import SMALLEST_TEXT, at_line, grid, legend_below, panel_letters, points, use_style
from bornscape.published import published_curves

SIZES = (5, 10, 15, 20, 25, 30)
"""The paper's; the table holds more."""
ENSEMBLE = "product_haar"
MARKERS = "osD^vP"
MEAN = ("mean", "mean_ci_low", "mean_ci_high")
BEYOND = 2.5
"""How far the axis goes beyond the largest number of shots: the paper marks 2^20, which is a little more than 1e6."""


def figure_table(fig_4: pd.DataFrame) -> pd.DataFrame:
    """Ours and the paper's means and variances; a published row holds one of the two."""
    ours = fig_4[(fig_4["ensemble"] == ENSEMBLE) & fig_4["n_qubits"].isin(SIZES)]
    theirs = published_curves("4").assign(ensemble=ENSEMBLE)
    theirs = theirs[theirs["n_qubits"].isin(ours["n_qubits"]) & (theirs["shots"] <= ours["shots"].max())]
    means, variances = (theirs[theirs["quantity"] == name].rename(columns={"y": name}) for name in ("mean", "variance"))
    return beside(ours, pd.concat([means, variances]), {})


def figure(fig_4: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from fig_4.csv."""
    use_style()
    table = figure_table(fig_4)
    ours, theirs = apart(table)
    drawn, axes = grid(2, 1, 3.9, sharex=True)
    mean, variance = axes[:, 0]
    largest = BEYOND * ours["shots"].max()
    for place, (n, colour, marker) in enumerate(zip(SIZES, shades("viridis", len(SIZES)), MARKERS, strict=True)):
        rows = ours[ours["n_qubits"] == n].sort_values("shots")
        # Markers of different sizes at different shots: at the plateau curves lie on each other.
        turn = {"markevery": (place % 3, 3), "errorevery": (place % 3, 3)}
        points(mean, rows, "shots", MEAN, color=colour, marker=marker, label=f"n = {n}", **turn)
        points(variance, rows[rows["variance"] > 0], "shots", color=colour, marker=marker)
        if 2**n <= largest:
            for axis in (mean, variance):
                axis.axvline(2**n, color=colour, lw=0.7, ls=":")
            top = mean.get_xaxis_transform()
            mean.text(2**n, 1.02, f"$2^{{{n}}}$", transform=top, color=colour, ha="center", fontsize=SMALLEST_TEXT)
    for n, marker in zip(SIZES, MARKERS, strict=True):
        for axis, name in ((mean, "mean"), (variance, "variance")):
            rows = theirs[(theirs["n_qubits"] == n) & (theirs[name] > 0)]
            draw_published(axis, rows, "shots", name, marker if axis is variance else "")
    if len(ours):
        mean.axhline(ours["plateau"].iloc[0], color="0.4", lw=0.7, ls="--")
        at_line(mean, "plateau, log(1/ε)", 0.02, 1.03 * ours["plateau"].iloc[0], across=True)
        variance.set_xlim(0.6, largest)
    mean.set(xscale="log", ylim=(0, 39), ylabel="mean of the estimated KLD")
    variance.set(yscale="log", xlabel="shots N", ylabel="variance of the estimated KLD")
    panel_letters((mean, variance))
    legend_below(drawn, [*entries(mean)[: len(SIZES)], published_entry()], 3)
    return drawn, table

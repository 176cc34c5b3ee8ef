"""Fig. 4: mean and variance of the KLD estimated from N shots, product circuits, target |0...0>."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from bornscape.figures.style import PAGE_WIDTH, panel_letters, use_style

SIZES = (5, 10, 15, 20, 25, 30)
"""The paper's; the table holds more."""
MARKERS = "osD^vP"


def figure(fig_4: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from fig_4.csv."""
    use_style()
    table = fig_4[fig_4["n_qubits"].isin(SIZES)]
    drawn, axes = plt.subplots(1, 2, figsize=(PAGE_WIDTH, 2.7), sharex=True)
    colours = sns.color_palette("viridis", len(SIZES))
    for n, colour, marker in zip(SIZES, colours, MARKERS, strict=True):
        rows = table[table["n_qubits"] == n].sort_values("shots")
        mean_errors = [rows["mean"] - rows["mean_ci_low"], rows["mean_ci_high"] - rows["mean"]]
        axes[0].errorbar(rows["shots"], rows["mean"], yerr=mean_errors, color=colour, marker=marker, label=f"n = {n}")
        moved = rows[rows["variance"] > 0]
        errors = [moved["variance"] - moved["ci_low"], moved["ci_high"] - moved["variance"]]
        axes[1].errorbar(moved["shots"], moved["variance"], yerr=errors, color=colour, marker=marker, elinewidth=0.6)
        if 2**n <= table["shots"].max():
            for axis in axes:
                axis.axvline(2**n, color=colour, lw=0.7, ls=":")
    if len(table):
        axes[0].axhline(table["plateau"].iloc[0], color="0.4", lw=0.7, ls="--")
    axes[0].set(xscale="log", xlabel="shots N", ylabel="mean of the estimated KLD")
    axes[1].set(yscale="log", xlabel="shots N", ylabel="variance of the estimated KLD")
    panel_letters(axes)
    drawn.legend(loc="outside lower center", ncols=len(SIZES), frameon=False)
    return drawn, table

"""Fig. 9: training on particle images: exact TVD against epochs for each loss, size, depth and number of shots."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.curves import curve_legend, curve_table, draw_curves, shots_name
from bornscape.figures.style import PAGE_WIDTH, use_style

EXPERIMENTS = ["fig_9", "fig_9_n12"]
DEPTHS = ["1 layer", "$\\log_2 n$ layers", "$n$ layers"]


def figure(training: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv."""
    use_style()
    table = curve_table(training, EXPERIMENTS)
    sizes = sorted(table["n_qubits"].unique())
    # Exact gradients first, then ever fewer shots.
    counts = sorted(table["shots"].unique(), key=lambda shots: -float("inf") if pd.isna(shots) else -shots)
    shape = (len(counts), len(sizes))
    drawn, axes = plt.subplots(*shape, figsize=(PAGE_WIDTH, 1.0 + 1.7 * len(counts)), sharex=True, squeeze=False)
    for column, n in enumerate(sizes):
        part = table[table["n_qubits"] == n]
        for row, shots in enumerate(counts):
            chosen = part[part["shots"].isna() if pd.isna(shots) else part["shots"] == shots]
            draw_curves(axes[row, column], chosen, sorted(part["n_layers"].unique()))
            axes[row, column].set_ylim(0, 2)
        axes[0, column].set_title(f"n = {n}")
        axes[-1, column].set_xlabel("epoch")
    for row, shots in enumerate(counts):
        axes[row, 0].set_ylabel(f"TVD, {shots_name(shots)}")
    curve_legend(drawn, list(dict.fromkeys(table["loss"])), DEPTHS)
    return drawn, table

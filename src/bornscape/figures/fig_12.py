"""Fig. 12: the same circuits on data of polynomial and of exponential support (-log p), at 6 qubits."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.curves import curve_legend, curve_table, draw_curves, shots_name
from bornscape.figures.style import PAGE_WIDTH, use_style

TITLES = {"fig_12_polynomial": "polynomial support", "fig_12_exponential": "exponential support"}


def figure(training: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv."""
    use_style()
    table = curve_table(training, list(TITLES))
    layers = sorted(table["n_layers"].unique())
    counts = sorted(table["shots"].unique(), key=lambda shots: -float("inf") if pd.isna(shots) else -shots)
    panels = [(name, shots) for name in TITLES for shots in counts]
    drawn, axes = plt.subplots(1, len(panels), figsize=(PAGE_WIDTH, 2.8), sharex=True, squeeze=False)
    for axis, (name, shots) in zip(axes[0], panels, strict=True):
        part = table[table["experiment"] == name]
        draw_curves(axis, part[part["shots"].isna() if pd.isna(shots) else part["shots"] == shots], layers)
        axis.set_title(f"{TITLES[name]},\n{shots_name(shots)}")
        axis.set_xlabel("step")
        axis.set_ylim(bottom=0)
    axes[0, 0].set_ylabel("TVD")
    names = [f"{count} layer{'s' if count > 1 else ''}" for count in layers]
    curve_legend(drawn, list(dict.fromkeys(table["loss"])), names)
    return drawn, table

"""Proposition 2: mean and variance of q(x) against the number of qubits for each kind of random circuits."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from bornscape.figures.style import COLUMN_WIDTH, use_style

_COLOURS = sns.color_palette("colorblind", 6)
LARGEST = 24
"""The table holds the product layer beyond it."""

STYLES = {
    "product": (_COLOURS[0], "o", "one Haar layer"),
    "shallow": (_COLOURS[1], "s", "line, $\\log_2 n$ layers"),
    "linear": (_COLOURS[2], "D", "line, $n$ layers"),
    "noisy": (_COLOURS[3], "v", "line, $n$ layers, noise"),
    "design_shallow": (_COLOURS[5], "^", "2-designs, $\\log_2 n$ layers"),
    "design_linear": (_COLOURS[5], "<", "2-designs, $n$ layers"),
    "deep": (_COLOURS[4], "X", "Haar states"),
}
"""Colour, marker and name of each circuit."""


def figure(proposition_2: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from proposition_2.csv."""
    use_style()
    proposition_2 = proposition_2[proposition_2["n_qubits"] <= LARGEST]
    drawn, axis = plt.subplots(figsize=(COLUMN_WIDTH, 2.9))
    for circuit, (colour, marker, name) in STYLES.items():
        rows = proposition_2[proposition_2["circuit"] == circuit].sort_values("n_qubits")
        low = np.maximum(rows["ci_low"], rows["variance"] / 10)
        errors = [rows["variance"] - low, rows["ci_high"] - rows["variance"]]
        axis.errorbar(
            rows["n_qubits"], rows["variance"], yerr=errors, color=colour, marker=marker, elinewidth=0.6, label=name
        )
    sizes = np.array(sorted(proposition_2["n_qubits"].unique()))
    axis.plot(sizes, 3.0**-sizes - 4.0**-sizes, color="0.3", ls=":", lw=0.8, label="$3^{-n} - 4^{-n}$")
    axis.plot(sizes, 4.0**-sizes, color="0.3", ls="--", lw=0.8, label="$4^{-n}$")
    axis.set(yscale="log", xlabel="qubits n", ylabel="Var[q(x)]")
    drawn.legend(loc="outside lower center", ncols=2, frameon=False)
    return drawn, proposition_2

"""Proposition 2: mean and variance of q(x) against the number of qubits for each kind of random circuits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.palette import shades
from bornscape.figures.look.style import at_line, few_sizes, grid, legend_below, points, use_style

_COLOURS = shades("mako", 6)
RELATIVE = ("relative", "relative_low", "relative_high")
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


def figure_table(proposition_2: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows: variances over 4^-n, which all of them fall about as.

    ``relative_low``: a bar that leaves the positive numbers ends at a tenth of its value.
    """
    rows = proposition_2[proposition_2["n_qubits"] <= LARGEST]
    low = np.maximum(rows["ci_low"], rows["variance"] / 10)
    ends = {"relative": rows["variance"], "relative_low": low, "relative_high": rows["ci_high"]}
    return rows.assign(**{name: values * 4.0 ** rows["n_qubits"] for name, values in ends.items()})


def figure(proposition_2: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from proposition_2.csv."""
    use_style()
    table = figure_table(proposition_2)
    drawn, ((axis,),) = grid(1, 1, 3.1)
    for circuit, (colour, marker, name) in STYLES.items():
        rows = table[table["circuit"] == circuit].sort_values("n_qubits")
        points(axis, rows, "n_qubits", RELATIVE, color=colour, marker=marker, label=name)
    sizes = np.array(sorted(table["n_qubits"].unique()))
    axis.plot(sizes, (4 / 3) ** sizes - 1, color="0.3", ls=":", zorder=1)
    axis.axhline(1, color="0.3", ls="--", lw=0.9, zorder=1)
    at_line(axis, "$3^{-n} - 4^{-n}$", 14, 1.5 * (4 / 3) ** 14, ha="right")
    at_line(axis, "$4^{-n}$", sizes[-1], 0.85, ha="right", va="top")
    axis.set(yscale="log", xlabel="qubits n", ylabel="Var[q(x)] $\\cdot\\; 4^n$, mean over x")
    few_sizes(axis, sizes[sizes % 4 == 0])
    legend_below(drawn, axis, 2)
    return drawn, table

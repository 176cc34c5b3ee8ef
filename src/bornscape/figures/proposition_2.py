"""Proposition 2: mean and variance of q(x) against the number of qubits for each kind of random circuits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bornscape.figures.look.palette import shades
from bornscape.figures.look.style import few_sizes, grid, legend_below, points, use_style

_COLOURS = shades("mako", 6)
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
    """What the figure shows; ``drawn_low``: a bar that leaves the positive numbers ends at a tenth of its value."""
    rows = proposition_2[proposition_2["n_qubits"] <= LARGEST]
    return rows.assign(drawn_low=np.maximum(rows["ci_low"], rows["variance"] / 10))


def figure(proposition_2: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from proposition_2.csv."""
    use_style()
    table = figure_table(proposition_2)
    drawn, ((axis,),) = grid(1, 1, 3.1)
    for circuit, (colour, marker, name) in STYLES.items():
        rows = table[table["circuit"] == circuit].sort_values("n_qubits")
        points(axis, rows, "n_qubits", ("variance", "drawn_low", "ci_high"), color=colour, marker=marker, label=name)
    sizes = np.array(sorted(table["n_qubits"].unique()))
    axis.plot(sizes, 3.0**-sizes - 4.0**-sizes, color="0.3", ls=":", label="$3^{-n} - 4^{-n}$")
    axis.plot(sizes, 4.0**-sizes, color="0.3", ls="--", label="$4^{-n}$")
    axis.set(yscale="log", xlabel="qubits n", ylabel="Var[q(x)], mean over x")
    few_sizes(axis, sizes[sizes % 4 == 0])
    legend_below(drawn, axis, 2)
    return drawn, table

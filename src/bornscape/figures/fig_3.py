"""Fig. 3, measured: how often samples hit the training set, and what kernels still see at the distances of the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape import theory
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import BANDWIDTH_STYLES, SHOTS_STYLES
from bornscape.figures.look.style import at_line, legend_below, panel_letters, points, stack, use_style
from bornscape.formulas import Formula, bandwidth_values, evaluate

ENSEMBLE = "product_haar"
"""The models that are drawn; the table holds others, which have no samples to measure distances of."""
ONE_STRING = "zero"
MANY = "o_n"
BANDWIDTHS: dict[str, Formula] = {"1": 1, "n/4": "n/4"}
"""Kernels that are drawn: label -> formula."""


def figure_table(training_hits: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows: hits beside their expectation and the union bound, kernel values at the distances seen."""
    rows = training_hits[training_hits["ensemble"] == ENSEMBLE]
    rows = rows[rows["dataset"].isin([ONE_STRING, MANY])].copy()
    rows["formula"] = rows["formula"].astype(str)
    rows["closed_form"] = [
        theory.product_hit_probability(row.n_qubits, round(row.shots)) if row.dataset == ONE_STRING else np.nan
        for row in rows.itertuples()
    ]
    rows["union_bound"] = rows["shots"] * rows["strings"] * 2.0 ** -rows["n_qubits"]
    for label, formula in BANDWIDTHS.items():
        s = np.array([bandwidth_values(formula, int(n))[0] for n in rows["n_qubits"]])
        for name in ("nearest", "distance"):
            rows[f"kernel_{name}_{label}"] = np.exp(-rows[name] / (2 * s))
    # An explicit loss is a kernel that is 1 at distance 0 and 0 beyond: its mean is the chance of an exact match.
    rows["match"] = rows["predicted"] / rows["shots"]
    return rows.reset_index(drop=True)


def figure(training_hits: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training_hits.csv."""
    use_style()
    table = figure_table(training_hits)
    drawn, (above, below) = stack([2.05, 2.35])
    hits = above.subplots(1, 2, sharey=True)
    for axis, dataset in zip(hits, (ONE_STRING, MANY), strict=True):
        _hit_panel(axis, table[table["dataset"] == dataset], "closed_form" if dataset == ONE_STRING else "predicted")
        axis.set(title=DATASET_TITLES[dataset], xlabel="qubits n")
    hits[0].set_ylabel("probability of any hit")
    legend_below(above, hits[0], 4)
    seen = below.subplots()
    _kernel_panel(seen, table[table["dataset"] == MANY])
    legend_below(below, seen, 2)
    panel_letters([*hits, seen])
    return drawn, table


def _hit_panel(axis: Axes, part: pd.DataFrame, expected: str) -> None:
    for formula, (colour, marker, name) in SHOTS_STYLES.items():
        rows = part[part["formula"] == formula].sort_values("n_qubits")
        seen = rows[rows["hits"] > 0]
        label = name if len(rows) else None
        points(axis, seen, "n_qubits", ("fraction", "ci_low", "ci_high"), label, color=colour, marker=marker, ls="")
        axis.plot(rows["n_qubits"], rows[expected], color=colour, lw=0.8)
        if expected == "closed_form" and "**n" not in formula and len(rows):
            sizes = np.linspace(rows["n_qubits"].min(), rows["n_qubits"].max(), 100)
            count = [evaluate(formula.replace("n", str(n)), 1) for n in sizes]
            axis.plot(sizes, np.array(count) * 2.0**-sizes, color=colour, lw=0.6, ls=":")
    if expected == "closed_form":
        at_line(axis, "dotted: $N/2^n$,\nabove all hits", 0.98, 0.3, across=True, ha="right", va="top")
    axis.set(yscale="log", ylim=(1e-5, 2))


def _kernel_panel(axis: Axes, part: pd.DataFrame) -> None:
    rows = part[part["formula"] == "n**2"].sort_values("n_qubits")
    for label in BANDWIDTHS:
        colour, marker, name = BANDWIDTH_STYLES[label]
        style: dict[str, Any] = {"color": colour, "marker": marker}
        axis.plot(rows["n_qubits"], rows[f"kernel_distance_{label}"], **style, label=f"{name}, mean distance")
        nearest = rows[f"kernel_nearest_{label}"]
        axis.plot(rows["n_qubits"], nearest, **style, mfc="none", ls="--", label=f"{name}, nearest sample")
    axis.plot(rows["n_qubits"], rows["match"], color="0.3", marker="x", label="exact match (at least)")
    axis.set(yscale="log", ylim=(1e-9, 3), xlabel="qubits n", ylabel="kernel value, chance of a match")
    axis.set_title(DATASET_TITLES[MANY])

"""Beyond Fig. 2: Var[KLD] far beyond state vectors, exact, and as it is estimated from samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape import theory
from bornscape.figures.look.closed_forms import deep_forms
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import DATASET_STYLES, SHOTS_STYLES
from bornscape.figures.look.style import at_line, legend_below, panel_letters, points, stack, use_style, whole_numbers
from bornscape.formulas import shots_values

SHOTS = ("100", "1000", "n**2")
SETS = ("zero", "ghz", "o_n", "o_n2")
ESTIMATED = "zero"

COLUMNS = [
    *("panel", "dataset", "n_qubits", "shots", "draws", "variance", "ci_low", "ci_high"),
    *("closed_form", "as_printed", "frozen"),
]
"""``panel``: product, haar (exact) or estimated; ``as_printed``: the paper's deep form; ``frozen``: share of draws
whose estimate equals its fixed point."""


def _product(dataset: str, n: int) -> float:
    """Var[KLD] over Haar-random product circuits for |0...0> and GHZ; NaN for data sets drawn at random."""
    strings = {"zero": np.zeros((1, n)), "ghz": np.repeat([[0], [1]], n, axis=1)}
    return theory.product_kld_variance(strings[dataset]) if dataset in strings else np.nan


def _exact_rows(exact_losses: pd.DataFrame) -> pd.DataFrame:
    rows = exact_losses[(exact_losses["loss"] == "kld") & exact_losses["states"].isin(["product_haar", "haar"])]
    forms = [
        deep_forms(row.dataset, row.n_qubits) if row.states == "haar" else (_product(row.dataset, row.n_qubits), np.nan)
        for row in rows.itertuples()
    ]
    panels = rows["states"].replace({"product_haar": "product"})
    return rows.assign(panel=panels, closed_form=[a for a, _ in forms], as_printed=[b for _, b in forms])


def _estimated_rows(variance: pd.DataFrame, fixed_points: pd.DataFrame, study: str) -> pd.DataFrame:
    estimated = []
    for table in (variance, fixed_points):
        rows = table[(table["experiment"] == study) & (table["loss"] == "kld")]
        estimated.append(rows[rows["dataset"] == ESTIMATED])
    shares = estimated[1][["n_qubits", "shots", "fraction"]].rename(columns={"fraction": "frozen"})
    rows = estimated[0].merge(shares, on=["n_qubits", "shots"])
    parts = []
    for formula in SHOTS:
        wanted = [shots_values([formula], int(n))[0] for n in rows["n_qubits"]]
        part = rows[rows["shots"].to_numpy() == np.array(wanted)]
        parts.append(part.assign(panel="estimated", shots=formula))
    return pd.concat(parts)


def figure_table(
    exact_losses: pd.DataFrame, variance: pd.DataFrame, fixed_points: pd.DataFrame, studies: Mapping[str, Any]
) -> pd.DataFrame:
    """What the figure shows; ``studies`` names that of ``product_shots``."""
    parts = [_exact_rows(exact_losses), _estimated_rows(variance, fixed_points, studies["product_shots"])]
    return pd.concat([part.reindex(columns=COLUMNS) for part in parts], ignore_index=True)


def figure(
    exact_losses: pd.DataFrame, variance: pd.DataFrame, fixed_points: pd.DataFrame, studies: Mapping[str, Any]
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table."""
    use_style()
    table = figure_table(exact_losses, variance, fixed_points, studies)
    drawn, (above, below) = stack([1.95, 1.75])
    exact = above.subplots(1, 2)
    for axis, panel, title in zip(exact, ("product", "haar"), ("product", "deep (Haar)"), strict=True):
        _exact_panel(axis, table[table["panel"] == panel])
        axis.set_title(title)
    exact[0].set_ylabel("Var[KLD], exact")
    legend_below(above, [*exact[0].get_legend_handles_labels()[0], *exact[1].get_legend_handles_labels()[0][-2:]], 3)
    estimated = below.subplots(1, 2)
    _estimated_panels(estimated[0], estimated[1], table[table["panel"] == "estimated"])
    legend_below(below, estimated[0], 3)
    panel_letters([*exact, *estimated])
    return drawn, table


def _exact_panel(axis: Axes, part: pd.DataFrame) -> None:
    for dataset in SETS:
        colour, marker = DATASET_STYLES[dataset]
        rows = part[part["dataset"] == dataset].sort_values("n_qubits")
        points(axis, rows, "n_qubits", color=colour, marker=marker, ls="", label=DATASET_TITLES[dataset])
        axis.plot(rows["n_qubits"], rows["closed_form"], color=colour, lw=0.8)
        axis.plot(rows["n_qubits"], rows["as_printed"], color=colour, lw=0.8, ls=":")
    if part["as_printed"].notna().any():
        axis.plot([], [], color="0.3", lw=0.8, label="closed form")
        axis.plot([], [], color="0.3", lw=0.8, ls=":", label="as the paper prints it")
    axis.set(xscale="log", yscale="log", xlabel="qubits n")
    whole_numbers(axis, (2, 5, 10, 20, 50, 100))


def _estimated_panels(variances: Axes, shares: Axes, part: pd.DataFrame) -> None:
    sizes = np.arange(2, part["n_qubits"].max() + 1)
    variances.plot(sizes, [_product(ESTIMATED, int(n)) for n in sizes], color="k", lw=0.8)
    for formula in SHOTS:
        colour, marker, name = SHOTS_STYLES[formula]
        rows = part[part["shots"] == formula].sort_values("n_qubits")
        points(variances, rows[rows["variance"] > 0], "n_qubits", color=colour, marker=marker, label=name)
        still = rows.loc[rows["variance"] == 0, "n_qubits"]
        edge: dict[str, Any] = {"transform": variances.get_xaxis_transform(), "mfc": "none", "mew": 0.7}
        variances.plot(still, np.full(len(still), 0.05), ls="", marker=marker, color=colour, **edge)
        shares.plot(rows["n_qubits"], rows["frozen"], color=colour, marker=marker)
    at_line(variances, "exact", sizes[-1], 0.8 * _product(ESTIMATED, int(sizes[-1])), ha="right", va="top")
    at_line(variances, "no variance", 0.02, 2.6e-2, across=True, va="center")
    variances.set(yscale="log", ylim=(1e-2, 1e3), xlabel="qubits n", ylabel="Var[KLD], estimated")
    shares.set(ylim=(-0.03, 1.05), xlabel="qubits n", ylabel="share of draws at $L_0$")
    for axis in (variances, shares):
        axis.set_title("product, $|0\\ldots0\\rangle$")

"""Fig. 2: Var[KLD] against n; exact, beside Prop. 1, and as it is estimated from samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape import theory
from bornscape.datasets import SYNTHETIC
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import DATASET_STYLES, SHOTS_STYLES, shades
from bornscape.figures.look.published import ABOVE, apart, beside, draw_published, entries
from bornscape.figures.look.style import few_sizes, legend_below, panel_letters, points, stack, use_style, whole_numbers
from bornscape.formulas import shots_values
from bornscape.published import published_curves
from bornscape.tables.scaling import with_data

LAYERS = [2, 4, 6, 8, 10, 12, 14, np.inf]
MARKERS = "osD^vPX*"
PUBLISHED = [2, 14, np.inf]
"""Depths whose published curves are drawn; all eight would hide ours."""
SHOTS = ("100", "1000", "n**2")
SETS = ("zero", "ghz", "o_n", "o_n2")
ESTIMATED = "zero"

COLUMNS = [
    *("panel", "dataset", "n_qubits", "n_layers", "shots", "draws", "variance", "ci_low", "ci_high"),
    *("closed_form", "as_printed", "frozen"),
]
"""``panel``: line, product, haar (exact) or estimated; ``as_printed``: the paper's deep form; ``frozen``: share of
draws whose estimate equals its fixed point."""


def _deep(dataset: str, n: int) -> tuple[float, float]:
    """Var[KLD] over Haar-random states for a uniform data set, and the paper's form of it."""
    count = SYNTHETIC[dataset].strings(n)
    p = np.full(count, 1 / count)
    return theory.deep_kld_variance_exact(p, 2.0**n), theory.deep_kld_variance(p)


def _product(dataset: str, n: int) -> float:
    """Var[KLD] over Haar-random product circuits for |0...0> and GHZ; NaN for data sets drawn at random."""
    strings = {"zero": np.zeros((1, n)), "ghz": np.repeat([[0], [1]], n, axis=1)}
    return theory.product_kld_variance(strings[dataset]) if dataset in strings else np.nan


def _line_rows(variance: pd.DataFrame, study: str) -> pd.DataFrame:
    rows = variance[(variance["experiment"] == study) & (variance["loss"] == "kld") & variance["shots"].isna()]
    rows = with_data(rows[rows["n_layers"].isin(LAYERS)]).assign(panel="line")
    deep = [
        _deep(row.dataset, row.n_qubits) if np.isinf(row.n_layers) else (np.nan, np.nan) for row in rows.itertuples()
    ]
    return rows.assign(closed_form=[pair[0] for pair in deep], as_printed=[pair[1] for pair in deep])


def _exact_rows(exact_losses: pd.DataFrame) -> pd.DataFrame:
    rows = exact_losses[(exact_losses["loss"] == "kld") & exact_losses["states"].isin(["product_haar", "haar"])]
    forms = [
        _deep(row.dataset, row.n_qubits) if row.states == "haar" else (_product(row.dataset, row.n_qubits), np.nan)
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
    variance: pd.DataFrame, exact_losses: pd.DataFrame, fixed_points: pd.DataFrame, studies: Mapping[str, Any]
) -> pd.DataFrame:
    """What the figure shows; ``studies`` names those of ``line`` circuits and of ``product_shots``."""
    parts = [
        _line_rows(variance, studies["line"]),
        _exact_rows(exact_losses),
        _estimated_rows(variance, fixed_points, studies["product_shots"]),
    ]
    table = pd.concat([part.reindex(columns=COLUMNS) for part in parts], ignore_index=True)
    return beside(table, _published(parts[0]), {"y": "variance"})


def _published(lines: pd.DataFrame) -> pd.DataFrame:
    """The paper's values at our sizes and data sets."""
    rows = published_curves("2")
    rows = rows[rows["n_layers"].isin(PUBLISHED) & (rows["n_qubits"] <= lines["n_qubits"].max())]
    return rows[rows["dataset"].isin(lines["dataset"])].assign(panel="line")


def figure(
    variance: pd.DataFrame, exact_losses: pd.DataFrame, fixed_points: pd.DataFrame, studies: Mapping[str, Any]
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table."""
    use_style()
    table = figure_table(variance, exact_losses, fixed_points, studies)
    drawn, (above, middle, below) = stack([3.5, 1.85, 1.75])
    panels = above.subplots(2, 2, sharex=True, sharey=True)
    _line_panels(list(panels.ravel()), table[table["panel"] == "line"])
    legend_below(above, entries(panels[0, 0]), 5, "layers")
    exact = middle.subplots(1, 2)
    for axis, panel, title in zip(exact, ("product", "haar"), ("product", "deep (Haar)"), strict=True):
        _exact_panel(axis, table[table["panel"] == panel])
        axis.set_title(title)
    exact[0].set_ylabel("Var[KLD], exact")
    legend_below(middle, exact[0], 4)
    estimated = below.subplots(1, 2)
    _estimated_panels(estimated[0], estimated[1], table[table["panel"] == "estimated"])
    legend_below(below, estimated[0], 4)
    panel_letters([*panels.ravel(), *exact, *estimated])
    return drawn, table


def _line_panels(axes: list[Axes], lines: pd.DataFrame) -> None:
    for axis, (dataset, part) in zip(axes, lines.groupby("dataset", sort=False), strict=False):
        _line_panel(axis, part)
        axis.set_title(DATASET_TITLES[str(dataset)])
    axes[0].set_ylim(0.5 * lines["variance"].min(), 2 * lines["variance"].max())
    for axis in axes[::2]:
        axis.set_ylabel("Var[KLD], exact")
    for axis in axes[2:]:
        axis.set_xlabel("qubits n")


def _line_panel(axis: Axes, part: pd.DataFrame) -> None:
    ours, theirs = apart(part)
    for layers, colour, marker in zip(LAYERS, shades("viridis", len(LAYERS)), MARKERS, strict=True):
        rows = ours[ours["n_layers"] == layers].sort_values("n_qubits")
        name = "∞" if np.isinf(layers) else f"{layers:g}"
        points(axis, rows, "n_qubits", color=colour, marker=marker, label=name)
    deep = ours[np.isinf(ours["n_layers"])].sort_values("n_qubits")
    axis.plot(deep["n_qubits"], deep["closed_form"], color="k", ls="--", lw=0.7, zorder=5, label="∞, closed form")
    axis.plot(deep["n_qubits"], deep["as_printed"], color="k", ls=":", lw=0.7, zorder=5, label="as printed")
    for layers, marker in zip(LAYERS, MARKERS, strict=True):
        draw_published(axis, theirs[theirs["n_layers"] == layers], "n_qubits", "variance", marker, zorder=ABOVE)
    axis.set_yscale("log")
    few_sizes(axis, ours["n_qubits"].unique())


def _exact_panel(axis: Axes, part: pd.DataFrame) -> None:
    for dataset in SETS:
        colour, marker = DATASET_STYLES[dataset]
        rows = part[part["dataset"] == dataset].sort_values("n_qubits")
        points(axis, rows, "n_qubits", color=colour, marker=marker, ls="", label=DATASET_TITLES[dataset])
        axis.plot(rows["n_qubits"], rows["closed_form"], color=colour, lw=0.8)
        axis.plot(rows["n_qubits"], rows["as_printed"], color=colour, lw=0.8, ls=":")
    axis.set(xscale="log", yscale="log", xlabel="qubits n")
    whole_numbers(axis, (2, 5, 10, 20, 50, 100))


def _estimated_panels(variances: Axes, shares: Axes, part: pd.DataFrame) -> None:
    sizes = np.arange(2, part["n_qubits"].max() + 1)
    variances.plot(sizes, [_product(ESTIMATED, int(n)) for n in sizes], color="k", lw=0.8, label="exact KLD")
    for formula in SHOTS:
        colour, marker, name = SHOTS_STYLES[formula]
        rows = part[part["shots"] == formula].sort_values("n_qubits")
        points(variances, rows[rows["variance"] > 0], "n_qubits", color=colour, marker=marker, label=name)
        still = rows.loc[rows["variance"] == 0, "n_qubits"]
        edge: dict[str, Any] = {"transform": variances.get_xaxis_transform(), "mfc": "none", "mew": 0.7}
        variances.plot(still, np.full(len(still), 0.05), ls="", marker=marker, color=colour, **edge)
        shares.plot(rows["n_qubits"], rows["frozen"], color=colour, marker=marker)
    variances.set(yscale="log", ylim=(1e-2, 1e3), xlabel="qubits n", ylabel="Var[KLD], estimated")
    shares.set(ylim=(-0.03, 1.05), xlabel="qubits n", ylabel="share of draws at $L_0$")
    for axis in (variances, shares):
        axis.set_title("product, $|0\\ldots0\\rangle$")

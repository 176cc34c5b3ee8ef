"""Fig. 2: Var[KLD] against n; exact, beside Prop. 1, and as it is estimated from samples."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape import theory
from bornscape.figures.style import DATASET_STYLES, DATASET_TITLES, PAGE_WIDTH, SHOTS_STYLES, use_style
from bornscape.formulas import shots_values

LAYERS = [2, 4, 6, 8, 10, 12, 14, np.inf]
MARKERS = "osD^vPX*"
SHOTS = ("100", "1000", "n**2")
SETS = ("zero", "ghz", "o_n", "o_n2")
ESTIMATED = "zero"

COLUMNS = [
    *("panel", "dataset", "n_qubits", "n_layers", "shots", "draws", "variance", "ci_low", "ci_high"),
    *("closed_form", "as_printed", "frozen"),
]
"""``panel``: line, product, haar (exact) or estimated; ``as_printed``: the paper's deep form; ``frozen``: share of
draws whose estimate equals its fixed point."""


def _strings(dataset: str, n: int) -> int:
    counts = {"zero": 1, "ghz": 2, "o_n": n, "o_n2": n * n, "cardinality": math.comb(n, n // 2)}
    return min(counts[dataset], 2**n)


def _deep(dataset: str, n: int) -> tuple[float, float]:
    """Var[KLD] over Haar-random states for a uniform data set, and the paper's form of it."""
    p = np.full(_strings(dataset, n), 1 / _strings(dataset, n))
    return theory.deep_kld_variance_exact(p, 2.0**n), theory.deep_kld_variance(p)


def _product(dataset: str, n: int) -> float:
    """Var[KLD] over Haar-random product circuits for |0...0> and GHZ; NaN for data sets drawn at random."""
    strings = {"zero": np.zeros((1, n)), "ghz": np.repeat([[0], [1]], n, axis=1)}
    return theory.product_kld_variance(strings[dataset]) if dataset in strings else np.nan


def _line_rows(variance: pd.DataFrame) -> pd.DataFrame:
    rows = variance[(variance["experiment"] == "line") & (variance["loss"] == "kld") & variance["shots"].isna()]
    rows = rows[rows["n_layers"].isin(LAYERS)].assign(panel="line")
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


def _estimated_rows(variance: pd.DataFrame, fixed_points: pd.DataFrame) -> pd.DataFrame:
    kept = []
    for table in (variance, fixed_points):
        rows = table[(table["experiment"] == "product_shots") & (table["loss"] == "kld")]
        kept.append(rows[rows["dataset"] == ESTIMATED])
    shares = kept[1][["n_qubits", "shots", "fraction"]].rename(columns={"fraction": "frozen"})
    rows = kept[0].merge(shares, on=["n_qubits", "shots"])
    parts = []
    for formula in SHOTS:
        wanted = [shots_values([formula], int(n))[0] for n in rows["n_qubits"]]
        part = rows[rows["shots"].to_numpy() == np.array(wanted)]
        parts.append(part.assign(panel="estimated", shots=formula))
    return pd.concat(parts)


def figure_table(variance: pd.DataFrame, exact_losses: pd.DataFrame, fixed_points: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows."""
    parts = [_line_rows(variance), _exact_rows(exact_losses), _estimated_rows(variance, fixed_points)]
    return pd.concat([part.reindex(columns=COLUMNS) for part in parts], ignore_index=True)


def figure(
    variance: pd.DataFrame, exact_losses: pd.DataFrame, fixed_points: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table."""
    use_style()
    table = figure_table(variance, exact_losses, fixed_points)
    lines = table[table["panel"] == "line"]
    drawn, axes = plt.subplots(2, 4, figsize=(PAGE_WIDTH, 4.6))
    for axis, (dataset, part) in zip(axes[0], lines.groupby("dataset", sort=False), strict=False):
        _line_panel(axis, part)
        axis.set_title(DATASET_TITLES[str(dataset)])
        axis.set_ylim(0.5 * lines["variance"].min(), 2 * lines["variance"].max())
    axes[0, 0].set_ylabel("Var[KLD], exact")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    drawn.legend(
        handles,
        labels,
        title="layers",
        title_fontsize=7,
        loc="outside upper center",
        ncols=len(labels),
        frameon=False,
    )
    for axis, panel, title in ((axes[1, 0], "product", "product"), (axes[1, 1], "haar", "deep (Haar)")):
        _exact_panel(axis, table[table["panel"] == panel])
        axis.set_title(title)
    axes[1, 0].set_ylabel("Var[KLD], exact")
    axes[1, 1].legend(fontsize=6, frameon=False, loc="lower left")
    _estimated_panels(axes[1, 2], axes[1, 3], table[table["panel"] == "estimated"])
    for axis in axes.ravel():
        axis.set_xlabel("qubits n")
    return drawn, table


def _bars(rows: pd.DataFrame) -> list[pd.Series]:
    return [rows["variance"] - rows["ci_low"], rows["ci_high"] - rows["variance"]]


def _line_panel(axis: Axes, part: pd.DataFrame) -> None:
    for layers, colour, marker in zip(LAYERS, sns.color_palette("viridis", len(LAYERS)), MARKERS, strict=True):
        rows = part[part["n_layers"] == layers].sort_values("n_qubits")
        name = "∞" if np.isinf(layers) else f"{layers:g}"
        axis.errorbar(
            *(rows["n_qubits"], rows["variance"], _bars(rows)), color=colour, marker=marker, elinewidth=0.5, label=name
        )
    deep = part[np.isinf(part["n_layers"])].sort_values("n_qubits")
    axis.plot(deep["n_qubits"], deep["closed_form"], color="k", ls="-", lw=0.7, zorder=5)
    axis.plot(deep["n_qubits"], deep["as_printed"], color="k", ls=":", lw=0.7, zorder=5)
    axis.set(yscale="log")
    axis.set_xticks(sorted(part["n_qubits"].unique()))


def _exact_panel(axis: Axes, part: pd.DataFrame) -> None:
    for dataset in SETS:
        colour, marker = DATASET_STYLES[dataset]
        rows = part[part["dataset"] == dataset].sort_values("n_qubits")
        style = {"color": colour, "marker": marker, "elinewidth": 0.5, "label": DATASET_TITLES[dataset]}
        axis.errorbar(rows["n_qubits"], rows["variance"], _bars(rows), ls="", **style)
        axis.plot(rows["n_qubits"], rows["closed_form"], color=colour, lw=0.8)
        axis.plot(rows["n_qubits"], rows["as_printed"], color=colour, lw=0.8, ls=":")
    axis.set(xscale="log", yscale="log")
    axis.set_xticks([2, 5, 10, 20, 50, 100], ["2", "5", "10", "20", "50", "100"])
    axis.minorticks_off()


def _estimated_panels(variances: Axes, shares: Axes, part: pd.DataFrame) -> None:
    sizes = np.arange(2, part["n_qubits"].max() + 1)
    variances.plot(sizes, [_product(ESTIMATED, int(n)) for n in sizes], color="k", lw=0.8, label="exact")
    for formula in SHOTS:
        colour, marker, name = SHOTS_STYLES[formula]
        rows = part[part["shots"] == formula].sort_values("n_qubits")
        moving = rows[rows["variance"] > 0]
        variances.errorbar(
            moving["n_qubits"],
            moving["variance"],
            _bars(moving),
            color=colour,
            marker=marker,
            elinewidth=0.5,
            label=name,
        )
        still = rows[rows["variance"] == 0]
        variances.plot(still["n_qubits"], np.full(len(still), 1.2e-3), ls="", marker=marker, mfc="none", color=colour)
        shares.plot(rows["n_qubits"], rows["frozen"], color=colour, marker=marker, label=name)
    variances.set(yscale="log", ylim=(7e-4, 1e3))
    variances.set_title("product, estimated")
    variances.set_ylabel("Var[KLD]")
    variances.legend(fontsize=6, frameon=False, loc="lower left", bbox_to_anchor=(0, 0.1))
    shares.set_ylim(-0.03, 1.05)
    shares.set_title("product, frozen")
    shares.set_ylabel("share of draws at $L_0$")

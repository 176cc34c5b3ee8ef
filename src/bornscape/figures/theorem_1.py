"""Theorem 1: how often estimates equal their fixed point, and the law poly(n) / c^n of the rest."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import (
    DATASET_STYLES,
    DATASET_TITLES,
    LOSS_STYLES,
    PAGE_WIDTH,
    SHOTS_STYLES,
    panel_letters,
    use_style,
)
from bornscape.formulas import shots_values
from bornscape.statistics.freezing import FreezingLaw, freezing_law
from bornscape.tables import SMALLEST_SIZE

SHOTS = ("100", "1000", "n**2")
STUDIES = (("product_shots", 0.0), ("line", np.inf))
POLYNOMIAL = ("zero", "ghz", "o_n", "o_n2")
LOSSES = ("kld", "reverse_kld", "jsd", "tvd", "classical_fidelity", "renyi_2", "renyi_0.5")
FITTED = "kld"
"""The loss that laws are fitted to; which one makes no difference."""

KEYS = ["experiment", "n_layers", "dataset", "formula", "loss"]
LAW = {"base": "base", "base_low": "ci_low", "base_high": "ci_high", "power": "power", "amplitude": "amplitude"}


def figure_table(fixed_points: pd.DataFrame) -> pd.DataFrame:
    """Shares of frozen estimates at each size, with the fitted law of each series."""
    parts = []
    for experiment, layers in STUDIES:
        rows = fixed_points[(fixed_points["experiment"] == experiment) & (fixed_points["n_layers"] == layers)]
        rows = rows[rows["dataset"].isin(POLYNOMIAL)]
        for formula in SHOTS:
            wanted = np.array([shots_values([formula], int(n))[0] for n in rows["n_qubits"]], dtype=np.float64)
            parts.append(rows[rows["shots"].to_numpy() == wanted].assign(formula=formula))
    table = pd.concat(parts, ignore_index=True)
    kept = [*KEYS, "n_qubits", "shots", "draws", "at_fixed_point", "fraction", "ci_low", "ci_high", "predicted"]
    groups = [_with_law(str(key[-1]), group[kept]) for key, group in table.groupby(KEYS, sort=False)]
    return pd.concat(groups, ignore_index=True)


def _with_law(loss: str, group: pd.DataFrame) -> pd.DataFrame:
    if loss != FITTED:
        return group
    used = group[group["n_qubits"] >= SMALLEST_SIZE]
    law = freezing_law(used["n_qubits"], used["draws"] - used["at_fixed_point"], used["draws"])
    return group.assign(**{name: getattr(law, attribute) for name, attribute in LAW.items()}, preferred=law.preferred)


def figure(fixed_points: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from fixed_points.csv."""
    use_style()
    table = figure_table(fixed_points)
    drawn, axes = plt.subplots(1, 4, figsize=(PAGE_WIDTH, 2.5), gridspec_kw={"width_ratios": [1.1, 1, 1, 1]})
    product, deep = (table[table["experiment"] == experiment] for experiment, _ in STUDIES)
    squares = product[product["formula"] == "n**2"]
    _loss_panel(axes[0], squares[squares["dataset"] == "o_n"])
    for formula in SHOTS:
        part = product[(product["formula"] == formula) & (product["dataset"] == "o_n")]
        _law_panel(axes[1], part, *SHOTS_STYLES[formula])
    for axis, part in ((axes[2], squares), (axes[3], deep[deep["formula"] == "n**2"])):
        for dataset in dict.fromkeys(part["dataset"]):
            _law_panel(axis, part[part["dataset"] == dataset], *DATASET_STYLES[dataset], DATASET_TITLES[dataset])
    titles = ("product, $O(n)$, N = $n^2$", "product, $O(n)$", "product, N = $n^2$", "deep, N = $n^2$")
    for axis, title in zip(axes, titles, strict=True):
        axis.set_title(title, fontsize=7)
        axis.set_xlabel("qubits n")
    for axis in axes[1:]:
        axis.set(yscale="log", ylim=(1e-3, 40))
        axis.legend(fontsize=5.5, frameon=False, loc="upper right")
    axes[0].set_ylabel("share of estimates at $L_0$")
    axes[0].legend(fontsize=5.5, frameon=False, loc="lower right")
    axes[1].set_ylabel("share of estimates off $L_0$")
    panel_letters(axes)
    return drawn, table


def _loss_panel(axis: Axes, part: pd.DataFrame) -> None:
    """Every loss on top of the others, the first ones largest: they freeze together."""
    for number, loss in enumerate(LOSSES):
        colour, marker, name = LOSS_STYLES[loss]
        rows = part[part["loss"] == loss].sort_values("n_qubits")
        style = {"color": colour, "marker": marker, "mfc": "none", "mew": 0.7, "lw": 0.5}
        axis.plot(rows["n_qubits"], rows["fraction"], ms=9 - number, label=name, **style)


def _law_panel(axis: Axes, part: pd.DataFrame, colour: str, marker: str, name: str) -> None:
    rows = part[part["loss"] == FITTED].sort_values("n_qubits")
    off, low, high = 1 - rows["fraction"], 1 - rows["ci_high"], 1 - rows["ci_low"]
    seen = off > 0
    base = rows["base"].iloc[0]
    label = name if np.isnan(base) else f"{name}: c = {base:.2f}"
    bars = [(off - low)[seen], (high - off)[seen]]
    axis.errorbar(
        rows["n_qubits"][seen], off[seen], bars, color=colour, marker=marker, ls="", elinewidth=0.5, label=label
    )
    # No estimate off L0: the upper end of the interval alone is known.
    axis.plot(rows["n_qubits"][~seen], high[~seen], color=colour, marker=11, ls="", mfc="none", ms=3)
    if not np.isnan(base):
        sizes = np.linspace(SMALLEST_SIZE, rows["n_qubits"].max(), 100)
        numbers = rows.iloc[0]
        law = FreezingLaw(base, base, base, numbers["power"], numbers["amplitude"], "inconclusive", np.nan)
        axis.plot(sizes, law.share(sizes), color=colour, lw=0.8)

"""Theorem 1: how often estimates equal their fixed point, and the law poly(n) / c^n of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.palette import DATASET_STYLES, SHOTS_STYLES, Colour
from bornscape.figures.look.style import few_sizes, legend_below, panel_letters, points, stack, use_style, whole_numbers
from bornscape.figures.look.together import coinciding, look_of
from bornscape.formulas import shots_values
from bornscape.statistics.freezing import FreezingLaw, freezing_law
from bornscape.tables.scaling import SMALLEST_SIZE

SHOTS = ("100", "1000", "n**2")
PARTS = (("product", 0.0), ("deep", np.inf))
"""Parts of the figure, and the number of layers of each."""
POLYNOMIAL = ("zero", "ghz", "o_n", "o_n2")
FITTED = "kld"
"""The loss that laws are fitted to; which one makes no difference."""

KEYS = ["experiment", "n_layers", "dataset", "formula", "loss"]
LAW = {"base": "base", "base_low": "ci_low", "base_high": "ci_high", "power": "power", "amplitude": "amplitude"}


def figure_table(fixed_points: pd.DataFrame, studies: Mapping[str, Any]) -> pd.DataFrame:
    """Shares of frozen estimates at each size, with the fitted law of each series; ``studies`` names a study a part."""
    parts = []
    for name, layers in PARTS:
        rows = fixed_points[(fixed_points["experiment"] == studies[name]) & (fixed_points["n_layers"] == layers)]
        rows = rows[rows["dataset"].isin(POLYNOMIAL)]
        for formula in SHOTS:
            wanted = np.array([shots_values([formula], int(n))[0] for n in rows["n_qubits"]], dtype=np.float64)
            parts.append(rows[rows["shots"].to_numpy() == wanted].assign(formula=formula))
    table = pd.concat(parts, ignore_index=True)
    columns = [*KEYS, "n_qubits", "shots", "draws", "at_fixed_point", "fraction", "ci_low", "ci_high", "predicted"]
    groups = [_with_law(str(key[-1]), group[columns]) for key, group in table.groupby(KEYS, sort=False)]
    table = pd.concat(groups, ignore_index=True)
    return table.assign(off=1 - table["fraction"], off_low=1 - table["ci_high"], off_high=1 - table["ci_low"])


def _with_law(loss: str, group: pd.DataFrame) -> pd.DataFrame:
    if loss != FITTED:
        return group
    used = group[group["n_qubits"] >= SMALLEST_SIZE]
    law = freezing_law(used["n_qubits"], used["draws"] - used["at_fixed_point"], used["draws"])
    return group.assign(**{name: getattr(law, attribute) for name, attribute in LAW.items()}, preferred=law.preferred)


def figure(fixed_points: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from fixed_points.csv."""
    use_style()
    table = figure_table(fixed_points, studies)
    product, deep = (table[table["experiment"] == studies[name]] for name, _ in PARTS)
    squares = product[product["formula"] == "n**2"]
    drawn, (above, below) = stack([1.55, 2.35])
    together = above.subplots()
    _loss_panel(together, squares[squares["dataset"] == "o_n"])
    together.set(ylabel="share of estimates at $L_0$", xlabel="qubits n")
    together.set_title(f"product, {DATASET_TITLES['o_n']}, N = $n^2$")
    together.legend(loc="lower right")
    axes = below.subplots(1, 3, sharey=True)
    entries: dict[str, tuple[Line2D, list[str]]] = {}
    for axis, part in ((axes[1], squares), (axes[2], deep[deep["formula"] == "n**2"])):
        for dataset in dict.fromkeys(part["dataset"]):
            series = part[part["dataset"] == dataset]
            _law_panel(axis, series, *DATASET_STYLES[dataset], DATASET_TITLES[dataset], entries)
    for formula in SHOTS:
        part = product[(product["formula"] == formula) & (product["dataset"] == "o_n")]
        _law_panel(axes[0], part, *SHOTS_STYLES[formula], entries)
    for axis, title in zip(axes, ("product", "product", "deep"), strict=True):
        axis.set(title=title, xlabel="qubits n", yscale="log", ylim=(1e-4, 2))
        if axis is not axes[2]:
            whole_numbers(axis, (10, 20, 30))
            axis.set_xlim(None, 1.2 * product["n_qubits"].max())
    few_sizes(axes[2], deep["n_qubits"], most=4)
    axes[0].set_ylabel("share of estimates off $L_0$")
    # Beside markers of its own a base in the panel would look like a point.
    for name, (handle, bases) in entries.items():
        handle.set_label(f"{name}: c = {', '.join(bases)}" if bases else name)
    legend_below(below, [handle for handle, _ in entries.values()], 2)
    panel_letters([together, *axes])
    return drawn, table


def _loss_panel(axis: Axes, part: pd.DataFrame) -> None:
    """Losses that freeze together are drawn once."""
    losses = [loss for loss in LOSS_STYLES if loss in set(part["loss"])]
    for group in coinciding(part, losses, [("fraction", "ci_low", "ci_high")]):
        colour, marker, name = look_of(group, len(losses))
        rows = part[part["loss"] == group[0]].sort_values("n_qubits")
        points(axis, rows, "n_qubits", ("fraction", "ci_low", "ci_high"), color=colour, marker=marker, label=name)
    axis.set_ylim(0, 1.05)


def _law_panel(
    axis: Axes, part: pd.DataFrame, colour: Colour, marker: str, name: str, entries: dict[str, tuple[Line2D, list[str]]]
) -> None:
    """One series with its law; ``entries`` holds by name a handle and the bases of its laws so far."""
    _, bases = entries.setdefault(name, (Line2D([], [], color=colour, marker=marker, ls=""), []))
    rows = part[part["loss"] == FITTED].sort_values("n_qubits")
    seen = rows[rows["off"] > 0]
    points(axis, seen, "n_qubits", ("off", "off_low", "off_high"), color=colour, marker=marker, ls="")
    # No estimate off L0: the upper end of the interval alone is known.
    none = rows[rows["off"] == 0]
    axis.plot(none["n_qubits"], none["off_high"], color=colour, marker=11, ls="", mfc="none", ms=3)
    numbers = rows.iloc[0]
    if not np.isnan(numbers["base"]):
        sizes = np.linspace(SMALLEST_SIZE, rows["n_qubits"].max(), 100)
        base, power, amplitude = numbers[["base", "power", "amplitude"]]
        law = FreezingLaw(base, base, base, power, amplitude, "inconclusive", np.nan)
        axis.plot(sizes, law.share(sizes), color=colour, lw=0.8)
        bases.append(f"{base:.2f}")

"""Final distances of training runs: orders of losses, depths and starts, and levels read off plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.formulas import depth_value
from bornscape.statistics import bootstrap_median_difference, ordering_p_value

EXACT = "exact"
"""How a claim names runs with exact gradients."""


def _selected(rows: pd.DataFrame, side: Settings) -> pd.DataFrame:
    """The rows of one experiment and loss, and of the size, depth and shots that ``side`` names."""
    rows = rows[(rows["experiment"] == side["experiment"]) & (rows["loss"] == side["loss"])]
    if "n_qubits" in side:
        rows = rows[rows["n_qubits"] == side["n_qubits"]]
    if "n_layers" in side:
        sizes = zip(rows["n_qubits"], rows["n_layers"], strict=True)
        rows = rows[np.array([layers == depth_value(side["n_layers"], n) for n, layers in sizes], dtype=bool)]
    if "shots" in side:
        rows = rows[rows["shots"].isna() if side["shots"] == EXACT else rows["shots"] == side["shots"]]
    return rows


def _final_tvds(tables: Tables, side: Settings) -> pd.Series:
    """Exact TVD after the last epoch, by repetition."""
    rows = _selected(tables.read("training"), side)
    return rows[rows["epoch"] == rows["epoch"].max()].set_index("repetition")["tvd"]


def _summaries(tables: Tables, side: Settings) -> pd.Series:
    """A column of training_summary.csv, or the first gradient's signal-to-noise ratio, by repetition."""
    rows = _selected(tables.read("training_summary"), side).set_index("repetition")
    if side["value"] == "signal_to_noise":
        return (rows["gradient_norm"] / rows["gradient_noise"]).dropna()
    return rows[side["value"]]


def _values(tables: Tables, side: Settings) -> pd.Series:
    """What an ordering compares, by repetition; with ``above`` what is left after that loss's own value."""
    values = _final_tvds(tables, side) if side.get("value", "tvd") == "tvd" else _summaries(tables, side)
    if "above" not in side:
        return values
    base = {key: value for key, value in side.items() if key != "above"} | {"loss": side["above"]}
    return (values - _values(tables, base)).dropna()


def _side(settings: Settings, case: Mapping[str, Any], name: str) -> dict[str, Any]:
    chosen = {**settings, **case}[name]
    return {**settings, **case, **(chosen if isinstance(chosen, Mapping) else {"loss": chosen})}


def _describe(side: Settings) -> str:
    parts = [str(side["loss"]), *([f"minus {side['above']}"] if "above" in side else [])]
    parts += [f"{key} = {side[key]}" for key in ("n_qubits", "n_layers", "shots") if key in side]
    return ", ".join([side["experiment"], *parts])


def final_tvd_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """Final exact TVD of two kinds of runs: difference of medians with its bootstrap interval, exact Mann-Whitney p.

    ``lower`` and ``higher`` name a loss, or what sets the sides apart (experiment, loss, n_qubits, n_layers, shots);
    ``cases`` are several such comparisons, all of which must hold; ``value`` is a column of training_summary.csv or
    "signal_to_noise" in place of the TVD. Nothing for fewer than two repetitions in any case.
    """
    comparisons = []
    for case in settings.get("cases", [{}]):
        sides = [_side(settings, case, name) for name in ("lower", "higher")]
        low, high = (_values(tables, side).to_numpy() for side in sides)
        if min(len(low), len(high)) < 2:
            return []
        estimate, ci_low, ci_high = bootstrap_median_difference(low, high, 0.95, np.random.default_rng(0))
        p, reverse = ordering_p_value(low, high), ordering_p_value(high, low)
        label = (
            f"median {np.median(low):.3f} ({_describe(sides[0])}) against {np.median(high):.3f} "
            f"({_describe(sides[1])}), {len(low)} and {len(high)} repetitions, one-sided p = {p:.3g}"
        )
        comparisons.append(Comparison(label, estimate, ci_low, ci_high, 0.0, p, reverse))
    return comparisons


def final_tvd_level(tables: Tables, settings: Settings) -> list[Comparison]:
    """Final median TVD beside a level read off a plot; nothing unless the run has the plot's own settings."""
    rows = _selected(tables.read("training"), settings)
    if rows.empty or (rows["dataset"] != settings["dataset"]).any() or rows["epoch"].max() != settings["epochs"]:
        return []
    values = _final_tvds(tables, settings)
    low, high = values.quantile([0.25, 0.75])
    median, level = float(values.median()), settings["level"]
    return [Comparison(f"median of {len(values)}", median, low, high, level, abs(median / level - 1))]

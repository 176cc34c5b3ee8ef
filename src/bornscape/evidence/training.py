"""Final distances of training runs: orders of losses, and levels read off plots."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.evidence.comparison import Comparison, Settings, Tables
from bornscape.statistics import bootstrap_median_difference, ordering_p_value


def _final_tvds(tables: Tables, settings: Settings, loss: str) -> pd.Series:
    rows = tables.read("training")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == loss)]
    last = rows[rows["epoch"] == rows["epoch"].max()]
    return last.set_index("repetition")["tvd"]


def final_tvd_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """Final exact TVD of two losses: difference of medians with its bootstrap interval, exact Mann-Whitney p.

    Nothing for fewer than two repetitions.
    """
    low = _final_tvds(tables, settings, settings["lower"]).to_numpy()
    high = _final_tvds(tables, settings, settings["higher"]).to_numpy()
    if min(len(low), len(high)) < 2:
        return []
    rng = np.random.default_rng(0)
    estimate, ci_low, ci_high = bootstrap_median_difference(low, high, 0.95, rng)
    p, reverse = ordering_p_value(low, high), ordering_p_value(high, low)
    label = (
        f"median {np.median(low):.3f} ({settings['lower']}) against {np.median(high):.3f} ({settings['higher']}), "
        f"{len(low)} and {len(high)} repetitions, one-sided p = {p:.3g}"
    )
    return [Comparison(label, estimate, ci_low, ci_high, 0.0, p, reverse)]


def final_tvd_level(tables: Tables, settings: Settings) -> list[Comparison]:
    """Final median TVD beside a level read off a plot; nothing unless the run has the plot's own settings."""
    rows = tables.read("training")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == settings["loss"])]
    same = (rows["shots"] == settings["shots"]) & (rows["dataset"] == settings["dataset"])
    if rows.empty or not same.all() or rows["epoch"].max() != settings["epochs"]:
        return []
    values = _final_tvds(tables, settings, settings["loss"])
    low, high = values.quantile([0.25, 0.75])
    median, level = float(values.median()), settings["level"]
    return [Comparison(f"median of {len(values)}", median, low, high, level, abs(median / level - 1))]

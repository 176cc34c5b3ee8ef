"""Orders of repeated measurements: any column of a table with repetitions, between two of its selections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.statistics import bootstrap_median_difference, ordering_p_value

EXACT = "exact"
"""How a claim names runs with exact gradients."""

ENDS = ("first", "last")
"""How a claim names the first and the last epoch."""


def _selected(rows: pd.DataFrame, chosen: Mapping[str, Any]) -> pd.DataFrame:
    """Rows whose columns hold the chosen values."""
    for column, value in chosen.items():
        if column == "epoch" and value in ENDS:
            value = rows["epoch"].min() if value == "first" else rows["epoch"].max()
        rows = rows[rows[column].isna() if value == EXACT else rows[column] == value]
    return rows


def measured_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """A column's values on one side of a claim below those on the other: exact Mann-Whitney p over repetitions.

    ``table`` and ``value`` name the column. ``where`` selects rows by their columns for both sides, ``lower`` and
    ``higher`` for one; ``cases`` are several such selections, all of which must hold. Nothing for fewer than two
    repetitions in any case.
    """
    comparisons = []
    rows = tables.read(settings["table"])
    for case in settings.get("cases", [{}]):
        shared = {**settings.get("where", {}), **case}
        sides = [
            _selected(rows, {**shared, **settings[name]}).drop_duplicates("repetition")[settings["value"]].to_numpy()
            for name in ("lower", "higher")
        ]
        if min(map(len, sides)) < 2:
            return []
        low, high = sides
        estimate, ci_low, ci_high = bootstrap_median_difference(low, high, 0.95, np.random.default_rng(0))
        p, reverse = ordering_p_value(low, high), ordering_p_value(high, low)
        lower, higher = (", ".join(f"{key} {value}" for key, value in settings[n].items()) for n in ("lower", "higher"))
        place = ", ".join(f"{key} {value}" for key, value in case.items())
        label = (
            f"{place}: median {np.median(low):.3g} ({lower}) against {np.median(high):.3g} ({higher}), "
            f"{len(low)} and {len(high)} repetitions, one-sided p = {p:.3g}"
        )
        comparisons.append(Comparison(label.removeprefix(": "), estimate, ci_low, ci_high, 0.0, p, reverse))
    return comparisons

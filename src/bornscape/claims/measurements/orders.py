"""Orders of repeated measurements: any column of a table with repetitions, between two of its selections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.formulas import depth_value
from bornscape.statistics import (
    ordering_p_value,
    paired_p_value,
    paired_shift,
    repetitions_for_power,
    standardised_effect,
    unpaired_shift,
)

EXACT = "exact"
"""How a claim names runs with exact gradients."""

ENDS = ("first", "last")
"""How a claim names the first and the last epoch."""

DECISIVE, POWER = 0.01, 0.9
"""One-sided p at which an order is decided, and the probability with which ``needed`` repetitions get there."""


def selected_rows(rows: pd.DataFrame, chosen: Mapping[str, Any]) -> pd.DataFrame:
    """Rows whose columns hold the chosen values.

    ``shots`` may be "exact", ``n_layers`` a formula of n, and ``epoch`` "first" or "last" of what else is chosen.
    """
    for column, value in sorted(chosen.items(), key=lambda item: item[0] == "epoch"):
        if column == "epoch" and value in ENDS:
            value = rows["epoch"].min() if value == "first" else rows["epoch"].max()
        if column == "n_layers" and isinstance(value, str):
            sizes = zip(rows["n_qubits"], rows["n_layers"], strict=True)
            rows = rows[np.array([layers == depth_value(value, n) for n, layers in sizes], dtype=bool)]
        else:
            rows = rows[rows[column].isna() if value == EXACT else rows[column] == value]
    return rows


def _column(rows: pd.DataFrame, value: str, chosen: Mapping[str, Any]) -> pd.Series:
    """A column, or the ratio of two ("a / b"), of the chosen rows by repetition."""
    rows = selected_rows(rows, chosen).drop_duplicates("repetition").set_index("repetition")
    above, _, below = value.partition(" / ")
    return (rows[above] / rows[below] if below else rows[above]).dropna()


def _values(rows: pd.DataFrame, settings: Settings, chosen: Mapping[str, Any]) -> pd.Series:
    """What is compared, by repetition; with ``minus`` what is left after the value of another selection."""
    values = _column(rows, settings["value"], chosen)
    if "minus" in settings:
        values = (values - _column(rows, settings["value"], {**chosen, **settings["minus"]})).dropna()
    return values


def _broken(low: pd.Series, high: pd.Series, settings: Settings) -> tuple[pd.Series, pd.Series]:
    """Both sides, of which a control may take away the difference.

    ``labels: alternating`` exchanges them in every second repetition; ``against: itself`` sets the lower side against
    its own next repetition.
    """
    if settings.get("against") == "itself":
        return low, pd.Series(np.roll(low.to_numpy(), -1), low.index)
    if settings.get("labels") == "alternating":
        odd = low.index.intersection(high.index)[1::2]
        low, high, kept = low.copy(), high.copy(), low.copy()
        low[odd], high[odd] = high[odd], kept[odd]
    return low, high


def order_comparison(label: str, low: pd.Series, high: pd.Series, paired: bool = True) -> Comparison:
    """One side below the other: exact p, effect (Hodges-Lehmann) with its exact interval, and what would decide.

    Parameters
    ----------
    label
        What the sides are, in words.
    low, high
        Values by repetition, at least 2 of each; only repetitions that both have make pairs.
    paired
        Signed-rank test of the pairs; else Mann-Whitney test of all repetitions.
    """
    if paired:
        low, high = low.align(high, join="inner")
    test, shift = (paired_p_value, paired_shift) if paired else (ordering_p_value, unpaired_shift)
    first, second = low.to_numpy(dtype=np.float64), high.to_numpy(dtype=np.float64)
    p, reverse = test(first, second), test(second, first)
    counted = f"{len(first)} pairs" if paired else f"{len(first)} and {len(second)} repetitions"
    return Comparison(
        f"{label}, {counted}, one-sided p = {p:.3g}",
        *shift(first, second),
        0.0,
        p,
        reverse,
        needed=_needed(first, second, paired) if min(p, reverse) > DECISIVE else "",
    )


def _needed(low: np.ndarray, high: np.ndarray, paired: bool) -> str:
    """How many repetitions would decide, in words."""
    effect = standardised_effect(low, high, paired)
    if effect == 0:
        return "no difference was seen, so that no number of repetitions can be named"
    count = repetitions_for_power(effect, POWER, DECISIVE, paired)
    return f"about {count} {'pairs' if paired else 'repetitions of each'} would decide at power {POWER:g}"


def _words(chosen: Mapping[str, Any]) -> str:
    names = ("loss", "model", "ansatz", "discriminator", "experiment", "dataset", "target")
    return ", ".join(str(value) if key in names else f"{key} {value}" for key, value in chosen.items())


def measured_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """A column's values on one side of a claim below those on the other.

    ``table`` and ``value`` name the column, or the ratio of two. ``where`` selects rows by their columns for both
    sides, ``lower`` and ``higher`` for one; ``cases`` are several such selections, all of which must hold, and may
    name sides of their own. ``minus`` is a further selection, whose value is taken off either side's at the same
    repetition. Sides are pairs by repetition unless ``paired`` is false: where runs of one repetition share nothing.
    ``labels`` and ``against`` are for controls. Nothing for fewer than two repetitions in any case.
    """
    comparisons = []
    rows, paired = tables.read(settings["table"]), settings.get("paired", True)
    for case in settings.get("cases", [{}]):
        shared = {k: v for k, v in {**settings.get("where", {}), **case}.items() if k not in ("lower", "higher")}
        sides = [case.get(name, settings.get(name, {})) for name in ("lower", "higher")]
        low, high = _broken(*(_values(rows, settings, {**shared, **side}) for side in sides), settings)
        if min(len(low), len(high), len(low.index.intersection(high.index)) if paired else 2) < 2:
            return []
        lower, higher = (_words(side) for side in sides)
        higher = "the next repetition" if settings.get("against") == "itself" else higher
        label = f"median {low.median():.3g} ({lower}) against {high.median():.3g} ({higher})"
        place = f"{_words(case)}: " if sides == [settings.get("lower"), settings.get("higher")] and case else ""
        comparisons.append(order_comparison(place + label, low, high, paired))
    return comparisons

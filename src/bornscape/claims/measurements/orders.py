"""Orders of repeated measurements: any column of a table with repetitions, between two of its selections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
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

SHARED = "shared"
"""How a claim names the last epoch of the shorter of two experiments."""

DECISIVE, POWER = 0.01, 0.9
"""One-sided p at which an order is decided, and the probability with which ``needed`` repetitions get there."""


def selected_rows(rows: pd.DataFrame, chosen: Mapping[str, Any]) -> pd.DataFrame:
    """Rows whose columns hold the chosen values.

    ``shots`` may be "exact", ``n_layers`` a formula of n, and ``epoch`` "first" or "last" of what else is chosen.
    """
    kept = np.ones(len(rows), dtype=bool)
    for column, value in sorted(chosen.items(), key=lambda item: item[0] == "epoch"):
        if column == "epoch" and value in ENDS:
            epochs = rows["epoch"][kept]
            value = epochs.min() if value == "first" else epochs.max()
        if column == "n_layers" and isinstance(value, str):
            sizes = rows["n_qubits"]
            value = sizes.map({n: depth_value(value, n) for n in sizes[kept].unique()})
        kept &= (rows[column].isna() if isinstance(value, str) and value == EXACT else rows[column] == value).to_numpy()
    return rows[kept]


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

    ``labels: alternating`` exchanges them in every second repetition, of sides that are no pairs in every second one of
    each, so that both become the same mixture; ``against: itself`` sets the lower side against its own next repetition.
    """
    if settings.get("against") == "itself":
        return low, pd.Series(np.roll(low.to_numpy(), -1), low.index)
    if settings.get("labels") == "alternating" and not settings.get("paired", True):
        return pd.concat([low[0::2], high[1::2]]), pd.concat([high[0::2], low[1::2]])
    if settings.get("labels") == "alternating":
        odd = low.index.intersection(high.index)[1::2]
        low, high, kept = low.copy(), high.copy(), low.copy()
        low[odd], high[odd] = high[odd], kept[odd]
    return low, high


class Sides(NamedTuple):
    """What an order compares: a label, values by repetition of both sides, and whether repetitions are pairs."""

    label: str
    low: pd.Series
    high: pd.Series
    paired: bool = True

    def values(self) -> tuple[Float, Float]:
        """Both sides, (k,) and (l,): of pairs only the repetitions that both have."""
        low, high = self.low.align(self.high, join="inner") if self.paired else (self.low, self.high)
        return low.to_numpy(dtype=np.float64), high.to_numpy(dtype=np.float64)


def order_comparison(sides: Sides) -> Comparison:
    """One side below the other: exact p, effect (Hodges-Lehmann) with its exact interval, and what would decide.

    Signed-rank test of pairs, Mann-Whitney test of repetitions that are none.
    """
    paired, (low, high) = sides.paired, sides.values()
    test, shift = (paired_p_value, paired_shift) if paired else (ordering_p_value, unpaired_shift)
    p, reverse = test(low, high), test(high, low)
    counted = f"{len(low)} pairs" if paired else f"{len(low)} and {len(high)} repetitions"
    return Comparison(
        f"{sides.label}, {counted}, one-sided p = {p:.3g}",
        *shift(low, high),
        0.0,
        p,
        reverse,
        needed=_needed(low, high, paired) if min(p, reverse) > DECISIVE else "",
    )


def _needed(low: Float, high: Float, paired: bool) -> str:
    """How many repetitions would decide, in words."""
    effect = standardised_effect(low, high, paired)
    if effect == 0:
        return "no difference was seen, so that no number of repetitions can be named"
    count = repetitions_for_power(effect, POWER, DECISIVE, paired)
    return f"about {count} {'pairs' if paired else 'repetitions of each'} would decide at power {POWER:g}"


def _words(chosen: Mapping[str, Any] | float) -> str:
    if not isinstance(chosen, Mapping):
        return "a level"
    names = ("loss", "model", "ansatz", "discriminator", "experiment", "dataset", "target")
    return ", ".join(str(value) if key in names else f"{key} {value}" for key, value in chosen.items())


def measured_sides(tables: Tables, settings: Settings) -> list[Sides]:
    """The sides of each case of ``measured_order``; none for fewer than two repetitions in any case."""
    found = []
    rows, paired = tables.read(settings["table"]), settings.get("paired", True)
    for case in settings.get("cases", [{}]):
        shared = {k: v for k, v in {**settings.get("where", {}), **case}.items() if k not in ("lower", "higher")}
        chosen = [case.get(name, settings.get(name, {})) for name in ("lower", "higher")]
        if shared.get("epoch") == SHARED:
            shared["epoch"] = _shared_end(rows, shared, chosen)
        low, high = _both(rows, settings, shared, chosen)
        low, high = _broken(low, high, settings)
        lower, higher = (_words(side) for side in chosen)
        higher = "the next repetition" if settings.get("against") == "itself" else higher
        label = f"median {low.median():.3g} ({lower}) against {high.median():.3g} ({higher})"
        place = f"{_words(case)}: " if case and not {"lower", "higher"} & set(case) else ""
        sides = Sides(place + label, low, high, paired)
        if min(map(len, sides.values())) < 2:
            return []
        found.append(sides)
    return found


def _both(
    rows: pd.DataFrame, settings: Settings, shared: Mapping[str, Any], chosen: list[Any]
) -> tuple[pd.Series, pd.Series]:
    """Values of the lower and the higher side; a number stands for itself at every repetition of the other side."""
    measured = [_values(rows, settings, {**shared, **side}) for side in chosen if isinstance(side, Mapping)]
    if not measured:
        raise ValueError("lower, higher: expected a selection of rows for one of them, got two numbers")
    low, high = (
        measured[0 if len(measured) == 1 else place]
        if isinstance(side, Mapping)
        else pd.Series(side, measured[0].index)
        for place, side in enumerate(chosen)
    )
    return low, high


def _shared_end(rows: pd.DataFrame, shared: Mapping[str, Any], chosen: list[Mapping[str, Any]]) -> float:
    """The last epoch that both sides have; NaN, which no row has, where a side has none."""
    parts = [
        selected_rows(rows, {**shared, **side, "epoch": "last"})["epoch"]
        for side in chosen
        if isinstance(side, Mapping)
    ]
    return float("nan") if any(part.empty for part in parts) else float(min(part.max() for part in parts))


def measured_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """A column's values on one side of a claim below those on the other.

    ``table`` and ``value`` name the column, or the ratio of two. ``where`` selects rows by their columns for both
    sides, ``lower`` and ``higher`` for one, of which one may be a number, a level; ``cases`` are several such
    selections, all of which must hold, and may name sides of their own. ``minus`` is a further selection, whose value
    is taken off either side's at the same repetition. Sides are pairs by repetition unless
    ``paired`` is false: where runs of one repetition share nothing. The epoch may be "first", "last", or
    "shared": the last one of both sides. ``labels`` and ``against`` are for controls. Nothing for fewer than two
    repetitions in any case.
    """
    return [order_comparison(sides) for sides in measured_sides(tables, settings)]

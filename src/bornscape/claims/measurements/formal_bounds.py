"""The paper's supplementary inequalities and Lemma 1: exact or sampled values beside what the paper prints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.bodyness import ROUNDING

_FROM_BELOW = ("self_lower", "cross_lower")
"""Statements whose printed side is the smaller one."""


def _rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    rows = tables.read(settings["table"])
    return rows[(rows["statement"] == settings["statement"]) & (rows["case"] == settings["case"])]


def _label(row: Any) -> str:
    parts = [f"{row.dataset}" if isinstance(row.dataset, str) else "", f"n = {row.n_qubits}"]
    parts += [f"s = {row.bandwidth}" if isinstance(row.bandwidth, str) else ""]
    parts += [f"k = {row.k:g}" if np.isfinite(row.k) else ""]
    return ", ".join(part for part in parts if part)


def formal_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """An exact value beside its printed bound; ``case`` may be one where the statement's premise does not hold.

    There is no noise: the "standard error" is what rounding may do, ``ROUNDING`` of the larger side or the error that
    the table gives.
    """
    sign = -1 if settings["statement"] in _FROM_BELOW else 1
    comparisons = []
    for row in _rows(tables, settings).itertuples():
        # Of the larger side: a bound may underflow to 0, and no deviation is then beyond 1 / ROUNDING.
        rounding = max(ROUNDING * max(row.formula, row.value), row.error if np.isfinite(row.error) else 0.0)
        deviation = float(sign * (row.value - row.formula) / rounding)
        comparisons.append(Comparison.of_exact(_label(row), row.value, row.formula, deviation))
    return comparisons


def formal_value(tables: Tables, settings: Settings) -> list[Comparison]:
    """An exact value beside the printed formula for it: their relative difference."""
    comparisons = []
    for row in _rows(tables, settings).itertuples():
        deviation = abs(row.value / row.formula - 1)
        comparisons.append(Comparison(_label(row), row.value, row.value, row.value, row.formula, deviation))
    return comparisons


def sampled_value(tables: Tables, settings: Settings) -> list[Comparison]:
    """A sampled value beside the printed formula, in standard errors that the exact fourth moment gives."""
    comparisons = []
    for row in _rows(tables, settings).itertuples():
        half = 1.96 * row.error
        deviation = float((row.value - row.formula) / row.error)
        interval = (row.value, row.value - half, row.value + half)
        comparisons.append(Comparison(_label(row), *interval, row.formula, deviation))
    return comparisons

"""CMA-ES runs of Fig. 6b: what is learnt, how soon, and where nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.statistics import bootstrap_median_difference, ordering_p_value

ROUNDING = 1e-9
"""Relative rounding of an exact loss."""


def _rows(tables: Tables, settings: Settings, bandwidth: str) -> pd.DataFrame:
    rows = tables.read(settings["experiment"])
    return rows[(rows["n_qubits"] == settings["n_qubits"]) & (rows["bandwidth"] == bandwidth)]


def _runs(tables: Tables, settings: Settings, bandwidth: str) -> list[pd.DataFrame]:
    """Each run up to ``budget`` steps, generations or evaluations as ``step`` says; none that did not get so far."""
    rows = _rows(tables, settings, bandwidth)
    runs = []
    for _, run in rows[rows["trained"]].groupby("repetition"):
        if run[settings["step"]].max() >= settings["budget"]:
            # The first record at or beyond the budget ends the run.
            reached = run[settings["step"]].shift(fill_value=-1) < settings["budget"]
            runs.append(run[reached])
    return runs


def _ordering(low: np.ndarray, high: np.ndarray, label: str) -> Comparison:
    p, reverse = ordering_p_value(low, high), ordering_p_value(high, low)
    estimate = float(np.median(low) - np.median(high))
    ends = (estimate, estimate)
    if min(len(low), len(high)) >= 2:
        ends = bootstrap_median_difference(low, high, 0.95, np.random.default_rng(0))[1:]
    counts = f"{len(low)} and {len(high)} repetitions, one-sided p = {p:.3g}"
    return Comparison(f"{label}; {counts}", estimate, *ends, 0.0, p, reverse)


def trained_below_starts(tables: Tables, settings: Settings) -> list[Comparison]:
    """Exact loss of trained runs beside that of random angles that were not trained.

    ``swapped`` claims the opposite (a broken variant). Nothing unless runs reached the budget.
    """
    bandwidth = settings["bandwidth"]
    final = np.array([run["loss"].iloc[-1] for run in _runs(tables, settings, bandwidth)])
    rows = _rows(tables, settings, bandwidth)
    starts = rows.loc[~rows["trained"], "loss"].to_numpy()
    if not len(final) or not len(starts):
        return []
    label = f"median loss {np.median(final):.3g} trained, {np.median(starts):.3g} at random angles"
    low, high = (starts, final) if settings["swapped"] else (final, starts)
    return [_ordering(low, high, label)]


def slower_training(tables: Tables, settings: Settings) -> list[Comparison]:
    """Evaluations until the share of ones is halved, at the bandwidth ``faster`` and at ``slower``.

    A run that does not get there within the budget counts as one evaluation beyond it. Nothing for fewer than two
    repetitions.
    """
    counts = {}
    for name in ("faster", "slower"):
        values = []
        for run in _runs(tables, settings, settings[name]):
            halved = run.loc[run["ones"] <= run["ones"].iloc[0] / 2, "evaluations"]
            values.append(halved.iloc[0] if len(halved) else run["evaluations"].iloc[-1] + 1)
        counts[name] = np.array(values, dtype=np.float64)
    if min(map(len, counts.values())) < 2:
        return []
    medians = {name: np.median(values) for name, values in counts.items()}
    label = (
        f"median evaluations to halve the ones {medians['faster']:g} (s = {settings['faster']}), "
        f"{medians['slower']:g} (s = {settings['slower']})"
    )
    return [_ordering(counts["faster"], counts["slower"], label)]


def not_trained(tables: Tables, settings: Settings) -> list[Comparison]:
    """What each run has shed of its first exact loss, beside the bound ``share``: "untrainable" means little.

    A run that stopped short of the budget is evidence only against the claim. Nothing if no run decides.
    """
    comparisons = []
    rows = _rows(tables, settings, settings["bandwidth"])
    for repetition, run in rows[rows["trained"]].groupby("repetition"):
        within = run[run[settings["step"]].shift(fill_value=-1) < settings["budget"]]
        shed = 1 - float(within["loss"].min() / within["loss"].iloc[0])
        complete = run[settings["step"]].max() >= settings["budget"]
        if complete or shed > settings["share"]:
            deviation = (shed - settings["share"]) / ROUNDING
            steps = f"{within[settings['step']].max():g} {settings['step']}"
            comparisons.append(
                Comparison(f"repetition {repetition}, {steps}", shed, shed, shed, settings["share"], deviation)
            )
    return comparisons

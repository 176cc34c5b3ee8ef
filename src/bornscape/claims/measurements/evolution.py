"""CMA-ES runs of Fig. 6b: what is learnt, how soon, and where nothing is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.orders import Sides, order_comparison

ROUNDING = 1e-9
"""Relative rounding of an exact loss."""


def _rows(tables: Tables, settings: Settings, bandwidth: str) -> pd.DataFrame:
    rows = tables.read(settings["experiment"])
    return rows[(rows["n_qubits"] == settings["n_qubits"]) & (rows["bandwidth"] == bandwidth)]


def _runs(tables: Tables, settings: Settings, bandwidth: str) -> Iterator[tuple[int, pd.DataFrame]]:
    """Each run up to ``budget`` steps, generations or evaluations as ``step`` says; none that did not get so far."""
    rows = _rows(tables, settings, bandwidth)
    for repetition, run in rows[rows["trained"]].groupby("repetition"):
        if run[settings["step"]].max() >= settings["budget"]:
            # The first record at or beyond the budget ends the run.
            yield repetition, run[run[settings["step"]].shift(fill_value=-1) < settings["budget"]]


def reached_level(tables: Tables, settings: Settings) -> list[Comparison]:
    """The lowest exact loss of runs within the budget below ``level``: exact sign test over runs, in every case.

    ``cases`` are sizes with their budgets. The effect is the median's distance from the level, between order
    statistics that hold it in 95 % of experiments where there are 6 runs or more. Nothing where a case has no runs.
    """
    comparisons = []
    level, bandwidth = settings["level"], settings["bandwidth"]
    for case in settings["cases"]:
        lowest = [run["loss"].min() for _, run in _runs(tables, {**settings, **case}, bandwidth)]
        if not lowest:
            return []
        ordered, count = np.sort(lowest), len(lowest)
        reached = int((ordered < level).sum())
        # Each run is as likely to be on either side of the median.
        end = int(stats.binom.ppf(0.025, count, 0.5))
        low, high = (ordered[end - 1], ordered[-end]) if end else (-np.inf, np.inf)
        p, reverse = (float(stats.binom.sf(k - 1, count, 0.5)) for k in (reached, count - reached))
        median = float(np.median(ordered))
        label = (
            f"n = {case['n_qubits']}, s = {bandwidth}: {reached} of {count} runs below {level:g} within "
            f"{case['budget']} {settings['step'].removesuffix('s')}s, median {median:.2g}, one-sided p = {p:.3g}"
        )
        ends = (median - level, float(low - level), float(high - level))
        comparisons.append(Comparison(label, *ends, 0.0, p, reverse))
    return comparisons


def halving_sides(tables: Tables, settings: Settings) -> list[Sides]:
    """The sides of ``slower_training``; none for fewer than two repetitions."""
    counts = {}
    for name in ("faster", "slower"):
        values = {}
        for repetition, run in _runs(tables, settings, settings[name]):
            halved = run.loc[run["ones"] <= run["ones"].iloc[0] / 2, "evaluations"]
            values[repetition] = halved.iloc[0] if len(halved) else run["evaluations"].iloc[-1] + 1
        counts[name] = pd.Series(values, dtype=np.float64)
    label = (
        f"n = {settings['n_qubits']}: median evaluations to halve the ones {counts['faster'].median():g} "
        f"(s = {settings['faster']}), {counts['slower'].median():g} (s = {settings['slower']})"
    )
    sides = Sides(label, counts["faster"], counts["slower"])
    return [sides] if min(map(len, sides.values())) >= 2 else []


def slower_training(tables: Tables, settings: Settings) -> list[Comparison]:
    """Evaluations until the share of ones is halved, at the bandwidth ``faster`` and at ``slower``, by starts.

    A run that does not get there within the budget counts as one evaluation beyond it. Nothing for fewer than two
    repetitions.
    """
    return [order_comparison(sides) for sides in halving_sides(tables, settings)]


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

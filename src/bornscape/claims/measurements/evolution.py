"""CMA-ES runs of Fig. 6b: what is learnt, how soon, and where nothing is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.orders import Sides, order_comparison
from bornscape.published import published_curves

ROUNDING = 1e-9
"""Relative rounding of an exact loss."""


def _rows(tables: Tables, settings: Settings, bandwidth: str) -> pd.DataFrame:
    rows = tables.read(settings["experiment"])
    return rows[(rows["n_qubits"] == settings["n_qubits"]) & (rows["bandwidth"] == bandwidth)]


def _runs(tables: Tables, settings: Settings, bandwidth: str) -> Iterator[tuple[int, pd.DataFrame]]:
    """Each run up to its generation ``budget``; none that did not get so far."""
    for repetition, run in _rows(tables, settings, bandwidth).groupby("repetition"):
        if run["generation"].max() >= settings["budget"]:
            yield repetition, run[run["generation"] <= settings["budget"]]


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
            f"{case['budget']} generations, median {median:.2g}, one-sided p = {p:.3g}"
        )
        ends = (median - level, float(low - level), float(high - level))
        comparisons.append(Comparison(label, *ends, 0.0, p, reverse))
    return comparisons


def falling_sides(tables: Tables, settings: Settings) -> list[Sides]:
    """The sides of ``slower_training``; none for fewer than two repetitions."""
    counts = {}
    for name in ("faster", "slower"):
        values = {}
        for repetition, run in _runs(tables, settings, settings[name]):
            fallen = run.loc[run["ones"] <= run["ones"].iloc[0] * settings["left"], "generation"]
            values[repetition] = fallen.iloc[0] if len(fallen) else run["generation"].iloc[-1] + 1
        counts[name] = pd.Series(values, dtype=np.float64)
    label = (
        f"n = {settings['n_qubits']}: median generations to {settings['left']:.0%} of the first ones "
        f"{counts['faster'].median():g} (s = {settings['faster']}), {counts['slower'].median():g} "
        f"(s = {settings['slower']})"
    )
    sides = Sides(label, counts["faster"], counts["slower"])
    return [sides] if min(map(len, sides.values())) >= 2 else []


def slower_training(tables: Tables, settings: Settings) -> list[Comparison]:
    """Generations until the share of ones is ``left`` times the first, at the bandwidth ``faster`` and at ``slower``.

    Runs are paired by their start. One that does not get there within the budget counts as one generation beyond it.
    Nothing for fewer than two repetitions.
    """
    return [order_comparison(sides) for sides in falling_sides(tables, settings)]


def not_trained(tables: Tables, settings: Settings) -> list[Comparison]:
    """What each run has shed of its first exact loss, beside the bound ``share``: "untrainable" means little.

    A run that stopped short of the budget is evidence only against the claim. Nothing if no run decides.
    """
    comparisons = []
    for repetition, run in _rows(tables, settings, settings["bandwidth"]).groupby("repetition"):
        within = run[run["generation"] <= settings["budget"]]
        shed = 1 - float(within["loss"].min() / within["loss"].iloc[0])
        complete = run["generation"].max() >= settings["budget"]
        if complete or shed > settings["share"]:
            deviation = (shed - settings["share"]) / ROUNDING
            label = f"repetition {repetition}, {within['generation'].max()} generations"
            comparisons.append(Comparison.of_exact(label, shed, settings["share"], deviation))
    return comparisons


def _estimates(tables: Tables, settings: Settings, n_qubits: int) -> list[pd.Series]:
    """Estimated losses of each run at a size, by generation."""
    rows = _rows(tables, {**settings, "n_qubits": n_qubits}, settings["bandwidth"])
    return [run.set_index("generation")["estimate"] for _, run in rows.groupby("repetition")]


def _published_line(bandwidth: str, n_qubits: int) -> pd.Series:
    """A line of Fig. 6b: loss by step."""
    curves = published_curves("6")
    line = curves[(curves["panel"] == "b") & (curves["bandwidth"] == bandwidth) & (curves["n_qubits"] == n_qubits)]
    return line.set_index("x")["y"]


def _first_below(losses: pd.Series, level: float) -> float:
    """First step at which a loss is below a level; infinite if none is."""
    return float(losses.index[losses < level].min()) if (losses < level).any() else np.inf


def published_steps(tables: Tables, settings: Settings) -> list[Comparison]:
    """Generations to the first estimate below ``level``, median of runs, beside a line of Fig. 6b.

    ``cases`` are sizes of ours with the size of the ``published`` line, at s = n/4. A run that never gets there takes
    infinitely long. No case, no comparison; nor where the median never gets there and a run stopped before ``until``
    times the published generations.
    """
    comparisons = []
    for case in settings["cases"]:
        runs = _estimates(tables, settings, case["n_qubits"])
        if not runs:
            continue
        found = [_first_below(run, settings["level"]) for run in runs]
        steps, low, high = float(np.median(found)), min(found), max(found)
        published = _first_below(_published_line("n/4", case["published"]), settings["level"])
        shortest = min(run.index.max() for run in runs)
        if np.isinf(steps) and shortest < settings["until"] * published:
            continue
        label = (
            f"n = {case['n_qubits']}, generations to {settings['level']:g}, median over {len(runs)}, "
            f"{low:g} to {high:g}"
        )
        comparisons.append(Comparison(label, steps, low, high, published, abs(steps / published - 1)))
    return comparisons


def published_start(tables: Tables, settings: Settings) -> list[Comparison]:
    """The first estimated loss, median of runs, beside the first of Fig. 6b's line of the same size and bandwidth.

    Both are taken less ``above``, the value that is not in question.
    """
    comparisons = []
    for n in settings["sizes"]:
        found = [float(run.iloc[0]) - settings["above"] for run in _estimates(tables, settings, n)]
        if not found:
            continue
        first, low, high = float(np.median(found)), min(found), max(found)
        published = float(_published_line(settings["bandwidth"], n).iloc[0]) - settings["above"]
        less = f" less {settings['above']:g}" if settings["above"] else ""
        label = (
            f"n = {n}, s = {settings['bandwidth']}, first loss{less}, median over {len(found)}, {low:.3g} to {high:.3g}"
        )
        comparisons.append(Comparison(label, first, low, high, published, abs(first / published - 1)))
    return comparisons

"""How often estimates equal their fixed point, beside what Theorem 1 says."""

from __future__ import annotations

from scipy import stats

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.datasets import read_target
from bornscape.statistics import normal_deviate

SMALLEST_COUNT = 5
"""Expected successes and failures below which a count is too small for a normal approximation."""


def fixed_point_frequency(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often an estimate equals its fixed point, beside the chance that no shot hits the training set.

    Where ``shots_factor`` is not 1 the prediction is that of as many more shots (a broken variant, for a control).
    """
    comparisons = []
    for row in tables.read("fixed_points").itertuples():
        predicted = row.predicted ** settings["shots_factor"]
        expected = predicted * row.draws
        if min(expected, row.draws - expected) < SMALLEST_COUNT or row.predicted_sd == 0:
            continue
        label = f"{row.experiment}, {row.loss}, {row.dataset}, n = {row.n_qubits}, {row.shots:g} shots"
        comparisons.append(
            Comparison(
                label,
                row.fraction,
                row.ci_low,
                row.ci_high,
                predicted,
                (row.fraction - predicted) / row.predicted_sd,
            )
        )
    return comparisons


def fixed_point_union_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often an estimate differs from its fixed point, beside N M 2^-n times ``factor``."""
    rows = tables.read("fixed_points")
    rows = rows[rows["experiment"] == settings["experiment"]]
    comparisons = []
    for row in rows.itertuples():
        strings = len(read_target(tables.target_path(row.dataset, row.n_qubits)).probabilities)
        bound = settings["factor"] * row.shots * strings * 2.0**-row.n_qubits
        off = row.draws - row.at_fixed_point
        # The exact binomial tail if the bound were the true chance, as a one-sided normal deviate.
        tail = stats.binom.sf(off - 1, row.draws, min(1.0, bound)) if off else 1.0
        label = f"{row.loss}, {row.dataset}, n = {row.n_qubits}, {row.shots:g} shots"
        comparisons.append(
            Comparison(
                label,
                1 - row.fraction,
                1 - row.ci_high,
                1 - row.ci_low,
                bound,
                normal_deviate(tail),
            )
        )
    return comparisons

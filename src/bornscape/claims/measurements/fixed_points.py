"""How often estimates equal their fixed point, beside what Theorem 1 says."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.statistics import count_deviate, normal_deviate, proportion_interval

SMALLEST_COUNT = 5
"""Expected successes and failures below which a count says little."""


def fixed_point_frequency(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often a ``loss`` estimated from shots equals its fixed point, beside the chance that no shot hits.

    One loss: all are estimated from the same shots, so that others would count the same event again. Given the
    circuits, the number at the fixed point is a sum of trials with known, different chances. Where ``shots_factor`` is
    not 1 the prediction is that of as many more shots (a broken variant, for a control).
    """
    rows = tables.read("fixed_points")
    comparisons = []
    for row in rows[rows["loss"] == settings["loss"]].itertuples():
        predicted = row.predicted ** settings["shots_factor"]
        expected = predicted * row.draws
        if min(expected, row.draws - expected) < SMALLEST_COUNT or row.predicted_sd == 0:
            continue
        label = f"{row.experiment}, {row.loss}, {row.dataset}, n = {row.n_qubits}, {row.shots:g} shots"
        deviation = count_deviate(row.at_fixed_point, row.draws, expected, row.predicted_sd * row.draws)
        comparisons.append(Comparison(label, row.fraction, row.ci_low, row.ci_high, predicted, deviation))
    return comparisons


def fixed_point_losses(tables: Tables, settings: Settings) -> list[Comparison]:
    """The number of draws at the fixed point for every other loss, beside that for ``loss`` from ``shots_factor`` N."""
    rows = tables.read("fixed_points").assign(shots=lambda table: table["shots"].astype(float))
    keys = ["experiment", "dataset", "n_qubits", "n_layers", "shots"]
    one = rows[rows["loss"] == settings["loss"]].assign(shots=lambda table: table["shots"] / settings["shots_factor"])
    both = rows[rows["loss"] != settings["loss"]].merge(one[[*keys, "at_fixed_point"]], on=keys, suffixes=("", "_one"))
    comparisons = []
    for row in both.itertuples():
        label = f"{row.experiment}, {row.loss}, {row.dataset}, n = {row.n_qubits}, {row.shots:g} shots"
        difference = abs(row.at_fixed_point - row.at_fixed_point_one) / row.draws
        count = row.at_fixed_point
        comparisons.append(Comparison(label, count, count, count, row.at_fixed_point_one, difference))
    return comparisons


def fixed_point_union_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often an estimate of any explicit loss differs from its fixed point, beside N M 2^-n where that is below 1.

    Where no sample hits, all losses are at their fixed points: they are one event, and the loss that left most often
    stands for it. With ``table`` "training_hits" the hits of its ``ensemble`` are held against the same bound (for a
    control).
    """
    if settings["table"] == "training_hits":
        return hit_bound(tables, {**settings, "ensembles": [settings["ensemble"]], "form": "union"})
    rows = tables.read("fixed_points")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["n_layers"] == float(settings["n_layers"]))]
    comparisons = []
    for (dataset, n, shots), part in rows.groupby(["dataset", "n_qubits", "shots"], sort=False):
        row = part.loc[part["at_fixed_point"].idxmin()]
        strings = len(tables.target(dataset, n).probabilities)
        bound = shots * strings * 2.0**-n
        if bound < 1:
            label = f"{row['loss']}, {dataset}, n = {n}, {shots:g} shots"
            comparisons.append(share_below(label, int(row["draws"] - row["at_fixed_point"]), int(row["draws"]), bound))
    return comparisons


def share_below(label: str, hits: int, draws: int, bound: float) -> Comparison:
    """A share beside its bound: the deviate is that of the exact binomial tail if the bound were the true chance."""
    # No hit at all is as far below as a deviate can say.
    deviation = normal_deviate(stats.binom.sf(hits - 1, draws, bound)) if hits else -normal_deviate(0.0)
    return Comparison(label, *proportion_interval(hits, draws), bound, deviation)


def _union(row: Any) -> float:
    return float(row.shots * row.strings * 2.0**-row.n_qubits)


def _paper(row: Any) -> float:
    """Theorem 1's delta, with the deviation of q(x) of a product circuit or, for Haar states, of a 2-design."""
    size = 2.0**row.n_qubits
    haar = row.ensemble == "haar"
    variance = (size - 1) / (size + 1) / size**2 if haar else 3.0**-row.n_qubits - 4.0**-row.n_qubits
    return theory.concentration_delta(1 / size, float(np.sqrt(variance)), round(row.strings), round(row.shots))


def _random(row: Any) -> float:
    return float(row.shots * row.strings / (2.0**row.n_qubits - row.strings + 1))


FORMS = {"union": _union, "paper": _paper, "random": _random}
"""Bounds on the chance of a hit: N M 2^-n, Theorem 1's delta, and N M / (2^n - M + 1) (Supplemental Prop. 1)."""


def hit_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often a sample hits the training set, beside the bound that ``form`` names, where that is below 1.

    The bound is that of circuits that know nothing of the data, whatever the ``ensembles`` are.
    """
    rows = tables.read(settings["table"])
    comparisons = []
    for row in rows[rows["ensemble"].isin(settings["ensembles"])].itertuples():
        bound = FORMS[settings["form"]](row)
        if bound < 1:
            label = f"{row.ensemble}, {row.dataset}, n = {row.n_qubits}, {row.shots:g} samples"
            comparisons.append(share_below(label, int(row.hits), int(row.draws), bound))
    return comparisons

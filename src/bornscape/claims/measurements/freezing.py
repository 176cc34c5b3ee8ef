"""How fast estimates freeze at their fixed points, and how often samples hit the training set (Thm. 1, Fig. 3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.formulas import Formula, evaluate, shots_values
from bornscape.statistics import normal_deviate
from bornscape.statistics.freezing import freezing_law
from bornscape.tables.scaling import SMALLEST_SIZE


def _of_estimates(tables: Tables, settings: Settings, formula: Formula) -> pd.DataFrame:
    """Draws whose estimate left the fixed point, from fixed_points.csv."""
    rows = tables.read("fixed_points")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == settings["loss"])]
    rows = rows[rows["n_layers"] == float(settings["n_layers"])]
    wanted = [shots_values([formula], int(n))[0] for n in rows["n_qubits"]]
    rows = rows[rows["shots"] == np.array(wanted, dtype=np.float64)]
    return rows.assign(changed=rows["draws"] - rows["at_fixed_point"], ensemble=rows["ansatz"])


def _of_hits(tables: Tables, settings: Settings, formula: Formula) -> pd.DataFrame:
    """Draws in which a sample hit the training set."""
    rows = tables.read(settings["table"])
    rows = rows[rows["ensemble"].isin(settings["ensembles"])]
    return rows[rows["formula"].astype(str) == str(formula)].rename(columns={"hits": "changed"})


def freezing(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law poly(n) / c^n of the share of estimates that are not frozen, for each data set and number of shots.

    ``table`` says what is counted: "fixed_points", or an experiment's where only hits were recorded.
    """
    comparisons = []
    for formula in settings["shots"]:
        estimates = settings["table"] == "fixed_points"
        counted = (_of_estimates if estimates else _of_hits)(tables, settings, formula)
        counted = counted[counted["n_qubits"] >= SMALLEST_SIZE]
        for (ensemble, dataset), part in counted.groupby(["ensemble", "dataset"], sort=False):
            if dataset not in settings["datasets"]:
                continue
            law = freezing_law(part["n_qubits"], part["changed"], part["draws"])
            text = f"c = {law.base:.3g} [{law.ci_low:.3g}, {law.ci_high:.3g}]"
            label = f"{ensemble}, {dataset}, N = {formula}: {law.preferred}, {text}"
            clearness = normal_deviate(law.p_value) if law.preferred != "inconclusive" else 0.0
            comparisons.append(Comparison(label, law.base, law.ci_low, law.ci_high, "", clearness, found=law.preferred))
    return comparisons


def _product(row: Any, samples: int) -> float:
    return theory.product_hit_probability(row.n_qubits, samples)


def _haar(row: Any, samples: int) -> float:
    return theory.haar_hit_probability(row.n_qubits, round(row.strings), samples)


def _random(row: Any, samples: int) -> float:
    return theory.random_supports_meet(row.n_qubits, round(row.strings), min(samples, 2**row.n_qubits))


CLOSED_FORMS = {"product_haar": _product, "haar": _haar, "random": _random}
"""Chance of a hit, mean over the models; for product circuits of one string only."""


def hit_frequency(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often N samples of the models of an ``ensemble`` hit the training set, beside the closed form.

    Where ``shots_factor`` is not 1 the expectation is that of as many more samples (a broken variant). The deviation is
    the normal deviate of the exact binomial tail. A training set that was itself sampled has no closed form.
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["ensemble"] == settings["ensemble"]) & (rows["dataset"] != "sampled")]
    if settings["ensemble"] == "product_haar":
        rows = rows[rows["strings"] == 1]
    comparisons = []
    for row in rows.itertuples():
        if str(row.formula) not in [str(formula) for formula in settings["shots"]]:
            continue
        samples = round(evaluate(row.formula, row.n_qubits) * settings["shots_factor"])
        chance = CLOSED_FORMS[row.ensemble](row, samples)
        below, above = stats.binom.cdf(row.hits, row.draws, chance), stats.binom.sf(row.hits - 1, row.draws, chance)
        sign = 1 if above < below else -1
        deviation = sign * max(0.0, normal_deviate(min(above, below)))
        label = f"{row.dataset}, n = {row.n_qubits}, N = {row.shots:g}"
        comparisons.append(Comparison(label, row.fraction, row.ci_low, row.ci_high, chance, deviation))
    return comparisons

"""What differences of estimated losses tell of the training set, beside Cor. 3."""

from __future__ import annotations

import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.fixed_points import share_below
from bornscape.statistics.proportions import separation_p_value

SETS = {"changed": 1, "different": 2}
"""Training sets whose hits matter: that of the estimate, or both sets that the classifier has to tell apart."""


def difference_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often a difference of estimates is informative, beside the union bound for two circuits where it is below 1.

    ``count`` "changed": it is not Delta L0; bound 2 N M 2^-n = 2 delta. "different": it is not the same for both
    training sets; bound 4 N M 2^-n. ``losses`` "explicit": of all of them, which freeze together, the one that was
    informative most often; "mmd": the MMD, which the bound is not about (for a control).
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["loss"] == "mmd") == (settings["losses"] == "mmd")]
    changed = settings["count"] == "changed"
    rows = rows.assign(count=rows["pairs"] - rows["frozen"] if changed else rows["different"])
    comparisons = []
    for (dataset, n, shots), part in rows.groupby(["dataset", "n_qubits", "shots"], sort=False):
        row = part.loc[part["count"].idxmax()]
        bound = 2 * SETS[settings["count"]] * shots * row["strings"] * 2.0**-n
        if bound >= 1:
            continue
        count, pairs = int(row["count"]), int(row["pairs"])
        label = f"{row['loss']}, {dataset}, n = {n}, {shots:g} shots"
        comparisons.append(share_below(label, count, pairs, bound))
    return comparisons


def _parts(p_low: pd.Series, p_high: pd.Series) -> float:
    """P against "the best classifier on one loss is not below the nearest one on the other"."""
    best = (int(p_low["different"]), int(p_low["pairs"]))
    nearest = (int(p_high["correct"]), int(p_high["pairs"]))
    return separation_p_value(best, nearest, transform=lambda share: (1 + share) / 2)


def _parts_reversed(p_low: pd.Series, p_high: pd.Series) -> float:
    """P against "the nearest classifier on the one loss is not below the best on the other"."""
    nearest = (int(p_high["correct"]), int(p_high["pairs"]))
    same = (int(p_low["pairs"] - p_low["different"]), int(p_low["pairs"]))
    wrong = (nearest[1] - nearest[0], nearest[1])
    # The best classifier's error is (1 - different) / 2 = same / 2.
    return separation_p_value(same, wrong, transform=lambda share: share / 2)


def classifier_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """At the ``size`` (largest n, smallest n): best accuracy on the ``lower`` loss, nearest's on the ``higher``."""
    rows = tables.read(settings["table"])
    sizes = rows["n_qubits"]
    rows = rows[sizes == (sizes.max() if settings["size"] == "largest" else sizes.min())]
    comparisons = []
    for (dataset, shots), part in rows.groupby(["dataset", "shots"], sort=False):
        lower, higher = (part[part["loss"] == settings[side]].iloc[0] for side in ("lower", "higher"))
        difference = lower["best_accuracy"] - higher["nearest_accuracy"]
        label = (
            f"{dataset}, n = {lower['n_qubits']}, {shots:g} shots: best accuracy {lower['best_accuracy']:.3f} "
            f"({settings['lower']}), nearest {higher['nearest_accuracy']:.3f} ({settings['higher']})"
        )
        low = lower["best_low"] - higher["nearest_high"]
        high = lower["best_high"] - higher["nearest_low"]
        orders = (_parts(lower, higher), _parts_reversed(lower, higher))
        comparisons.append(Comparison(label, difference, low, high, 0.0, *orders))
    return comparisons

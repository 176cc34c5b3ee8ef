"""The exact KLD's variance beside Prop. 1, and the laws that exact losses follow (Cor. 1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Literal

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison
from bornscape.datasets import Target
from bornscape.statistics import variance_deviate

CLIP_SHARE = 0.05
"""Share of a standard error by which clipping may move a variance that is compared."""

ORDERS = (2, 3, 4, 6)
"""Cumulants that a sample variance is judged by."""


def _haar(target: Target) -> list[float]:
    outcomes = 2.0**target.n_qubits
    return [theory.deep_kld_cumulant(order, target.probabilities, outcomes) for order in ORDERS]


def _haar_as_printed(target: Target) -> list[float]:
    return [theory.deep_kld_variance(target.probabilities), *_haar(target)[1:]]


def _product(single_qubit: Literal["haar", "ry"], target: Target) -> list[float]:
    given = (target.bitstrings, target.probabilities)
    return [theory.product_kld_cumulant(order, *given, single_qubit) for order in ORDERS]


CLOSED_FORMS: dict[str, Callable[[Target], list[float]]] = {
    "haar": _haar,
    "haar_as_printed": _haar_as_printed,
    "product_haar": partial(_product, "haar"),
    "product_ry": partial(_product, "ry"),
}
"""Cumulants of the exact KLD. "haar_as_printed" is the paper's form, without psi_1(2^n)."""


def exact_kld_rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Variances of the exact KLD: of an experiment's ``states``, or of a study of variances, of one depth if named."""
    rows = tables.read(settings["table"])
    rows = rows[rows["loss"] == "kld"]
    if settings["table"] != "variance":
        return rows[rows["states"] == settings["states"]]
    rows = rows[(rows["experiment"] == settings["experiment"]) & rows["shots"].isna()]
    return rows[rows["n_layers"] == float(settings["n_layers"])] if "n_layers" in settings else rows


def exact_kld_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[KLD] beside a closed form, at every size and data set.

    The deviation comes from the closed form's own cumulants: intervals that estimate the kurtosis from the draws are
    too narrow for tails as long as those of log q. With an ``epsilon`` at which the study clips q(x), sizes at which
    that moves the variance by more than ``CLIP_SHARE`` of its standard error are left out.
    """
    comparisons = []
    for row in exact_kld_rows(tables, settings).itertuples():
        target = tables.target(row.dataset, row.n_qubits)
        if "epsilon" in settings and _clipping_matters(target, settings["epsilon"], row.draws):
            continue
        cumulants = CLOSED_FORMS[settings["closed_form"]](target)
        label = f"{row.dataset}, n = {row.n_qubits}"
        deviation = variance_deviate(row.variance, row.draws, cumulants)
        comparisons.append(Comparison(label, row.variance, row.ci_low, row.ci_high, cumulants[0], deviation))
    return comparisons


@cache
def _clipping_matters(target: Target, epsilon: float, draws: int) -> bool:
    """Whether clipping shifts the variance over R_y product circuits noticeably, by one string of it or by all."""
    zero = Target(np.zeros_like(target.bitstrings[:1]), np.ones(1))
    for data in (zero, target):  # One string first: it rules out the sizes at which all would take long.
        variance, _, fourth, _ = CLOSED_FORMS["product_ry"](data)
        error = np.sqrt(fourth / draws + 2 * variance**2 / (draws - 1))
        shift = theory.product_kld_clip_shift(data.bitstrings, data.probabilities, epsilon, "ry")
        if abs(shift) > CLIP_SHARE * error:
            return True
    return False


def exact_loss_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The preferred law of the variance of an exact loss, for each data set."""
    rows = tables.read(settings["table"])
    rows = rows[(rows["states"] == settings["states"]) & (rows["loss"] == settings["loss"])]
    rows = rows[rows["dataset"].isin(settings["datasets"])]
    comparisons = []
    for dataset, part in rows.groupby("dataset", sort=False):
        comparisons += law_comparison(str(dataset), part.rename(columns={"variance": "value"}), str(dataset))
    return comparisons

"""The exact KLD's variance beside Prop. 1, and the laws that exact losses follow (Cor. 1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.datasets import Target, read_target
from bornscape.statistics import scaling_law
from bornscape.tables.scaling import FEWEST_SIZES, SMALLEST_SIZE


def _haar(target: Target) -> tuple[float, float]:
    outcomes = 2.0**target.n_qubits
    return (
        theory.deep_kld_variance_exact(target.probabilities, outcomes),
        theory.deep_kld_cumulant(4, target.probabilities, outcomes),
    )


def _haar_as_printed(target: Target) -> tuple[float, float]:
    return theory.deep_kld_variance(target.probabilities), _haar(target)[1]


def _product_haar(target: Target) -> tuple[float, float]:
    given = (target.bitstrings, target.probabilities)
    return theory.product_kld_variance(*given), theory.product_kld_cumulant(4, *given)


def _product_ry(target: Target) -> tuple[float, float]:
    given = (target.bitstrings, target.probabilities)
    return theory.product_kld_variance(*given, "ry"), theory.product_kld_cumulant(4, *given, "ry")


CLOSED_FORMS: dict[str, Callable[[Target], tuple[float, float]]] = {
    "haar": _haar,
    "haar_as_printed": _haar_as_printed,
    "product_haar": _product_haar,
    "product_ry": _product_ry,
}
"""Variance and fourth cumulant of the exact KLD. "haar_as_printed" is the paper's form, without psi_1(2^n)."""


def _rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Variances of the exact KLD: of an experiment's states, or of a study of variances at one depth."""
    if settings["table"] != "variance":
        rows = tables.read(settings["table"])
        return rows[(rows["states"] == settings["states"]) & (rows["loss"] == "kld")]
    rows = tables.read("variance")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "kld") & rows["shots"].isna()]
    return rows[rows["n_layers"] == float(settings["n_layers"])]


def exact_kld_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[KLD] beside a closed form, at every size and data set.

    The deviation is that of log s^2 in units of its standard deviation under the closed form, whose fourth cumulant is
    known: intervals that estimate the kurtosis from the draws are too narrow for tails as long as those of log q.
    """
    comparisons = []
    for row in _rows(tables, settings).itertuples():
        target = read_target(tables.target_path(row.dataset, row.n_qubits))
        expected, fourth = CLOSED_FORMS[settings["closed_form"]](target)
        error = theory.log_variance_error(expected, fourth, row.draws)
        label = f"{row.dataset}, n = {row.n_qubits}"
        deviation = float(np.log(row.variance / expected) / error)
        comparisons.append(Comparison(label, row.variance, row.ci_low, row.ci_high, expected, deviation))
    return comparisons


def exact_loss_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The preferred law of the variance of an exact loss, for each data set."""
    rows = tables.read(settings["table"])
    rows = rows[(rows["states"] == settings["states"]) & (rows["loss"] == settings["loss"])]
    rows = rows[rows["dataset"].isin(settings["datasets"]) & (rows["n_qubits"] >= SMALLEST_SIZE)]
    comparisons = []
    for dataset, part in rows.groupby("dataset", sort=False):
        if len(part) < FEWEST_SIZES:
            continue
        law = scaling_law(part["n_qubits"], part["variance"], part[["ci_low", "ci_high"]])
        powers = (law.poly_power, law.poly_ci_low, law.poly_ci_high)
        rates = (law.exp_rate, law.exp_ci_low, law.exp_ci_high)
        name, numbers = ("power", powers) if law.preferred == "polynomial" else ("rate", rates)
        text = f"{name} {numbers[0]:.3g} [{numbers[1]:.3g}, {numbers[2]:.3g}]"
        label = f"{dataset}: {law.preferred}, {text}, weight {law.weight:.3g}"
        # No decay at all is the power 0: there the weight of one law against the other says nothing.
        flat = law.preferred == "polynomial" and law.weight < 0.95
        deviation = np.nan if law.preferred == "inconclusive" else 0.0 if flat else 1 - law.weight
        comparisons.append(Comparison(label, *numbers, "", deviation, found=law.preferred))
    return comparisons

"""The quantum fidelity losses: variances and their laws, the bounds between QF and LQF, and Hadamard tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements import variances
from bornscape.claims.measurements.laws import law_comparison
from bornscape.datasets import Target
from bornscape.statistics import (
    excess_kurtosis,
    gamma_deviate,
    log_standard_error,
    normal_deviate_of_t,
    variance_deviate,
)

DEEP = float("inf")

FLAT = 1e-20
"""A closed form below this is the rounding of 0: the loss is the same at every draw."""

ROUNDING = 1e-10
"""Unit of the distance from a bound: what 12 digits of a table leave of an equality."""

SMALLEST_KEPT = 1e-12
"""Losses below this are zero to the accuracy of an optimiser."""


def _studied(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Rows of variance.csv of a study and a loss."""
    rows = tables.read("variance")
    return rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == settings["loss"])]


@cache
def _product_lqf(target: Target, circuits: theory.fidelity.Gates) -> float:
    return theory.product_lqf_variance(target.bitstrings, target.probabilities, circuits)


def _closed_form(tables: Tables, row: Any, circuits: Any) -> float:
    """Variance of a row's loss over Haar-random states ("haar_states"), or product circuits of the named gates."""
    if circuits == "haar_states":
        closed = {"lqf": theory.deep_lqf_variance, "qf": theory.deep_qf_variance}[row.loss]
        return closed(row.n_qubits)
    target = tables.target(row.dataset, row.n_qubits)
    if row.loss == "lqf":
        return _product_lqf(target, circuits)
    # No closed form for other data: nothing to compare.
    return np.nan if target.bitstrings.any() else theory.product_qf_variance(row.n_qubits, circuits)


def fidelity_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[LQF] or Var[QF] beside its closed form, where that is not 0, at a depth ("product" or "deep")."""
    layers = {"product": 0.0, "deep": DEEP}[settings["depth"]]
    rows = _studied(tables, settings)
    comparisons = []
    for row in rows[rows["n_layers"] == layers].itertuples():
        expected = _closed_form(tables, row, settings["circuits"])
        flat = row.loss == "lqf" and expected <= FLAT
        if flat or np.isnan(expected) or row.ci_low == row.ci_high:
            continue
        label = f"{row.dataset}, n = {row.n_qubits}"
        deviation = _deviation(row, expected, settings["circuits"])
        comparisons.append(Comparison(label, row.variance, row.ci_low, row.ci_high, expected, deviation))
    return comparisons


def _deviation(row: Any, expected: float, circuits: str) -> float:
    """Normal deviate of a variance: of Haar-random states from their cumulants, else from the row's interval.

    Intervals that estimate a kurtosis from some hundred draws are too short from below: of the QF's 28 comparisons at
    99 % together, one failed in 6 % of simulated tables.
    """
    # Only draws have a mean; batches are estimates of the variance.
    if circuits == "haar_states" and not np.isnan(row.mean):
        cumulants = {"lqf": theory.deep_lqf_cumulants, "qf": theory.deep_qf_cumulants}[row.loss]
        return variance_deviate(row.variance, row.draws, cumulants(row.n_qubits))
    return float(np.log(row.variance / expected) / log_standard_error(row.variance, row.ci_low, row.ci_high))


def fidelity_flatness(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[LQF] without layers in units of that at |0...0>, 1 / 8n, where the closed form is 0.

    ``assumed_flat`` names data sets to be taken for flat whatever the closed form says (a broken variant).
    """
    rows = _studied(tables, settings)
    comparisons = []
    for row in rows[rows["n_layers"] == 0].itertuples():
        flat = row.dataset in settings["assumed_flat"] or _closed_form(tables, row, "euler") <= FLAT
        if flat:
            relative = row.variance * 8 * row.n_qubits
            label = f"{row.dataset}, n = {row.n_qubits}"
            comparisons.append(Comparison(label, row.variance, row.ci_low, row.ci_high, 0.0, relative))
    return comparisons


def fidelity_laws(tables: Tables, settings: Settings) -> list[Comparison]:
    """The preferred law at each of several depths, as ``scaling_law`` gives it, for data sets that vary."""
    comparisons = []
    for depth in settings["depths"]:
        laws = variances.scaling_law(tables, {**settings, "depth": depth})
        comparisons += [replace(law, label=f"depth {depth}, {law.label}") for law in laws if not np.isnan(law.estimate)]
    return comparisons


def fidelity_linear_depth(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of a variance where the number of layers grows with n: n layers, or log2(n) for a broken variant.

    ``per_wire`` multiplies by 4n: 4n Var[LQF] is the mean over the wires of E[<Z_i>^2], as they are uncorrelated.
    """
    rows = _studied(tables, settings)
    rows = rows[rows["dataset"].isin(settings.get("datasets", rows["dataset"]))]
    sizes = rows["n_qubits"].to_numpy(dtype=np.float64)
    layers = {"n": sizes, "log2(n)": np.round(np.log2(sizes))}[settings["layers"]]
    rows = rows[rows["n_layers"] == layers]
    scale = 4 * rows["n_qubits"] if settings["per_wire"] else 1
    means = rows.assign(value=scale * rows["variance"], ci_low=scale * rows["ci_low"], ci_high=scale * rows["ci_high"])
    groups = ((str(dataset), part) for dataset, part in means.groupby("dataset", sort=False))
    return [law for dataset, part in groups for law in law_comparison(dataset, part, dataset)]


def fidelity_paths(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[LQF] from Pauli paths beside that from state vectors, at the sizes, depths and data sets of both.

    ``factor`` multiplies the number of layers of the paths (a broken variant).
    """
    rows = tables.read("variance")
    rows = rows[(rows["loss"] == "lqf") & (rows["n_layers"] > 0) & (rows["ci_low"] < rows["ci_high"])]
    keys = ["n_qubits", "n_layers", "dataset"]
    vectors = rows[rows["experiment"] == settings["vectors"]]
    paths = rows[rows["experiment"] == settings["paths"]]
    paths = paths.assign(n_layers=paths["n_layers"] * settings["factor"])
    both = vectors.merge(paths, on=keys, suffixes=("", "_paths"))
    # One cell's own kurtosis is low where its variance is: never below the mean of all.
    kurtosis = excess_kurtosis(*(both[name] for name in ("variance", "ci_low", "ci_high", "draws")))
    both["spread"] = np.sqrt(np.maximum(kurtosis, kurtosis.mean()) / both["draws"] + 2 / (both["draws"] - 1))
    comparisons = []
    for row in both.itertuples():
        paths_error = float(log_standard_error(row.variance_paths, row.ci_low_paths, row.ci_high_paths))
        deviation = gamma_deviate(row.variance / row.variance_paths, np.hypot(row.spread, paths_error))
        label = f"{row.dataset}, n = {row.n_qubits}, {row.n_layers:g} layers"
        comparisons.append(Comparison(label, row.variance, row.ci_low, row.ci_high, row.variance_paths, deviation))
    return comparisons


def fidelity_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """LQF <= QF, or QF <= n LQF, on every draw; the distance above the bound in units of rounding.

    ``factor`` multiplies the upper side (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows[rows["case"] == "random"]
    comparisons = []
    for (n, layers, dataset), part in rows.groupby(["n_qubits", "n_layers", "dataset"], sort=False):
        below, above = (part["lqf"], part["qf"]) if settings["bound"] == "lower" else (part["qf"], n * part["lqf"])
        excess = below - settings["factor"] * above
        worst = excess.idxmax()
        label = f"{dataset}, n = {n}, {layers} layers: {int((excess > ROUNDING).sum())} of {len(part)} draws above"
        bound = float(settings["factor"] * above[worst])
        # Far below the bound is as good as far enough.
        deviation = float(max(excess[worst] / ROUNDING, -10.0))
        comparisons.append(Comparison.of_exact(label, float(below[worst]), bound, deviation))
    return comparisons


def fidelity_faithful(tables: Tables, settings: Settings) -> list[Comparison]:
    """The larger of LQF and QF after the LQF of a product circuit was trained, for a ``case`` of faithfulness.csv."""
    rows = tables.read(settings["table"])
    comparisons = []
    for row in rows[rows["case"] == settings["case"]].itertuples():
        worst = max(row.lqf, row.qf)
        label = f"n = {row.n_qubits}, run {row.draw}"
        comparisons.append(Comparison(label, worst, worst, worst, 0.0, 0.0 if worst <= SMALLEST_KEPT else worst))
    return comparisons


def fidelity_marginals(tables: Tables, settings: Settings) -> list[Comparison]:
    """At a set with the model's low-order marginals: the LQF beside 1/2, or the truncated MMD's share of the whole."""
    rows = tables.read(settings["table"])
    comparisons = []
    for row in rows[rows["case"] == settings["case"]].itertuples():
        if settings["quantity"] == "lqf":
            value, expected, deviation = row.lqf, 0.5, abs(row.lqf / 0.5 - 1)
        else:
            value, expected, deviation = row.mmd_truncated, 0.0, abs(row.mmd_truncated) / row.mmd
        comparisons.append(Comparison(f"n = {row.n_qubits}", value, value, value, expected, deviation))
    return comparisons


def hadamard_mean(tables: Tables, settings: Settings) -> list[Comparison]:
    """Mean of repeated estimates beside the exact value (or that of a mixture of the strings, a broken variant).

    Student's t of the repeats is restated as a normal deviate of the same chance.
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["source"] == settings["source"]) & rows["estimator"].isin(settings["estimators"])]
    comparisons = []
    for row in rows.itertuples():
        expected = getattr(row, settings["expected_column"])
        t = (row.mean - expected) / row.standard_error
        normal = normal_deviate_of_t(t, row.repeats - 1)
        half = stats.t.ppf(0.975, row.repeats - 1) * row.standard_error
        label = f"{row.estimator}, n = {row.n_qubits}, {row.strings} strings"
        comparisons.append(Comparison(label, row.mean, row.mean - half, row.mean + half, expected, normal))
    return comparisons


def hadamard_count(tables: Tables, settings: Settings) -> list[Comparison]:
    """Number of tests run beside 2 n Np^2; ``parts`` 1 counts the real parts alone (a broken variant)."""
    rows = tables.read(settings["table"])
    comparisons = []
    for row in rows[rows["estimator"] == "imaginary"].itertuples():
        # The sweep of imaginary parts comes second, so its count holds both parts.
        expected = theory.hadamard_test_count(row.n_qubits, row.strings) * settings["parts"] / 2
        label = f"{row.source}, n = {row.n_qubits}, {row.strings} strings"
        comparisons.append(Comparison(label, row.tests, row.tests, row.tests, expected, abs(row.tests / expected - 1)))
    return comparisons


def hadamard_shots(tables: Tables, settings: Settings) -> list[Comparison]:
    """Variance of one shot at a random pair beside G^2/4 - (LQF - 1/2)^2, G = (sum sqrt(p))^2, at most Np.

    ``weighted`` false takes G = 1, as if the data state cost nothing (a broken variant).
    """
    rows = tables.read(settings["table"])
    # The first draw of each case: as many comparisons as the claim's error rate was measured with.
    rows = rows[rows["estimator"] == "random_pairs"].drop_duplicates(["source", "n_qubits", "chunk", "strings"])
    comparisons = []
    for row in rows.itertuples():
        weight = row.weight if settings["weighted"] else 1.0
        expected = weight**2 / 4 - (row.exact - 0.5) ** 2
        label = f"{row.source}, n = {row.n_qubits}, {row.strings} strings"
        # Each repeat is a mean of many shots, so normal: the variance of the repeats follows chi-square.
        deviation = variance_deviate(row.shot_variance, row.repeats, (expected, 0.0, 0.0, 0.0))
        comparisons.append(Comparison(label, row.shot_variance, row.ci_low, row.ci_high, expected, deviation))
    return comparisons

"""Variances beside closed forms, and the laws that they follow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import numpy as np

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import as_comparison
from bornscape.datasets import Target
from bornscape.statistics import log_standard_error, variance_deviate


@cache
def _closed_form(target: Target, bandwidth: float, single_qubit: Literal["haar", "ry"]) -> float:
    return theory.product_mmd_variance(
        target.n_qubits, bandwidth, target.bitstrings, target.probabilities, single_qubit=single_qubit
    )


@cache
def _product_cumulants(target: Target, bandwidth: float, single_qubit: Literal["haar", "ry"]) -> theory.Cumulants:
    given = (target.bitstrings, target.probabilities)
    return theory.product_mmd_cumulants(target.n_qubits, bandwidth, *given, single_qubit)


@cache
def _deep_cumulants(target: Target, bandwidth: float) -> theory.Cumulants:
    return theory.deep_mmd_cumulants(target.n_qubits, bandwidth, target.dense())


def product_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of product circuits beside Theorem 2's closed form, at every size, data set and named bandwidth."""
    rows = tables.read("variance")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd")]
    rows = rows[rows["shots"].isna() & (rows["n_layers"] == 0) & rows["bandwidth"].isin(settings["bandwidths"])]
    comparisons = []
    for row in rows.itertuples():
        s = tables.bandwidth(row.experiment, row.bandwidth, row.n_qubits)
        target = tables.target(row.dataset, row.n_qubits)
        if np.isnan(row.mean):  # Batches' estimates of the variance, not draws of the loss.
            comparisons.append(_of_batches(row, _closed_form(target, s, settings["single_qubit"])))
        else:
            comparisons.append(_of_draws(row, _product_cumulants(target, s, settings["single_qubit"])))
    return comparisons


def _label(row: Any) -> str:
    return f"{row.dataset}, n = {row.n_qubits}, s = {row.bandwidth}"


def _of_batches(row: Any, expected: float) -> Comparison:
    """A variance whose interval comes from the scatter of batches, beside that of a closed form."""
    error = float(log_standard_error(row.variance, row.ci_low, row.ci_high))
    deviation = float(np.log(row.variance / expected) / error)
    return Comparison(_label(row), row.variance, row.ci_low, row.ci_high, expected, deviation)


def _of_draws(row: Any, cumulants: Sequence[float]) -> Comparison:
    """A variance of single draws beside that of a closed form, whose other cumulants say how it scatters."""
    deviation = variance_deviate(row.variance, row.draws, cumulants)
    return Comparison(_label(row), row.variance, row.ci_low, row.ci_high, cumulants[0], deviation)


def deep_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of the deep limit beside the closed form for Haar states, or, for a control, for product circuits."""
    rows = tables.read("variance")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd")]
    rows = rows[rows["shots"].isna() & (rows["n_layers"] == np.inf) & rows["bandwidth"].isin(settings["bandwidths"])]
    comparisons = []
    for row in rows.itertuples():
        s = tables.bandwidth(row.experiment, row.bandwidth, row.n_qubits)
        target = tables.target(row.dataset, row.n_qubits)
        haar = settings["states"] == "haar"
        cumulants = _deep_cumulants(target, s) if haar else _product_cumulants(target, s, "haar")
        comparisons.append(_of_draws(row, cumulants))
    return comparisons


def deep_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """Exact Var[MMD] beside the bound for deep circuits, in standard errors of its logarithm above it.

    ``depth`` is "deep", or, for a control, "product": circuits without layers.
    """
    rows = tables.read("variance")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd") & rows["shots"].isna()]
    rows = rows[rows["n_layers"] == {"deep": np.inf, "product": 0}[settings["depth"]]]
    comparisons = []
    for row in rows[rows["ci_low"] < rows["ci_high"]].itertuples():
        bound = theory.deep_mmd_variance_bound(row.n_qubits)
        error = float(log_standard_error(row.variance, row.ci_low, row.ci_high))
        label = f"{row.dataset}, s = {row.bandwidth}, n = {row.n_qubits}"
        deviation = float(np.log(row.variance / bound)) / error
        comparisons.append(Comparison(label, row.variance, row.ci_low, row.ci_high, bound, deviation))
    return comparisons


def scaling_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The preferred law of a variance, or of the training mass, for each data set."""
    rows = tables.read("scaling")
    for name in ("experiment", "loss", "depth"):
        rows = rows[rows[name] == settings[name]]
    if settings["loss"] == "mmd":
        rows = rows[rows["bandwidth"] == settings["bandwidth"]]
    if "datasets" in settings:
        rows = rows[rows["dataset"].isin(settings["datasets"])]
    return [as_comparison(row.dataset, row) for row in rows.itertuples()]

"""Variances beside closed forms, and the laws that they follow."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.datasets import read_target
from bornscape.statistics import log_standard_error


@cache
def _closed_form(path: Path, bandwidth: float, single_qubit: Literal["haar", "ry"]) -> float:
    target = read_target(path)
    return theory.product_mmd_variance(
        target.n_qubits, bandwidth, target.bitstrings, target.probabilities, single_qubit=single_qubit
    )


def product_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of product circuits beside Theorem 2's closed form, at every size, data set and named bandwidth."""
    rows = tables.read("variance")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd")]
    rows = rows[rows["shots"].isna() & (rows["n_layers"] == 0) & rows["bandwidth"].isin(settings["bandwidths"])]
    comparisons = []
    for row in rows.itertuples():
        s = tables.bandwidth(row.experiment, row.bandwidth, row.n_qubits)
        expected = _closed_form(tables.target_path(row.dataset, row.n_qubits), s, settings["single_qubit"])
        comparisons.append(_against_closed_form(row, expected))
    return comparisons


def _against_closed_form(row: Any, expected: float) -> Comparison:
    """A row of variance.csv beside the variance that a closed form gives."""
    error = float(log_standard_error(row.variance, row.ci_low, row.ci_high))
    label = f"{row.dataset}, n = {row.n_qubits}, s = {row.bandwidth}"
    deviation = float(np.log(row.variance / expected) / error)
    return Comparison(label, row.variance, row.ci_low, row.ci_high, expected, deviation)


def deep_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of the deep limit beside the closed form for Haar states, or, for a control, for product circuits."""
    rows = tables.read("variance")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd")]
    rows = rows[rows["shots"].isna() & (rows["n_layers"] == np.inf) & rows["bandwidth"].isin(settings["bandwidths"])]
    comparisons = []
    for row in rows.itertuples():
        s = tables.bandwidth(row.experiment, row.bandwidth, row.n_qubits)
        path = tables.target_path(row.dataset, row.n_qubits)
        if settings["states"] == "haar":
            expected = theory.deep_mmd_variance(row.n_qubits, s, read_target(path).dense())
        else:
            expected = _closed_form(path, s, "haar")
        comparisons.append(_against_closed_form(row, expected))
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
    comparisons = []
    for row in rows.itertuples():
        kind = "poly" if row.preferred == "polynomial" else "exp"
        value = row.poly_power if kind == "poly" else row.exp_rate
        low, high = getattr(row, f"{kind}_ci_low"), getattr(row, f"{kind}_ci_high")
        name = "power" if kind == "poly" else "rate"
        label = f"{row.dataset}: {row.preferred}, {name} {value:.3g} [{low:.3g}, {high:.3g}], weight {row.weight:.3g}"
        # A law only counts as found with the weight that the claim's tolerance asks for.
        deviation = 1 - row.weight if row.preferred != "inconclusive" else np.nan
        comparisons.append(Comparison(label, value, low, high, "", deviation, found=row.preferred))
    return comparisons

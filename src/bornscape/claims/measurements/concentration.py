"""Proposition 2: how fast q(x) concentrates, and at what value."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison


def concentration_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of Var[q(x)] for each of the ``circuits``; ``quantity`` "relative" divides it by 4^-n (for a control)."""
    rows = tables.read(settings["table"])
    comparisons = []
    for circuit in settings["circuits"]:
        part = rows[rows["circuit"] == circuit].copy()
        scale = 4.0 ** part["n_qubits"] if settings["quantity"] == "relative" else 1.0
        for name in ("variance", "ci_low", "ci_high"):
            part[name] *= scale
        comparisons += law_comparison(circuit, part.rename(columns={"variance": "value"}))
    return comparisons


def concentration_value(tables: Tables, settings: Settings) -> list[Comparison]:
    """The mean of q(0...0) beside base^-n, up to ``largest`` qubits: beyond, its draws are too skew for a normal error.

    The error is the larger of the draws' own and of that which follows from Var[q(x)], known better from all strings.
    """
    rows = tables.read(settings["table"])
    rows = rows[rows["circuit"].isin(settings["circuits"]) & (rows["n_qubits"] <= settings["largest"])]
    comparisons = []
    for row in rows.itertuples():
        expected = settings["base"] ** -row.n_qubits
        draws_error = (row.mean_ci_high - row.mean_ci_low) / (2 * 1.96)
        error = max(draws_error, np.sqrt(max(row.variance, 0.0) / row.draws))
        label = f"{row.circuit}, n = {row.n_qubits}"
        deviation = (row.mean - expected) / error
        comparisons.append(Comparison(label, row.mean, row.mean_ci_low, row.mean_ci_high, expected, deviation))
    return comparisons

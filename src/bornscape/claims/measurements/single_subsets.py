"""Theorem 3's formal version: data with one parity, its bound at state vectors, and what the bound does with n."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.bodyness import ROUNDING
from bornscape.claims.measurements.laws import law_comparison
from bornscape.formulas import depth_value

_LOG_3 = float(np.log(3))


def _rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    rows = tables.read(settings["table"]).astype({"subset": str})
    return rows[rows["subset"].isin(settings["subsets"])]


def single_subset_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """E[z_A^2] of circuits with layers beside (1/3)^(average light cone), in standard errors of its logarithm.

    ``cones`` "subset" takes A itself for its light cone: a broken variant, in which layers let nothing grow.
    """
    rows = _rows(tables, settings)
    rows = rows[(rows["draws"] > 0) & (rows["n_layers"] > 0)]
    comparisons = []
    # Formulas that mean the same number of wires mean the same subset.
    for row in rows.drop_duplicates(["circuit", "n_qubits", "n_layers", "wires"]).itertuples():
        cone, cone_error = (row.light_cone, row.light_cone_error) if settings["cones"] == "average" else (row.wires, 0)
        relative = row.moment_error / row.moment
        deviation = float((-_LOG_3 * cone - np.log(row.moment)) / np.hypot(relative, _LOG_3 * cone_error))
        label = f"{row.circuit}, |A| = {row.wires}, n = {row.n_qubits}, {row.n_layers} layers"
        interval = (row.moment, row.moment * np.exp(-1.96 * relative), row.moment * np.exp(1.96 * relative))
        comparisons.append(Comparison(label, *interval, 3.0**-cone, deviation))
    return comparisons


def single_subset_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law in n of the bound that one subset gives, at a depth that is a formula of n."""
    rows = _rows(tables, settings)
    wanted = np.array([depth_value(settings["depth"], n) for n in rows["n_qubits"]])
    comparisons = []
    for (circuit, subset), part in rows[rows["n_layers"] == wanted].groupby(["circuit", "subset"], sort=False):
        spread = np.exp(1.96 * _LOG_3 * part["light_cone_error"])
        means = pd.DataFrame({"n_qubits": part["n_qubits"], "value": part["bound"]})
        means = means.assign(ci_low=part["bound"] / spread, ci_high=part["bound"] * spread)
        comparisons += law_comparison(f"{circuit}, |A| = {subset}", means)
    return comparisons


def single_subset_power(tables: Tables, settings: Settings) -> list[Comparison]:
    """How fast the bound falls between neighbouring sizes without layers, beside the power 2 log2(n) of the smaller.

    A lower bound on a power that grows with n: what falls as a fixed power of n lies below it from some n on.
    """
    rows = _rows(tables, settings)
    # Without layers all circuits are one.
    rows = rows[rows["n_layers"] == 0].drop_duplicates("n_qubits").sort_values("n_qubits")
    comparisons = []
    for (_, first), (_, second) in zip(rows.iloc[:-1].iterrows(), rows.iloc[1:].iterrows(), strict=True):
        step = np.log(second["n_qubits"] / first["n_qubits"])
        power = float(np.log(first["bound"] / second["bound"]) / step)
        expected = float(2 * np.log2(first["n_qubits"]))
        label = f"n = {first['n_qubits']} to {second['n_qubits']}"
        deviation = (expected - power) / (ROUNDING * expected)
        comparisons.append(Comparison.of_exact(label, power, expected, deviation))
    return comparisons

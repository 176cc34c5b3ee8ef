"""Weights and moments of the bodyness beside their closed forms, truncated losses beside their bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.formulas import bandwidth_values

ROUNDING = 1e-9
"""Relative rounding of tables and sums: the "standard error" of a number that has no other."""


def bodyness_moment(tables: Tables, settings: Settings) -> list[Comparison]:
    """A moment of the bodyness read off the kernel, beside its closed form."""
    closed = {"mean": theory.mean_bodyness, "variance": theory.bodyness_variance}[settings["moment"]]
    column = {"mean": "mean_bodyness", "variance": "bodyness_variance"}[settings["moment"]]
    power = {"variance": 1, "standard_deviation": 2}[settings["convention"]]
    comparisons = []
    for row in tables.read("bodyness").itertuples():
        estimate = getattr(row, column)
        expected = float(closed(row.n_qubits, row.s**power))
        label = f"n = {row.n_qubits}, s = {row.bandwidth}"
        comparisons.append(Comparison(label, estimate, estimate, estimate, expected, abs(estimate / expected - 1)))
    return comparisons


def _scaled(s: Sequence[float], convention: str) -> list[float]:
    power = {"variance": 1, "standard_deviation": 2}[convention]
    return [value**power for value in s]


def bodyness_weight(tables: Tables, settings: Settings) -> list[Comparison]:
    """Weights of the 2l-body terms, multiplied up wire by wire, beside Eq. 34's binomial.

    One comparison a size and bandwidth, of its worst weight. ``convention`` "standard_deviation" takes the bandwidth
    for a standard deviation (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows[rows["bandwidth"].isin(settings["bandwidths"])]
    comparisons = []
    for (label, n), group in rows.groupby(["bandwidth", "n_qubits"], sort=False):
        s = _scaled(bandwidth_values(settings["bandwidths"][label], n), settings["convention"])
        expected = theory.bodyness_weights(n, s)[group["wires"]]
        measured = group["weight"].to_numpy()
        off = np.abs(measured - expected) / np.maximum(expected, measured)
        worst = int(np.argmax(off))
        value = float(measured[worst])
        name = f"n = {n}, s = {label}, l = {group['wires'].iloc[worst]}"
        comparisons.append(Comparison(name, value, value, value, float(expected[worst]), float(off[worst])))
    return comparisons


def low_bodyness(tables: Tables, settings: Settings) -> list[Comparison]:
    """Mean and variance of the bodyness 2l at s in Theta(n) beside bounds that do not depend on n.

    p_s <= 1/(4s) gives 2 n p_s <= n/(2s) and 4 n p_s (1 - p_s) <= n/s; ``bandwidth`` is the label looked up,
    ``multiple`` is s/n.
    """
    rows = tables.read(settings["table"])
    rows = rows[rows["bandwidth"] == settings["bandwidth"]]
    comparisons = []
    for n, group in rows.groupby("n_qubits"):
        bodyness, weights = 2 * group["wires"].to_numpy(), group["weight"].to_numpy()
        mean = float(weights @ bodyness)
        variance = float(weights @ (bodyness - mean) ** 2)
        for name, value, bound in (
            ("mean", mean, 0.5 / settings["multiple"]),
            ("variance", variance, 1 / settings["multiple"]),
        ):
            deviation = (value - bound) / (ROUNDING * bound)
            comparisons.append(Comparison.of_exact(f"{name}, n = {n}", value, bound, deviation))
    return comparisons


def truncation(tables: Tables, settings: Settings) -> list[Comparison]:
    """The largest MMD - MMD_k of actual losses beside a bound of Prop. 4 (``form``: "sum" or "closed").

    ``convention`` "standard_deviation" evaluates the bound with s^2 in place of s (a broken variant).
    """
    bound_of = {"sum": theory.truncation_bound, "closed": theory.truncation_bound_closed}[settings["form"]]
    comparisons = []
    for row in tables.read(settings["table"]).itertuples():
        (s,) = _scaled([tables.bandwidth(settings["table"], row.bandwidth, row.n_qubits)], settings["convention"])
        bound = bound_of(row.n_qubits, s, row.k)
        deviation = (row.error_largest - bound) / (ROUNDING * bound)
        label = f"{row.ansatz}, {row.dataset}, n = {row.n_qubits}, s = {row.bandwidth}, k = {row.k}"
        comparisons.append(Comparison.of_exact(label, row.error_largest, bound, float(deviation)))
    return comparisons

"""Moments of the bodyness beside their closed forms."""

from __future__ import annotations

from bornscape import theory
from bornscape.evidence.comparison import Comparison, Settings, Tables


def bodyness_moment(tables: Tables, settings: Settings) -> list[Comparison]:
    """A moment of the bodyness read off the kernel, beside its closed form."""
    closed = {"mean": theory.mean_bodyness, "variance": theory.bodyness_variance}[settings["moment"]]
    column = {"mean": "mean_bodyness", "variance": "bodyness_variance"}[settings["moment"]]
    power = {"variance": 1, "standard_deviation": 2}[settings["convention"]]
    found = []
    for row in tables.read("bodyness").itertuples():
        estimate = getattr(row, column)
        expected = float(closed(row.n_qubits, row.s**power))
        label = f"n = {row.n_qubits}, s = {row.bandwidth}"
        found.append(Comparison(label, estimate, estimate, estimate, expected, abs(estimate / expected - 1)))
    return found

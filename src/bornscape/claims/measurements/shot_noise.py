"""The variance of the MMD estimated from shots: the exact loss's and the shot noise's (Fig. 7)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.datasets import Target
from bornscape.statistics import variance_deviate

EXACT = "exact"
"""Number of shots of a loss that is not estimated."""


@cache
def _cumulants(target: Target, s: float, shots: float, states: bool) -> theory.Cumulants:
    return theory.deep_sampled_cumulants(target.n_qubits, s, target.dense(), shots, states=states)


def _deep_rows(tables: Tables, settings: Settings) -> Iterator[tuple[Any, float, Target]]:
    """Rows of the deep limit at one bandwidth and number of ``shots``, with s and the target."""
    rows = tables.read("variance")
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd")]
    rows = rows[(rows["n_layers"] == np.inf) & (rows["bandwidth"] == settings["bandwidth"])]
    kept = rows["shots"].isna() if settings["shots"] == EXACT else rows["shots"] == settings["shots"]
    for row in rows[kept].itertuples():
        s = tables.bandwidth(row.experiment, row.bandwidth, row.n_qubits)
        yield row, s, tables.target(row.dataset, row.n_qubits)


def _comparison(row: Any, cumulants: theory.Cumulants, sign: int) -> Comparison:
    deviation = sign * variance_deviate(row.variance, row.draws, cumulants)
    label = f"{row.dataset}, n = {row.n_qubits}"
    return Comparison(label, row.variance, row.ci_low, row.ci_high, cumulants[0], deviation)


def sampled_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] from ``shots`` in the deep limit beside that of the exact MMD plus the noise of ``noise_shots``.

    Infinitely many ``noise_shots`` leave the noise out (a broken variant).
    """
    shots = float(settings["noise_shots"])
    return [_comparison(row, _cumulants(target, s, shots, True), 1) for row, s, target in _deep_rows(tables, settings)]


def sampled_floor(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] from ``shots`` (or of the ``exact`` MMD) in the deep limit beside the noise of ``noise_shots`` alone.

    A bound from below: the deviation is positive where the variance lies under it.
    """
    shots = float(settings["noise_shots"])
    return [
        _comparison(row, _cumulants(target, s, shots, False), -1) for row, s, target in _deep_rows(tables, settings)
    ]

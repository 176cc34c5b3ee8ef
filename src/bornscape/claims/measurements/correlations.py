"""Sums of z_A^2 over the sets of few bits beside what the paper's Fig. 11 shows, and their share of the MMD."""

from __future__ import annotations

import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.bodyness import ROUNDING
from bornscape.published import FIG_11_SUMS


def between(n_qubits: float, ends: tuple[float, float], values: tuple[float, float]) -> float:
    """A level at n between the two sizes at which it was read, straight in log(level) against n.

    Examples
    --------
    >>> between(13, (10, 16), (4.0, 9.0))
    6.0
    """
    share = (n_qubits - ends[0]) / (ends[1] - ends[0])
    return float(values[0] ** (1 - share) * values[1] ** share)


def _rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Rows of the data sets and sizes that are chosen."""
    rows = tables.read(settings["table"])
    return rows[rows["dataset"].isin(settings["datasets"]) & rows["n_qubits"].isin(settings["n_qubits"])]


def correlation_level(tables: Tables, settings: Settings) -> list[Comparison]:
    """Sums over up to k bits of ``datasets`` at the sizes ``n_qubits`` beside the published levels.

    Between the two sizes at which the figure was read, the level is straight in its logarithm.
    """
    rows = _rows(tables, settings)
    comparisons = []
    for k, read in FIG_11_SUMS.items():
        for row in rows[rows["k"] == k].itertuples():
            expected = between(row.n_qubits, *zip(*read.items(), strict=True))
            label = f"{row.dataset}, n = {row.n_qubits}, k = {k}"
            deviation = abs(row.total / expected - 1)
            comparisons.append(Comparison(label, row.total, row.total, row.total, expected, deviation))
    return comparisons


def low_order_share(tables: Tables, settings: Settings) -> list[Comparison]:
    """What sets of up to ``k`` bits hold of the MMD's data, beside the ``least`` of it; the error is rounding."""
    rows, least = _rows(tables, settings), settings["least"]
    comparisons = []
    for row in rows[rows["k"] == settings["k"]].itertuples():
        share = row.mmd_share
        label = f"{row.dataset}, n = {row.n_qubits}, k = {row.k}"
        comparisons.append(Comparison.of_exact(label, share, least, (least - share) / ROUNDING))
    return comparisons

"""The law by which the first gradient's signal-to-noise ratio falls."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison

LEAST_SIZES = 5
"""Sizes below which no law is fitted."""


def typical_ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Geometric mean of the ratio over repetitions at each size, with its 95 % interval (Student's t of the logs).

    Sizes with fewer than 2 repetitions are left out.
    """
    ratios = []
    for n, part in rows.groupby("n_qubits"):
        logs = np.log(part["ratio"].to_numpy())
        if len(logs) < 2:
            continue
        half = stats.t.ppf(0.975, len(logs) - 1) * logs.std(ddof=1) / np.sqrt(len(logs))
        ratios.append((n, *np.exp([logs.mean(), logs.mean() - half, logs.mean() + half])))
    return pd.DataFrame(ratios, columns=["n_qubits", "ratio", "ci_low", "ci_high"])


def signal_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law preferred for the ratio of the loss ``loss``; nothing below ``LEAST_SIZES`` sizes.

    A law of the ratio is one of its square too, with half the rate or power.
    """
    rows = tables.read(settings["table"])
    points = typical_ratios(rows[rows["loss"] == settings["loss"]])
    if len(points) < LEAST_SIZES:
        return []
    return law_comparison(settings["loss"], points.rename(columns={"ratio": "value"}))

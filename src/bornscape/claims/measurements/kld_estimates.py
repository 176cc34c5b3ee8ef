"""Fig. 4: the plateau of the estimated KLD, where draws leave it, and its mean, beside their closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison
from bornscape.theory.kld_estimates import product_kld_estimate_mean

SMALLEST_COUNT = 5
"""Expected draws at and off the plateau below which a share is too small for a normal approximation."""


def plateau_value(tables: Tables, settings: Settings) -> list[Comparison]:
    """The mean where every draw is at the plateau, beside log(1/epsilon)."""
    rows = tables.read(settings["table"])
    expected = float(-np.log(settings["epsilon"]))
    return [
        Comparison(f"n = {r.n_qubits}, {r.shots} shots", r.mean, r.mean, r.mean, expected, abs(r.mean / expected - 1))
        for r in rows[rows["at_plateau"] == rows["draws"]].itertuples()
    ]


def plateau_share(tables: Tables, settings: Settings) -> list[Comparison]:
    """The share of draws at the plateau beside the chance that none of ``shots_factor`` times the shots hits."""
    comparisons = []
    for row in tables.read(settings["table"]).itertuples():
        missed = 1 - theory.product_hit_probability(int(row.n_qubits), int(row.shots * settings["shots_factor"]))
        if min(missed, 1 - missed) * row.draws < SMALLEST_COUNT:
            continue
        error = np.sqrt(missed * (1 - missed) / row.draws)
        label = f"n = {row.n_qubits}, {row.shots} shots"
        deviation = (row.fraction - missed) / error
        low, high = row.fraction_ci_low, row.fraction_ci_high
        comparisons.append(Comparison(label, row.fraction, low, high, missed, deviation))
    return comparisons


def estimate_mean(tables: Tables, settings: Settings) -> list[Comparison]:
    """The mean of the estimated KLD beside its closed form, up to ``largest`` shots, where many draws differ."""
    rows = tables.read(settings["table"])
    off = rows["draws"] - rows["at_plateau"]
    # A mean of few draws off the plateau is no normal variable.
    rows = rows[(rows["shots"] <= settings["largest"]) & (off >= 50) & (rows["at_plateau"] >= 50)]
    comparisons = []
    for row in rows.itertuples():
        shots = int(row.shots * settings["shots_factor"])
        expected = product_kld_estimate_mean(int(row.n_qubits), shots, settings["epsilon"])
        error = (row.mean_ci_high - row.mean_ci_low) / (2 * 1.96)
        label = f"n = {row.n_qubits}, {row.shots} shots"
        deviation = (row.mean - expected) / error
        comparisons.append(Comparison(label, row.mean, row.mean_ci_low, row.mean_ci_high, expected, deviation))
    return comparisons


def crossovers(rows: pd.DataFrame) -> pd.DataFrame:
    """Shots at which half of the draws have left the plateau, with a 95 % interval, for every n that gets there.

    Interpolated between the two neighbouring numbers of shots, linearly in their logarithm; the interval is that of the
    nearer share's binomial error divided by the slope.
    """
    points = []
    for n, part in rows.groupby("n_qubits"):
        part = part.sort_values("shots")
        share, logs = part["fraction"].to_numpy(), np.log(part["shots"].to_numpy())
        if share[0] < 0.5 or share[-1] > 0.5:
            continue
        k = int(np.argmax(share <= 0.5))
        slope = (share[k] - share[k - 1]) / (logs[k] - logs[k - 1])
        middle = logs[k - 1] + (0.5 - share[k - 1]) / slope
        half = 1.96 * 0.5 / np.sqrt(part["draws"].iloc[k]) / abs(slope)
        points.append((n, *np.exp([middle, middle - half, middle + half])))
    return pd.DataFrame(points, columns=["n_qubits", "shots", "ci_low", "ci_high"])


def crossover_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law by which 1 / (shots at the crossover) falls; ``quantity`` "exponent" takes 1 / (their logarithm)."""
    points = crossovers(tables.read(settings["table"]))
    values = points[["shots", "ci_low", "ci_high"]]
    values = np.log(values) if settings["quantity"] == "exponent" else values
    law = pd.DataFrame(
        {"n_qubits": points["n_qubits"], "value": 1 / values["shots"], "ci_low": 1 / values["ci_high"]}
        | {"ci_high": 1 / values["ci_low"]}
    )
    return law_comparison("1 / shots at the crossover", law)

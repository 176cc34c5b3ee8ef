"""Fig. 4: the plateau of the estimated KLD, where draws leave it, its mean and bias, beside their closed forms."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison
from bornscape.statistics import count_deviate, mean_deviate
from bornscape.tables.scaling import FEWEST_SIZES
from bornscape.theory.kld_estimates import plateau_chance, product_kld_estimate_cumulants

_plateau_chance, _cumulants = cache(plateau_chance), cache(product_kld_estimate_cumulants)

SMALLEST_COUNT = 5
"""Expected draws at and off the plateau below which a share says little."""


def _rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Rows of the ensemble, or of the list of ensembles, that the settings name."""
    rows = tables.read(settings["table"])
    return rows[rows["ensemble"].isin(settings.get("ensembles", [settings.get("ensemble")]))]


def plateau_value(tables: Tables, settings: Settings) -> list[Comparison]:
    """The mean where every draw is at the plateau, beside log(1/epsilon)."""
    rows = _rows(tables, settings)
    expected = float(-np.log(settings["epsilon"]))
    return [
        Comparison(
            f"{r.ensemble}, n = {r.n_qubits}, {r.shots} shots",
            *(r.mean,) * 3,
            expected,
            abs(r.mean / expected - 1),
        )
        for r in rows[rows["at_plateau"] == rows["draws"]].itertuples()
    ]


def plateau_share(tables: Tables, settings: Settings) -> list[Comparison]:
    """The share of draws at the plateau beside the chance that none of ``shots_factor`` times the shots hits."""
    comparisons = []
    for row in _rows(tables, settings).itertuples():
        missed = _plateau_chance(row.ensemble, int(row.n_qubits), int(row.shots * settings["shots_factor"]))
        if min(missed, 1 - missed) * row.draws < SMALLEST_COUNT:
            continue
        label = f"{row.ensemble}, n = {row.n_qubits}, {row.shots} shots"
        deviation = count_deviate(int(row.at_plateau), int(row.draws), missed * row.draws)
        low, high = row.fraction_ci_low, row.fraction_ci_high
        comparisons.append(Comparison(label, row.fraction, low, high, missed, deviation))
    return comparisons


def estimate_mean(tables: Tables, settings: Settings) -> list[Comparison]:
    """The mean of the estimated KLD beside its closed form, up to ``largest`` shots, where many draws differ."""
    rows = _rows(tables, settings)
    off = rows["draws"] - rows["at_plateau"]
    # With few draws off the plateau the mean is their number, which the share is compared by.
    rows = rows[(rows["shots"] <= settings["largest"]) & (off >= 50) & (rows["at_plateau"] >= 50)]
    comparisons = []
    for row in rows.itertuples():
        shots = int(row.shots * settings["shots_factor"])
        expected, *others = _cumulants(int(row.n_qubits), shots, settings["epsilon"])
        label = f"n = {row.n_qubits}, {row.shots} shots"
        deviation = mean_deviate(row.mean, int(row.draws), expected, *others)
        comparisons.append(Comparison(label, row.mean, row.mean_ci_low, row.mean_ci_high, expected, deviation))
    return comparisons


def estimate_bias(tables: Tables, settings: Settings) -> list[Comparison]:
    """How far the mean of the estimate lies below the exact KLD of the same draws; 0 is the bound."""
    comparisons = []
    for row in _rows(tables, settings).itertuples():
        error = (row.bias_ci_high - row.bias_ci_low) / (2 * 1.96)
        label = f"n = {row.n_qubits}, {row.shots} shots: bias"
        deviation = -row.bias / error if error > 0 else 0.0
        comparisons.append(Comparison(label, row.bias, row.bias_ci_low, row.bias_ci_high, 0.0, deviation))
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
    """The law by which 1 / (shots at the crossover) falls."""
    points = crossovers(_rows(tables, settings))
    law = pd.DataFrame(
        {"n_qubits": points["n_qubits"], "value": 1 / points["shots"], "ci_low": 1 / points["ci_high"]}
        | {"ci_high": 1 / points["ci_low"]}
    )
    return law_comparison("1 / shots at the crossover", law)


def _rate(points: pd.DataFrame, errors: pd.Series) -> tuple[float, float]:
    """Slope of log(shots) against n by weighted least squares, and its standard error from the given ``errors``."""
    weights, sizes = 1 / errors.to_numpy() ** 2, points["n_qubits"].to_numpy(dtype=np.float64)
    centred = sizes - np.average(sizes, weights=weights)
    spread = float(weights @ centred**2)
    return float((weights * centred) @ np.log(points["shots"].to_numpy())) / spread, 1 / np.sqrt(spread)


def crossover_rate(tables: Tables, settings: Settings) -> list[Comparison]:
    """The rate at which log(shots at the crossover) grows with n, beside that of the shares' closed form.

    ``rates`` maps each ensemble to the one whose closed form is expected of it (another one for a control). Both are
    fitted with the same weights to the same sizes and interpolated between the same numbers of shots, so that neither
    the small sizes nor the interpolation part them.
    """
    comparisons = []
    for ensemble, other in settings["rates"].items():
        rows = _rows(tables, {**settings, "ensembles": [ensemble]})
        chances = [_plateau_chance(other, int(row.n_qubits), int(row.shots)) for row in rows.itertuples()]
        both = crossovers(rows).merge(crossovers(rows.assign(fraction=chances)), on="n_qubits", suffixes=("", "_form"))
        if len(both) < FEWEST_SIZES:
            continue
        errors = np.log(both["ci_high"] / both["ci_low"]) / (2 * 1.96)
        rate, error = _rate(both, errors)
        expected, _ = _rate(both.assign(shots=both["shots_form"]), errors)
        label = f"{ensemble}, n = {both['n_qubits'].min()} to {both['n_qubits'].max()}"
        ends = (rate - 1.96 * error, rate + 1.96 * error)
        comparisons.append(Comparison(label, rate, *ends, expected, (rate - expected) / error))
    return comparisons

"""The exceptions that the paper names: mass on the training set for restricted supports and near starts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison
from bornscape.formulas import evaluate
from bornscape.statistics import normal_deviate_of_t
from bornscape.statistics.proportions import separation_p_value

SECTORS = {"half_weight": lambda n: n // 2, "weight_two": lambda n: 2, "line": lambda n: n // 2}
"""Weight of the strings that a model's sector data sets hold."""


CLUSTER = "cluster"
"""Training strings that the experiment makes itself: there is no file of them."""


def _rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Rows of the model, start and sigma that the settings name."""
    rows = tables.read(settings["table"]).assign(sigma=lambda table: table["sigma"].astype(str))
    for name in ("model", "start", "sigma"):
        if name in settings:
            rows = rows[rows[name] == str(settings[name])]
    return rows[rows["dataset"].isin(settings["datasets"])] if "datasets" in settings else rows


def training_mass_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of the mean mass on the training set against n, for each data set and depth."""
    comparisons = []
    for dataset, part in _rows(tables, settings).groupby("dataset", sort=False):
        comparisons += law_comparison(str(dataset), part.rename(columns={"mass": "value"}), str(dataset))
    return comparisons


def rest_mass_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """As ``training_mass_law``, without the string near which the circuits start.

    Nothing where that was not measured.
    """
    names = {"rest": "value", "rest_low": "ci_low", "rest_high": "ci_high"}
    rows, comparisons = _rows(tables, settings), []
    for dataset, part in rows.groupby("dataset", sort=False) if "rest" in rows else ():
        means = part.drop(columns=["ci_low", "ci_high"]).rename(columns=names)
        comparisons += law_comparison(str(dataset), means, str(dataset))
    return comparisons


def sector_mass(tables: Tables, settings: Settings) -> list[Comparison]:
    """Mean mass on all strings of the sector beside 1."""
    return [
        Comparison(f"n = {row.n_qubits}, {row.draws} draws", row.mass, row.ci_low, row.ci_high, 1.0, abs(row.mass - 1))
        for row in _rows(tables, {**settings, "datasets": ["sector"]}).itertuples()
    ]


def _deviation(row: Any, expected: float) -> float:
    """Normal deviate of the t statistic of a mean mass beside what is expected, on the log scale of its interval."""
    quantile = stats.t.ppf(0.975, row.samples - 1)
    t = np.log(row.mass / expected) / (np.log(row.ci_high / row.mass) / quantile)
    return normal_deviate_of_t(t, row.samples - 1)


def sector_subset_mass(tables: Tables, settings: Settings) -> list[Comparison]:
    """Mean mass of ``models`` on random parts of the sector beside M / C(n, w)."""
    comparisons = []
    rows = _rows(tables, settings)
    rows = rows[rows["model"].isin(settings["models"]) & rows["dataset"].str.startswith("sector_")]
    for row in rows.itertuples():
        expected = theory.sector_subset_mass(row.n_qubits, SECTORS[row.model](row.n_qubits), row.strings)
        label = f"{row.model}, {row.strings} strings, n = {row.n_qubits}"
        comparisons.append(Comparison(label, row.mass, row.ci_low, row.ci_high, expected, _deviation(row, expected)))
    return comparisons


def start_mass(tables: Tables, settings: Settings) -> list[Comparison]:
    """Mean training mass of product circuits near the data beside the closed form with ``sigma_factor`` sigma.

    Starts without noise have no scatter to compare with and are left out.
    """
    comparisons = []
    for row in _rows(tables, {**settings, "model": "product"}).itertuples():
        sigma = np.inf if row.sigma == "uniform" else evaluate(row.sigma, row.n_qubits) * settings["sigma_factor"]
        if sigma == 0 or row.dataset == CLUSTER:
            continue
        target = tables.target(row.dataset, row.n_qubits)
        bits = target.bitstrings.astype(np.float64)
        ones = bits[0] if row.start == "string" else target.probabilities @ bits
        expected = theory.product_start_mass(target.bitstrings, ones, sigma)
        label = f"{row.dataset}, start {row.start}, sigma {row.sigma}, n = {row.n_qubits}"
        comparisons.append(Comparison(label, row.mass, row.ci_low, row.ci_high, expected, _deviation(row, expected)))
    return comparisons


def leaving_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """Draws whose estimate leaves the fixed point at the ``size`` (largest n, smallest n), of two starts, by data set.

    ``lower`` and ``higher`` name model, start and sigma; the p is that of two Clopper-Pearson intervals that part.
    """
    sides = [_rows(tables, {**settings, **settings[name]}) for name in ("lower", "higher")]
    comparisons = []
    for dataset in settings["datasets"]:
        low, high = (side[(side["dataset"] == dataset) & side["hits"].notna()] for side in sides)
        if low.empty or high.empty:
            return []
        sizes = (part["n_qubits"] for part in (low, high))
        ends = [
            part.loc[n.idxmax() if settings["size"] == "largest" else n.idxmin()]
            for part, n in zip((low, high), sizes, strict=True)
        ]
        counts = [(int(end["hits"]), int(end["draws"])) for end in ends]
        p, reverse = separation_p_value(counts[0], counts[1]), separation_p_value(counts[1], counts[0])
        estimate = ends[0]["fraction"] - ends[1]["fraction"]
        ci_low = ends[0]["fraction_low"] - ends[1]["fraction_high"]
        ci_high = ends[0]["fraction_high"] - ends[1]["fraction_low"]
        names = [
            f"{count} of {draws} (start {end['start']}, sigma {end['sigma']})"
            for (count, draws), end in zip(counts, ends, strict=True)
        ]
        label = f"{dataset}, n = {ends[0]['n_qubits']}: {names[0]} against {names[1]}, one-sided p = {p:.3g}"
        comparisons.append(Comparison(label, estimate, ci_low, ci_high, 0.0, p, reverse))
    return comparisons

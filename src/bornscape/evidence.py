"""Measurements that claims are judged by: from the tables of a run, and the closed forms, to comparable numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from bornscape import theory
from bornscape.datasets import read_target
from bornscape.formulas import bandwidth_values
from bornscape.statistics import bootstrap_median_difference, log_standard_error, ordering_p_value

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """One measured number beside what is expected of it.

    Attributes
    ----------
    label
        Where it was measured, in words.
    estimate, low, high
        The number and its interval (equal to it where it has none).
    expected
        What it is compared with: a number, or the name of a law.
    deviation
        identity: relative difference; monte_carlo and bound: difference in standard errors (bound: above the bound is
        positive); ordering: one-sided p that the order is as claimed by chance; digitised: relative difference.
    reversed_deviation
        ordering: the p of the opposite order.
    found
        scaling: the preferred law.
    """

    label: str
    estimate: float
    low: float
    high: float
    expected: float | str
    deviation: float = np.nan
    reversed_deviation: float = np.nan
    found: str = ""


@dataclass(frozen=True)
class Tables:
    """The tables of one run, each read when first used."""

    folder: Path

    def _read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / name, dtype={"bandwidth": str})

    @cached_property
    def variance(self) -> pd.DataFrame:
        """variance.csv."""
        return self._read("variance.csv")

    @cached_property
    def scaling(self) -> pd.DataFrame:
        """scaling.csv."""
        return self._read("scaling.csv")

    @cached_property
    def fixed_points(self) -> pd.DataFrame:
        """fixed_points.csv."""
        return self._read("fixed_points.csv")

    @cached_property
    def bodyness(self) -> pd.DataFrame:
        """bodyness.csv."""
        return self._read("bodyness.csv")

    @cached_property
    def training(self) -> pd.DataFrame:
        """training.csv."""
        return self._read("training.csv")

    def target_path(self, dataset: str, n_qubits: int) -> Path:
        """Path of a target distribution."""
        return self.folder / "targets" / f"{dataset}_n{n_qubits}.csv"


@cache
def _closed_form(path: Path, bandwidth: float, single_qubit: Literal["haar", "ry"]) -> float:
    target = read_target(path)
    return theory.product_mmd_variance(
        target.n_qubits, bandwidth, target.bitstrings, target.probabilities, single_qubit=single_qubit
    )


def product_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of product circuits beside Theorem 2's closed form, at every size, data set and named bandwidth."""
    rows = tables.variance
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd")]
    rows = rows[rows["shots"].isna() & (rows["n_layers"] == 0) & rows["bandwidth"].isin(settings["bandwidths"])]
    found = []
    for row in rows.itertuples():
        (s,) = bandwidth_values(row.bandwidth, row.n_qubits)
        expected = _closed_form(tables.target_path(row.dataset, row.n_qubits), s, settings["single_qubit"])
        found.append(_against_closed_form(row, expected))
    return found


def _against_closed_form(row: Any, expected: float) -> Comparison:
    """A row of variance.csv beside the variance that a closed form gives."""
    error = float(log_standard_error(row.variance, row.ci_low, row.ci_high))
    label = f"{row.dataset}, n = {row.n_qubits}, s = {row.bandwidth}"
    deviation = float(np.log(row.variance / expected) / error)
    return Comparison(label, row.variance, row.ci_low, row.ci_high, expected, deviation)


def deep_variance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of the deep limit beside the closed form for Haar states, or, for a control, for product circuits."""
    rows = tables.variance
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == "mmd")]
    rows = rows[rows["shots"].isna() & (rows["n_layers"] == np.inf) & rows["bandwidth"].isin(settings["bandwidths"])]
    found = []
    for row in rows.itertuples():
        (s,) = bandwidth_values(row.bandwidth, row.n_qubits)
        path = tables.target_path(row.dataset, row.n_qubits)
        if settings["states"] == "haar":
            expected = theory.deep_mmd_variance(row.n_qubits, s, read_target(path).dense())
        else:
            expected = _closed_form(path, s, "haar")
        found.append(_against_closed_form(row, expected))
    return found


def bodyness_moment(tables: Tables, settings: Settings) -> list[Comparison]:
    """A moment of the bodyness read off the kernel, beside its closed form."""
    closed = {"mean": theory.mean_bodyness, "variance": theory.bodyness_variance}[settings["moment"]]
    column = {"mean": "mean_bodyness", "variance": "bodyness_variance"}[settings["moment"]]
    power = {"variance": 1, "standard_deviation": 2}[settings["convention"]]
    found = []
    for row in tables.bodyness.itertuples():
        estimate = getattr(row, column)
        expected = float(closed(row.n_qubits, row.s**power))
        label = f"n = {row.n_qubits}, s = {row.bandwidth}"
        found.append(Comparison(label, estimate, estimate, estimate, expected, abs(estimate / expected - 1)))
    return found


def scaling_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The preferred law of a variance, or of the training mass, for each data set."""
    rows = tables.scaling
    for name in ("experiment", "loss", "depth"):
        rows = rows[rows[name] == settings[name]]
    if settings["loss"] == "mmd":
        rows = rows[rows["bandwidth"] == settings["bandwidth"]]
    if "datasets" in settings:
        rows = rows[rows["dataset"].isin(settings["datasets"])]
    found = []
    for row in rows.itertuples():
        kind = "poly" if row.preferred == "polynomial" else "exp"
        value = row.poly_power if kind == "poly" else row.exp_rate
        low, high = getattr(row, f"{kind}_ci_low"), getattr(row, f"{kind}_ci_high")
        name = "power" if kind == "poly" else "rate"
        label = f"{row.dataset}: {row.preferred}, {name} {value:.3g} [{low:.3g}, {high:.3g}], weight {row.weight:.3g}"
        # A law only counts as found with the weight that the claim's tolerance asks for.
        deviation = 1 - row.weight if row.preferred != "inconclusive" else np.nan
        found.append(Comparison(label, value, low, high, "", deviation, found=row.preferred))
    return found


SMALLEST_COUNT = 5
"""Expected successes and failures below which a count is too small for a normal approximation."""


def fixed_point_frequency(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often an estimate equals its fixed point, beside the chance that no shot hits the training set.

    Where ``shots_factor`` is not 1 the prediction is that of as many more shots (a broken variant, for a control).
    """
    found = []
    for row in tables.fixed_points.itertuples():
        predicted = row.predicted ** settings["shots_factor"]
        expected = predicted * row.draws
        if min(expected, row.draws - expected) < SMALLEST_COUNT or row.predicted_sd == 0:
            continue
        label = f"{row.experiment}, {row.loss}, {row.dataset}, n = {row.n_qubits}, {row.shots:g} shots"
        found.append(
            Comparison(
                label,
                row.fraction,
                row.ci_low,
                row.ci_high,
                predicted,
                (row.fraction - predicted) / row.predicted_sd,
            )
        )
    return found


def fixed_point_union_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """How often an estimate differs from its fixed point, beside N M 2^-n times ``factor``."""
    rows = tables.fixed_points
    rows = rows[rows["experiment"] == settings["experiment"]]
    found = []
    for row in rows.itertuples():
        strings = len(read_target(tables.target_path(row.dataset, row.n_qubits)).probabilities)
        bound = settings["factor"] * row.shots * strings * 2.0**-row.n_qubits
        off = row.draws - row.at_fixed_point
        # The exact binomial tail if the bound were the true chance, as a one-sided normal deviate.
        tail = stats.binom.sf(off - 1, row.draws, min(1.0, bound)) if off else 1.0
        label = f"{row.loss}, {row.dataset}, n = {row.n_qubits}, {row.shots:g} shots"
        found.append(
            Comparison(
                label,
                1 - row.fraction,
                1 - row.ci_high,
                1 - row.ci_low,
                bound,
                float(stats.norm.isf(max(tail, 1e-300))),
            )
        )
    return found


def _final_tvds(tables: Tables, settings: Settings, loss: str) -> pd.Series:
    rows = tables.training
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == loss)]
    last = rows[rows["epoch"] == rows["epoch"].max()]
    return last.set_index("repetition")["tvd"]


def final_tvd_order(tables: Tables, settings: Settings) -> list[Comparison]:
    """Final exact TVD of two losses: difference of medians with its bootstrap interval, exact Mann-Whitney p.

    Nothing for fewer than two repetitions.
    """
    low = _final_tvds(tables, settings, settings["lower"]).to_numpy()
    high = _final_tvds(tables, settings, settings["higher"]).to_numpy()
    if min(len(low), len(high)) < 2:
        return []
    rng = np.random.default_rng(0)
    estimate, ci_low, ci_high = bootstrap_median_difference(low, high, 0.95, rng)
    p, reverse = ordering_p_value(low, high), ordering_p_value(high, low)
    label = (
        f"median {np.median(low):.3f} ({settings['lower']}) against {np.median(high):.3f} ({settings['higher']}), "
        f"{len(low)} and {len(high)} repetitions, one-sided p = {p:.3g}"
    )
    return [Comparison(label, estimate, ci_low, ci_high, 0.0, p, reverse)]


def final_tvd_level(tables: Tables, settings: Settings) -> list[Comparison]:
    """Final median TVD beside a level read off a plot; nothing unless the run has the plot's own settings."""
    rows = tables.training
    rows = rows[(rows["experiment"] == settings["experiment"]) & (rows["loss"] == settings["loss"])]
    same = (rows["shots"] == settings["shots"]) & (rows["dataset"] == settings["dataset"])
    if rows.empty or not same.all() or rows["epoch"].max() != settings["epochs"]:
        return []
    values = _final_tvds(tables, settings, settings["loss"])
    low, high = values.quantile([0.25, 0.75])
    median, level = float(values.median()), settings["level"]
    return [Comparison(f"median of {len(values)}", median, low, high, level, abs(median / level - 1))]


Measurement = Callable[[Tables, Settings], list[Comparison]]

MEASUREMENTS: dict[str, Measurement] = {
    function.__name__: function
    for function in (
        product_variance,
        deep_variance,
        bodyness_moment,
        scaling_law,
        fixed_point_frequency,
        fixed_point_union_bound,
        final_tvd_order,
        final_tvd_level,
    )
}
"""What a claim's ``check`` can name."""

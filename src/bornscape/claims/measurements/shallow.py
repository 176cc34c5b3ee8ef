"""Theorem 3: variances beside the light cones' bound, their terms, and the path beyond state vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison
from bornscape.statistics import excess_kurtosis, gamma_deviate, log_standard_error, normal_deviate_of_t

FEWEST_CHECKS = 4
"""States behind a mean error, at least."""

_PLACE = ["n_qubits", "n_layers", "dataset", "bandwidth"]


def _rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Rows of theorem_3.csv for the claim's circuits, and for its data sets if it names some."""
    rows = tables.read(settings["table"])
    if "datasets" in settings:
        rows = rows[rows["dataset"].isin(settings["datasets"])]
    return rows[rows["circuit"].isin(settings["circuits"])]


def _label(row: Any) -> str:
    name = f"{row.circuit}, " if hasattr(row, "circuit") else ""
    return f"{name}{row.dataset}, n = {row.n_qubits}, {row.n_layers:g} layers"


def _above(row: Any, bound: float, bound_error: float) -> Comparison:
    """A variance beside a lower bound: standard errors by which its logarithm lies below it."""
    error = float(log_standard_error(row.variance, row.ci_low, row.ci_high))
    deviation = np.log(bound / row.variance) / np.hypot(error, bound_error / bound)
    return Comparison(_label(row), row.variance, row.ci_low, row.ci_high, bound, float(deviation))


def _bound_of(row: Any, cones: str) -> tuple[float, float]:
    """The bound and its error; with ``cones`` "ignored" that of light cones of no qubit (a broken variant)."""
    if cones == "ignored":
        return float(row.bound_without_cones), 0.0
    return float(row.bound), float(row.bound_error)


def light_cone_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of state vectors beside the bound of Theorem 3."""
    rows = _rows(tables, settings)
    rows = rows[rows["variance"].notna() & rows["bound"].notna()]
    return [_above(row, *_bound_of(row, settings["cones"])) for row in rows.itertuples()]


def light_cone_bound_beyond(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of variance.csv beside the bound of the same circuits, at sizes beyond the state vectors."""
    variance = tables.read("variance")
    variance = variance[(variance["experiment"] == settings["experiment"]) & (variance["loss"] == "mmd")]
    cones = _rows(tables, settings)
    cones = cones[cones["variance"].isna()][[*_PLACE, "bound", "bound_error", "bound_without_cones"]]
    both = variance.merge(cones, on=_PLACE)
    return [_above(row, *_bound_of(row, settings["cones"])) for row in both.itertuples()]


def _pooled(rows: pd.DataFrame, values: ArrayLike) -> pd.Series:
    """The larger of each value and the mean of the values of its circuit and data set."""
    own = pd.Series(np.asarray(values, dtype=np.float64), index=rows.index)
    return np.maximum(own, own.groupby([rows["circuit"], rows["dataset"]]).transform("mean"))


def linear_term(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[2 E_qp K] beside the mean over Clifford angles; "product" in its place ignores the light cones.

    The kurtosis of one cell's draws is too noisy an estimate: it is low where the variance is. So the mean over all
    cells of a circuit and data set stands for it, or its own if that is larger.
    """
    rows = _rows(tables, settings)
    rows = rows[rows["variance"].notna() & rows["linear_expected"].notna()]
    columns = (rows[name] for name in ("linear_variance", "linear_ci_low", "linear_ci_high", "draws"))
    rows = rows.assign(kurtosis=_pooled(rows, excess_kurtosis(*columns)))
    comparisons = []
    for row in rows.itertuples():
        expected, expected_error = row.linear_expected, row.linear_expected_error
        if settings["expected"] == "product":
            expected, expected_error = row.linear_product, 0.0
        interval = (row.linear_variance, row.linear_ci_low, row.linear_ci_high)
        spread = np.sqrt(row.kurtosis / row.draws + 2 / (row.draws - 1))
        deviation = gamma_deviate(row.linear_variance / expected, np.hypot(spread, expected_error / expected))
        comparisons.append(Comparison(_label(row), *interval, expected, deviation))
    return comparisons


def term_covariance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Covariance of E_qq K and 2 E_qp K beside 0; its error in units of both variances is pooled as in linear_term."""
    rows = _rows(tables, settings)
    rows = rows[rows["covariance"].notna()]
    scale = np.sqrt(rows["self_variance"] * rows["linear_variance"])
    error = scale * np.sqrt(_pooled(rows, (rows["covariance_error"] / scale) ** 2))
    comparisons = []
    for row in rows.assign(error=error).itertuples():
        half = 1.96 * row.error
        deviation = row.covariance / row.error
        low, high = row.covariance - half, row.covariance + half
        comparisons.append(Comparison(_label(row), row.covariance, low, high, 0.0, deviation))
    return comparisons


def sequential_single_z(tables: Tables, settings: Settings) -> list[Comparison]:
    """Largest difference of <Z_i> between sequential states and state vectors (mirrored wires: a broken variant)."""
    rows = _rows(tables, settings)
    column = {"same": "z_error", "mirrored": "z_error_mirrored"}[settings["wires"]]
    rows = rows[rows["z_error"].notna()].drop_duplicates(["circuit", "n_qubits", "n_layers"])
    values = [(_label(row), float(getattr(row, column))) for row in rows.itertuples()]
    return [Comparison(label, value, value, value, 0.0, value) for label, value in values]


def sequential_mmd(tables: Tables, settings: Settings) -> list[Comparison]:
    """Mean difference between the MMD estimated from sequential states and the exact one, beside 0."""
    rows = _rows(tables, settings)
    column = {"all": "excess", "without singles": "excess_without_singles"}[settings["terms"]]
    comparisons = []
    for row in rows[rows["checked"] >= FEWEST_CHECKS].itertuples():
        value = float(getattr(row, column))
        ratio, freedom = value / row.excess_error, row.checked - 1
        # Student's t as the normal deviate of the same tail, which the judge expects.
        deviation = normal_deviate_of_t(ratio, freedom)
        half = row.excess_error * stats.t.ppf(0.975, freedom)
        comparisons.append(Comparison(_label(row), value, value - half, value + half, 0.0, deviation))
    return comparisons


def _growing_depth(tables: Tables, settings: Settings) -> pd.DataFrame:
    """Rows of the table of guided paths at a depth that grows with n, "n" or "log2(n)"."""
    rows = tables.read(settings["table"])
    return rows[(rows["bandwidth"] == settings["bandwidth"]) & (rows["depth"] == settings["depth"])]


def linear_depth_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law in n of bounds on Var[MMD] where the number of layers grows with n."""
    rows = _growing_depth(tables, settings)
    comparisons = []
    for quantity in settings["quantities"]:
        comparisons += law_comparison(quantity, rows[rows["quantity"] == quantity])
    return comparisons


def linear_depth_bounds(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[MMD] of state vectors at n layers between its bounds from guided paths; the lower one at |0...0> and GHZ."""
    states = tables.read(settings["states"])
    states = states[states["circuit"].isin(settings["circuits"]) & states["variance"].notna()]
    states = states[(states["n_layers"] == states["n_qubits"]) & (states["bandwidth"] == settings["bandwidth"])]
    bounds = _growing_depth(tables, settings).set_index(["quantity", "n_qubits"])
    comparisons = []
    for row in states.itertuples():
        for quantity, sign in ((f"lower_{row.dataset}", 1), ("upper", -1)):
            if (quantity, row.n_qubits) in bounds.index:
                comparisons.append(_beside(row, bounds.loc[(quantity, row.n_qubits)], quantity, sign))
    return comparisons


def _beside(row: Any, bound: pd.Series, quantity: str, sign: int) -> Comparison:
    """Standard errors by which a variance lies below a lower bound (sign 1), or above an upper one (-1)."""
    errors = (
        float(log_standard_error(row.variance, row.ci_low, row.ci_high)),
        float(log_standard_error(bound["value"], bound["ci_low"], bound["ci_high"])),
    )
    deviation = sign * np.log(bound["value"] / row.variance) / np.hypot(*errors)
    label = f"{_label(row)}, {quantity}"
    return Comparison(label, row.variance, row.ci_low, row.ci_high, float(bound["value"]), float(deviation))

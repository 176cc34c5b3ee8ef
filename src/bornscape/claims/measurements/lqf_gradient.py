"""The variances of the LQF's derivatives: their law, their sum beside the loss's own variance, and Pauli paths."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison
from bornscape.statistics import normal_deviate_of_t

_PLACE = ["n_qubits", "dataset", "depth"]


def gradient_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of Var[dL/d angle], the mean over all angles, at each of ``depths`` and data set, by one ``method``."""
    rows = tables.read(settings["table"])
    rows = rows[(rows["method"] == settings["method"]) & rows["depth"].astype(str).isin(settings["depths"])]
    comparisons = []
    for (depth, dataset), part in rows.groupby(["depth", "dataset"], sort=False):
        numbers = part[["total", "ci_low", "ci_high"]].div(part["parameters"], axis=0)
        means = numbers.rename(columns={"total": "value"}).assign(n_qubits=part["n_qubits"])
        comparisons += law_comparison(f"depth {depth}, {dataset}", means)
    return comparisons


def gradient_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """The sum over the angles of Var[dL/d angle], which Var[LQF] must not exceed, of state vectors.

    With ``angles`` "one" their mean stands for the sum (a broken variant). The deviation is that of Var[LQF] above it,
    in standard errors of the difference on the same circuits.
    """
    rows = tables.read(settings["table"])
    name = {"all": "excess", "one": "one_excess"}[settings["angles"]]
    comparisons = []
    for row in rows[rows["method"] == "vectors"].to_dict("records"):
        excess, error = row[name], row[f"{name}_error"]
        value = row["loss_variance"]
        deviation = normal_deviate_of_t(-excess / error, row["draws"] - 1)
        label = f"depth {row['depth']}, {row['dataset']}, n = {row['n_qubits']}"
        comparisons.append(Comparison(label, value, value, value, value + excess, deviation))
    return comparisons


def gradient_paths(tables: Tables, settings: Settings) -> list[Comparison]:
    """The sum over the angles of Var[dL/d angle] from state vectors beside Pauli paths, where the run has both.

    With ``counted`` "paths" each path counts once, and not with the rotations that it met (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows.assign(depth=rows["depth"].astype(str), error=_errors(rows))
    vectors, paths = (rows[rows["method"] == name].set_index(_PLACE) for name in ("vectors", "paths"))
    column = {"rotations": "total", "paths": "loss_variance"}[settings["counted"]]
    comparisons = []
    for place, row in vectors.iterrows():
        if place not in paths.index:
            continue
        other = paths.loc[place]
        error = np.hypot(row["error"], other["error"])
        freedom = min(row["draws"], other["draws"]) - 1
        deviation = normal_deviate_of_t(float((row["total"] - other[column]) / error), float(freedom))
        n, dataset, depth = place if isinstance(place, tuple) else (place, "", "")
        numbers = (float(row["total"]), float(row["ci_low"]), float(row["ci_high"]), float(other[column]))
        comparisons.append(Comparison(f"depth {depth}, {dataset}, n = {n}", *numbers, deviation))
    return comparisons


def _errors(rows: pd.DataFrame) -> pd.Series:
    """Standard errors behind the 95 % intervals of means."""
    return (rows["ci_high"] - rows["ci_low"]) / (2 * stats.t.ppf(0.975, rows["draws"] - 1))

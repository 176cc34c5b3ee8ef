"""Theorem 3 term by term: Var[MMD] of shallow circuits beside the average light cone's lower bound.

MMD = X - 2 Y + constant, X = E_qq K and Y = E_qp K without its constant. State vectors give the variances of both and
their covariance; Clifford angles give the light cones, hence the bound and what Var[2 Y] should be, also at n beyond
state vectors (there for subsets of one or two wires, which makes the bound smaller).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape import theory
from bornscape.aliases import Float, Row, Settings
from bornscape.bitstrings.walsh import subset_sizes, walsh_hadamard
from bornscape.circuits import line_circuit
from bornscape.circuits.light_cones import Family, random_supports, subset_pairs
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.simulators.line import line_parameters, sequential_state
from bornscape.simulators.state_vector import layer_probabilities
from bornscape.statistics import variance_interval
from bornscape.theory.shallow import FirstLayer
from bornscape.variance.shallow_terms import CIRCUITS, TermEvaluation, random_parameters

CHECKED_DEPTH = 5
"""Layers up to which sequential states are compared with state vectors."""

DEEPEST = 16
"""Depths beyond are left out: nothing here simulates them."""

BATCHES = 20
"""Groups of Clifford angles, whose scatter gives the errors of the light cones' averages."""

_KEY = ["circuit", "n_qubits", "n_layers", "dataset", "bandwidth"]
_CONES = ["bound", "bound_error", "linear_expected", "linear_expected_error", "bound_without_cones", "linear_product"]
_CHECKS = ["z_error", "z_error_mirrored", "excess", "excess_without_singles"]
_MEASURED = [*_KEY[:1], *_KEY[2:], "draw", "self_term", "cross_term", *_CONES, "light_cone", "largest_subset", *_CHECKS]

COLUMNS = [
    *(*_KEY, "draws", "variance", "ci_low", "ci_high", "linear_variance", "linear_ci_low", "linear_ci_high"),
    *("self_variance", "covariance", "covariance_error", *_CONES, "light_cone", "largest_subset"),
    *("checked", "z_error", "z_error_mirrored", "excess", "excess_error", "excess_without_singles"),
]


def _draw_rows(name: str, n: int, depths: list[int], settings: Settings, targets: Targets, rng: Any) -> list[Row]:
    """The terms of every draw; the first few are compared with sequential states."""
    exact, circuit = (
        TermEvaluation(n, settings["bandwidths"], settings["samples"], targets),
        line_circuit(n, depths[-1]),
    )
    rows = []
    for draw in range(settings["draws"]):
        theta = random_parameters(CIRCUITS[name], n, depths[-1], rng)
        for layers, q in layer_probabilities(circuit, theta, depths):
            z = walsh_hadamard(q)
            terms = list(exact.terms(z))
            if draw < settings["checked"] and layers <= CHECKED_DEPTH:
                state = sequential_state(n, layers, theta[: line_parameters(n, layers)])
                terms = exact.compared(z, terms, state, rng)
            rows += [{"circuit": name, "n_layers": layers, "draw": draw} | row for row in terms]
    return rows


def _subsets(n: int, everything: bool, targets: Targets) -> tuple[NDArray[np.int64], dict[str, Float]]:
    """Sizes of the subsets that the bound sums over, and the data's parities on them."""
    if everything:
        return subset_sizes(n), {name: walsh_hadamard(target.dense()) for name, target in targets.items()}
    pairs = subset_pairs(n)
    parities = {}
    for name, target in targets.items():
        matrix = theory.pair_parities(target.bitstrings, target.probabilities)
        parities[name] = matrix[pairs[:, 0], pairs[:, 1]]
    return 1 + (pairs[:, 0] != pairs[:, 1]), parities


class _Averages:
    """Means over Clifford angles, in batches, of the log second moments, the second moments and the sizes."""

    def __init__(self, subsets: int) -> None:
        self.logs, self.moments, self.sizes = (np.zeros((BATCHES, subsets)) for _ in range(3))

    def add(self, batch: int, logs: Float, sizes: NDArray[np.int64]) -> None:
        self.logs[batch] += logs
        self.moments[batch] += np.exp(logs)
        self.sizes[batch] += sizes

    def divide(self, count: int) -> None:
        for values in (self.logs, self.moments, self.sizes):
            values /= count


def _cone_averages(
    family: Family, layers: list[FirstLayer], n: int, depths: list[int], subsets: int, settings: Settings, rng: Any
) -> dict[tuple[FirstLayer, int], _Averages]:
    """Averages for each first layer and depth; both first layers see the same light cones."""
    averages = {(first, depth): _Averages(subsets) for first in layers for depth in depths}
    each = settings["light_cones"] // BATCHES
    largest = n if n <= settings["largest_state"] else 2
    for batch in range(BATCHES):
        for _ in range(each):
            for depth, cones in random_supports(family, n, depths, largest, rng):
                for first in layers:
                    logs = theory.log_second_moments(cones.z_factors, cones.xy_factors, first)
                    averages[first, depth].add(batch, logs, cones.sizes)
    for cell in averages.values():
        cell.divide(each)
    return averages


def _bound(coefficients: Float, sizes: NDArray[np.int64], averages: _Averages, first: FirstLayer) -> Row:
    """The bound with its jackknife error, Var[2 Y] with its standard error, and both with light cones ignored."""
    logs, moments = averages.logs, averages.moments
    total = logs.sum(axis=0)
    left_out = np.array([theory.light_cone_bound(coefficients, (total - row) / (BATCHES - 1)) for row in logs])
    linear = moments @ coefficients
    product = theory.log_second_moments(sizes, np.zeros_like(sizes), first)
    singles = sizes == 1
    return {
        "bound": theory.light_cone_bound(coefficients, total / BATCHES),
        "bound_error": np.sqrt((BATCHES - 1) / BATCHES * np.sum((left_out - left_out.mean()) ** 2)),
        "linear_expected": linear.mean(),
        "linear_expected_error": linear.std(ddof=1) / np.sqrt(BATCHES),
        "bound_without_cones": coefficients.sum(),
        "linear_product": theory.light_cone_bound(coefficients, product),
        "light_cone": averages.sizes[:, singles].mean(),
    }


def _cone_rows(n: int, depths: list[int], settings: Settings, targets: Targets, rng: Any) -> list[Row]:
    named = {name: CIRCUITS[name] for name in settings["circuits"] if CIRCUITS[name].range == 2 * np.pi}
    everything = n <= settings["largest_state"]
    sizes, parities = _subsets(n, everything, targets)
    rows = []
    for family in sorted({kind.family for kind in named.values()}):
        members = {name: kind.first_layer for name, kind in named.items() if kind.family == family}
        firsts = sorted(set(members.values()))
        averages = _cone_averages(family, firsts, n, depths, len(sizes), settings, rng)
        for name, first in members.items():
            for label, bandwidth in settings["bandwidths"].items():
                (s,) = bandwidth_values(bandwidth, n)
                for dataset, z in parities.items():
                    coefficients = theory.linear_coefficients(n, s, sizes, z)
                    rows += [
                        {"circuit": name, "n_layers": depth, "dataset": dataset, "bandwidth": label, "draw": -1}
                        | {"largest_subset": n if everything else 2}
                        | _bound(coefficients, sizes, averages[first, depth], first)
                        for depth in depths
                    ]
    return rows


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one size: the terms of every draw, and, with draw -1, what the light cones say of each circuit."""
    depths = sorted({depth_value(depth, n_qubits) for depth in settings["depths"]})
    depths = [depth for depth in depths if 1 <= depth <= DEEPEST]
    rows = _cone_rows(n_qubits, depths, settings, targets, rng)
    if n_qubits <= settings["largest_state"]:
        for name in settings["circuits"]:
            rows += _draw_rows(name, n_qubits, depths, settings, targets, rng)
    return pd.DataFrame(rows).reindex(columns=_MEASURED)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The evidence table: variances of the MMD, of 2 Y and of X, their covariance, and the light cones' numbers."""
    summaries = []
    for key, group in rows.groupby(_KEY, sort=False):
        row: Row = dict(zip(_KEY, key, strict=True)) | {"draws": 0}
        drawn, cones = group[group["draw"] >= 0], group[group["draw"] < 0]
        if len(drawn):
            row |= _terms(drawn["self_term"].to_numpy(), 2 * drawn["cross_term"].to_numpy())
            row |= _check(drawn[drawn["excess"].notna()])
        if len(cones):
            row |= {name: cones[name].mean() for name in (*_CONES, "light_cone", "largest_subset")}
            for name in ("bound_error", "linear_expected_error"):
                row[name] = np.sqrt(np.sum(cones[name] ** 2)) / len(cones)
        summaries.append(row)
    return pd.DataFrame(summaries).reindex(columns=COLUMNS)


def _terms(self_term: Float, linear: Float) -> Row:
    """Variances of X - 2 Y, of 2 Y and of X, and Cov(X, 2 Y) with its standard error."""
    names = ("variance", "ci_low", "ci_high")
    row: Row = {"draws": len(linear)}
    for lead, values in (("", self_term - linear), ("linear_", linear)):
        estimate = variance_interval(values)
        row |= {lead + name: getattr(estimate, name) for name in names}
    products = (self_term - self_term.mean()) * (linear - linear.mean())
    row["self_variance"] = self_term.var(ddof=1)
    row["covariance"] = products.sum() / (len(products) - 1)
    row["covariance_error"] = products.std(ddof=1) / np.sqrt(len(products))
    return row


def _check(rows: pd.DataFrame) -> Row:
    """Largest error of <Z_i>, and the mean excess of the sampled MMD with its standard error."""
    if len(rows) < 2:
        return {"checked": len(rows)}
    return {
        "checked": len(rows),
        "z_error": rows["z_error"].max(),
        "z_error_mirrored": rows["z_error_mirrored"].max(),
        "excess": rows["excess"].mean(),
        "excess_error": rows["excess"].std(ddof=1) / np.sqrt(len(rows)),
        "excess_without_singles": rows["excess_without_singles"].mean(),
    }

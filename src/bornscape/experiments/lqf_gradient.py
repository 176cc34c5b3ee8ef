"""The LQF's gradient: the variances of its components over random line circuits, and in deep circuits.

Three methods: Pauli paths at any n; exact gradients of state vectors; and in the deep limit Haar-random neighbours
whose angle turns by pi, half of whose difference is a derivative (parameter-shift rule).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.aliases import Float, Settings
from bornscape.circuits import line_circuit
from bornscape.datasets import Target, Targets
from bornscape.formulas import depth_value
from bornscape.losses.dense_noise import lqf_difference
from bornscape.simulators.gradient_paths import gradient_variance_of_paths
from bornscape.simulators.haar import neighbours
from bornscape.training.estimated_gradients import exact_gradient
from bornscape.training.objectives import objective

DEEP = float("inf")
"""Layers of the deep limit."""

COLUMNS = [
    *("n_qubits", "method", "dataset", "depth", "n_layers", "parameters", "draws"),
    *("total", "ci_low", "ci_high", "loss_variance", "excess", "excess_error", "one_excess", "one_excess_error"),
]
"""``total``: the sum over the parameters of Var[dL/d parameter], with its 95 % interval (Student's t); ``excess``: it
less Var[LQF], with the standard error; ``one_excess``: its mean over the parameters less Var[LQF]."""

_Row = tuple[str, str, str, float, int, float, float]
"""Method, data set, depth, layers, parameters, total of one draw, and Var[LQF] (paths) or LQF (vectors) of it."""


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw: a batch of paths, a random circuit, or a pair of neighbours."""
    small = n_qubits <= settings["largest_state"]
    rows: list[_Row] = []
    for depth in settings["depths"]:
        layers = depth_value(depth, n_qubits)
        parameters = line_circuit(n_qubits, layers).n_parameters
        for _ in range(settings["batches"]):
            found = gradient_variance_of_paths(layers, settings["paths"], targets, rng)
            rows += [
                ("paths", dataset, str(depth), float(layers), parameters, each.gradient, each.loss)
                for dataset, each in found.items()
            ]
        if small:
            for dataset, target in targets.items():
                drawn = _drawn(target, layers, settings["draws"], rng)
                rows += [("vectors", dataset, str(depth), float(layers), parameters, *values) for values in drawn]
    if small:
        squares = (lqf_difference(*neighbours(n_qubits, np.pi, rng)) ** 2 / 4 for _ in range(settings["pairs"]))
        rows += [("haar", "any", "deep", DEEP, 1, square, np.nan) for square in squares]
    columns = ["method", "dataset", "depth", "n_layers", "parameters", "total", "loss"]
    return pd.DataFrame(rows, columns=columns)


def _drawn(target: Target, layers: int, draws: int, rng: np.random.Generator) -> Iterator[tuple[float, float]]:
    """The squared norm of the exact gradient, and the loss, of random circuits."""
    goal = objective(line_circuit(target.n_qubits, layers), target.dense(), "lqf")
    for _ in range(draws):
        gradient, loss = exact_gradient(goal, rng.uniform(0.0, 2 * np.pi, goal.circuit.n_parameters))
        yield float(gradient @ gradient), loss


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All draws of a size, method, depth and data set together."""
    summaries: list[dict[str, Any]] = []
    keys = ["n_qubits", "method", "dataset", "depth", "n_layers", "parameters"]
    for key, part in rows.groupby(keys, sort=False):
        total, loss = part["total"].to_numpy(), part["loss"].to_numpy()
        mean, error = _mean(total)
        half = float(stats.t.ppf(0.975, len(total) - 1)) * error
        # A batch of paths estimates Var[LQF]; of single circuits the squared deviations do.
        each = loss if part["method"].iloc[0] != "vectors" else (loss - loss.mean()) ** 2 * len(loss) / (len(loss) - 1)
        excess, one = _mean(total - each), _mean(total / part["parameters"].to_numpy() - each)
        numbers = (len(total), mean, mean - half, mean + half, float(each.mean()), *excess, *one)
        summaries.append(dict(zip(COLUMNS, (*key, *numbers), strict=True)))
    return pd.DataFrame(summaries, columns=COLUMNS)


def _mean(values: Float) -> tuple[float, float]:
    """Mean and standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))

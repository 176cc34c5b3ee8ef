"""What training figures are held against: the exact TVD sum |p - q| of models that need no circuit, for each data set.

Models: ``uniform``; ``mode``, the most frequent string alone; ``marginals``, the product of the data's one-body
marginals, that is independent pixels; ``samples``, the empirical distribution of N samples of the data;
``matrix_product``, a real matrix product state trained with its exact KLD, of the largest bond with at most as many
parameters as the line circuit of so many layers. The last two have a value for each of several draws and starts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Row, Settings
from bornscape.bitstrings.sampling import to_bits
from bornscape.circuits import line_circuit
from bornscape.classical_models import MatrixProductModel, fit
from bornscape.datasets import Target, Targets
from bornscape.datasets.sizes import named_at
from bornscape.formulas import depth_value
from bornscape.training.targets import negative_log

KEYS = ["n_qubits", "dataset", "transform", "baseline", "n_layers", "bond", "samples"]
COLUMNS = [*KEYS, "repetitions", "low", "median", "high"]
"""``low``, ``median`` and ``high`` are quartiles of the TVD over ``repetitions`` draws or starts, equal where there is
nothing random. ``n_layers`` and ``bond``: of matrix_product, whose circuit and matrices they are; ``samples``: N."""

NO_TRANSFORM = "none"


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of every data set, as it is and after the transforms asked for at this size, one a model and repetition."""
    rows: list[Row] = []
    for dataset, target in targets.items():
        for transform in (NO_TRANSFORM, *named_at(settings["transforms"], n_qubits)):
            learnt = target if transform == NO_TRANSFORM else _negative_log(target, settings["smallest"])
            lead = {"dataset": dataset, "transform": transform}
            rows += [lead | row for row in (*_fixed(learnt), *_sampled(learnt, settings, rng))]
            rows += [lead | row for row in _trained(learnt, settings["matrix_product"], rng)]
    return pd.DataFrame(rows)


def _negative_log(target: Target, smallest: float) -> Target:
    p = negative_log(target.dense(), smallest)
    kept = np.flatnonzero(p)
    return Target(to_bits(kept, target.n_qubits), p[kept])


def distance(p: Float, inside: Float) -> float:
    """TVD sum |p - q| of a model with probabilities ``inside`` on the data's strings, (M,), and the rest elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> distance(np.array([0.5, 0.5]), np.array([0.25, 0.25]))
    1.0
    """
    return float(np.abs(p - inside).sum() + max(0.0, 1.0 - inside.sum()))


def marginal_product(target: Target) -> Float:
    """Probabilities of the data's strings under the product of the data's one-body marginals, (M,)."""
    ones = target.probabilities @ target.bitstrings
    return np.asarray(np.where(target.bitstrings == 1, ones, 1 - ones).prod(axis=1))


def _fixed(target: Target) -> Iterator[Row]:
    """Models without anything random."""
    p = target.probabilities
    models = {
        "uniform": np.full(len(p), 2.0**-target.n_qubits),
        "mode": np.eye(len(p))[p.argmax()],
        "marginals": marginal_product(target),
    }
    for baseline, inside in models.items():
        yield {"baseline": baseline, "tvd": distance(p, inside)}


def _sampled(target: Target, settings: Settings, rng: np.random.Generator) -> Iterator[Row]:
    p = target.probabilities
    for samples in settings["sample_sizes"]:
        for counts in rng.multinomial(samples, p, size=settings["draws"]):
            yield {"baseline": "samples", "samples": samples, "tvd": distance(p, counts / samples)}


def largest_bond(n_qubits: int, n_layers: int) -> int:
    """The largest bond, at least 1, whose 2 n bond^2 matrix entries are no more than the line circuit's angles.

    Examples
    --------
    300 angles at n = 16 and 4 layers; 2 * 16 * 9 = 288.

    >>> largest_bond(16, 4)
    3
    """
    return max(1, int((line_circuit(n_qubits, n_layers).n_parameters / (2 * n_qubits)) ** 0.5))


def _trained(target: Target, asked: dict[str, Any], rng: np.random.Generator) -> Iterator[Row]:
    n, p = target.n_qubits, target.probabilities
    for formula in named_at(asked["n_layers"], n):
        layers = depth_value(formula, n)
        model = MatrixProductModel(n, largest_bond(n, layers))
        lead = {"baseline": "matrix_product", "n_layers": layers, "bond": model.bond}
        for _ in range(asked["starts"]):
            steps = fit(model, model.start(rng), target.bitstrings, p, asked["epochs"], rates(asked["epochs"]))
            *_, (_, theta) = steps
            yield lead | {"tvd": distance(p, np.exp(model.log_probabilities(theta, target.bitstrings)))}


def rates(epochs: int) -> Callable[[int], float]:
    """Learning rates from 0.1 down to 0.1 / e^3 at the end, where the TVD hardly changes any more."""
    return lambda epoch: 0.1 * math.exp(-3 * epoch / epochs)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Quartiles of the TVD over draws and starts."""
    grouped = rows.reindex(columns=[*KEYS, "tvd"]).groupby(KEYS, sort=False, dropna=False)["tvd"]
    levels = {"low": grouped.quantile(0.25), "median": grouped.median(), "high": grouped.quantile(0.75)}
    return pd.DataFrame({"repetitions": grouped.count(), **levels}).reset_index()[COLUMNS]

"""Variance of exact explicit losses over random states, from q on the training set alone: n = 100 and beyond (Prop. 1).

``states`` says which random states, and which losses are evaluated on each: "product_haar" and "product_ry" (product
circuits of Haar-random gates, or of R_y rotations by uniform angles) and "haar" (the deep limit).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Settings
from bornscape.datasets import Target, Targets
from bornscape.losses.explicit import DEFINITIONS
from bornscape.simulators.haar import support_probabilities
from bornscape.simulators.product import draw_marginals, log_string_probabilities
from bornscape.statistics import variance_interval

COLUMNS = [
    *("n_qubits", "states", "loss", "dataset", "strings", "draws"),
    *("mean", "variance", "ci_low", "ci_high"),
]

KEYS = ["n_qubits", "states", "loss", "dataset", "strings"]

NO_CLIPPING = float(np.finfo(np.float64).tiny)
"""The exact loss is not clipped: at n = 100 every q(x) is far below the clipping value of the estimates."""

_INSIDE = float(np.nextafter(1.0, 0.0))
"""The largest marginal: cosines of angles below 1e-8 round to 1, and the logarithm of the other bit is infinite."""

_BLOCK = 250
"""Draws at a time: (250, 10000) numbers are 20 MB."""


def _blocks(states: str, target: Target, draws: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Q on the target's support, (block, M), in blocks of draws."""
    n = target.n_qubits
    for start in range(0, draws, _BLOCK):
        size = min(_BLOCK, draws - start)
        if states == "haar":
            yield support_probabilities(n, len(target.bitstrings), size, rng)
        else:
            ensemble: Any = states.removeprefix("product_")
            marginals = np.clip(draw_marginals(size, n, ensemble, rng), -_INSIDE, _INSIDE)
            yield np.exp(log_string_probabilities(marginals, target.bitstrings))


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw, kind of states, data set and loss."""
    parts = []
    for states, losses in settings["states"].items():
        for dataset, target in targets.items():
            q = (row for block in _blocks(states, target, settings["draws"], rng) for row in block)
            values = np.array(
                [[DEFINITIONS[loss].value(target.probabilities, row, NO_CLIPPING) for loss in losses] for row in q]
            )
            for loss, column in zip(losses, values.T, strict=True):
                fixed = {"states": states, "loss": loss, "dataset": dataset, "strings": len(target.bitstrings)}
                parts.append(pd.DataFrame({"value": column}).assign(**fixed))
    return pd.concat(parts, ignore_index=True)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Variance of each loss with its 95 % interval (Bonett)."""
    summaries = []
    for key, group in rows.groupby(KEYS, sort=False):
        estimate = variance_interval(group["value"].to_numpy())
        numbers = (estimate.draws, estimate.mean, estimate.variance, estimate.ci_low, estimate.ci_high)
        summaries.append((*key, *numbers))
    return pd.DataFrame(summaries, columns=COLUMNS)

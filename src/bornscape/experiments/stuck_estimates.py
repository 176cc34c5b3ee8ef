"""Where estimated explicit losses get stuck: estimates from samples beside the fixed points of Cor. 2.

Both distributions are laid out over the strings that occur in either, and each loss is evaluated on them as it is
defined: nothing here knows of fixed points but the closed forms that the estimates are put beside.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape import theory
from bornscape.aliases import Float, Settings
from bornscape.datasets import Target, Targets
from bornscape.formulas import shots_values
from bornscape.losses.explicit import DEFINITIONS
from bornscape.simulators.product import draw_marginals, product_samples

COLUMNS = [
    *("n_qubits", "dataset", "loss", "shots", "epsilon", "hit", "draws"),
    *("estimate", "fixed_point", "largest_difference"),
]
"""One row for draws without a hit and one for those with one (``hit`` 0 and 1). ``estimate`` and ``fixed_point`` are
means over the draws, ``largest_difference`` the largest difference of the two, relative to the larger of 1 and L0."""

KEYS = ["n_qubits", "dataset", "loss", "shots", "epsilon", "hit"]

PAIRWISE = {
    "kld": "kl_divergence",
    "reverse_kld": "reverse_kl_divergence",
    "jsd": "jensen_shannon_divergence",
    "tvd": "total_variation",
    "classical_fidelity": "classical_fidelity",
}
"""This package's names of the losses, and those of ``theory``."""

RENYI = {"renyi_2": 2.0, "renyi_0.5": 0.5}


def _aligned(samples: NDArray, target: Target) -> tuple[Float, Float]:
    """P and q~ over the strings that occur in either."""
    strings = np.concatenate([target.bitstrings, samples])
    weights = np.zeros((len(strings), 2))
    weights[: len(target.bitstrings), 0] = target.probabilities
    weights[len(target.bitstrings) :, 1] = 1 / len(samples)
    unique, inverse = np.unique(strings, axis=0, return_inverse=True)
    p, q = (np.bincount(inverse.ravel(), column, len(unique)).astype(np.float64) for column in weights.T)
    return p, q


def _fixed_point(loss: str, p: Float, q: Float, epsilon: float) -> float:
    if loss in RENYI:
        return theory.renyi_fixed_point(p, RENYI[loss], epsilon)
    return theory.fixed_point(PAIRWISE[loss], p, q, epsilon)


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw, number of shots, data set and loss."""
    epsilon = settings["epsilon"]
    rows = []
    for z in draw_marginals(settings["draws"], n_qubits, settings["ensemble"], rng):
        for shots in shots_values(settings["shots"], n_qubits):
            samples = product_samples(z, shots, rng)
            for dataset, target in targets.items():
                p, q = _aligned(samples, target)
                hit = int(np.any((p > 0) & (q > 0)))
                for loss, definition in DEFINITIONS.items():
                    value = definition.value(p, q, epsilon)
                    rows.append((dataset, loss, shots, epsilon, hit, value, _fixed_point(loss, p, q, epsilon)))
    return pd.DataFrame(rows, columns=[*KEYS[1:], "estimate", "fixed_point"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Means and largest differences of the draws with and without a hit."""
    scale = np.maximum(1.0, rows["fixed_point"].abs())
    rows = rows.assign(difference=(rows["estimate"] - rows["fixed_point"]).abs() / scale)
    summary = rows.groupby(KEYS, sort=False).agg(
        draws=("estimate", "size"),
        estimate=("estimate", "mean"),
        fixed_point=("fixed_point", "mean"),
        largest_difference=("difference", "max"),
    )
    return summary.reset_index()[COLUMNS]

"""How often N samples of a random product circuit hit the training set at all, and how far off they land (Fig. 3).

The smaller numbers of samples are the first ones of the largest, so that fractions of one size are correlated; each is
unbiased. ``counted`` are numbers of samples beyond what can be drawn: whether one hits is then drawn from the exact
chance 1 - (1 - q(P))^N.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Settings
from bornscape.datasets import Targets
from bornscape.formulas import evaluate, shots_values
from bornscape.simulators.product import draw_marginals, product_samples, string_probabilities
from bornscape.statistics import proportion_interval

COLUMNS = [
    *("n_qubits", "dataset", "strings", "formula", "shots", "draws"),
    *("hits", "fraction", "ci_low", "ci_high", "predicted", "predicted_sd"),
    *("nearest", "nearest_low", "nearest_high", "distance", "distance_low", "distance_high"),
]
"""``predicted``: mean over the draws of 1 - (1 - q(P))^N; ``predicted_sd``: standard deviation of the fraction around
it. ``nearest``: Hamming distance from the training set to the nearest sample; ``distance``: mean distance of sample and
training string. Medians over the draws, between the quartiles."""

KEYS = ["n_qubits", "dataset", "strings", "formula", "shots"]


def _distances(samples: NDArray, bitstrings: NDArray) -> NDArray[np.float32]:
    """Hamming distances, (N, M)."""
    signs_x, signs_y = (1 - 2 * np.asarray(v, dtype=np.float32) for v in (samples, bitstrings))
    return np.asarray((samples.shape[1] - signs_x @ signs_y.T) / 2, dtype=np.float32)


def _chance(mass: float, count: float) -> float:
    """1 - (1 - mass)^count."""
    return 1.0 if mass >= 1 else float(-np.expm1(count * np.log1p(-mass)))


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw, data set and number of samples."""
    sampled = {formula: shots_values([formula], n_qubits)[0] for formula in settings["shots"]}
    counted = {formula: evaluate(formula, n_qubits) for formula in settings["counted"]}
    rows: list[tuple[Any, ...]] = []
    for z in draw_marginals(settings["draws"], n_qubits, settings["ensemble"], rng):
        samples = product_samples(z, max(sampled.values()), rng)
        for dataset, target in targets.items():
            lead = (dataset, len(target.bitstrings))
            mass = float(string_probabilities(z, target.bitstrings).sum())
            distances = _distances(samples, target.bitstrings)
            nearest, mean = distances.min(axis=1), float((distances @ target.probabilities).mean())
            for formula, shots in sampled.items():
                closest = float(nearest[:shots].min())
                rows.append((*lead, str(formula), shots, closest == 0, _chance(mass, shots), closest, mean))
            for formula, count in counted.items():
                chance = _chance(mass, count)
                rows.append((*lead, str(formula), count, rng.random() < chance, chance, np.nan, np.nan))
    names = ["dataset", "strings", "formula", "shots", "hit", "chance", "nearest", "distance"]
    return pd.DataFrame(rows, columns=names)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Fractions of draws with a hit (95 % Clopper-Pearson), their exact expectation, and distances."""
    summaries = []
    for key, group in rows.groupby(KEYS, sort=False):
        hits, draws, chance = int(group["hit"].sum()), len(group), group["chance"].to_numpy()
        spread = float(np.sqrt(np.sum(chance * (1 - chance))) / draws)
        lengths = [group[name].quantile(at) for name in ("nearest", "distance") for at in (0.5, 0.25, 0.75)]
        summaries.append((*key, draws, hits, *proportion_interval(hits, draws), chance.mean(), spread, *lengths))
    return pd.DataFrame(summaries, columns=COLUMNS)

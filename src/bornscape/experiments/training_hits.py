"""How often N samples of a random model hit the training set at all, and how far off they land (Fig. 3, Thm. 1).

An estimated explicit loss leaves its fixed point exactly where a sample hits. Ensembles of models:

- ``product_haar``: one layer of Haar-random gates, whose samples are drawn. The smaller numbers of samples are the
  first ones of the largest, so that fractions of one size are correlated; each is unbiased;
- ``haar``: Haar-random states, deep circuits, at any n from their exact mass on the training set;
- ``product_near``: R_y rotations within 1/sqrt(n) of those that prepare the first training string, from their exact
  mass: models that know the data;
- ``random``: not a circuit, but N different strings, each set of them as likely (Supplemental Prop. 1).

Data set ``sampled`` (product_haar and haar, always): n^2 samples, with repetitions, of the uniform distribution on all
strings of weight n // 2, drawn anew for every model: poly(n) training samples of data with exponential support.

``counted`` are numbers of samples beyond what can be drawn: whether one hits is then drawn from the exact chance
1 - (1 - q(P))^N, as it is wherever no samples are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape import theory
from bornscape.aliases import Bits, Float, Settings
from bornscape.datasets import Targets
from bornscape.formulas import Formula, evaluate, shots_values
from bornscape.simulators.haar import support_probabilities
from bornscape.simulators.product import draw_marginals, product_samples, string_probabilities
from bornscape.statistics import proportion_interval

COLUMNS = [
    *("ensemble", "n_qubits", "dataset", "strings", "formula", "shots", "draws"),
    *("hits", "fraction", "ci_low", "ci_high", "predicted", "predicted_sd"),
    *("nearest", "nearest_low", "nearest_high", "distance", "distance_low", "distance_high"),
]
"""``strings``: different training strings (``sampled``: their mean); ``predicted``: mean over the draws of
1 - (1 - q(P))^N; ``predicted_sd``: standard deviation of the fraction around it. ``nearest``: Hamming distance from the
training set to the nearest sample; ``distance``: mean distance of sample and training string. Medians over the draws,
between the quartiles; only where samples are drawn."""

KEYS = ["ensemble", "n_qubits", "dataset", "formula", "shots"]

SAMPLED = "sampled"
"""The data set that is drawn anew for every model."""

Counts = dict[Formula, float]
"""Formula -> number of samples at this n."""


def _distances(samples: NDArray, bitstrings: NDArray) -> NDArray[np.float32]:
    """Hamming distances, (N, M)."""
    signs_x, signs_y = (1 - 2 * np.asarray(v, dtype=np.float32) for v in (samples, bitstrings))
    return np.asarray((samples.shape[1] - signs_x @ signs_y.T) / 2, dtype=np.float32)


def _chance(mass: Float | float, count: float) -> Float:
    """1 - (1 - mass)^count."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(count * np.log1p(-np.minimum(mass, 1.0))))


def _training_sample(n_qubits: int, rng: np.random.Generator) -> Bits:
    """The different strings among n^2 samples of the uniform distribution on all strings of weight n // 2."""
    sorted_bits = np.zeros((n_qubits**2, n_qubits), dtype=np.uint8)
    sorted_bits[:, : n_qubits // 2] = 1
    packed = np.packbits(rng.permuted(sorted_bits, axis=1), axis=1)
    return np.unpackbits(np.unique(packed, axis=0), axis=1, count=n_qubits)


def _sampled_rows(
    n: int,
    ensemble: str,
    drawn: Counts,
    counted: Counts,
    settings: Settings,
    targets: Targets,
    rng: np.random.Generator,
) -> Iterator[tuple[Any, ...]]:
    """Product circuits, from their samples."""
    for z in draw_marginals(settings["draws"], n, "haar", rng):
        samples = product_samples(z, int(max(drawn.values())), rng)
        for dataset, target in targets.items():
            lead = (ensemble, dataset, len(target.bitstrings))
            mass = float(string_probabilities(z, target.bitstrings).sum())
            distances = _distances(samples, target.bitstrings)
            nearest, mean = distances.min(axis=1), float((distances @ target.probabilities).mean())
            for formula, shots in drawn.items():
                closest = float(nearest[: int(shots)].min())
                yield (*lead, str(formula), shots, closest == 0, float(_chance(mass, shots)), closest, mean)
            yield from _counted_rows(lead, np.array([mass]), counted, rng)


def _counted_rows(
    lead: tuple[str, str, int], masses: Float, counts: Counts, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    """Hits drawn from the models' exact masses."""
    for formula, count in counts.items():
        chances = _chance(masses, count)
        for chance, hit in zip(chances, rng.random(len(chances)) < chances, strict=True):
            yield (*lead, str(formula), count, bool(hit), float(chance), np.nan, np.nan)


def _near_rows(
    n: int, ensemble: str, counts: Counts, settings: Settings, targets: Targets, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    for dataset, target in targets.items():
        signs = 1.0 - 2.0 * target.bitstrings[0].astype(np.float64)
        angles = rng.normal(0.0, 1 / np.sqrt(n), (settings["draws"], n))
        masses = [string_probabilities(signs * np.cos(row), target.bitstrings).sum() for row in angles]
        yield from _counted_rows((ensemble, dataset, len(target.bitstrings)), np.array(masses), counts, rng)


def _haar_rows(
    n: int, ensemble: str, counts: Counts, settings: Settings, targets: Targets, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    for dataset, target in targets.items():
        strings = len(target.bitstrings)
        masses = support_probabilities(n, strings, settings["draws"], rng).sum(axis=1)
        yield from _counted_rows((ensemble, dataset, strings), masses, counts, rng)


def _random_rows(
    n: int, ensemble: str, counts: Counts, settings: Settings, targets: Targets, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    """Different random strings beside the training set; the first N of a random order of more are N random ones."""
    fitting = {formula: int(count) for formula, count in counts.items() if count < 2**n}
    for _ in range(settings["draws"] if fitting else 0):
        others = rng.choice(2**n, max(fitting.values()), replace=False)
        for dataset, target in targets.items():
            strings = len(target.bitstrings)
            places = np.flatnonzero(np.isin(others, target.indices))
            for formula, count in fitting.items():
                chance = theory.random_supports_meet(n, strings, count)
                hit = len(places) > 0 and bool(places[0] < count)
                yield (ensemble, dataset, strings, str(formula), count, hit, chance, np.nan, np.nan)


def _training_sample_rows(
    n: int, counts: Counts, settings: Settings, rng: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    """A training set of samples for every pair of models, a product circuit and a Haar-random state."""
    for z in draw_marginals(settings["draws"], n, "haar", rng):
        strings = _training_sample(n, rng)
        masses = {
            "product_haar": string_probabilities(z, strings).sum(),
            "haar": support_probabilities(n, len(strings), 1, rng).sum(),
        }
        for ensemble, mass in masses.items():
            yield from _counted_rows((ensemble, SAMPLED, len(strings)), np.array([mass]), counts, rng)


_BY_ENSEMBLE = {"haar": _haar_rows, "product_near": _near_rows, "random": _random_rows}


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row an ensemble, draw, data set and number of samples."""
    drawn: Counts = {formula: shots_values([formula], n_qubits)[0] for formula in settings["shots"]}
    counted: Counts = {formula: evaluate(formula, n_qubits) for formula in settings["counted"]}
    rows: list[tuple[Any, ...]] = []
    for ensemble in settings["ensembles"]:
        if ensemble == "product_haar":
            rows += _sampled_rows(n_qubits, ensemble, drawn, counted, settings, targets, rng)
        else:
            counts = drawn if ensemble == "random" else drawn | counted
            rows += _BY_ENSEMBLE[ensemble](n_qubits, ensemble, counts, settings, targets, rng)
    rows += _training_sample_rows(n_qubits, drawn, settings, rng)
    names = ["ensemble", "dataset", "strings", "formula", "shots", "hit", "chance", "nearest", "distance"]
    return pd.DataFrame(rows, columns=names)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Fractions of draws with a hit (95 % Clopper-Pearson), their exact expectation, and distances."""
    summaries = []
    for key, group in rows.groupby(KEYS, sort=False):
        hits, draws, chance = int(group["hit"].sum()), len(group), group["chance"].to_numpy()
        spread = float(np.sqrt(np.sum(chance * (1 - chance))) / draws)
        lengths = [group[name].quantile(at) for name in ("nearest", "distance") for at in (0.5, 0.25, 0.75)]
        lead = (*key[:3], group["strings"].mean(), *key[3:])
        summaries.append((*lead, draws, hits, *proportion_interval(hits, draws), chance.mean(), spread, *lengths))
    return pd.DataFrame(summaries, columns=COLUMNS).astype({"strings": float})

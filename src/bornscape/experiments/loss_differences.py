"""Do estimated losses tell two parameter values apart in a way that depends on the training set? (Cor. 3).

For each pair of random product circuits the same samples are compared with two training sets: the target's strings, and
their bitwise complements. An estimated difference of losses that is the same number for both holds nothing about the
data. Two classifiers guess which set was used, both chosen with equal chances:

- the *best* one knows the parameters and all samples, so that it errs only where both sets give the same number.
  Nothing that sees less does better. Its accuracy is (1 + share of pairs with two numbers) / 2, and that share is the
  mutual information of difference and set in bits, with no bias;
- the *nearest* one knows the parameters, and guesses the set whose exact difference is nearer to the estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy

from bornscape.aliases import Float, Settings
from bornscape.bitstrings.distances import hamming_histogram
from bornscape.datasets import Target, Targets
from bornscape.formulas import evaluate, shots_values
from bornscape.losses.estimates import SeenStrings, estimated_losses, seen_strings
from bornscape.losses.mmd import mmd_of_samples_and_target
from bornscape.losses.supports import SparseTarget
from bornscape.simulators.product import draw_marginals, product_mmd, product_samples, string_probabilities
from bornscape.statistics import proportion_interval

COLUMNS = [
    *("n_qubits", "dataset", "strings", "loss", "shots", "pairs"),
    *("frozen", "fraction", "ci_low", "ci_high"),
    *("different", "best_accuracy", "best_low", "best_high"),
    *("correct", "nearest_accuracy", "nearest_low", "nearest_high"),
]
"""``frozen``: pairs whose estimated difference equals Delta L0, or for the MMD, that of its terms without training data
(as if no kernel joined samples and data); ``different``: pairs in which the two sets give
different numbers; ``correct``: right guesses of the nearest classifier. Intervals are at 95 % (Clopper-Pearson)."""

KEYS = ["n_qubits", "dataset", "strings", "loss", "shots"]

ROUNDING = 1e-12
"""Relative difference at which two values of a loss are still equal."""


@dataclass(frozen=True, eq=False)
class _State:
    """One product circuit: its marginals, (n,), and what was measured of it."""

    marginals: Float
    samples: NDArray
    seen: SeenStrings
    pairs: Float

    @classmethod
    def measured(cls, marginals: Float, shots: int, rng: np.random.Generator) -> _State:
        samples = product_samples(marginals, shots, rng)
        return cls(marginals, samples, seen_strings(samples), hamming_histogram(samples, samples))

    def estimates(self, target: Target, bandwidth: float, epsilon: float) -> dict[str, tuple[float, float]]:
        """Loss -> (estimate, fixed point)."""
        given = (target.bitstrings, target.probabilities)
        values, fixed = estimated_losses(self.seen, *given, epsilon)
        mmd = mmd_of_samples_and_target(self.samples, *given, bandwidth, self.pairs)
        # Samples that no kernel joins to the data: what would be left of the MMD if all of them were far from it.
        apart = mmd + 2 * self._across(target, bandwidth)
        return {loss: (values[loss], fixed[loss]) for loss in values} | {"mmd": (mmd, apart)}

    def _across(self, target: Target, bandwidth: float) -> float:
        """Mean kernel between samples and data."""
        signs, others = (1.0 - 2.0 * np.asarray(bits, dtype=np.float64) for bits in (self.samples, target.bitstrings))
        distances = (signs.shape[1] - signs @ others.T) / 2
        return float((np.exp(-distances / (2 * bandwidth)) @ target.probabilities).mean())

    def exact(self, target: Target, bandwidth: float, epsilon: float) -> dict[str, float]:
        """Loss -> its exact value."""
        zero = (1 + self.marginals) / 2
        negative_entropy = float((xlogy(zero, zero) + xlogy(1 - zero, 1 - zero)).sum())
        inside = string_probabilities(self.marginals, target.bitstrings)
        sparse = SparseTarget(np.arange(len(inside)), target.probabilities)
        mmd = product_mmd(self.marginals[None], bandwidth, target.bitstrings, target.probabilities)
        return sparse.losses_inside(inside, negative_entropy, epsilon) | {"mmd": float(mmd[0])}


def _complement(target: Target) -> Target:
    return Target(1 - target.bitstrings, target.probabilities)


def _compared(
    states: tuple[_State, _State], target: Target, bandwidth: float, epsilon: float, rng: np.random.Generator
) -> Iterator[tuple[str, bool, bool, bool]]:
    """(loss, frozen, different, correct) for one pair of circuits."""
    sets = (target, _complement(target))
    (first, second), (other_first, other_second) = (
        [state.estimates(one, bandwidth, epsilon) for state in states] for one in sets
    )
    exact = [[state.exact(one, bandwidth, epsilon) for state in states] for one in sets]
    for loss in first:
        seen = (first[loss][0] - second[loss][0], other_first[loss][0] - other_second[loss][0])
        true = [pair[0][loss] - pair[1][loss] for pair in exact]
        rounding = ROUNDING * max(1.0, abs(first[loss][0]), abs(second[loss][0]))
        frozen = abs(seen[0] - (first[loss][1] - second[loss][1])) <= rounding
        used, coin = (int(rng.integers(2)) for _ in range(2))
        misses = [abs(seen[used] - value) for value in true]
        guess = coin if misses[0] == misses[1] else int(misses[1] < misses[0])
        yield loss, frozen, abs(seen[0] - seen[1]) > rounding, guess == used


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a pair of circuits, data set, number of shots and loss."""
    bandwidth, epsilon = evaluate(settings["bandwidth"], n_qubits), settings["epsilon"]
    rows = []
    for angles in draw_marginals(2 * settings["pairs"], n_qubits, settings["ensemble"], rng).reshape(-1, 2, n_qubits):
        for shots in shots_values(settings["shots"], n_qubits):
            states = (_State.measured(angles[0], shots, rng), _State.measured(angles[1], shots, rng))
            for dataset, target in targets.items():
                lead = (dataset, len(target.bitstrings), shots)
                rows += [(*lead, *outcome) for outcome in _compared(states, target, bandwidth, epsilon, rng)]
    return pd.DataFrame(rows, columns=["dataset", "strings", "shots", "loss", "frozen", "different", "correct"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Fractions of frozen differences, and the accuracies of both classifiers."""
    summaries = []
    for key, group in rows.groupby(KEYS, sort=False):
        pairs = len(group)
        frozen, different, correct = (int(group[name].sum()) for name in ("frozen", "different", "correct"))
        best = [(1 + share) / 2 for share in proportion_interval(different, pairs)]
        shares = [*proportion_interval(frozen, pairs), different, *best, correct, *proportion_interval(correct, pairs)]
        summaries.append((*key, pairs, frozen, *shares))
    return pd.DataFrame(summaries, columns=COLUMNS)

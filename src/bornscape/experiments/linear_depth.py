"""Bounds on Var[MMD] of line circuits whose depth grows with n, beyond state vectors, from guided Pauli paths.

One repetition estimates E[z_A^2] without bias, averaged over the subsets A of one wire, of two, and of at least three
(there each as likely as the kernel weighs it), each from a population of its own. ``theory.variance_bounds`` makes
bounds of them, which are linear in the three means and so unbiased too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from bornscape import theory
from bornscape.aliases import Row, Settings
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.simulators.guided_paths import guided_words, spread_starts, subset_starts, zero_moments
from bornscape.statistics import combine_batches

_VALUES = ["one_wire", "two_wires", "more_wires", "lower_zero", "lower_ghz", "upper"]
_KEY = ["n_qubits", "depth", "n_layers", "bandwidth", "quantity"]

COLUMNS = [*_KEY, "repetitions", "value", "ci_low", "ci_high"]
"""``quantity``: mean of E[z_A^2] over the subsets of one, two and more wires; bounds on Var[MMD] from below, for the
data |0...0> and GHZ, and from above for all data. Intervals at 95 % from how repetitions scatter."""


def subset_sizes(n_qubits: int, flip: float, paths: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Sizes of subsets that hold each wire with the chance ``flip``, of those with at least three wires."""
    sizes = np.arange(3, n_qubits + 1)
    chances = stats.binom.pmf(sizes, n_qubits, flip)
    return rng.choice(sizes, paths, p=chances / chances.sum())


def _moments(n: int, layers: int, flip: float, settings: Settings, rng: np.random.Generator) -> tuple[float, ...]:
    """Means of E[z_A^2] over the subsets of one wire, of two and of at least three."""
    paths, fewer = settings["paths"], settings["paths_many_wires"]
    starts = [spread_starts(n, paths, rng), subset_starts(n, np.full(paths, 2), rng)]
    starts.append(subset_starts(n, subset_sizes(n, flip, fewer, rng), rng))
    populations = [guided_words(start, layers, rng) for start in starts]
    return tuple(words.mean(zero_moments(words)) for words in populations)


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a depth, bandwidth and repetition; n at least 3."""
    rows: list[Row] = []
    for depth in settings["depths"]:
        layers = depth_value(depth, n_qubits)
        for label, formula in settings["bandwidths"].items():
            (s,) = bandwidth_values(formula, n_qubits)
            for _ in range(settings["repetitions"]):
                means = _moments(n_qubits, layers, theory.flip_probability(s), settings, rng)
                values = (*means, *theory.variance_bounds(n_qubits, s, *means))
                key = {"depth": str(depth), "n_layers": layers, "bandwidth": label}
                rows.append(key | dict(zip(_VALUES, values, strict=True)))
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The evidence table: means over the repetitions with their intervals."""
    summaries = []
    for key, group in rows.groupby(_KEY[:-1], sort=False):
        for quantity in _VALUES:
            found = combine_batches(group[quantity].to_numpy(), 1)
            summaries.append((*key, quantity, len(group), found.variance, found.ci_low, found.ci_high))
    return pd.DataFrame(summaries, columns=COLUMNS)

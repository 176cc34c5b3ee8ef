"""Shots needed to resolve the sign of a loss difference at 95 %, for every loss side by side, against n."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values
from bornscape.losses.shots_needed import (
    ProductMMD,
    explicit_shots,
    lqf_difference,
    lqf_noise,
    neighbours,
    normal_shots,
)
from bornscape.simulators.product import string_probabilities

COLUMNS = [
    *("n_qubits", "dataset", "loss", "pairs", "resolved", "median", "ci_low", "ci_high"),
    *("quartile_low", "quartile_high"),
]
"""``resolved``: pairs whose sign some number of shots resolved; the others count as infinite. ``median`` over pairs,
with its distribution-free 95 % interval, and the quartiles."""


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a pair of neighbours, data set and loss.

    Explicit losses, whose shots are tried, come up to ``explicit_up_to`` qubits for ``explicit_pairs`` of the pairs.
    """
    rows: list[tuple[int, str, str, float]] = []
    bandwidths = {label: bandwidth_values(formula, n_qubits) for label, formula in settings["bandwidths"].items()}
    losses = {
        (dataset, label): ProductMMD(target.bitstrings, target.probabilities, values)
        for dataset, target in targets.items()
        for label, values in bandwidths.items()
    }
    for pair in range(settings["pairs"]):
        plus, minus = neighbours(n_qubits, rng)
        for dataset, target in targets.items():
            strings, p = target.bitstrings, target.probabilities
            needed: dict[str, float] = {}
            if n_qubits <= settings["explicit_up_to"] and pair < settings["explicit_pairs"]:
                given = (settings["largest"], settings["repeats"], settings["epsilon"])
                sides = string_probabilities(plus, strings), string_probabilities(minus, strings)
                needed |= explicit_shots(sides, p, *given, rng)
            for label in bandwidths:
                mmd = losses[dataset, label]
                needed[label] = normal_shots(mmd.difference(plus, minus), mmd.noise(plus), mmd.noise(minus))
            if len(strings) == 1:
                noise = [lqf_noise(z, strings[0]) for z in (plus, minus)]
                needed["lqf"] = normal_shots(lqf_difference(plus, minus, strings[0]), *noise)
            rows += [(pair, dataset, loss, shots) for loss, shots in needed.items()]
    return pd.DataFrame(rows, columns=["pair", "dataset", "loss", "shots"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Median over the pairs for every n, data set and loss."""
    summaries = []
    for (n, dataset, loss), part in rows.groupby(["n_qubits", "dataset", "loss"], sort=False):
        values = np.sort(part["shots"].to_numpy())
        count = len(values)
        # Order statistics between which the median lies with 95 %: binomial with a chance of 1/2, normal approximation.
        reach = 0.98 * np.sqrt(count)
        low, high = int(max(0, np.floor(count / 2 - reach))), int(min(count - 1, np.ceil(count / 2 + reach)))
        quartiles = values[[count // 4, (3 * count) // 4]]
        resolved = int(np.isfinite(values).sum())
        summaries.append((n, dataset, loss, count, resolved, values[count // 2], values[low], values[high], *quartiles))
    return pd.DataFrame(summaries, columns=COLUMNS)

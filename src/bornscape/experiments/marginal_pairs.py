"""Proposition 5: pairs of distributions that agree on k-bit marginals, seen by the MMD, by marginals, by observables.

Families: ``parity``, the strings of even parity against all strings (k = n - 1); ``example`` and ``printed``, the
paper's example of it at n = 3 and the strings that the paper prints there; ``moves`` and ``parities``, random pairs
made by moving mass and by Walsh functions.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Float, Settings
from bornscape.bitstrings.marginals import (
    differ_by_moves,
    differ_in_parities,
    local_observable,
    marginal_difference,
    observable_difference,
)
from bornscape.bitstrings.sampling import to_indices
from bornscape.bitstrings.walsh import bodyness_spectrum, subset_sizes
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values
from bornscape.losses.mmd import spectrum_weights

COLUMNS = ["family", "n_qubits", "k", "quantity", "bandwidth", "order", "pairs", "smallest", "median", "largest"]
_KEYS = COLUMNS[:6]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """What each quantity says of each pair.

    ``mmd``: sqrt(MMD_k') / total variation, truncated at k' = ``order`` wires, for every k'; ``marginals``: the largest
    total variation between marginals of ``order`` bits over that of the pair; ``observable``: the relative difference
    of the expectations of a random ``order``-body diagonal observable. The last two at k and k + 1.
    """
    rows: list[tuple[str, int, str, str, int, float]] = []
    for family, k, q, p in _pairs(n_qubits, settings, rng):
        whole = float(np.abs(q - p).sum())
        spectrum = bodyness_spectrum(q - p)
        for label, formula in settings["bandwidths"].items():
            truncated = np.cumsum(spectrum_weights(n_qubits, bandwidth_values(formula, n_qubits)) * spectrum)
            rows += [
                (family, k, "mmd", label, order, np.sqrt(truncated[order]) / whole) for order in range(n_qubits + 1)
            ]
        for order in (k, k + 1):
            observable = local_observable(n_qubits, order, rng)
            rows.append((family, k, "marginals", "", order, marginal_difference(q, p, order) / whole))
            rows.append((family, k, "observable", "", order, observable_difference(q, p, observable)))
    return pd.DataFrame(rows, columns=["family", "k", "quantity", "bandwidth", "order", "value"])


def _pairs(n: int, settings: Settings, rng: np.random.Generator) -> Iterator[tuple[str, int, Float, Float]]:
    uniform = np.full(2**n, 0.5**n)
    yield "parity", n - 1, 2 * uniform * (subset_sizes(n) % 2 == 0), uniform
    if n == 3:
        for family, strings in (("example", theory.parity_strings()), ("printed", theory.paper_printed_strings())):
            q = np.zeros(2**n)
            q[to_indices(strings)] = 1 / len(strings)
            yield family, 2, q, uniform
    for k in range(1, n):
        for _ in range(settings["pairs"]):
            weights = rng.exponential(size=2**n)
            # Half of it uniform, so that no string is so rare that only a tiny step is left.
            p = (weights / weights.sum() + uniform) / 2
            yield "moves", k, differ_by_moves(p, k, settings["moves"], rng), p
            yield "parities", k, differ_in_parities(p, k, rng), p


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Smallest, median and largest value over the pairs."""
    grouped = rows.groupby(_KEYS, sort=False)["value"]
    summary = grouped.agg(pairs="size", smallest="min", median="median", largest="max").reset_index()
    return summary[COLUMNS]

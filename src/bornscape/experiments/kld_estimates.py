"""The KLD estimated from shots of Haar-random product circuits, target |0...0> (Fig. 4): no 2**n vectors at any n.

Only how many shots hit the target's one string counts, and that is binomial with q(0...0) = prod_i (1 + z_i) / 2.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.datasets import Targets
from bornscape.simulators.product import draw_marginals, log_string_probabilities
from bornscape.statistics import proportion_interval, variance_interval

COLUMNS = [
    *("n_qubits", "shots", "draws", "mean", "mean_ci_low", "mean_ci_high", "variance", "ci_low", "ci_high"),
    *("at_plateau", "fraction", "fraction_ci_low", "fraction_ci_high", "plateau"),
]
"""``plateau``: log(1/epsilon), the value of an estimate that no shot hit; ``fraction`` of draws that are there."""


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw and number of shots: the estimated KLD, log(1 / max(hits / shots, epsilon))."""
    draws, epsilon = settings["draws"], settings["epsilon"]
    zero = np.zeros((1, n_qubits), dtype=np.uint8)
    marginals = draw_marginals(draws, n_qubits, "haar", rng)
    chances = np.exp(log_string_probabilities(marginals, zero)[:, 0])
    parts = []
    for shots in settings["measurements"]:
        hits = rng.binomial(shots, chances)
        # Adding 0 turns the -0.0 of a certain hit into 0.
        parts.append(pd.DataFrame({"shots": shots, "value": -np.log(np.maximum(hits / shots, epsilon)) + 0.0}))
    return pd.concat(parts, ignore_index=True)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Mean (normal interval), variance (Bonett's interval) and share at the plateau, for each n and number of shots."""
    plateau = float(-np.log(settings["epsilon"]))
    summaries = []
    for (n, shots), part in rows.groupby(["n_qubits", "shots"], sort=True):
        values = part["value"].to_numpy()
        there = int(np.isclose(values, plateau, rtol=1e-12).sum())
        half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
        spread = variance_interval(values) if values.std() > 0 else None
        variance = (0.0, 0.0, 0.0) if spread is None else (spread.variance, spread.ci_low, spread.ci_high)
        mean = float(values.mean())
        lead = (n, shots, len(values), mean, mean - half, mean + half)
        summaries.append((*lead, *variance, there, *proportion_interval(there, len(values)), plateau))
    return pd.DataFrame(summaries, columns=COLUMNS)

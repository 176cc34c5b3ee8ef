"""The KLD estimated from shots of random circuits, target |0...0> (Fig. 4): no 2**n vectors at any n.

Only how many shots hit the target's one string counts, and that is binomial with q(0...0), which is drawn from one of
four ensembles: ``product_haar``, the paper's, q(0...0) = prod_i (1 + z_i) / 2 with uniform z; ``product_ry``, a layer
of R_y rotations; ``haar``, Haar-random states; and ``product_near``, R_y rotations by normal angles of deviation
sqrt(8 log(n) / n), for which q(0...0) falls like n^-2 only.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.datasets import Targets
from bornscape.simulators.haar import support_probabilities
from bornscape.simulators.product import Ensemble, draw_marginals, log_string_probabilities
from bornscape.statistics import proportion_interval, variance_interval

COLUMNS = [
    *("ensemble", "n_qubits", "shots", "draws", "mean", "mean_ci_low", "mean_ci_high"),
    *("variance", "ci_low", "ci_high", "bias", "bias_ci_low", "bias_ci_high"),
    *("at_plateau", "fraction", "fraction_ci_low", "fraction_ci_high", "plateau"),
]
"""``plateau``: log(1/epsilon), the value of an estimate that no shot hit; ``fraction`` of draws that are there;
``bias``: mean of the estimate less the exact KLD of the same draw, log(1 / q(0...0))."""


def log_chances(ensemble: str, n_qubits: int, draws: int, rng: np.random.Generator) -> Float:
    """Log q(0...0) of random circuits of an ensemble, (draws,), natural logarithm.

    Raises
    ------
    ValueError
        If the ensemble is not one of the four.
    """
    if ensemble == "haar":
        return np.log(support_probabilities(n_qubits, 1, draws, rng)[:, 0])
    if ensemble == "product_near":
        angles = rng.normal(0.0, np.sqrt(8 * np.log(n_qubits) / n_qubits), (draws, n_qubits))
        return np.log(np.cos(angles / 2) ** 2).sum(axis=1)
    gates: dict[str, Ensemble] = {"product_haar": "haar", "product_ry": "ry"}
    if ensemble not in gates:
        raise ValueError(f"ensemble: expected one of {['haar', 'product_near', *gates]}, got {ensemble!r}")
    zero = np.zeros((1, n_qubits), dtype=np.uint8)
    return log_string_probabilities(draw_marginals(draws, n_qubits, gates[ensemble], rng), zero)[:, 0]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row an ensemble, draw and number of shots: the estimate log(1 / max(hits / shots, epsilon)), and the loss."""
    parts = []
    for ensemble in settings["ensembles"]:
        logs = log_chances(ensemble, n_qubits, settings["draws"], rng)
        for shots in settings["measurements"]:
            hits = rng.binomial(shots, np.exp(logs))
            # Adding 0 turns the -0.0 of a certain hit into 0.
            values = -np.log(np.maximum(hits / shots, settings["epsilon"])) + 0.0
            parts.append(pd.DataFrame({"ensemble": ensemble, "shots": shots, "value": values, "exact": -logs}))
    return pd.concat(parts, ignore_index=True)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Mean and bias (normal intervals), variance (Bonett's) and share at the plateau, for each n and count of shots."""
    plateau = float(-np.log(settings["epsilon"]))
    summaries = []
    for key, part in rows.groupby(["ensemble", "n_qubits", "shots"], sort=True):
        values = part["value"].to_numpy()
        there = int(np.isclose(values, plateau, rtol=1e-12).sum())
        half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
        spread = variance_interval(values) if values.std() > 0 else None
        variance = (0.0, 0.0, 0.0) if spread is None else (spread.variance, spread.ci_low, spread.ci_high)
        mean = float(values.mean())
        excess = values - part["exact"].to_numpy()
        bias, bias_half = float(excess.mean()), 1.96 * excess.std(ddof=1) / np.sqrt(len(values))
        lead = (*key, len(values), mean, mean - half, mean + half, *variance, bias, bias - bias_half, bias + bias_half)
        summaries.append((*lead, there, *proportion_interval(there, len(values)), plateau))
    return pd.DataFrame(summaries, columns=COLUMNS)

"""Shots needed to resolve the sign of a loss difference at 95 % between neighbours of deep circuits (Haar states)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.datasets import Targets
from bornscape.experiments import shots_needed
from bornscape.formulas import bandwidth_values
from bornscape.losses.dense_noise import DenseMMD, lqf_difference, lqf_noise
from bornscape.losses.shots_needed import normal_shots
from bornscape.simulators.haar import neighbours

COLUMNS = shots_needed.COLUMNS


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a pair of neighbours, data set and loss; one angle of a deep circuit turns by pi/2.

    The LQF's rows stand at data of one string, as in product circuits, and hold for any data: U^dagger returns a
    Haar-random state whatever the data state.
    """
    losses = {
        (dataset, label): DenseMMD(target.dense(), bandwidth_values(formula, n_qubits))
        for dataset, target in targets.items()
        for label, formula in settings["bandwidths"].items()
    }
    single = [dataset for dataset, target in targets.items() if len(target.bitstrings) == 1]
    rows: list[tuple[int, str, str, float]] = []
    for pair in range(settings["pairs"]):
        q, other = neighbours(n_qubits, np.pi / 2, rng)
        for (dataset, label), loss in losses.items():
            needed = normal_shots(loss.difference(q, other), loss.noise(q), loss.noise(other))
            rows.append((pair, dataset, label, needed))
        shots = normal_shots(lqf_difference(q, other), lqf_noise(q), lqf_noise(other))
        rows += [(pair, dataset, "lqf", shots) for dataset in single]
    return pd.DataFrame(rows, columns=["pair", "dataset", "loss", "shots"])


table = shots_needed.table

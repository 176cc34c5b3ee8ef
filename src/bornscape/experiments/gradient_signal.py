"""The first gradient's signal-to-noise ratio on the parity target, against n, for several bandwidths of the MMD."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.bitstrings.correlations import parity_target
from bornscape.circuits import line_circuit
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.losses.mmd import MMDLoss
from bornscape.training.estimated_gradients import gradient_signal
from bornscape.training.objectives import Objective

COLUMNS = ["loss", "n_qubits", "n_layers", "shots", "repetition", "norm", "noise", "ratio"]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one start and loss: norm of the exact gradient, and the noise of its estimates from ``shots``.

    The target is uniform on the strings of even parity; starts have uniform angles and are shared by the losses.
    """
    layers = depth_value(settings["n_layers"], n_qubits)
    model = line_circuit(n_qubits, layers)
    p = parity_target(n_qubits, 2**n_qubits - 1)
    goals = {
        label: Objective(model, None, MMDLoss(p, bandwidth_values(formula, n_qubits)))
        for label, formula in settings["bandwidths"].items()
    }
    rows = []
    for start in range(settings["starts"]):
        theta = rng.uniform(0.0, 2 * np.pi, model.n_parameters)
        for loss, goal in goals.items():
            signal = gradient_signal(goal, theta, settings["shots"], rng, settings["estimates"])
            rows.append((loss, layers, settings["shots"], start, signal.norm, signal.noise, signal.ratio))
    return pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "n_qubits"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All starts, as repetitions numbered through all chunks."""
    return rows.assign(repetition=rows["chunk"] * settings["starts"] + rows["repetition"])[COLUMNS]

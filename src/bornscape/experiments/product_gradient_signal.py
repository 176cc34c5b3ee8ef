"""The first gradient's signal-to-noise ratio for product circuits and the even-parity target: closed form, any n."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values
from bornscape.theory.product_gradients import parity_gradient_moments

COLUMNS = ["loss", "n_qubits", "shots", "repetition", "norm", "noise", "ratio"]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one start (uniform R_y angles, shared by the losses) and loss: norm of the gradient and of its noise."""
    rows = []
    for start in range(settings["starts"]):
        theta = rng.uniform(0.0, 2 * np.pi, n_qubits)
        for loss, formula in settings["bandwidths"].items():
            (s,) = bandwidth_values(formula, n_qubits)
            moments = parity_gradient_moments(theta, s, settings["shots"])
            norm, noise = float(np.linalg.norm(moments.gradient)), float(np.sqrt(moments.variance.sum()))
            rows.append((loss, settings["shots"], start, norm, noise, norm / noise))
    return pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "n_qubits"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All starts, as repetitions numbered through all chunks."""
    return rows.assign(repetition=rows["chunk"] * settings["starts"] + rows["repetition"])[COLUMNS]

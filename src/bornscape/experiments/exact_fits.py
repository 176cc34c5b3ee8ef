"""What each depth of the line circuit reaches without shots or a pace: fits by L-BFGS of the exact KLD.

The KLD is 0 at the target alone and bounds the TVD (Pinsker), and it is smooth, which the TVD is not. A deeper circuit
holds every shallower one (entanglers at angle 0), so the best fit can only get better; where a fit from random angles
ends is another matter, which is why every repetition is kept.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit, line_circuit
from bornscape.datasets import Targets
from bornscape.formulas import depth_value
from bornscape.losses.explicit import ExplicitLoss, total_variation
from bornscape.simulators.state_vector import probabilities, probabilities_and_pullback

COLUMNS = [
    *("dataset", "n_qubits", "n_layers", "n_parameters", "repetition"),
    *("start_tvd", "tvd", "kld", "evaluations"),
]
"""Exact TVD sum |p - q| at the random start and at the end, exact KLD at the end, gradients that it took."""

EPSILON = 1e-12
"""What a probability of the model is clipped at: far below those that a fit ends with."""


def fit(model: Circuit, p: Float, start: Float, iterations: int) -> tuple[Float, int]:
    """Angles at which L-BFGS ends from ``start``, at most so many iterations later, and how many gradients it took."""
    loss = ExplicitLoss("kld", p, EPSILON)

    def value_and_slope(theta: Float) -> tuple[float, Float]:
        q, pull = probabilities_and_pullback(model, theta)
        return loss(q), pull(loss.derivative(q))

    found = minimize(value_and_slope, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return np.asarray(found.x, dtype=np.float64), int(found.nfev)


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a data set, depth and repetition: each from uniform angles of its own."""
    rows = []
    for dataset, target in targets.items():
        p = target.dense()
        for layers in dict.fromkeys(depth_value(formula, n_qubits) for formula in settings["depths"]):
            model = line_circuit(n_qubits, layers)
            for repetition in range(settings["repetitions"]):
                start = rng.uniform(0, 2 * np.pi, model.n_parameters)
                theta, evaluations = fit(model, p, start, settings["iterations"])
                first, last = (probabilities(model, angles) for angles in (start, theta))
                reached = (total_variation(p, first), total_variation(p, last), ExplicitLoss("kld", p, EPSILON)(last))
                rows.append((dataset, layers, model.n_parameters, repetition, *reached, evaluations))
    return pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "n_qubits"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All rows; repetitions count on over the chunks."""
    whole = rows.assign(repetition=rows["repetition"] + rows["chunk"] * settings["repetitions"])[COLUMNS]
    keys = ["dataset", "n_qubits", "n_layers", "repetition"]
    return whole.sort_values(keys, kind="stable").reset_index(drop=True)

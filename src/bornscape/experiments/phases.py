"""Do the data state's phases hold the LQF back? Training on ansaetze and data states with and without the problem.

The data state sqrt(p) has all phases zero, and the LQF asks the model to have them too; the MMD asks for probabilities
only. Three ways around it are compared with the MMD averaged over (0.01, n/4, n), from the same starts:

- ansatz "line": Eq. 53, complex amplitudes; "real": R_y and CZ, real amplitudes (signs remain), with as many layers
  ("real_layers") or about as many parameters ("real_parameters") as the line circuit;
- loss "lqf": phases zero; "lqf_free": the data state takes the model's own phases anew at every epoch, which no device
  could do: what would be left of the LQF without the phase problem; "mmd_average".

Exact gradients where ``shots`` is null.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit, line_circuit
from bornscape.circuits.ansatze import real_circuit
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.losses.explicit import total_variation
from bornscape.simulators.state_vector import probabilities
from bornscape.training import Adam, Objective, exact_gradient, learning_rate, objective, sampled_gradient

COLUMNS = [
    *("dataset", "n_qubits", "ansatz", "n_layers", "n_parameters", "loss", "shots"),
    *("chunk", "repetition", "epoch", "tvd"),
]

LOSSES = {
    "line": ("lqf", "lqf_free", "mmd_average"),
    "real_layers": ("lqf", "mmd_average"),
    "real_parameters": ("lqf", "lqf_free", "mmd_average"),
}
"""Losses trained on each ansatz."""


def ansaetze(n_qubits: int, n_layers: int) -> dict[str, Circuit]:
    """The line circuit, and real circuits of as many layers and of about as many parameters.

    Examples
    --------
    At n = 2 and one layer the line circuit has 13 angles; real circuits have 2 a layer and 2 before.

    >>> {name: circuit.n_parameters for name, circuit in ansaetze(2, 1).items()}
    {'line': 13, 'real_layers': 4, 'real_parameters': 12}
    """
    line = line_circuit(n_qubits, n_layers)
    matched = max(0, round(line.n_parameters / n_qubits) - 1)
    return {
        "line": line,
        "real_layers": real_circuit(n_qubits, n_layers),
        "real_parameters": real_circuit(n_qubits, matched),
    }


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one job at one size: every data set, ansatz, loss and repetition."""
    models = ansaetze(n_qubits, depth_value(settings["n_layers"], n_qubits))
    bandwidth = bandwidth_values([0.01, "n/4", "n"], n_qubits)
    parts = []
    for dataset, target in targets.items():
        p = target.dense()
        for repetition in range(settings["repetitions"]):
            for ansatz, model in models.items():
                start = rng.uniform(0.0, 2 * np.pi, model.n_parameters)
                for loss in LOSSES[ansatz]:
                    kind, width = ("mmd", bandwidth) if loss == "mmd_average" else (loss, None)
                    curve = _curve(model, p, objective(model, p, kind, width), start, settings, rng)
                    lead: dict[str, Any] = {"dataset": dataset, "ansatz": ansatz, "loss": loss}
                    lead |= {"n_layers": len(model.layer_ends) - 1, "n_parameters": model.n_parameters}
                    parts.append(pd.DataFrame(curve, columns=["epoch", "tvd"]).assign(repetition=repetition, **lead))
    return pd.concat(parts, ignore_index=True)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All rows; repetitions count on over the chunks."""
    shots = "" if settings["shots"] is None else str(settings["shots"])
    counted = rows["repetition"] + rows["chunk"] * settings["repetitions"]
    whole = rows.assign(shots=shots, repetition=counted)[COLUMNS]
    keys = ["dataset", "n_qubits", "ansatz", "loss", "repetition", "epoch"]
    return whole.sort_values(keys, kind="stable").reset_index(drop=True)


def _curve(
    model: Circuit,
    p: Float,
    goal: Objective,
    start: Float,
    settings: Settings,
    rng: np.random.Generator,
) -> list[tuple[int, float]]:
    """(epoch, exact TVD) of one run, every ``record_every`` epochs and at the end."""
    theta, adam = start.copy(), Adam.start(model.n_parameters)
    curve = []
    for epoch in range(settings["epochs"] + 1):
        if epoch % settings["record_every"] == 0 or epoch == settings["epochs"]:
            curve.append((epoch, total_variation(p, probabilities(model, theta))))
        if epoch == settings["epochs"]:
            break
        asked = goal.at(theta)
        if settings["shots"] is None:
            slope, _ = exact_gradient(asked, theta)
        else:
            slope, _ = sampled_gradient(asked, theta, settings["shots"], rng)
        theta = theta + adam.step(slope, learning_rate(epoch))
    return curve

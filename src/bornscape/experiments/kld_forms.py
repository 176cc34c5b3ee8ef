"""Whether another form of the KLD helps: its gradient from few shots, for each form and epsilon of ``RegularisedKLD``.

At random angles, where Theorem 1 says that no form can help: without a shot on the training set every estimate is 0, or
has a slope that is the same for all strings. And at the angles that ``epochs`` steps with exact gradients reach from
there, where shots do meet the training set. All forms are estimated from the same shots.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Row, Settings
from bornscape.circuits import Circuit, line_circuit
from bornscape.datasets import Target, Targets
from bornscape.datasets.sizes import named_at
from bornscape.formulas import depth_value
from bornscape.losses.regularised_kld import Form, epsilon_value
from bornscape.losses.supports import SparseTarget
from bornscape.simulators.state_vector import probabilities
from bornscape.training.adam import Adam
from bornscape.training.annealing import paced_rate
from bornscape.training.estimated_gradients import exact_gradient
from bornscape.training.kld_shots import EstimatedGradient, gradients_of_forms
from bornscape.training.objectives import objective

COLUMNS = [
    *("n_qubits", "n_layers", "dataset", "repetition", "epochs", "form", "epsilon", "hits", "signal_to_noise", "gain"),
    *("alignment", "entries", "nonzero", "chance", "chance_sd", "exact_norm"),
]
"""Of the gradient after ``epochs`` exact steps from a random start, the start itself at 0: ``hits``, how many of N
shots of the circuit are expected on the training set; ``signal_to_noise``, and its ``gain`` over the paper's form;
``alignment``, the estimate's cosine with the exact gradient in the mean square; of one estimate the ``entries``, how
many are ``nonzero``, and what hits allow: ``chance``, the sum of their chances of a hit, and the standard deviation
``chance_sd`` of the number of hits; ``exact_norm``, the norm of the KLD's own gradient."""

PAPER: tuple[Form, float] = ("clipped", 1e-6)
"""The form that ``gain`` is measured against."""


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of every start, data set, form and epsilon."""
    layers, shots = depth_value(settings["n_layers"], n_qubits), settings["shots"]
    circuit = line_circuit(n_qubits, layers)
    forms = [(form, epsilon_value(epsilon, shots)) for form, values in settings["forms"].items() for epsilon in values]
    trained = named_at(settings["trained"], n_qubits)
    rows: list[Row] = []

    def add(names: list[str], theta: Float, lead: Row) -> None:
        supports = [SparseTarget(targets[name].indices, targets[name].probabilities) for name in names]
        laws = gradients_of_forms(circuit, theta, supports, shots, forms, rng)
        q = probabilities(circuit, theta)
        for name, support, of_forms in zip(names, supports, laws, strict=True):
            hits = {"dataset": name, "hits": shots * float(q[support.indices].sum())}
            rows.extend(lead | hits | row for row in _of_forms(forms, of_forms))

    for repetition in range(settings["repetitions"]):
        theta = rng.uniform(0.0, 2 * np.pi, circuit.n_parameters)
        lead = {"n_layers": layers, "repetition": repetition}
        add(list(targets), theta, lead | {"epochs": 0})
        for name in trained:
            after = _trained(circuit, targets[name], theta, settings)
            add([name], after, lead | {"epochs": settings["epochs"]})
    return pd.DataFrame(rows)


def _of_forms(forms: list[tuple[Form, float]], laws: list[EstimatedGradient]) -> Iterator[Row]:
    """What differs between the forms, and what they share."""
    usual = laws[forms.index(PAPER)].signal_to_noise
    for (form, epsilon), law in zip(forms, laws, strict=True):
        missing = law.hit_chance * (1 - law.hit_chance)
        yield {
            "form": form,
            "epsilon": epsilon,
            "signal_to_noise": law.signal_to_noise,
            "gain": law.signal_to_noise / usual if usual > 0 else np.nan,
            "alignment": law.alignment,
            "entries": len(law.angles),
            "nonzero": int(np.count_nonzero(law.sample)),
            "chance": law.hit_chance.sum(),
            "chance_sd": np.sqrt(missing.sum()),
            "exact_norm": float(np.linalg.norm(law.exact)),
        }


def _trained(circuit: Circuit, target: Target, theta: Float, settings: Settings) -> Float:
    """Angles after ``epochs`` steps with the exact gradient of the KLD."""
    goal = objective(circuit, target.dense(), "kld", epsilon=PAPER[1])
    optimiser = Adam.start(len(theta))
    for epoch in range(settings["epochs"]):
        theta = theta + optimiser.step(exact_gradient(goal, theta)[0], paced_rate(epoch, settings["pace"]))
    return theta


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All starts; repetitions are numbered through all chunks."""
    return rows.assign(repetition=rows["chunk"] * settings["repetitions"] + rows["repetition"])[COLUMNS]

"""Explicit and implicit models, each with explicit and implicit losses: which loss can train which model.

Every model gets about as many parameters as the line circuit where its form allows it, and from one start the same
number of Adam steps with each loss. Losses and what a model offers to them: ``bornscape.training.generative``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Row, Settings
from bornscape.circuits import Circuit, line_circuit
from bornscape.classical_models.diffusion import Diffusion
from bornscape.classical_models.gan import GenerativeAdversarialNetwork
from bornscape.classical_models.matrix_product import MatrixProductStates
from bornscape.classical_models.recurrent import recurrent
from bornscape.classical_models.transformer import transformer
from bornscape.classical_models.tree_tensor_network import tree_tensor_network
from bornscape.datasets import Targets
from bornscape.datasets.sizes import named_at
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.losses.explicit import total_variation
from bornscape.losses.regularised_kld import epsilon_value
from bornscape.training.annealing import paced_rate
from bornscape.training.boltzmann import QuantumBoltzmannMachine
from bornscape.training.born_machine import BornMachine
from bornscape.training.generative import GenerativeModel, LossName, Step, gradient_of, train
from bornscape.training.quantum_adversarial import QuantumAdversarialNetwork

COLUMNS = [
    *("model", "explicit", "loss", "native_loss", "n_qubits", "dataset", "repetition", "n_parameters"),
    *("step", "samples", "zeros", "tvd"),
]
"""One row a recorded step. ``samples``: strings drawn from the model so far; ``zeros``: mean share of the gradient's
entries that were exactly 0 in the steps so far; ``tvd``: exact, in [0, 2]; ``native_loss``: what ``native`` is here."""

MODELS: dict[str, Callable[[Circuit], GenerativeModel]] = {
    "recurrent": lambda circuit: recurrent(circuit.n_qubits, circuit.n_parameters),
    "transformer": lambda circuit: transformer(circuit.n_qubits, circuit.n_parameters),
    "matrix_product": lambda circuit: MatrixProductStates(circuit.n_qubits, circuit.n_parameters),
    "tree_tensor_network": lambda circuit: tree_tensor_network(circuit.n_qubits, circuit.n_parameters),
    "gan": lambda circuit: GenerativeAdversarialNetwork(circuit.n_qubits, circuit.n_parameters),
    "diffusion": lambda circuit: Diffusion(circuit.n_qubits, circuit.n_parameters),
    "qcbm": BornMachine,
    "qgan": QuantumAdversarialNetwork,
    "quantum_boltzmann": lambda circuit: QuantumBoltzmannMachine(circuit.n_qubits),
}
"""Explicit models, then implicit ones, classical before quantum; each of the circuit whose size it is to have."""


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of every run at one size."""
    circuit = line_circuit(n_qubits, depth_value(settings["n_layers"], n_qubits))
    rows: list[Row] = []
    for name, of_model in settings["models"].items():
        if n_qubits <= of_model["largest"]:
            model = MODELS[name](circuit)
            for dataset in named_at(settings["datasets"], n_qubits):
                rows += _runs(model, of_model, settings, {"dataset": dataset}, targets[dataset].dense(), rng)
    return pd.DataFrame(rows).reindex(columns=[name for name in COLUMNS if name != "n_qubits"])


def _runs(
    model: GenerativeModel, of_model: Settings, settings: Settings, lead: Row, p: Float, rng: np.random.Generator
) -> Iterator[Row]:
    """Rows of a model on the data p, every loss from the same start."""
    steps, pace = settings["steps"], settings["pace"]
    lead |= {"model": model.name, "explicit": model.explicit, "native_loss": model.native_loss}
    lead |= {"n_parameters": model.n_parameters}
    for repetition in range(settings["repetitions"]):
        start = model.start(rng)
        for loss in of_model["losses"]:
            gradient = _gradient(model, loss, settings, p, rng)
            for state in train(model, start, gradient, steps, lambda step: paced_rate(step, pace)):
                if state.step % settings["record_every"] == 0 or state.step == steps:
                    reached = {"step": state.step, "samples": state.samples, "zeros": state.zeros}
                    tvd = total_variation(p, model.probabilities(state.theta))
                    yield {**lead, "loss": loss, "repetition": repetition, **reached, "tvd": tvd}


def _gradient(model: GenerativeModel, loss: LossName, settings: Settings, p: Float, rng: np.random.Generator) -> Step:
    bandwidths = bandwidth_values(settings["bandwidths"].get(loss, 1.0), model.n_bits)
    shots = settings["shots"]
    return gradient_of(model, loss, p, shots, bandwidths, epsilon_value(settings["epsilon"], shots), rng)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All runs; repetitions are numbered through all chunks."""
    return rows.assign(repetition=rows["chunk"] * settings["repetitions"] + rows["repetition"])[COLUMNS]

"""The control experiment: the same KLD and data for a Born machine that is sampled, and for models with exact q(x).

Models: ``qcbm_sampled``, the line circuit with the KLD estimated from shots; ``qcbm_exact``, the same circuits from the
same angles with the exact KLD; ``matrix_product`` (bond n) and ``autoregressive``, explicit models on the exact KLD.
All take as many Adam steps on one schedule; matrices, whose entries are many more, take ``matrix_rate`` times its
steps. At sizes that are not ``trained`` only the first gradient is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import rel_entr

from bornscape.aliases import Float, Row, Settings
from bornscape.circuits import Circuit, line_circuit, primitives
from bornscape.classical_models import AutoregressiveModel, ExplicitModel, MatrixProductModel, fit
from bornscape.datasets import Target, Targets
from bornscape.formulas import depth_value
from bornscape.losses.supports import SparseTarget
from bornscape.simulators.state_vector import probabilities
from bornscape.training.adam import Adam
from bornscape.training.annealing import paced_rate
from bornscape.training.estimated_gradients import exact_gradient, sampled_gradient
from bornscape.training.kld_shots import EstimatedGradient, estimated_gradients
from bornscape.training.objectives import Objective, objective

SAMPLED, EXACT = "qcbm_sampled", "qcbm_exact"
COLUMNS = [
    *("n_qubits", "n_layers", "dataset", "model", "repetition", "epoch", "kld", "tvd", "frozen"),
    *("signal_to_noise", "cosine", "entries", "nonzero", "chance", "chance_sd"),
]
"""``kld`` and ``tvd`` are exact. ``frozen``: share of exactly zero entries in the gradient of the step that follows. Of
the first gradient (epoch 0): ``signal_to_noise`` at N shots, or N training strings, a step; ``cosine`` of the mean
estimate and the exact gradient; of one estimate the ``entries``, how many are ``nonzero``, and what hits allow:
``chance``, the sum of their chances of a hit, and the standard deviation ``chance_sd`` of the number of hits."""


class Plan(NamedTuple):
    """What the runs of a job share."""

    circuit: Circuit
    epochs: int
    pace: int
    record_every: int
    shots: int
    epsilon: float

    def rate(self, epoch: int) -> float:
        """Learning rate of every model."""
        return paced_rate(epoch, self.pace)

    def recorded(self, epoch: int) -> bool:
        """Whether an epoch has a row."""
        return epoch % self.record_every == 0 or epoch == self.epochs


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of every run, one a recorded epoch; of sizes that are not trained the first one alone."""
    layers = depth_value(settings["n_layers"], n_qubits)
    epochs = settings["epochs"] if n_qubits in settings["trained"] else 0
    options = {key: settings[key] for key in ("pace", "record_every", "shots", "epsilon")}
    plan = Plan(line_circuit(n_qubits, layers), epochs, **options)
    rows: list[Row] = []
    for repetition in range(settings["repetitions"]):
        theta = rng.uniform(0.0, 2 * np.pi, plan.circuit.n_parameters)
        sparse = [SparseTarget(target.indices, target.probabilities) for target in targets.values()]
        laws = estimated_gradients(plan.circuit, theta, sparse, plan.shots, plan.epsilon, rng)
        for (dataset, target), law in zip(targets.items(), laws, strict=True):
            lead = {"n_layers": layers, "dataset": dataset, "repetition": repetition}
            goal = objective(plan.circuit, target.dense(), "kld", epsilon=plan.epsilon)
            rows += [lead | row for row in _circuit_rows(plan, goal, theta, target, law, rng)]
            models: dict[str, tuple[ExplicitModel, float]] = {
                "matrix_product": (MatrixProductModel(n_qubits, n_qubits), settings["matrix_rate"]),
                "autoregressive": (AutoregressiveModel(n_qubits), 1.0),
            }
            for name, (model, rate) in models.items():
                rows += [lead | row | {"model": name} for row in _explicit_rows(plan, model, rate, target, rng)]
    return pd.DataFrame(rows).reindex(columns=[name for name in COLUMNS if name != "n_qubits"])


def _distances(target: Target, inside: Float) -> Row:
    """Exact KLD and TVD of a model with probabilities ``inside`` on the training strings, (M,)."""
    p = target.probabilities
    rest = max(0.0, 1.0 - float(inside.sum()))
    return {"kld": float(rel_entr(p, np.maximum(inside, 1e-300)).sum()), "tvd": float(np.abs(p - inside).sum()) + rest}


def _circuit_rows(
    plan: Plan, goal: Objective, theta: Float, target: Target, law: EstimatedGradient, rng: np.random.Generator
) -> Iterator[Row]:
    """Rows of both Born machines, from the same angles."""
    exact = exact_gradient(goal, theta)[0][law.angles]
    missing = law.hit_chance * (1 - law.hit_chance)
    first = {
        "signal_to_noise": law.signal_to_noise,
        "cosine": _cosine(law.mean, exact),
        "entries": len(law.angles),
        "nonzero": int(np.count_nonzero(law.sample)),
        "chance": law.hit_chance.sum(),
        "chance_sd": np.sqrt(missing.sum()),
    }
    active = _active(goal)
    for name, shots in ((SAMPLED, plan.shots), (EXACT, None)):
        for epoch, angles, gradient in _train(plan, goal, theta, shots, rng):
            if plan.recorded(epoch):
                q = probabilities(goal.circuit, angles)
                row = {"model": name, "epoch": epoch, **_distances(target, q[target.indices])}
                if shots is not None and gradient is not None:
                    row["frozen"] = float(np.mean(gradient[active] == 0))
                yield row | (first if shots is not None and epoch == 0 else {})


def _train(
    plan: Plan, goal: Objective, theta: Float, shots: int | None, rng: np.random.Generator
) -> Iterator[tuple[int, Float, Float | None]]:
    """Yield (epoch, angles, gradient of the step that follows), the gradient None at the end."""
    optimiser = Adam.start(len(theta))
    for epoch in range(plan.epochs):
        gradient, _ = exact_gradient(goal, theta) if shots is None else sampled_gradient(goal, theta, shots, rng)
        yield epoch, theta, gradient
        theta = theta + optimiser.step(gradient, plan.rate(epoch))
    yield plan.epochs, theta, None


def _explicit_rows(
    plan: Plan, model: ExplicitModel, rate: float, target: Target, rng: np.random.Generator
) -> Iterator[Row]:
    """Rows of one explicit model, whose steps are ``rate`` times the circuits'."""
    data = target.bitstrings, target.probabilities
    for epoch, theta in fit(model, model.start(rng), *data, plan.epochs, lambda epoch: rate * plan.rate(epoch)):
        if plan.recorded(epoch):
            inside = np.exp(model.log_probabilities(theta, target.bitstrings))
            yield {"epoch": epoch, **_distances(target, inside)} | (
                _first(plan, model, theta, data) if not epoch else {}
            )


def _first(plan: Plan, model: ExplicitModel, theta: Float, data: tuple[NDArray, Float]) -> Row:
    cross_entropy = model.gradient(theta, *data)
    return {
        "signal_to_noise": float(np.linalg.norm(cross_entropy.gradient)) * np.sqrt(plan.shots) / cross_entropy.noise
    }


def _active(goal: Objective) -> NDArray[np.int64]:
    """Angles that can change the measured distribution."""
    uses = [(k, j, part) for k, gate in enumerate(goal.circuit.gates) for j, part in enumerate(primitives(gate))]
    return np.array([part.angles[0] for k, j, part in uses if part.angles and (k, j) not in goal.inert])


def _cosine(first: Float, second: Float) -> float:
    """Cosine of the angle between two vectors; NaN if one is 0."""
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    return float(first @ second / lengths) if lengths > 0 else np.nan


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All runs; repetitions are numbered through all chunks."""
    return rows.assign(repetition=rows["chunk"] * settings["repetitions"] + rows["repetition"])[COLUMNS]

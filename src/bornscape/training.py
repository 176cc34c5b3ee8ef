"""Training a Born machine under a shot budget: sampled parameter-shift gradients, Adam, exact TVD every epoch."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bornscape.artifacts import atomic
from bornscape.circuits import Circuit, adjoint, inert_uses
from bornscape.kernels import Precision, probabilities, probability_gradient, shifted_states, statevector
from bornscape.losses.explicit import ExplicitLoss, total_variation
from bornscape.losses.fidelity import LinearLoss, data_state, local_fidelity_values
from bornscape.losses.mmd import MMDLoss
from bornscape.sampling import empirical, sample_indices
from bornscape.seeds import generator

Float = NDArray[np.float64]


class Loss(Protocol):
    """A loss of a measured distribution: its value, and its derivative dL/dq, (2**n,)."""

    def __call__(self, q: Float) -> float:
        """Value at q, (2**n,)."""

    def derivative(self, q: Float) -> Float:
        """dL/dq at q, (2**n,)."""


@dataclass(frozen=True, eq=False)
class Objective:
    """What is measured while training: a circuit, the state that it starts from, and a loss of its distribution.

    For the fidelities the measured circuit is the model's inverse, on the data state.
    """

    circuit: Circuit
    initial: NDArray | None
    loss: Loss

    @cached_property
    def inert(self) -> frozenset[tuple[int, int]]:
        """Uses of angles that cannot change what is measured."""
        return inert_uses(self.circuit, from_zero=self.initial is None)


def objective(
    model: Circuit, p: Float, kind: str, bandwidth: Sequence[float] | None = None, epsilon: float = 1e-6
) -> Objective:
    """The objective of a loss ``kind``: "mmd" (with its bandwidths), "lqf", or an explicit loss's name.

    Raises
    ------
    ValueError
        If the kind is unknown, or an MMD has no bandwidth.
    """
    if kind == "mmd":
        if not bandwidth:
            raise ValueError("loss mmd: expected a bandwidth")
        return Objective(model, None, MMDLoss(p, tuple(bandwidth)))
    if kind == "lqf":
        return Objective(adjoint(model), data_state(p), LinearLoss(local_fidelity_values(model.n_qubits)))
    return Objective(model, None, ExplicitLoss(kind, p, epsilon))


def sampled_gradient(
    goal: Objective, theta: Float, shots: int, rng: np.random.Generator, precision: Precision = "single"
) -> tuple[Float, float]:
    """Gradient by the parameter-shift rule with ``shots`` measurements of every circuit, and the estimated loss.

    The gradient is sum_x (dL/dq)(x) (q+ - q-)(x) / 2 with dL/dq, q+ and q- each estimated from their own shots: the
    shift rule holds for q, not for a loss that is not linear in q. Angles that cannot change the measured
    distribution get exactly 0 instead of the noise of two equal circuits.

    Returns
    -------
    ((n_parameters,), loss).
    """
    psi = statevector(goal.circuit, theta, precision, goal.initial)
    seen = empirical(psi.real**2 + psi.imag**2, shots, rng)
    slope = goal.loss.derivative(seen)
    total = np.zeros(goal.circuit.n_angles)
    for shifted in shifted_states(goal.circuit, theta, precision, goal.initial, skip=goal.inert):
        plus, minus = shifted.probabilities(psi)
        difference = slope[sample_indices(plus, shots, rng)].sum() - slope[sample_indices(minus, shots, rng)].sum()
        total[shifted.angle] += difference / (2 * shots)
    return goal.circuit.to_parameters(total), goal.loss(seen)


def exact_gradient(goal: Objective, theta: Float) -> tuple[Float, float]:
    """Gradient and loss with infinitely many shots, by one vector-Jacobian pass."""
    psi = statevector(goal.circuit, theta, "double", goal.initial)
    q = np.abs(psi) ** 2
    return probability_gradient(goal.circuit, theta, goal.loss.derivative(q), psi), goal.loss(q)


def learning_rate(epoch: int) -> float:
    """The paper's schedule max(0.01 e^(-0.005 t), 1e-5), t the epoch, from 0."""
    return float(max(0.01 * np.exp(-0.005 * epoch), 1e-5))


@dataclass
class Adam:
    """Adam (Kingma and Ba) with its usual constants 0.9, 0.999 and 1e-8; moments are (n_parameters,)."""

    first: Float
    second: Float
    steps: int = 0

    @classmethod
    def start(cls, n_parameters: int) -> Adam:
        """Zero moments."""
        return cls(np.zeros(n_parameters), np.zeros(n_parameters))

    def step(self, gradient: Float, rate: float) -> Float:
        """The change of theta for this gradient, (n_parameters,)."""
        self.steps += 1
        self.first = 0.9 * self.first + 0.1 * gradient
        self.second = 0.999 * self.second + 0.001 * gradient**2
        mean = self.first / (1 - 0.9**self.steps)
        spread = self.second / (1 - 0.999**self.steps)
        return -rate * mean / (np.sqrt(spread) + 1e-8)


@dataclass(frozen=True)
class TrainingRun:
    """What one repetition is; its random numbers follow from it.

    Attributes
    ----------
    experiment, loss, repetition
        Names of the run. Initial angles depend on experiment, n, layers and repetition only: losses are paired.
    seed
        Root seed.
    epochs
        Gradient steps.
    shots
        Measurements of every circuit; None for exact gradients.
    inputs
        Digest of what else the curve depends on (the target, the loss's settings): a checkpoint of others is not used.
    """

    experiment: str
    loss: str
    repetition: int
    seed: int
    n_layers: int
    epochs: int
    shots: int | None
    precision: Precision = "single"
    inputs: str = ""


@dataclass
class Progress:
    """Where a run stands: parameters, optimiser, and the curves so far (one entry an epoch, before its step)."""

    theta: Float
    adam: Adam
    tvd: list[float]
    estimates: list[float]

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return len(self.estimates)


def initial_angles(run: TrainingRun, model: Circuit) -> Float:
    """Uniform angles on [0, 2 pi), (n_parameters,)."""
    key = (run.experiment, "initial", model.n_qubits, run.n_layers, run.repetition)
    return generator(run.seed, *key).uniform(0.0, 2 * np.pi, model.n_parameters)


def train(
    run: TrainingRun,
    model: Circuit,
    p: Float,
    goal: Objective,
    checkpoint: Path | None = None,
    every: int = 10,
    notify: Callable[[int], None] | None = None,
) -> Progress:
    """Train and return the finished progress; ``tvd`` has epochs + 1 entries, the last after the last step.

    Parameters
    ----------
    run, model, p, goal
        The repetition; the model; the target, (2**n,); the objective built from both.
    checkpoint
        Where to keep the state every ``every`` epochs; a run that finds its own checkpoint there goes on from it, and
        ends with the same numbers, because an epoch's random numbers depend on the run and the epoch only.
    notify
        Called with the number of epochs done, at each checkpoint.
    """
    progress = _restore(run, checkpoint) or Progress(initial_angles(run, model), Adam.start(model.n_parameters), [], [])
    while progress.epoch < run.epochs:
        _one_epoch(run, model, p, goal, progress)
        if progress.epoch % every == 0 and progress.epoch < run.epochs:
            if checkpoint is not None:
                _save(run, progress, checkpoint)
            if notify is not None:
                notify(progress.epoch)
    progress.tvd.append(total_variation(p, probabilities(model, progress.theta)))
    return progress


def _one_epoch(run: TrainingRun, model: Circuit, p: Float, goal: Objective, progress: Progress) -> None:
    rng = generator(run.seed, run.experiment, run.loss, model.n_qubits, run.n_layers, run.repetition, progress.epoch)
    if run.shots is None:
        gradient, estimate = exact_gradient(goal, progress.theta)
    else:
        gradient, estimate = sampled_gradient(goal, progress.theta, run.shots, rng, run.precision)
    progress.tvd.append(total_variation(p, probabilities(model, progress.theta)))
    rate = learning_rate(progress.epoch)
    progress.theta = progress.theta + progress.adam.step(gradient, rate)
    progress.estimates.append(estimate)


_STORED = ("run", "theta", "first", "second", "tvd", "estimates")
"""Arrays of a checkpoint."""


def _identity(run: TrainingRun) -> str:
    """What a checkpoint must agree on; more epochs go on from fewer."""
    return json.dumps({key: value for key, value in asdict(run).items() if key != "epochs"}, sort_keys=True)


def _save(run: TrainingRun, progress: Progress, path: Path) -> None:
    with atomic(path) as temporary, open(temporary, "wb") as handle:
        np.savez(
            handle,
            run=np.array(_identity(run)),
            theta=progress.theta,
            first=progress.adam.first,
            second=progress.adam.second,
            tvd=np.array(progress.tvd),
            estimates=np.array(progress.estimates),
        )


def _restore(run: TrainingRun, path: Path | None) -> Progress | None:
    """The progress kept at ``path``; None if there is none, or it is damaged, another run's or of too many epochs."""
    if path is None or not os.path.exists(path):
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            # Reading an array stops where its header says: only this compares every checksum.
            if stored.zip.testzip() is not None:
                return None
            kept: dict[str, Any] = {name: stored[name] for name in _STORED}
    except Exception:  # Damage can show as nearly any error: of the archive, of a header, of its text.
        return None
    if str(kept["run"]) != _identity(run) or len(kept["estimates"]) > run.epochs:
        return None
    adam = Adam(kept["first"], kept["second"], len(kept["estimates"]))
    return Progress(kept["theta"], adam, kept["tvd"].tolist(), kept["estimates"].tolist())

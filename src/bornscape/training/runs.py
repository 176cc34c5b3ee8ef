"""One training run: what it is, where it starts, and its epochs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from bornscape.aliases import Float
from bornscape.circuits import Circuit
from bornscape.losses.explicit import total_variation
from bornscape.losses.fidelity import LinearLoss
from bornscape.seeds import generator
from bornscape.simulators.state_vector import Precision, probabilities
from bornscape.training.adam import FIRST_RATE, Adam, learning_rate
from bornscape.training.checkpoints import Progress, restore, save
from bornscape.training.estimated_gradients import (
    exact_gradient,
    hadamard_gradient,
    sampled_gradient,
    shifted_loss_gradient,
)
from bornscape.training.objectives import Objective

Start = Literal["uniform", "near_identity", "marginals"]

Shift = Literal["probabilities", "loss"]

NEAR = 0.05
"""Standard deviation, in radians, of the angles of a start near the identity or near the data's marginals."""


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
    start
        Initial angles: "uniform" on [0, 2 pi), "near_identity" (normal, ``NEAR``), or "marginals" (near the identity
        too, but with the last turns set so that the one-body marginals are the data's).
    batch
        Estimates of the gradient whose mean is one step (the paper's Fig. 12: 10).
    clip
        Largest absolute value of a component of a step's gradient; None for no limit (Fig. 12: 0.1).
    rate
        Learning rate of the first epoch; the paper states 0.01.
    shift
        What the shift rule is applied to where there are shots: the measured "probabilities", or the estimated "loss"
        of an MMD or a KLD, which is not its gradient.
    starts
        The experiment whose initial angles are taken, so that runs of two are paired; empty for the run's own.
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
    start: Start = "uniform"
    batch: int = 1
    clip: float | None = None
    rate: float = FIRST_RATE
    shift: Shift = "probabilities"
    starts: str = ""


def initial_angles(run: TrainingRun, model: Circuit, p: Float | None = None) -> Float:
    """Initial angles, (n_parameters,), of a line circuit that is to learn ``p``, (2**n,).

    Raises
    ------
    ValueError
        If the start is another.
    """
    rng = generator(run.seed, run.starts or run.experiment, "initial", model.n_qubits, run.n_layers, run.repetition)
    if run.start == "uniform":
        return rng.uniform(0.0, 2 * np.pi, model.n_parameters)
    near = rng.normal(0.0, NEAR, model.n_parameters)
    if run.start == "near_identity":
        return near
    if run.start != "marginals" or p is None:
        raise ValueError(f"start: expected 'uniform', 'near_identity' or 'marginals' (with p), got {run.start!r}")
    n = model.n_qubits
    ones = np.array([p.reshape(2**i, 2, -1)[:, 1].sum() for i in range(n)])
    turns = near[-3 * n :].reshape(n, 3)
    turns[:, 1] += 2 * np.arcsin(np.sqrt(np.clip(ones, 0.0, 1.0)))
    return near


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
    start = Progress(initial_angles(run, model, p), Adam.start(model.n_parameters), [], [])
    progress = restore(_identity(run), run.epochs, checkpoint) or start
    while progress.epoch < run.epochs:
        _one_epoch(run, model, p, goal, progress)
        last = progress.epoch == run.epochs
        # The last one is kept too: a job may have more runs to do, and be killed in one of them.
        if checkpoint is not None and (last or progress.epoch % every == 0):
            save(_identity(run), progress, checkpoint)
        if notify is not None and not last and progress.epoch % every == 0:
            notify(progress.epoch)
    progress.tvd.append(total_variation(p, probabilities(model, progress.theta)))
    return progress


def _one_epoch(run: TrainingRun, model: Circuit, p: Float, goal: Objective, progress: Progress) -> None:
    rng = generator(run.seed, run.experiment, run.loss, model.n_qubits, run.n_layers, run.repetition, progress.epoch)
    gradient, estimate = _gradient(run, goal.at(progress.theta), progress.theta, rng)
    progress.tvd.append(total_variation(p, probabilities(model, progress.theta)))
    if run.clip is not None:
        gradient = np.clip(gradient, -run.clip, run.clip)
    progress.theta = progress.theta + progress.adam.step(gradient, learning_rate(progress.epoch, run.rate))
    progress.estimates.append(estimate)


def _gradient(run: TrainingRun, goal: Objective, theta: Float, rng: np.random.Generator) -> tuple[Float, float]:
    if run.shots is None:
        return exact_gradient(goal, theta)
    if goal.pair_weight is not None:
        return hadamard_gradient(goal, theta, run.shots, rng)
    # A loss that is linear in what is measured has one shift rule.
    if run.shift == "loss" and not isinstance(goal.loss, LinearLoss):
        return shifted_loss_gradient(goal, theta, run.shots, rng)
    return sampled_gradient(goal, theta, run.shots, rng, run.precision, run.batch)


def _identity(run: TrainingRun) -> str:
    """What a checkpoint must agree on; more epochs go on from fewer."""
    return json.dumps({key: value for key, value in asdict(run).items() if key != "epochs"}, sort_keys=True)

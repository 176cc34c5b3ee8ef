"""One job of training runs: every run of a cell, and the rows of the tables that it fills."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Row
from bornscape.artifacts import sha256
from bornscape.circuits import Circuit
from bornscape.circuits.ansatze import FAMILIES
from bornscape.datasets import read_target
from bornscape.datasets.images import GRIDS
from bornscape.formulas import bandwidth_values
from bornscape.losses.regularised_kld import HALF_A_SHOT, epsilon_value
from bornscape.seeds import generator
from bornscape.simulators.state_vector import probabilities
from bornscape.training.checkpoints import Progress
from bornscape.training.estimated_gradients import gradient_signal
from bornscape.training.objectives import Objective, objective
from bornscape.training.runs import TrainingRun, initial_angles, train
from bornscape.training.targets import Task, by_columns, generalisation, task

_OF_THE_TASK = ("epsilon", "dataset", "transform", "train_size", "smallest", "wires", "ansatz")
"""Settings of a job that its targets, circuit and losses are made of."""


class JobTables(NamedTuple):
    """What a job writes: curves of the TVD, final probabilities of the likeliest strings, and one row a run."""

    curves: pd.DataFrame
    finals: pd.DataFrame
    summary: pd.DataFrame


class TrainingJob:
    """The runs of one repetition at one size and depth.

    Parameters
    ----------
    job
        As ``bornscape.planning.trainings.Trainings.job`` gives it, with one ``repetition`` of its ``repetitions``.
    experiment
        Name of the entry of ``training``.
    target
        Path of the target's file.
    """

    def __init__(self, job: Mapping[str, Any], experiment: str, target: str | Path) -> None:
        self.job, self.experiment = job, experiment
        self.target_digest = sha256(target)
        self.model: Circuit = FAMILIES[job.get("ansatz", "line")](job["n_qubits"], job["n_layers"])
        rng = self._generator("training set", job["n_qubits"], job["repetition"])
        dense, self.grid = read_target(target).dense(), GRIDS.get(job["n_qubits"], (1, job["n_qubits"]))
        if job.get("wires") == "columns":
            dense = by_columns(dense, *self.grid)
        smallest = job.get("smallest", job["epsilon"])
        self.task: Task = task(dense, job.get("transform"), job.get("train_size"), smallest, rng)
        self.likeliest = np.argsort(-self._by_rows(self.task.true), kind="stable")[: job["strings"]]

    def _by_rows(self, p: Float) -> Float:
        """A distribution of the wires' strings as one of images, row by row, (2**n,) both."""
        return by_columns(p, *self.grid[::-1]) if self.job.get("wires") == "columns" else p

    def _generator(self, *key: str | int) -> np.random.Generator:
        return generator(self.job["seed"], self.experiment, *key)

    def run(self, loss: str, shots: int | None) -> TrainingRun:
        """What a run of this job is."""
        job, settings = self.job, self.job["losses"][loss]
        return TrainingRun(
            experiment=self.experiment,
            loss=loss,
            repetition=job["repetition"],
            seed=job["seed"],
            n_layers=job["n_layers"],
            epochs=job["epochs"],
            shots=shots,
            inputs=json.dumps([settings, *(job.get(key) for key in _OF_THE_TASK), self.target_digest]),
            **{key: job[key] for key in ("start", "batch", "clip", "rate", "shift", "starts") if key in job},
        )

    def goal(self, loss: str, shots: int | None) -> Objective:
        """The objective of a loss on the training set; an epsilon of half a shot needs ``shots``."""
        settings = self.job["losses"][loss]
        bandwidth, epsilon = settings.get("bandwidth"), settings.get("epsilon", self.job["epsilon"])
        values = None if bandwidth is None else bandwidth_values(bandwidth, self.job["n_qubits"])
        # Exact gradients have no shots.
        if shots is None:
            epsilon = self.job["epsilon"] if epsilon == HALF_A_SHOT else epsilon
        else:
            epsilon = epsilon_value(epsilon, shots)
        form = settings.get("form", "clipped")
        return objective(self.model, self.task.seen, settings["kind"], values, epsilon, form)

    def lead(self, run: TrainingRun) -> Row:
        """The columns by which every table names a run."""
        return {
            "experiment": self.experiment,
            "dataset": self.job["dataset"],
            "loss": run.loss,
            "n_qubits": self.job["n_qubits"],
            "n_layers": run.n_layers,
            "shots": "" if run.shots is None else run.shots,
            "repetition": run.repetition,
        }

    def curve(self, run: TrainingRun, progress: Progress) -> pd.DataFrame:
        """The TVD at the epochs that are recorded, the last one among them, and the loss as it was estimated."""
        estimates = [*progress.estimates, np.nan]
        table = pd.DataFrame({"epoch": np.arange(len(progress.tvd)), "tvd": progress.tvd, "estimated_loss": estimates})
        recorded = (table["epoch"] % self.job.get("record_every", 1) == 0) | (table["epoch"] == run.epochs)
        return table[recorded]

    def final(self, q: Float) -> pd.DataFrame:
        """Target and learned probability of the likeliest strings, images row by row."""
        strings = [format(index, f"0{self.job['n_qubits']}b") for index in self.likeliest]
        target, model = (self._by_rows(side)[self.likeliest] for side in (self.task.true, q))
        return pd.DataFrame({"bitstring": strings, "target": target, "model": model})

    def first_gradient(self, run: TrainingRun, goal: Objective) -> Row:
        """Norm and noise of the first gradient, where the job asks for it; nothing with exact gradients."""
        if run.shots is None or not self.job.get("first_gradient"):
            return {}
        key = (run.loss, self.job["n_qubits"], run.n_layers, run.repetition, run.shots)
        start = initial_angles(run, self.model, self.task.seen)
        signal = gradient_signal(goal, start, run.shots, self._generator("first gradient", *key))
        return {"gradient_norm": signal.norm, "gradient_noise": signal.noise}


def train_job(
    job: Mapping[str, Any],
    experiment: str,
    target: str | Path,
    checkpoints: Path,
    notify: Callable[[str], None] | None = None,
) -> JobTables:
    """Train every run of a job.

    Parameters
    ----------
    job
        As ``bornscape.planning.trainings.Trainings.job`` gives it.
    experiment, target
        As ``TrainingJob`` takes them.
    checkpoints
        Folder in which runs keep their state: a job that was cut off goes on from it.
    notify
        Called with the run and its number of epochs, in words, at each checkpoint.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    curves, finals, summaries = [], [], []
    for repetition in job["repetitions"]:
        cell = TrainingJob({**job, "repetition": repetition}, experiment, target)
        for loss, shots in job["runs"]:
            run, goal = cell.run(loss, shots), cell.goal(loss, shots)

            def told(epoch: int, name: str = f"{loss} {shots} repetition {repetition}") -> None:
                if notify is not None:
                    notify(f"{name} epoch {epoch}")

            checkpoint = checkpoints / f"{loss}_{shots}_r{repetition}.npz"
            progress = train(run, cell.model, cell.task.seen, goal, checkpoint, job["checkpoint_every"], told)
            lead, q = cell.lead(run), probabilities(cell.model, progress.theta)
            curves.append(cell.curve(run, progress).assign(**lead)[[*lead, "epoch", "tvd", "estimated_loss"]])
            finals.append(cell.final(q).assign(**lead)[[*lead, "bitstring", "target", "model"]])
            summaries.append(lead | generalisation(cell.task, q)._asdict() | cell.first_gradient(run, goal))
    return JobTables(pd.concat(curves), pd.concat(finals), pd.DataFrame(summaries))

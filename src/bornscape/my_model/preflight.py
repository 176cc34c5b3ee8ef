"""Trying a user's files at the smallest size, in a process of its own, before any job runs.

``python -m bornscape.my_model.preflight`` reads {"models": ..., "seed": ...} as JSON and prints one line of JSON: null,
or [key, message] of the first problem.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bornscape.aliases import Settings
from bornscape.datasets import Target, synthetic_target
from bornscape.datasets.images import IMAGE_SETS
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.data import data_of
from bornscape.my_model.losses import model_loss
from bornscape.my_model.settings import USER_LOSSES, complete
from bornscape.my_model.starts import start_of
from bornscape.seeds import generator

Problem = tuple[list[str], str]


def _attempt(key: list[str], action: Callable[[], Any]) -> tuple[Any, Problem | None]:
    try:
        return action(), None
    except (ValueError, MemoryError) as error:
        return None, (key, str(error))


def _stand_in(settings: Settings, n: int, seed: int) -> Target:
    """The data; for images, which a job has yet to make, another set of as many bits."""
    data = settings["data"]
    if "set" in data and data["set"] in IMAGE_SETS:
        return synthetic_target("o_n", n, generator(seed, "preflight", n))
    return data_of(data, n, seed)


def model_problem(name: str, settings: Settings, seed: int) -> Problem | None:
    """The first thing wrong with a model's files, tried at its smallest size; None if there is nothing."""
    n = min(settings["sizes"])
    target, problem = _attempt([name, "data"], lambda: _stand_in(settings, n, seed))
    if problem:
        return problem
    circuit, problem = _attempt([name, "circuit"], lambda: model_circuit(settings["circuit"], n))
    if problem:
        return problem
    start = start_of(settings["initialisation"], n, circuit.n_parameters, target)
    _, problem = _attempt([name, "initialisation"], lambda: start(generator(seed, "preflight", name)))
    if problem:
        return problem
    # Two points: between the data and uniform, where every function of probabilities should have a value, and a corner.
    p = target.dense()
    points = (0.5 * p + 0.5 / len(p), np.eye(1, len(p)).ravel())
    for label, loss in settings["losses"].items():
        if loss["kind"] not in USER_LOSSES:
            continue

        def tried(label: str = label, loss: Settings = loss) -> None:
            built = model_loss(label, loss, circuit, target).objective.loss
            for q in points:
                built(q)
                built.derivative(q)

        _, problem = _attempt([name, "losses", label], tried)
        if problem:
            return problem
    return None


def first_problem(models: Mapping[str, Settings], seed: int) -> Problem | None:
    """The first problem of any model."""
    problems = (model_problem(name, complete(settings), seed) for name, settings in models.items())
    return next((problem for problem in problems if problem), None)


def _main() -> None:
    # What a user's file prints is not the answer.
    answer = os.dup(1)
    os.dup2(2, 1)
    job = json.load(sys.stdin)
    line = json.dumps(first_problem(job["models"], job["seed"]))
    os.write(answer, (line + "\n").encode())


if __name__ == "__main__":
    _main()

"""Trying a user's files at every size that is cheap, in a process of its own, before any job runs.

``python -m bornscape.my_model.preflight`` reads {"models": ..., "seed": ...} as JSON and prints one line of JSON: null,
or [key, message] of the first problem.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from bornscape.aliases import Float, Settings
from bornscape.datasets import Target, synthetic_target
from bornscape.datasets.images import IMAGE_SETS
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.data.model_data import data_of
from bornscape.my_model.jobs import model_at
from bornscape.my_model.losses import UserLoss, model_loss, wrong_derivative
from bornscape.my_model.register import initial_state
from bornscape.my_model.settings import SMALL, USER_LOSSES, complete
from bornscape.my_model.starts import start_of
from bornscape.my_model.word_losses import by_words, unlisted
from bornscape.seeds import generator
from bornscape.simulators.words.choice import AUTO
from bornscape.training.objectives import Loss

Problem = tuple[list[str], str]

STARTS = 5
"""Starts at which a user's circuit is tried; a job tries all that it draws."""


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


def tried_sizes(sizes: Iterable[int]) -> list[int]:
    """Sizes that are tried: every one up to ``SMALL``, at which a trial costs no more than a draw, and the smallest."""
    return sorted({min(sizes), *(n for n in sizes if n <= SMALL)})


def model_problem(name: str, settings: Settings, seed: int) -> Problem | None:
    """The first thing wrong with a model's files, tried at every size that is cheap; None if there is nothing."""
    problems = (_size_problem(name, settings, n, seed) for n in tried_sizes(settings["sizes"]))
    found = next((problem for problem in problems if problem), None)
    return found or _engine_problem(name, settings, seed)


def _engine_problem(name: str, settings: Settings, seed: int) -> Problem | None:
    """Why the first size that is drawn by words cannot be, or the first loss that can be had at no size."""
    had = set()
    for n in sorted(settings["sizes"]):
        if not by_words(settings, n):
            had |= set(settings["losses"])
            continue
        made = _stand_in(settings, n, seed) if settings["data"].get("set") in IMAGE_SETS else None
        model, problem = _attempt([name, "engine"], partial(model_at, settings, n, seed, target=made))
        if problem:
            return [name, "sizes" if settings["engine"] == AUTO else "engine"], f"n = {n}: {problem[1]}"
        had |= model.has()
    for label in settings["losses"]:
        if label not in had:
            least = min(settings["sizes"])
            return [name, "losses", label], f"at none of the sizes (n = {least} and more) can it be had; add n = 10"
    return None


def _size_problem(name: str, settings: Settings, n: int, seed: int) -> Problem | None:
    if by_words(settings, n) and unlisted(settings["data"], n):
        return None
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
    if circuit.check is not None:
        rng, check = generator(seed, "preflight starts", name, n), circuit.check
        _, problem = _attempt([name, "circuit"], lambda: [check(start(rng)) for _ in range(STARTS)])
        if problem:
            return problem
    _, problem = _attempt([name, "circuit", "initial"], lambda: initial_state(settings["circuit"], n))
    if problem:
        return problem
    if by_words(settings, n):
        return None
    for label, loss in settings["losses"].items():
        if loss["kind"] not in USER_LOSSES:
            continue

        def tried(label: str = label, loss: Settings = loss) -> str | None:
            return _try_loss(model_loss(label, loss, circuit, target).objective.loss, target.dense(), n, seed)

        found, problem = _attempt([name, "losses", label], tried)
        if problem:
            return problem
        if found:
            return [name, "losses", label, "derivative"], f"{loss['file']}: {loss['derivative']}: at n = {n}: {found}"
    return None


def _try_loss(loss: Loss, p: Float, n: int, seed: int) -> str | None:
    """Ask a loss for its value and derivative; what is wrong with a derivative that a user wrote."""
    rng = generator(seed, "preflight loss", n)
    # Three points: between the data and uniform, where every function of probabilities should have a value, one like it
    # without the data's symmetries, and a corner.
    between = 0.5 * p + 0.5 / len(p)
    uneven = 0.5 * between + 0.5 * rng.dirichlet(np.ones(len(p)))
    for q in (between, uneven, np.eye(1, len(p)).ravel()):
        loss(q)
        loss.derivative(q)
    written = isinstance(loss, UserLoss) and loss.derivative_name is not None
    return wrong_derivative(loss, uneven, rng) if isinstance(loss, UserLoss) and written else None


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

"""The key ``path`` of a model: training without shots from random starts, measured at points of the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.losses.word_explicit import SupportLoss
from bornscape.my_model.draws import DRAW_COLUMNS, OF_STATE_VECTORS, SizedModel
from bornscape.my_model.losses import ModelLoss
from bornscape.my_model.word_draws import WordModel, WordTask
from bornscape.simulators.words.protocol import StringState
from bornscape.training.adam import Adam

OPTIMISERS = ("adam", "gradient_descent")

PATH_DEFAULTS: dict[str, Any] = {"optimiser": "adam", "learning_rate": 0.01, "points": 5, "starts": 20}
"""What a path need not say."""

STEP_COLUMNS = [*DRAW_COLUMNS, "step"]


class PathSettings(NamedTuple):
    """Steps of an optimiser with a constant learning rate, and how many points and starts are measured."""

    steps: int
    optimiser: str
    learning_rate: float
    points: int
    starts: int

    @property
    def measured(self) -> list[int]:
        """Numbers of steps after which is measured: the start, the end, and points between at equal distances."""
        return sorted({round(step) for step in np.linspace(0, self.steps, self.points)})


def path_settings(path: Settings) -> PathSettings:
    """A model's ``path``, completed.

    Raises
    ------
    ValueError
        If a key is unknown or missing, or a value lies outside its range.

    Examples
    --------
    >>> path_settings({"steps": 100, "points": 3}).measured
    [0, 50, 100]
    """
    example = "a line such as {steps: 200, learning_rate: 0.01}"
    if not isinstance(path, Mapping) or "steps" not in path or set(path) - set(PathSettings._fields):
        raise ValueError(f"expected steps and some of {', '.join(PATH_DEFAULTS)}, {example}; got {path!r}")
    found = PathSettings(**(PATH_DEFAULTS | dict(path)))
    if found.optimiser not in OPTIMISERS:
        raise ValueError(f"optimiser: expected one of {', '.join(OPTIMISERS)}, got {found.optimiser!r}")
    if not isinstance(found.learning_rate, (int, float)) or not 0 < found.learning_rate < np.inf:
        raise ValueError(f"learning_rate: expected a number above 0, such as 0.01, got {found.learning_rate!r}")
    for name, least in (("steps", 1), ("points", 2), ("starts", 3)):
        value = getattr(found, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: expected a whole number of at least {least}, got {value!r}")
    return found


def _stepper(settings: PathSettings, n_parameters: int) -> Callable[[Float], Float]:
    """From a gradient to the change of theta."""
    if settings.optimiser == "gradient_descent":
        return lambda gradient: -settings.learning_rate * gradient
    adam = Adam.start(n_parameters)
    return lambda gradient: adam.step(gradient, settings.learning_rate)


class Walk(NamedTuple):
    """A loss to be trained.

    Attributes
    ----------
    row
        What is measured of it at theta.
    gradient
        By every parameter at theta, (n_parameters,): exact, or an estimate without bias.
    """

    row: Callable[[Float, np.random.Generator], dict[str, Any]]
    gradient: Callable[[Float, np.random.Generator], Float]


def walks(model: SizedModel | WordModel) -> list[Walk]:
    """Of every loss that can be had."""
    if isinstance(model, WordModel):
        return [
            Walk(partial(_word_row, model, task), partial(_word_gradient, model, task))
            for task in model.tasks
            if task.loss is not None
        ]
    return [Walk(partial(_row, model, loss), partial(_gradient, model, loss)) for loss in model.losses]


def _row(model: SizedModel, loss: ModelLoss, theta: Float, rng: np.random.Generator) -> dict[str, Any]:
    return OF_STATE_VECTORS | next(model.measured(theta, rng, loss.label))[0]


def _gradient(model: SizedModel, loss: ModelLoss, theta: Float, rng: np.random.Generator) -> Float:
    return model.gradient(loss, theta)


def _word_row(model: WordModel, task: WordTask, theta: Float, rng: np.random.Generator) -> dict[str, Any]:
    return model.at_point(theta, rng, task)


def _word_gradient(model: WordModel, task: WordTask, theta: Float, rng: np.random.Generator) -> Float:
    assert task.loss is not None
    assert task.engine is not None
    state = task.engine.at(model.circuit.angles(theta))
    if isinstance(task.loss, SupportLoss):
        strings, of_data = cast(StringState, state), task.loss.bitstrings
        slopes = task.loss.slopes(np.maximum(strings.probabilities(of_data), 0.0))
        return model.circuit.to_parameters(strings.probability_gradient(of_data, slopes))
    return model.circuit.to_parameters(task.loss.halves(state, task.engine.kind, rng).gradients.mean(axis=0))


def path_draws(model: SizedModel | WordModel, settings: PathSettings, rng: np.random.Generator) -> pd.DataFrame:
    """Every loss at points of its own training from each of the starts (``STEP_COLUMNS``; ``draw`` is the start).

    All losses have the same starts. On state vectors, and wherever a loss is exact on words, steps take the exact
    gradient; else an estimate without bias from words drawn anew at every step. The noise of shots is told beside it,
    not followed. A loss that cannot be had at this size has no rows.
    """
    starts = [model.start(rng) for _ in range(settings.starts)]
    points, rows = set(settings.measured), []
    for walk in walks(model):
        for number, start in enumerate(starts):
            theta, step = start, _stepper(settings, len(start))
            for done in range(settings.steps + 1):
                if done in points:
                    rows.append(walk.row(theta, rng) | {"draw": number, "step": done})
                if done < settings.steps:
                    theta = theta + step(walk.gradient(theta, rng))
    return pd.DataFrame(rows).reindex(columns=STEP_COLUMNS)

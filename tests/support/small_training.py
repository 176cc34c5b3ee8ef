"""A small model, target and angles, and an objective of each kind, for the tests of training."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Float
from bornscape.circuits import Circuit, line_circuit
from bornscape.losses.explicit import DEFINITIONS
from bornscape.simulators.state_vector import probabilities
from bornscape.training import Objective, objective

MODEL = line_circuit(2, 1)
P = np.array([0.5, 0.0, 0.2, 0.3])
THETA = np.random.default_rng(1).uniform(0, 2 * np.pi, MODEL.n_parameters)
KINDS: dict[str, tuple[float, ...] | None] = {"mmd": (0.01, 0.5, 2.0), "lqf": None} | dict.fromkeys(DEFINITIONS)


def goal_of(kind: str, model: Circuit = MODEL, p: Float = P) -> Objective:
    """The objective of a kind of loss."""
    return objective(model, p, kind, KINDS[kind])


def measured(goal: Objective, theta: Float) -> Float:
    """What an objective's circuit gives."""
    return probabilities(goal.circuit, theta, initial=goal.initial)

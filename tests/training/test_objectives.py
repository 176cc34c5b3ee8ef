"""Objectives: the losses of their names."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bornscape as bs
from bornscape.losses.explicit import ExplicitLoss
from bornscape.simulators.state_vector import probabilities
from bornscape.training import (
    objective,
)
from support.small_training import KINDS, MODEL, THETA, P, goal_of, measured

Float = NDArray[np.float64]


# Objectives


@pytest.mark.parametrize("kind", KINDS)
def test_objectives_are_the_losses_of_their_names(kind: str) -> None:
    goal = goal_of(kind)
    q = probabilities(MODEL, THETA)
    expected = {
        "mmd": lambda: bs.mmd(q, P, KINDS["mmd"]),
        "lqf": lambda: bs.local_quantum_fidelity_loss(MODEL, THETA, P),
    }.get(kind, lambda: ExplicitLoss(kind, P, 1e-6)(q))
    assert goal.loss(measured(goal, THETA)) == pytest.approx(expected(), rel=1e-12)


def test_the_fidelity_measures_the_inverse_circuit_on_the_data_state() -> None:
    goal = goal_of("lqf")
    np.testing.assert_allclose(goal.initial, np.sqrt(P))
    assert not np.allclose(measured(goal, THETA), probabilities(MODEL, THETA))
    assert goal_of("mmd").circuit is MODEL
    assert goal_of("mmd").initial is None


def test_the_clipping_value_is_the_caller_s() -> None:
    q = np.array([0.0, 0.5, 0.25, 0.25])
    coarse, fine = (objective(MODEL, P, "kld", epsilon=epsilon).loss(q) for epsilon in (1e-3, 1e-6))
    assert fine - coarse == pytest.approx(0.5 * np.log(1e3))


@pytest.mark.parametrize("bandwidth", [None, ()])
def test_an_mmd_without_bandwidth_is_an_error(bandwidth: Any) -> None:
    with pytest.raises(ValueError, match="loss mmd: expected a bandwidth"):
        objective(MODEL, P, "mmd", bandwidth)


def test_an_unknown_loss_is_named() -> None:
    with pytest.raises(ValueError, match="'kdl'"):
        objective(MODEL, P, "kdl")

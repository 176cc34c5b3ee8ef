"""Pauli paths of the LQF's gradient: against all angles on a grid, state vectors, and the paths of the loss."""

import itertools

import numpy as np
import pytest

from bornscape.circuits import line_circuit
from bornscape.datasets import Target, synthetic_target
from bornscape.simulators.gradient_paths import LQFVariances, counted_words, gradient_variance_of_paths
from bornscape.simulators.pauli_paths import DataMoments
from bornscape.training.estimated_gradients import exact_gradient
from bornscape.training.objectives import objective
from support.plain_paths import draw_words


def targets_of(n: int) -> dict[str, Target]:
    return {name: synthetic_target(name, n, np.random.default_rng(0)) for name in ("zero", "ghz")}


def estimates(n: int, layers: int, seed: int) -> dict[str, np.ndarray]:
    """(batches, 2): variances of the loss and of the gradient from 20 batches of 500 paths."""
    rng = np.random.default_rng(seed)
    batches = [gradient_variance_of_paths(layers, 500, targets_of(n), rng) for _ in range(20)]
    return {name: np.array([batch[name] for batch in batches]) for name in ("zero", "ghz")}


def test_against_all_angles_on_a_grid() -> None:
    """On one wire without layers the loss holds frequencies 0 and 1 alone: 3 angles a parameter make the mean exact."""
    goal = objective(line_circuit(1, 0), np.array([1.0, 0.0]), "lqf")
    grid = np.array(list(itertools.product(2 * np.pi * np.arange(3) / 3, repeat=3)))
    gradients, losses = zip(*(exact_gradient(goal, theta) for theta in grid), strict=True)
    expected = LQFVariances(float(np.var(losses)), float(np.mean([g @ g for g in gradients])))
    found = gradient_variance_of_paths(0, 1, {"zero": targets_of(1)["zero"]}, np.random.default_rng(1))["zero"]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(("n", "layers"), [(2, 1), (2, 2), (3, 2), (4, 1)])
def test_against_gradients_of_state_vectors(n: int, layers: int) -> None:
    """5 standard errors; two wires of GHZ data flip as one."""
    rng, found = np.random.default_rng(n), estimates(n, layers, 10 * n + layers)
    for name, target in targets_of(n).items():
        goal = objective(line_circuit(n, layers), target.dense(), "lqf")
        thetas = rng.uniform(0, 2 * np.pi, (400, goal.circuit.n_parameters))
        squares = np.array([np.sum(exact_gradient(goal, theta)[0] ** 2) for theta in thetas])
        paths = found[name][:, 1]
        error = np.hypot(squares.std() / np.sqrt(len(squares)), paths.std() / np.sqrt(len(paths)))
        assert abs(squares.mean() - paths.mean()) < 5 * error


@pytest.mark.parametrize("n", [3, 12])
def test_the_losses_variance_is_that_of_the_loss_paths(n: int) -> None:
    rng = np.random.default_rng(3)
    for name, target in targets_of(n).items():
        moments = [DataMoments(target)(*draw_words(n, 2, rng.integers(0, n, 500), rng)).mean() for _ in range(20)]
        ours = estimates(n, 2, 4)[name][:, 0]
        theirs = np.array(moments) / (4 * n)
        assert abs(ours.mean() - theirs.mean()) < 5 * np.hypot(ours.std(), theirs.std()) / np.sqrt(20)


def test_a_path_meets_a_rotation_at_least_wherever_a_word_stands() -> None:
    rng = np.random.default_rng(5)
    x, z, met = counted_words(6, 3, rng.integers(0, 6, 200), rng)
    assert (met >= 3).all()
    assert (x | z).any(axis=0).all()


def test_other_data_are_refused() -> None:
    target = Target(np.array([[0, 0], [0, 1]], dtype=np.uint8), np.array([0.5, 0.5]))
    with pytest.raises(ValueError, match="data set near: expected one string"):
        gradient_variance_of_paths(1, 2, {"near": target}, np.random.default_rng(0))

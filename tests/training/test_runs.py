"""Runs of training: their curves, starts, batches and clipping."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bornscape.circuits import line_circuit, primitives
from bornscape.simulators.state_vector import probabilities
from bornscape.training import (
    Adam,
    Objective,
    Progress,
    TrainingRun,
    exact_gradient,
    gradient_signal,
    initial_angles,
    runs,
    sampled_gradient,
    train,
)
from support.reference import Z_LIMIT
from support.small_training import MODEL, THETA, P, goal_of, measured

Float = NDArray[np.float64]


# Angles that cannot matter


def inert_angles(goal: Objective) -> set[int]:
    return {primitives(goal.circuit.gates[k])[j].angles[0] for k, j in goal.inert}


def moved(goal: Objective, theta: Float, angle: int) -> float:
    """How far the measured distribution moves, in total variation, when one angle does."""
    other = theta.copy()
    other[angle] += 1.3
    return float(np.abs(measured(goal, other) - measured(goal, theta)).sum())


# Runs


RUN = TrainingRun("jets_4", "mmd", 0, 2305, 1, 7, 6, inputs="a")


def run_of(
    run: TrainingRun = RUN, checkpoint: Path | None = None, notify: Callable[[int], None] | None = None
) -> Progress:
    return train(run, MODEL, P, goal_of(run.loss), checkpoint, 2, notify)


def same(first: Progress, second: Progress) -> bool:
    """Equal to the last bit."""
    vectors = [(first.theta, second.theta), (first.adam.first, second.adam.first)]
    vectors += [(first.adam.second, second.adam.second), (first.tvd, second.tvd), (first.estimates, second.estimates)]
    return first.adam.steps == second.adam.steps and all(np.array_equal(a, b) for a, b in vectors)


@pytest.fixture(scope="module")
def undisturbed() -> Progress:
    return run_of()


@pytest.mark.parametrize("loss", ["mmd", "lqf", "kld"])
@pytest.mark.parametrize("shots", [None, 6])
def test_the_curves_of_a_run(loss: str, shots: int | None) -> None:
    run = replace(RUN, loss=loss, shots=shots)
    done = run_of(run)
    start = initial_angles(run, MODEL)
    assert len(done.tvd) == run.epochs + 1
    assert len(done.estimates) == done.epoch == done.adam.steps == run.epochs
    # Also for the fidelity, which measures another circuit, the TVD is the model's.
    assert done.tvd[0] == pytest.approx(np.abs(probabilities(MODEL, start) - P).sum(), rel=1e-12)
    assert done.tvd[-1] == pytest.approx(np.abs(probabilities(MODEL, done.theta) - P).sum(), rel=1e-12)
    assert len(set(done.tvd)) == run.epochs + 1


def test_a_run_repeats_itself(undisturbed: Progress) -> None:
    assert same(run_of(), undisturbed)
    for change in ({"seed": 1}, {"repetition": 1}, {"experiment": "other"}, {"shots": 7}):
        assert not same(run_of(replace(RUN, **change)), undisturbed)


@pytest.mark.parametrize("kind", ["mmd", "lqf", "kld"])
def test_the_exact_path_lowers_the_loss(kind: str) -> None:
    run = replace(RUN, loss=kind, shots=None, epochs=40)
    done = run_of(run)
    goal = goal_of(kind)
    assert done.estimates[0] == pytest.approx(goal.loss(measured(goal, initial_angles(run, MODEL))), rel=1e-12)
    assert done.estimates[-1] < 0.9 * done.estimates[0]
    # Steps of 0.01 a parameter are small: hardly any goes up.
    assert np.mean(np.diff(done.estimates) < 0) > 0.9


def test_shots_lower_the_loss_too() -> None:
    done = run_of(replace(RUN, shots=100, epochs=40))
    goal = goal_of("mmd")
    first, last = (goal.loss(measured(goal, theta)) for theta in (initial_angles(RUN, MODEL), done.theta))
    assert last < 0.9 * first


def test_every_epoch_has_shots_and_a_rate_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """With rates of 0 the angles stay, and only the shots can change the estimates."""
    epochs: list[int] = []
    monkeypatch.setattr(runs, "learning_rate", lambda epoch, first: epochs.append(epoch) or 0.0)
    done = run_of()
    assert epochs == list(range(RUN.epochs))
    assert len(set(done.tvd)) == 1
    assert len(set(done.estimates)) > 1


def test_the_first_step_is_as_long_as_the_rate() -> None:
    run = replace(RUN, epochs=1, shots=None)
    steps = np.abs(run_of(run).theta - initial_angles(run, MODEL))
    np.testing.assert_allclose(steps[steps > 1e-3], 0.01, rtol=1e-3)
    assert (steps > 1e-3).sum() == MODEL.n_parameters - len(inert_angles(goal_of("mmd")))


def test_initial_angles_are_paired_over_losses() -> None:
    start = initial_angles(RUN, MODEL)
    assert start.shape == (MODEL.n_parameters,)
    assert ((start >= 0) & (start < 2 * np.pi)).all()
    for change in ({"loss": "kld"}, {"epochs": 99}, {"shots": None}, {"inputs": "b"}, {"precision": "double"}):
        np.testing.assert_array_equal(initial_angles(replace(RUN, **change), MODEL), start)
    for change in ({"experiment": "x"}, {"repetition": 1}, {"seed": 1}, {"n_layers": 2}):
        assert not np.array_equal(initial_angles(replace(RUN, **change), MODEL), start)


# Starts, batches and clipping


def test_a_start_at_the_marginals_has_them() -> None:
    p = np.random.default_rng(5).dirichlet(np.ones(8))
    model = line_circuit(3, 2)
    run = replace(RUN, start="marginals", n_layers=2)
    q = probabilities(model, initial_angles(run, model, p))
    for i in range(3):
        ones = [v.reshape(2**i, 2, -1)[:, 1].sum() for v in (p, q)]
        # The other angles are about NEAR each: what they add is of first order in them.
        assert ones[1] == pytest.approx(ones[0], abs=6 * runs.NEAR)
    far = probabilities(model, initial_angles(replace(run, start="uniform"), model, p))
    assert np.abs(far - p).max() > np.abs(q - p).max()


def test_a_start_near_the_identity_stays_near_zero() -> None:
    model = line_circuit(3, 2)
    q = probabilities(model, initial_angles(replace(RUN, start="near_identity", n_layers=2), model))
    assert q[0] > 0.9


@pytest.mark.parametrize("start", ["marginals", "zero"])
def test_an_impossible_start_is_an_error(start: Any) -> None:
    with pytest.raises(ValueError, match="start: expected 'uniform', 'near_identity' or 'marginals'"):
        initial_angles(replace(RUN, start=start), MODEL)


@pytest.mark.parametrize("shots", [3, 40])
def test_a_batch_is_the_mean_of_independent_estimates(shots: int) -> None:
    """Same mean, a variance smaller by the batch: on both ways of drawing (few and many outcomes a shot)."""
    goal, repeats = goal_of("mmd", line_circuit(4, 1), np.eye(16)[3]), 400
    theta = np.random.default_rng(2).uniform(0, 2 * np.pi, goal.circuit.n_parameters)
    exact, _ = exact_gradient(goal, theta)
    single, mean = (
        np.array(
            [sampled_gradient(goal, theta, shots, np.random.default_rng((k, b)), batch=b)[0] for k in range(repeats)]
        )
        for b in (1, 8)
    )
    moved = single.var(axis=0) > 0
    scores = (mean.mean(axis=0) - exact)[moved] / (mean.std(axis=0, ddof=1)[moved] / np.sqrt(repeats))
    assert np.abs(scores).max() < Z_LIMIT
    ratio = single.var(axis=0)[moved] / mean.var(axis=0)[moved]
    # A ratio of variances of 400 each strays by 10 % (one standard deviation).
    assert 6 < np.median(ratio) < 10.5


def test_clipping_bounds_the_gradient_that_adam_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Float] = []
    step = Adam.step
    monkeypatch.setattr(Adam, "step", lambda self, g, rate: seen.append(g) or step(self, g, rate))
    goal = goal_of("kld")
    train(replace(RUN, shots=None, epochs=1), MODEL, P, goal)
    train(replace(RUN, shots=None, epochs=1, clip=0.01), MODEL, P, goal)
    assert np.abs(seen[0]).max() > 0.01
    np.testing.assert_array_equal(seen[1], np.clip(seen[0], -0.01, 0.01))


def test_the_signal_of_a_gradient() -> None:
    goal = goal_of("mmd")
    few, many = (gradient_signal(goal, THETA, shots, np.random.default_rng(3), repeats=60) for shots in (50, 5000))
    assert few.norm == many.norm == pytest.approx(np.linalg.norm(exact_gradient(goal, THETA)[0]))
    assert many.ratio / few.ratio == pytest.approx(10, rel=0.35)

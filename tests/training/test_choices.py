"""What the paper leaves open of its training: rate, shifted losses, wires, phases, Hadamard tests, shared starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bornscape.circuits import line_circuit
from bornscape.losses.hadamard import pair_weights
from bornscape.losses.mmd import MMDLoss, mmd_from_samples
from bornscape.simulators.state_vector import probabilities
from bornscape.training import Objective, TrainingRun, exact_gradient, initial_angles, objective, train
from bornscape.training.estimated_gradients import hadamard_gradient, sampled_gradient, shifted_loss_gradient
from bornscape.training.objectives import own_phases
from bornscape.training.targets import by_columns

MODEL = line_circuit(3, 1)
P = np.array([0.4, 0.0, 0.0, 0.1, 0.0, 0.2, 0.3, 0.0])
THETA = np.random.default_rng(5).uniform(0, 2 * np.pi, MODEL.n_parameters)
RUN = TrainingRun(experiment="one", loss="mmd", repetition=0, seed=1, n_layers=1, epochs=1, shots=None)


def mmd_goal() -> Objective:
    return objective(MODEL, P, "mmd", [0.5, 2.0])


def test_mmd_of_samples_is_the_biased_estimate() -> None:
    strings = np.array([0, 3, 3, 6, 7])
    bits = (strings[:, None] >> np.arange(2, -1, -1)) & 1
    # As many samples of the data as make its probabilities exact.
    data = np.repeat(np.arange(8), np.rint(10 * P).astype(int))
    expected = mmd_from_samples(bits, (data[:, None] >> np.arange(2, -1, -1)) & 1, [0.5, 2.0], estimator="biased")
    assert MMDLoss(P, (0.5, 2.0)).of_samples(strings) == pytest.approx(expected)


def test_first_step_is_the_rate() -> None:
    for rate in (0.01, 0.1):
        run = replace(RUN, rate=rate)
        moved = train(run, MODEL, P, mmd_goal()).theta - initial_angles(run, MODEL)
        assert np.abs(moved).max() == pytest.approx(rate, rel=1e-4)


def test_starts_of_another_experiment() -> None:
    other, own = replace(RUN, experiment="two"), initial_angles(RUN, MODEL)
    assert np.array_equal(initial_angles(replace(other, starts="one"), MODEL), own)
    assert not np.array_equal(initial_angles(other, MODEL), own)


def shifted(goal: Objective, shots: int) -> np.ndarray:
    """(L(+) - L(-)) / 2 with the mean of a V-statistic, L + (1 - sum q K q) / shots, by brute force."""
    found = []
    distances = np.bitwise_count(np.arange(8)[:, None] ^ np.arange(8)).astype(float)
    kernel = (np.exp(-distances / 1.0) + np.exp(-distances / 4.0)) / 2
    for k in range(MODEL.n_parameters):
        sides = []
        for sign in (1, -1):
            q = probabilities(MODEL, THETA + sign * np.pi / 2 * np.eye(MODEL.n_parameters)[k])
            sides.append(goal.loss(q) + (1 - q @ kernel @ q) / shots)
        found.append((sides[0] - sides[1]) / 2)
    return np.array(found)


def test_shifted_losses_have_their_own_mean_and_not_the_gradients() -> None:
    goal, rng, shots, repeats = mmd_goal(), np.random.default_rng(11), 20, 3000
    estimates = np.array([shifted_loss_gradient(goal, THETA, shots, rng)[0] for _ in range(repeats)])
    error = estimates.std(axis=0, ddof=1) / np.sqrt(repeats)
    exact, _ = exact_gradient(goal, THETA)
    # 4.5 standard errors: a false alarm in 1 of 10,000 runs of 19 parameters. Inert angles are 0 exactly.
    assert np.all(np.abs(estimates.mean(axis=0) - shifted(goal, shots)) <= 4.5 * error + 1e-6)
    assert np.any(np.abs(estimates.mean(axis=0) - exact) > 10 * error)


def test_a_shifted_linear_loss_is_refused_as_there_is_no_other_rule() -> None:
    with pytest.raises(ValueError, match="expected an MMD or a KLD"):
        shifted_loss_gradient(objective(MODEL, P, "lqf"), THETA, 10, np.random.default_rng(0))
    run = replace(RUN, shots=50, shift="loss", loss="lqf")
    goal = objective(MODEL, P, "lqf")
    plain = train(replace(run, shift="probabilities"), MODEL, P, goal)
    assert train(run, MODEL, P, goal).tvd == plain.tvd


def test_a_run_with_shifted_losses_differs() -> None:
    run = replace(RUN, shots=50, epochs=3)
    assert train(replace(run, shift="loss"), MODEL, P, mmd_goal()).tvd != train(run, MODEL, P, mmd_goal()).tvd


def test_hadamard_tests_are_unbiased_and_as_noisy_as_their_weight() -> None:
    from bornscape.bitstrings.sampling import to_bits
    from bornscape.datasets import Target

    goal, rng, shots, repeats = objective(MODEL, P, "lqf_hadamard"), np.random.default_rng(3), 30, 4000
    held = np.flatnonzero(P)
    weight = float(pair_weights(Target(to_bits(held, 3), P[held])).sum())
    assert goal.pair_weight == pytest.approx(weight)
    estimates = np.array([hadamard_gradient(goal, THETA, shots, rng)[0] for _ in range(repeats)])
    exact, _ = exact_gradient(objective(MODEL, P, "lqf"), THETA)
    error = estimates.std(axis=0, ddof=1) / np.sqrt(repeats)
    assert np.all(np.abs(estimates.mean(axis=0) - exact) <= 4.5 * error + 1e-9)
    # Variance W^2 (1 - m^2) / (8 N), m the mean outcome, at most 1/W: here W = 3.5.
    assert estimates.var(axis=0, ddof=1).mean() == pytest.approx(weight**2 / (8 * shots), rel=0.12)
    direct = np.array([sampled_gradient(goal, THETA, shots, rng)[0] for _ in range(200)])
    assert direct.var(axis=0, ddof=1).mean() < 0.1 * estimates.var(axis=0, ddof=1).mean()


def test_free_phases_leave_the_classical_fidelity() -> None:
    goal = objective(MODEL, P, "lqf_free")
    asked = goal.at(THETA)
    assert np.allclose(asked.initial, own_phases(MODEL, THETA, P))
    assert goal.at(THETA).loss is goal.loss
    assert mmd_goal().at(THETA).initial is None


def test_columns_are_the_transposed_image() -> None:
    p = np.zeros(2**6)
    # Rows 100 and 001: the wires see the columns 10, 00, 01.
    p[0b100_001] = 1
    assert by_columns(p, 2, 3).argmax() == 0b10_00_01
    assert np.array_equal(by_columns(by_columns(p, 2, 3), 3, 2), p)


def test_exact_gradients_know_no_shots_and_no_estimator() -> None:
    # U and V estimates of the MMD differ by a constant of theta in the mean: their gradients by the rule on q agree.
    from bornscape.bitstrings.sampling import empirical

    loss, rng = MMDLoss(P, (0.5, 2.0)), np.random.default_rng(0)
    q = np.full(8, 1 / 8)
    slopes = np.mean([loss.derivative(empirical(q, 25, rng)) for _ in range(4000)], axis=0)
    assert np.allclose(slopes, loss.derivative(q), atol=0.02)

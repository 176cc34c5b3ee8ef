"""Gradients, exact and sampled: unbiased where they should be, and still at angles that cannot matter."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bornscape.bitstrings.sampling import empirical
from bornscape.circuits import Circuit, Gate, line_circuit, primitives
from bornscape.losses.fidelity import LinearLoss
from bornscape.simulators.state_vector import shifted_states, statevector
from bornscape.training import (
    Objective,
    estimated_gradients,
    exact_gradient,
    objective,
    sampled_gradient,
)
from support.reference import Z_LIMIT, central_differences, z_score
from support.small_training import KINDS, MODEL, THETA, P, goal_of, measured

Float = NDArray[np.float64]


# Gradients


@pytest.mark.parametrize("kind", KINDS)
def test_the_exact_gradient_agrees_with_finite_differences(kind: str) -> None:
    goal = goal_of(kind)
    gradient, loss = exact_gradient(goal, THETA)
    expected = central_differences(lambda theta: goal.loss(measured(goal, theta)), THETA, 1e-6)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)
    assert loss == pytest.approx(goal.loss(measured(goal, THETA)), rel=1e-12)


def largest_z(values: Float, expected: Float) -> float:
    """Largest deviation, in standard errors, of the means of columns that vary; the others must be equal."""
    varies = values.std(axis=0) > 0
    np.testing.assert_array_equal(values[:, ~varies], 0 * values[:, ~varies])
    np.testing.assert_allclose(expected[~varies], 0, atol=1e-14)
    return max(abs(z_score(values[:, k], expected[k])) for k in np.flatnonzero(varies))


def gradients(kind: str, shots: int, repeats: int) -> Float:
    rng, goal = np.random.default_rng(5), goal_of(kind)
    return np.array([sampled_gradient(goal, THETA, shots, rng, "double")[0] for _ in range(repeats)])


@pytest.mark.parametrize(("kind", "shots"), [("lqf", 1), ("lqf", 5), ("mmd", 1), ("mmd", 5)])
def test_sampled_gradients_are_unbiased(kind: str, shots: int) -> None:
    """1000 estimates against the exact gradient, at most 11 angles: false alarm 7e-6 each.

    For a loss linear in the measured distribution at any number of shots. For the MMD too, because its slope is
    linear in q, and the slope and either shifted circuit have shots of their own.
    """
    expected, _ = exact_gradient(goal_of(kind), THETA)
    found = gradients(kind, shots, 1000)
    assert largest_z(found, expected) < Z_LIMIT
    assert largest_z(found, 3 * expected) > Z_LIMIT


def test_the_sampled_gradient_of_the_kld_is_biased() -> None:
    """Its slope -p/q is not linear in q: the test above can fail."""
    assert largest_z(gradients("kld", 5, 1000), exact_gradient(goal_of("kld"), THETA)[0]) > Z_LIMIT


def test_shifting_the_mmd_itself_is_no_gradient() -> None:
    """The mistake that the sampled gradient avoids: the shift rule holds for q, not for a loss quadratic in it."""
    goal = goal_of("mmd")
    psi, naive = statevector(MODEL, THETA), np.zeros(MODEL.n_parameters)
    for shifted in shifted_states(MODEL, THETA):
        plus, minus = shifted.probabilities(psi)
        naive[shifted.angle] = (goal.loss(plus) - goal.loss(minus)) / 2
    assert np.abs(naive - exact_gradient(goal, THETA)[0]).max() > 0.01


def test_the_sampled_gradient_of_a_shared_angle_is_unbiased() -> None:
    """An angle that two gates use, one of them inverted: 2 z-tests, false alarm 1e-6."""
    gates = (
        *(Gate("RY", (0,), (0,)), Gate("RX", (1,), (1,)), Gate("CNOT", (0, 1))),
        *(Gate("RY", (1,), (0,), inverse=True), Gate("RX", (0,), (1,))),
    )
    circuit, rng = Circuit(2, 2, gates), np.random.default_rng(6)
    goal = objective(circuit, P, "mmd", (1.0,))
    theta = np.array([0.7, 2.1])
    values = np.array([sampled_gradient(goal, theta, 4, rng)[0] for _ in range(1000)])
    assert largest_z(values, exact_gradient(goal, theta)[0]) < Z_LIMIT


@pytest.mark.parametrize(("kind", "biased"), [("lqf", False), ("mmd", True)])
def test_the_estimated_loss_is_that_of_the_empirical_distribution(kind: str, biased: bool) -> None:
    """Unbiased where the loss is linear (false alarm 6e-7); the MMD keeps the pairs of a shot with itself."""
    rng, goal = np.random.default_rng(7), goal_of(kind)
    losses = [sampled_gradient(goal, THETA, 5, rng)[1] for _ in range(1000)]
    z = abs(z_score(losses, exact_gradient(goal, THETA)[1]))
    assert (z > Z_LIMIT) == biased


def test_the_unshifted_circuit_is_measured_first() -> None:
    goal = goal_of("mmd")
    _, loss = sampled_gradient(goal, THETA, 20, np.random.default_rng(8), "double")
    seen = empirical(measured(goal, THETA), 20, np.random.default_rng(8))
    assert loss == pytest.approx(goal.loss(seen), rel=1e-9)


# Angles that cannot matter


def inert_angles(goal: Objective) -> set[int]:
    return {primitives(goal.circuit.gates[k])[j].angles[0] for k, j in goal.inert}


def moved(goal: Objective, theta: Float, angle: int) -> float:
    """How far the measured distribution moves, in total variation, when one angle does."""
    other = theta.copy()
    other[angle] += 1.3
    return float(np.abs(measured(goal, other) - measured(goal, theta)).sum())


@pytest.mark.parametrize(("n", "layers"), [(1, 0), (3, 0), (3, 1), (2, 3)])
@pytest.mark.parametrize("kind", ["mmd", "lqf"])
def test_inert_angles_do_not_move_the_measured_distribution_and_others_do(kind: str, n: int, layers: int) -> None:
    model = line_circuit(n, layers)
    rng = np.random.default_rng(9)
    goal = goal_of(kind, model, rng.dirichlet(np.ones(2**n)))
    theta = rng.uniform(0, 2 * np.pi, model.n_parameters)
    inert = inert_angles(goal)
    # The model starts in |0> and is measured: its first and its last RZ do nothing; its inverse starts elsewhere.
    assert len(inert) == (2 * n if kind == "mmd" else n)
    for angle in range(model.n_parameters):
        distance = moved(goal, theta, angle)
        assert distance < 1e-14 if angle in inert else distance > 1e-4, angle


@pytest.mark.parametrize("kind", ["mmd", "lqf"])
def test_the_sampled_gradient_is_0_at_inert_angles_only(kind: str) -> None:
    goal = goal_of(kind)
    found = gradients(kind, 50, 20)
    zero = set(np.flatnonzero((found == 0).all(axis=0)))
    assert zero == inert_angles(goal)


def test_without_the_list_inert_angles_get_noise() -> None:
    class Blind(Objective):
        inert = frozenset()  # type: ignore[assignment]

    goal = goal_of("mmd")
    blind = Blind(goal.circuit, goal.initial, goal.loss)
    gradient, _ = sampled_gradient(blind, THETA, 50, np.random.default_rng(1))
    assert np.abs(gradient[sorted(inert_angles(goal))]).max() > 0


@pytest.mark.parametrize("kind", ["mmd", "kld"])
@pytest.mark.parametrize("theta_is_wrong", [False, True])
def test_shallow_line_circuits_have_the_law(kind: str, theta_is_wrong: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimates from two tables of windows, all outcomes' or a few: means by the exact rule; other angles are seen."""
    monkeypatch.setattr(estimated_gradients, "few_layers", lambda *sizes: True)
    monkeypatch.setattr(estimated_gradients, "few_outcomes", lambda *sizes: True)
    monkeypatch.setattr(estimated_gradients, "worth_it", lambda *sizes: False)
    circuit, rng = line_circuit(5, 2), np.random.default_rng(7)
    theta, p = rng.uniform(0, 6, circuit.n_parameters), np.zeros(32)
    p[[3, 9, 30]] = [0.5, 0.3, 0.2]
    # The slopes are those of the exact q, so that the estimate has the exact gradient for its mean.
    plain = objective(circuit, p, kind, [1.25], 1e-3)
    slopes = plain.loss.derivative(np.abs(statevector(circuit, theta)) ** 2)
    goal = replace(plain, loss=LinearLoss(slopes))
    drawn = np.array([sampled_gradient(goal, theta + 0.3 * theta_is_wrong, 100, rng)[0] for _ in range(200)])
    error = drawn.std(axis=0, ddof=1) / np.sqrt(len(drawn)) + 1e-12
    z = (drawn.mean(axis=0) - exact_gradient(goal, theta)[0]) / error
    assert (np.abs(z).max() < stats.t.isf(1e-6 / len(theta), len(drawn) - 1)) != theta_is_wrong

"""Shots that pass through a window, against the exact distributions of the shifted circuits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bornscape.circuits import adjoint, inert_uses, line_circuit
from bornscape.circuits.ansatze import brickwork_circuit
from bornscape.simulators.line import sequential_state
from bornscape.simulators.state_vector import ShiftedState, shifted_blocks, statevector
from bornscape.training import estimated_gradients, objective
from bornscape.training.estimated_gradients import exact_gradient, sampled_gradient
from bornscape.training.window_shots import layers_of_line, window_differences, worth_it

FALSE_ALARM = 1e-6
SIZES = [(1, 0), (1, 2), (2, 1), (3, 2), (4, 4), (6, 3), (5, 1)]


def exact(n: int, layers: int, theta: NDArray, values: NDArray) -> tuple[NDArray, NDArray]:
    """Differences of the means, and the variances of their estimates from one shot a circuit, (n_angles,) each."""
    circuit = line_circuit(n, layers)
    psi = statevector(circuit, theta)
    means, variances = np.zeros((2, circuit.n_angles))
    for block in shifted_blocks(circuit, theta, skip=inert_uses(circuit)):
        for use in zip(block.angles, block.signs, block.tangents, strict=True):
            plus, minus = ShiftedState(*use).probabilities(psi)
            means[use[0]] = values @ (plus - minus)
            variances[use[0]] = values**2 @ (plus + minus) - (values @ plus) ** 2 - (values @ minus) ** 2
    return means, variances


def deviations(n: int, layers: int, shots: int, wrong: float = 0.0) -> NDArray:
    """Standardised differences of all angles that are not inert, at angles that are ``wrong`` for the sampler."""
    rng = np.random.default_rng([n, layers, shots])
    circuit = line_circuit(n, layers)
    theta, values = rng.uniform(0, 2 * np.pi, circuit.n_parameters), rng.normal(size=2**n)
    means, variances = exact(n, layers, theta, values)
    skip = inert_uses(circuit)
    found = window_differences(values[None], circuit, layers, theta + wrong, shots, rng, skip)
    kept = variances > 0
    assert np.all(found[~kept] == 0)
    assert kept.sum() == circuit.n_angles - len(skip)
    return (found - means)[kept] / np.sqrt(variances[kept] / shots)


@pytest.mark.parametrize(("n", "layers"), SIZES)
def test_differences_are_those_of_the_shifted_circuits(n: int, layers: int) -> None:
    """Mean and spread: each angle's difference is right, and the errors are as large as so many shots make them."""
    z = deviations(n, layers, 20_000)
    if z.size:
        assert np.abs(z).max() < stats.norm.isf(FALSE_ALARM / 2 / z.size)
        assert FALSE_ALARM < stats.chi2.sf((z**2).sum(), z.size) < 1 - FALSE_ALARM


def test_wrong_angles_are_noticed() -> None:
    """Negative control."""
    z = deviations(4, 4, 20_000, wrong=0.15)
    assert np.abs(z).max() > stats.norm.isf(FALSE_ALARM / 2 / z.size)


def test_one_shot_has_the_law_of_the_outcomes() -> None:
    """Values that name the outcome: the law of the difference of two names, by chi-squared."""
    circuit = line_circuit(3, 2)
    theta = np.random.default_rng(0).uniform(0, 6, circuit.n_parameters)
    angle, rng = 14, np.random.default_rng(1)
    others = frozenset(
        (k, j) for k, gate in enumerate(circuit.gates) for j in range(len(gate.angles)) if gate.angles[j] != angle
    )
    # Each row has a shot of its own: the differences of eight rows, -7 to 7 each, are the digits of one number.
    rows, base = 8, 15
    digits = base ** np.arange(rows)
    names = np.arange(8.0) * digits[:, None]
    sums = [rows * window_differences(names, circuit, 2, theta, 1, rng, others)[angle] for _ in range(5_000 // rows)]
    seen = (np.rint(sums).astype(int)[:, None] + 7 * digits.sum()) // digits % base - 7
    shift = np.zeros(circuit.n_parameters)
    shift[angle] = np.pi / 2
    plus, minus = (np.abs(statevector(circuit, theta + side * shift)) ** 2 for side in (1, -1))
    expected = np.convolve(plus, minus[::-1])
    counts = np.bincount(seen.ravel() + 7, minlength=15)
    assert stats.chisquare(counts, expected / expected.sum() * counts.sum()).pvalue > FALSE_ALARM


def test_rows_have_shots_of_their_own() -> None:
    circuit = line_circuit(4, 1)
    theta = np.random.default_rng(0).uniform(0, 6, circuit.n_parameters)
    row = np.random.default_rng(1).normal(size=(1, 16))
    rng = np.random.default_rng(3)

    def variance(values: NDArray) -> NDArray:
        return np.var([window_differences(values, circuit, 1, theta, 20, rng)[5] for _ in range(500)])

    assert 2.7 < variance(row) / variance(np.repeat(row, 4, axis=0)) < 6


def test_each_row_meets_its_own_values() -> None:
    circuit = line_circuit(3, 1)
    theta = np.random.default_rng(0).uniform(0, 6, circuit.n_parameters)
    found = window_differences(np.array([[1.0] * 8, [np.pi] * 8]), circuit, 1, theta, 7, np.random.default_rng(3))
    np.testing.assert_allclose(found, 0, atol=1e-12)


def test_impossible_outcomes_are_never_met() -> None:
    """At zero angles a turn about Z, shifted or not, leaves |0...0>: every other value is missing."""
    circuit = line_circuit(5, 2)
    values = np.full((1, 32), np.nan)
    values[0, 0] = 3.0
    rng = np.random.default_rng(0)
    found = window_differences(values, circuit, 2, np.zeros(circuit.n_parameters), 2000, rng)
    about_z = [angle for gate in circuit.gates if gate.name == "Rot" for angle in gate.angles[::2]]
    assert np.all(found[about_z] == 0)
    assert np.isnan(np.delete(found, about_z)).all()


@pytest.mark.parametrize(("n", "layers"), [(4, 4), (16, 4), (12, 6)])
def test_what_single_precision_changes(n: int, layers: int) -> None:
    """A chance moves by at most 1e-5, where 1000 shots resolve 0.02."""
    theta = np.random.default_rng([n, layers]).uniform(0, 2 * np.pi, line_circuit(n, layers).n_parameters)
    found = [sequential_state(n, layers, theta, precision).single_z() for precision in ("single", "double")]
    assert 0 < np.abs(found[0] - found[1]).max() < 1e-5


def test_line_circuits_are_recognised() -> None:
    assert layers_of_line(line_circuit(5, 3)) == 3
    assert layers_of_line(line_circuit(4, 0)) == 0
    assert layers_of_line(brickwork_circuit(4, 2)) is None
    assert layers_of_line(adjoint(line_circuit(4, 2))) is None
    goal = objective(line_circuit(4, 2), np.full(16, 1 / 16), "lqf")
    assert goal.line_layers is None


def test_gradients_use_it_where_it_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worth_it(18, 4, 100)
    assert not worth_it(18, 4, 1000)
    assert not worth_it(16, 4, 100)
    assert not worth_it(16, 4, 1000)
    assert not worth_it(9, 3, 100)
    circuit = line_circuit(5, 2)
    theta = np.random.default_rng(0).uniform(0, 6, circuit.n_parameters)
    goal = objective(circuit, np.random.default_rng(1).dirichlet(np.ones(32)), "mmd", [1.25])
    means = []
    for chosen in (True, False):
        monkeypatch.setattr(estimated_gradients, "worth_it", lambda *sizes, chosen=chosen: chosen)
        rng = np.random.default_rng(2)
        drawn = np.array([sampled_gradient(goal, theta, 50, rng, batch=2)[0] for _ in range(120)])
        error = drawn.std(axis=0, ddof=1) / np.sqrt(len(drawn)) + 1e-12
        z = (drawn.mean(axis=0) - exact_gradient(goal, theta)[0]) / error
        assert np.abs(z).max() < stats.t.isf(FALSE_ALARM / len(theta), len(drawn) - 1)
        means.append(drawn.std(axis=0))
    np.testing.assert_allclose(means[0], means[1], rtol=0.5, atol=1e-12)

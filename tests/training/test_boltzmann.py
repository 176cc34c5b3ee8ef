"""The quantum Boltzmann machine: its limits by hand, its derivatives, its samples."""

from functools import reduce

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import approx_fprime

from bornscape.bitstrings.correlations import parity_target
from bornscape.training.boltzmann import QuantumBoltzmannMachine
from bornscape.training.generative import GenerativeModel, gradient_of, train

X, Z, ONE = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0]), np.eye(2)


def words(n: int, letters: dict[int, np.ndarray]) -> np.ndarray:
    return reduce(np.kron, [letters.get(wire, ONE) for wire in range(n)])


def exponent(n: int, theta: np.ndarray, field: float) -> np.ndarray:
    pairs = [{i: Z, j: Z} for i in range(n) for j in range(i + 1, n)]
    terms = [words(n, letters) for letters in [{i: Z} for i in range(n)] + pairs]
    return sum(t * term for t, term in zip(theta, terms, strict=True)) + field * sum(words(n, {i: X}) for i in range(n))


def machine(n: int, field: float = 0.7, seed: int = 3) -> tuple[QuantumBoltzmannMachine, np.ndarray]:
    return QuantumBoltzmannMachine(n, field), np.random.default_rng(seed).normal(0, 0.6, n * (n + 1) // 2)


def test_one_bit_by_hand() -> None:
    # exp(b Z + g X) = cosh r + sinh(r) (b Z + g X) / r with r^2 = b^2 + g^2.
    b, g = 0.8, 0.6
    q = QuantumBoltzmannMachine(1, g).probabilities(np.array([b]))
    np.testing.assert_allclose(q, [(1 + b * np.tanh(1.0)) / 2, (1 - b * np.tanh(1.0)) / 2])


def test_without_a_field_it_is_the_classical_machine() -> None:
    b0, b1, w = 0.3, -0.5, 0.9
    energies = np.array([b0 + b1 + w, b0 - b1 - w, -b0 + b1 - w, -b0 - b1 + w])
    model, theta = QuantumBoltzmannMachine(2, 0.0), np.array([b0, b1, w])
    classical = np.exp(energies) / np.exp(energies).sum()
    np.testing.assert_allclose(model.probabilities(theta), classical)
    # There grad log q is the term less its mean.
    signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    score = model.score(theta, np.array([2, 0]), np.array([1.0, 2.0]))
    np.testing.assert_allclose(score, signs[2] + 2 * signs[0] - 3 * classical @ signs)
    quantum = QuantumBoltzmannMachine(2, 1.0).probabilities(theta)
    assert np.abs(quantum - classical).max() > 0.05


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_state_is_that_of_the_matrices(n: int) -> None:
    model, theta = machine(n)
    rho = expm(exponent(n, theta, 0.7))
    np.testing.assert_allclose(model.probabilities(theta), np.diag(rho) / np.trace(rho), atol=1e-13)
    assert model.gibbs(theta).log_norm == pytest.approx(np.log(np.trace(rho)))
    assert model.n_parameters == len(theta)


@pytest.mark.parametrize("field", [0.0, 0.7])
def test_gradients_are_those_of_finite_differences(field: float) -> None:
    model, theta = machine(3, field)
    values = np.random.default_rng(1).normal(size=8)
    found = approx_fprime(theta, lambda t: float(values @ model.probabilities(t)), 1e-6)
    np.testing.assert_allclose(model.gradient(theta, values), found, atol=1e-5)
    strings, weights = np.array([1, 6, 1]), np.array([0.5, -1.0, 0.25])
    found = approx_fprime(theta, lambda t: float(weights @ np.log(model.probabilities(t)[strings])), 1e-6)
    np.testing.assert_allclose(model.score(theta, strings, weights), found, atol=1e-4)
    # Equal eigenvalues: at theta = 0 without a field all of them.
    assert np.isfinite(model.gradient(np.zeros_like(theta), values)).all()


def test_the_slope_from_worldlines_has_no_bias() -> None:
    model, theta = machine(3)
    values, rng = np.random.default_rng(1).normal(size=8), np.random.default_rng(2)
    estimates = np.array([model.slope(theta, values, 20, rng).gradient for _ in range(4000)])
    exact = model.gradient(theta, values)
    error = estimates.std(axis=0, ddof=1) / np.sqrt(len(estimates))
    assert np.abs((estimates.mean(axis=0) - exact) / error).max() < 4
    # As if terms and values were read at the same time, as of a classical machine: that is another number.
    signs, q = model._signs, model.probabilities(theta)
    wrong = (q * values) @ signs - (q @ values) * (q @ signs)
    assert np.abs((estimates.mean(axis=0) - wrong) / error).max() > 8
    assert not model.slope(theta, np.ones(8), 20, rng).gradient.any()


def test_samples_are_drawn_from_q() -> None:
    model, theta = machine(3)
    counts = np.bincount(model.sample(theta, 20000, np.random.default_rng(0)), minlength=8)
    np.testing.assert_allclose(counts / 20000, model.probabilities(theta), atol=0.015)


def test_its_own_training_goes_down_a_bound_of_the_kld() -> None:
    model, theta = machine(3)
    p = np.array([0.4, 0.1, 0, 0, 0.2, 0, 0, 0.3])
    seen = p > 0

    def bound(t: np.ndarray) -> float:
        k = exponent(3, t, 0.7)
        return float(p[seen] @ np.log(p[seen]) - p @ np.diag(k) + np.log(np.trace(expm(k))))

    q = model.probabilities(theta)
    assert bound(theta) > p[seen] @ np.log(p[seen] / q[seen])
    step = model.native(p, 50, np.random.default_rng(4))
    mean = np.mean([step(theta).gradient for _ in range(4000)], axis=0)
    np.testing.assert_allclose(mean, approx_fprime(theta, bound, 1e-6), atol=0.015)
    assert step(theta).samples == 50


def test_it_learns_pairs_and_no_parity_of_three() -> None:
    model: GenerativeModel = QuantumBoltzmannMachine(3, 0.3)
    ends = {}
    for name, p in {"ghz": np.eye(8)[[0, 7]].mean(axis=0), "parity": parity_target(3, 7)}.items():
        rng = np.random.default_rng(5)
        step = gradient_of(model, "native", p, 500, (), 1e-6, rng)
        *_, last = train(model, model.start(rng), step, 200, lambda epoch: 0.05)
        ends[name] = np.abs(p - model.probabilities(last.theta)).sum()
        assert last.samples == 200 * 500
    assert ends["ghz"] < 0.3
    # Even parity has no field and no coupling: the uniform distribution, at 1, is all that the bound sees.
    assert ends["parity"] == pytest.approx(1, abs=0.1)


def test_a_negative_field_is_refused() -> None:
    with pytest.raises(ValueError, match="transverse_field"):
        QuantumBoltzmannMachine(2, -0.1)

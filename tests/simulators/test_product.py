"""Product states by their marginals against state vectors, finite sums and the closed form."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import line_circuit, product_circuit
from bornscape.losses.mmd import mmd
from bornscape.simulators.product import (
    draw_marginals,
    product_mmd,
    product_samples,
    recombined_variance,
    string_probabilities,
)
from bornscape.simulators.state_vector import probabilities
from bornscape.theory import product_mmd_variance
from support.reference import Z_LIMIT, all_strings, z_score

MOMENTS = {"haar": (1 / 3, 1 / 5), "ry": (1 / 2, 3 / 8)}
"""E[z^2] and E[z^4] of each ensemble."""


def some_target(n: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """At most 5 distinct strings and their probabilities."""
    chosen = all_strings(n)[rng.permutation(2**n)[:5]]
    return chosen, rng.dirichlet(np.ones(len(chosen)))


def dense(bitstrings: NDArray, weights: NDArray) -> NDArray:
    p = np.zeros(2 ** bitstrings.shape[1])
    p[[int("".join(map(str, row)), 2) for row in bitstrings]] = weights
    return p


def marginals_of(q: NDArray) -> NDArray:
    """<Z_i> of every wire, wire 0 first."""
    n = len(q).bit_length() - 1
    return walsh_hadamard(q)[2 ** np.arange(n - 1, -1, -1)]


@pytest.mark.parametrize("bandwidth", [0.05, 1.0, 20.0])
@pytest.mark.parametrize("n", range(1, 7))
def test_mmd_agrees_with_state_vectors(n: int, bandwidth: float) -> None:
    rng = np.random.default_rng(120 + n)
    circuit = line_circuit(n, 0)
    bitstrings, weights = some_target(n, rng)
    states = [probabilities(circuit, rng.uniform(0, 2 * np.pi, 3 * n)) for _ in range(5)]
    marginals = np.array([marginals_of(q) for q in states])
    found = product_mmd(marginals, bandwidth, bitstrings, weights)
    expected = [mmd(q, dense(bitstrings, weights), bandwidth) for q in states]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)
    if n > 1 and not np.allclose(bitstrings, bitstrings[:, ::-1]):
        reversed_wires = product_mmd(marginals[:, ::-1], bandwidth, bitstrings, weights)
        assert np.abs(reversed_wires - expected).max() > 1e-6


def test_mmd_by_hand() -> None:
    k = np.exp(-1 / 4)
    zero = np.zeros((1, 2), dtype=np.uint8)
    found = product_mmd(np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]]), 2.0, zero, np.ones(1))
    np.testing.assert_allclose(found, [0, 2 - 2 * k, 2 - 2 * k**2], rtol=0, atol=1e-15)


def test_mmd_at_a_thousand_qubits() -> None:
    marginals = np.ones((1, 1000))
    marginals[0, :10] = -1
    found = product_mmd(marginals, 250.0, np.zeros((1, 1000), dtype=np.uint8), np.ones(1))
    assert found[0] == pytest.approx(2 - 2 * np.exp(-10 / 500), rel=1e-12)


@pytest.mark.parametrize("bandwidth", [0, -1.0, np.nan])
def test_bad_bandwidths_are_an_error(bandwidth: float) -> None:
    bitstrings, weights = np.zeros((1, 2), dtype=np.uint8), np.ones(1)
    for call in (product_mmd, recombined_variance):
        with pytest.raises(ValueError, match="bandwidth: expected a number above 0"):
            call(np.zeros((3, 2)), bandwidth, bitstrings, weights)


@pytest.mark.parametrize("ensemble", MOMENTS)
def test_moments_of_the_marginals(ensemble: str) -> None:
    """z-tests; the other ensemble's moments fail them."""
    z = draw_marginals(2000, 20, ensemble, np.random.default_rng(130))
    assert z.shape == (2000, 20)
    assert np.abs(z).max() <= 1
    values = z.ravel()
    other = MOMENTS["ry" if ensemble == "haar" else "haar"]
    for power, moment in ((1, 0), (2, MOMENTS[ensemble][0]), (3, 0), (4, MOMENTS[ensemble][1])):
        assert abs(z_score(values**power, moment)) < Z_LIMIT
    assert abs(z_score(values**2, other[0])) > Z_LIMIT
    assert abs(z_score(values**4, other[1])) > Z_LIMIT
    assert abs(z_score(z[:, 0] * z[:, 1], 0)) < Z_LIMIT


def test_marginals_of_the_circuits_with_uniform_angles() -> None:
    """Three Euler angles and one RY angle give the same law, cos(angle), "ry"; not Haar's."""
    rng = np.random.default_rng(131)
    theta = rng.uniform(0, 2 * np.pi, (2000, 3))
    z = np.array([marginals_of(probabilities(line_circuit(1, 0), t))[0] for t in theta])
    np.testing.assert_allclose(z, np.cos(theta[:, 1]), rtol=0, atol=1e-14)
    found = [marginals_of(probabilities(product_circuit(1, "ry"), t[1:2]))[0] for t in theta[:20]]
    np.testing.assert_allclose(found, z[:20], rtol=0, atol=1e-14)
    assert abs(z_score(z**2, MOMENTS["ry"][0])) < Z_LIMIT
    assert abs(z_score(z**2, MOMENTS["haar"][0])) > Z_LIMIT


def test_unknown_ensemble_is_an_error() -> None:
    with pytest.raises(ValueError, match="ensemble: expected 'haar' or 'ry', got 'clifford'"):
        draw_marginals(1, 1, "clifford", np.random.default_rng(0))


@pytest.mark.parametrize("n", [1, 3, 6])
def test_string_probabilities_are_those_of_the_product(n: int) -> None:
    z = np.random.default_rng(132).uniform(-1, 1, n)
    expected = np.ones(1)
    for value in z:
        expected = np.kron(expected, [(1 + value) / 2, (1 - value) / 2])
    found = string_probabilities(z, all_strings(n))
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    assert found.sum() == pytest.approx(1, rel=1e-13)


def test_string_probabilities_at_the_ends() -> None:
    strings = all_strings(2)
    np.testing.assert_array_equal(string_probabilities(np.array([1.0, -1.0]), strings), [0, 1, 0, 0])
    long = string_probabilities(np.zeros(1000), np.zeros((1, 1000), dtype=np.uint8))
    assert long[0] == pytest.approx(2.0**-1000, rel=1e-9)


def test_samples_have_the_marginals() -> None:
    """Exact binomial tests; together they fail a correct sampler with probability at most 4e-6."""
    z = np.array([0.9, -0.5, 0.0, 0.2])
    shots = 20_000
    bits = product_samples(z, shots, np.random.default_rng(133))
    assert bits.shape == (shots, 4)
    assert bits.dtype == np.uint8
    for ones, value in zip(bits.sum(axis=0), z, strict=True):
        assert binomtest(int(ones), shots, (1 - value) / 2).pvalue > 1e-6
    assert binomtest(int(bits[:, 0].sum()), shots, (1 + z[0]) / 2).pvalue < 1e-6
    signs = 1.0 - 2.0 * bits
    assert abs(z_score(signs[:, 1] * signs[:, 3], z[1] * z[3])) < Z_LIMIT


def test_samples_of_certain_bits() -> None:
    bits = product_samples(np.array([1.0, -1.0]), 1000, np.random.default_rng(134))
    np.testing.assert_array_equal(bits, np.tile([0, 1], (1000, 1)))


@pytest.mark.parametrize(("n", "draws"), [(1, 2), (2, 2), (3, 2), (2, 3)])
@pytest.mark.parametrize("bandwidth", [0.2, 1.0, 5.0])
def test_recombined_variance_has_the_exact_mean(n: int, draws: int, bandwidth: float) -> None:
    """An ensemble of two marginals a qubit: the mean over every batch and the variance are finite sums."""
    bitstrings, weights = some_target(n, np.random.default_rng(140 + n))
    values = np.array([[0.9, -0.3], [0.5, -0.8], [0.1, 0.7]])[:n]
    batches = list(product(*([(0, 1)] * (draws * n))))
    estimates = []
    for choice in batches:
        picked = np.array(choice).reshape(draws, n)
        marginals = np.take_along_axis(values.T, picked, axis=0)
        estimates.append(recombined_variance(marginals, bandwidth, bitstrings, weights))
    states = np.array(list(product(*values)))
    exact = np.var(product_mmd(states, bandwidth, bitstrings, weights))
    assert exact > 1e-4
    assert np.mean(estimates) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("ensemble", MOMENTS)
@pytest.mark.parametrize(("n", "bandwidth"), [(2, 0.5), (3, 1.0), (3, 0.75), (8, 2.0)])
def test_recombined_variance_has_the_mean_of_the_closed_form(ensemble: str, n: int, bandwidth: float) -> None:
    """A z-test over batches; the other ensemble's closed form fails it."""
    rng = np.random.default_rng(150 + n)
    bitstrings, weights = some_target(n, rng)
    batches = [draw_marginals(50, n, ensemble, rng) for _ in range(400)]
    found = [recombined_variance(z, bandwidth, bitstrings, weights) for z in batches]
    other = "ry" if ensemble == "haar" else "haar"
    assert abs(z_score(found, product_mmd_variance(n, bandwidth, bitstrings, weights, ensemble))) < Z_LIMIT
    assert abs(z_score(found, product_mmd_variance(n, bandwidth, bitstrings, weights, other))) > Z_LIMIT


def test_recombined_variance_is_closer_than_the_plain_one() -> None:
    n, bandwidth = 60, 1.0
    rng = np.random.default_rng(160)
    zero = np.zeros((1, n), dtype=np.uint8)
    exact = product_mmd_variance(n, bandwidth, zero)
    batches = [draw_marginals(200, n, "haar", rng) for _ in range(50)]
    recombined = np.array([recombined_variance(z, bandwidth, zero, np.ones(1)) for z in batches])
    plain = np.array([np.var(product_mmd(z, bandwidth, zero, np.ones(1)), ddof=1) for z in batches])
    assert abs(z_score(recombined, exact)) < Z_LIMIT
    assert np.median(np.abs(recombined - exact)) < 0.5 * np.median(np.abs(plain - exact))


def test_recombined_variance_needs_two_draws() -> None:
    with pytest.raises(ValueError, match="marginals: expected at least 2 draws, got 1"):
        recombined_variance(np.zeros((1, 2)), 1.0, np.zeros((1, 2), dtype=np.uint8), np.ones(1))

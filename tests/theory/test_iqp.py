"""Second moments of IQP circuits' words by every angle of a grid that is exact for them."""

from itertools import chain, combinations, product

import numpy as np
import pytest

from bornscape import theory
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits.iqp import Generators, iqp_circuit, iqp_generators
from bornscape.simulators.state_vector import probabilities, probability_gradient


def grid(n_angles: int) -> np.ndarray:
    """Three angles of each: sums over them are means of trigonometric polynomials of degree two."""
    return np.array(list(product(2 * np.pi * np.arange(3) / 3, repeat=n_angles)))


@pytest.mark.parametrize("kind", ["complete", "line", "product", {"up_to_weight": 3}])
def test_mean_squares_are_powers_of_the_rank(kind: Generators) -> None:
    circuit, generators = iqp_circuit(3, 1, kind), iqp_generators(3, kind)
    thetas = grid(circuit.n_parameters)
    means = np.array([walsh_hadamard(probabilities(circuit, theta)) for theta in thetas])
    moments = means.T @ means / len(thetas)
    words = [[wire for wire in range(3) if index >> (2 - wire) & 1] for index in range(8)]
    ranks = [theory.iqp_word_rank(generators, word) for word in words]
    # Different words are uncorrelated: the single qubits see to that.
    np.testing.assert_allclose(moments, np.diag(theory.iqp_mean_square(np.array(ranks))), atol=1e-12)


@pytest.mark.parametrize("kind", ["complete", "line"])
def test_mean_squares_of_derivatives(kind: Generators) -> None:
    circuit, generators = iqp_circuit(3, 1, kind), iqp_generators(3, kind)
    word = [0, 1]
    observable = np.array([(-1) ** (index >> 2 & 1) * (-1) ** (index >> 1 & 1) for index in range(8)], dtype=float)
    slopes = np.array([probability_gradient(circuit, theta, observable) for theta in grid(circuit.n_parameters)])
    rank = theory.iqp_word_rank(generators, word)
    expected = [2.0**-rank if len({*word}.intersection(wires)) % 2 else 0 for wires in generators]
    np.testing.assert_allclose((slopes**2).mean(axis=0), expected, atol=1e-12)


@pytest.mark.parametrize("kind", ["complete", "line", "lattice", "product", "random"])
def test_ranks_of_graphs_are_wires_and_their_neighbours(kind: str) -> None:
    rng, n_qubits = np.random.default_rng(5), 12
    generators = iqp_generators(n_qubits, kind)
    for probability in (0.1, 0.5, 1.0):
        word = (rng.random(n_qubits) < probability).astype(int)
        expected = theory.iqp_word_rank(generators, np.flatnonzero(word).tolist())
        assert theory.iqp_graph_rank(n_qubits, np.array(generators[n_qubits:]), word) == expected


def test_the_bounds_hold_the_variance_of_a_gradient() -> None:
    # Fourth moments: five angles of each.
    n_qubits, circuit = 2, iqp_circuit(2)
    weights, data = np.array([0.3, 0.2, 0.5]), np.array([0.4, -0.7, 0.9])
    words, ranks = [0b01, 0b10, 0b11], np.array([2, 2, 2])
    signs = np.array([walsh_hadamard(row) for row in np.eye(4)])[words]
    thetas = np.array(list(product(2 * np.pi * np.arange(5) / 5, repeat=3)))
    slopes = []
    for theta in thetas:
        z = signs @ probabilities(circuit, theta)
        slopes.append(probability_gradient(circuit, theta, 2 * (weights * (z - data)) @ signs))
    variances = np.var(slopes, axis=0)
    assert np.mean(slopes, axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    for k, wires in enumerate(iqp_generators(n_qubits)):
        met = [sum(word >> (1 - wire) & 1 for wire in wires) % 2 == 1 for word in words]
        lower, upper = theory.iqp_mmd_gradient_bounds(weights[met], data[met], ranks[met])
        assert lower < variances[k] < upper
    # Without correlations in the data only the rest is left.
    assert theory.iqp_mmd_gradient_bounds(weights, np.zeros(3), ranks)[0] == 0


def test_the_logarithm_of_a_square_has_its_mean_and_variance() -> None:
    """Of three cosines; false alarms below 1e-4, four standard errors."""
    angles = np.random.default_rng(8).uniform(0, 2 * np.pi, (200_000, 3))
    logs = np.log(np.prod(np.cos(angles), axis=1) ** 2)
    mean, variance = theory.iqp_log_square(3)
    assert abs(logs.mean() - mean) < 4 * np.sqrt(variance / len(logs))
    spread = np.sqrt(np.mean((logs - mean) ** 4) - variance**2)
    assert abs(np.mean((logs - mean) ** 2) - variance) < 4 * spread / np.sqrt(len(logs))
    assert theory.iqp_log_square(0) == (0, 0)


def pairs_of(n_qubits: int, kind: Generators) -> np.ndarray:
    return np.array([wires for wires in iqp_generators(n_qubits, kind) if len(wires) == 2], dtype=int).reshape(-1, 2)


@pytest.mark.parametrize("kind", ["complete", "line", "product"])
def test_collisions_are_the_mean_over_all_angles(kind: Generators) -> None:
    circuit = iqp_circuit(3, 1, kind)
    # Squares of probabilities have degree two in every angle, whole turns of theta/2: five points of each are exact.
    angles = np.array(list(product(2 * np.pi * np.arange(5) / 5, repeat=circuit.n_parameters)))
    found = np.mean([8 * np.sum(probabilities(circuit, theta) ** 2) for theta in angles])
    assert theory.iqp_collisions(3, pairs_of(3, kind)) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("kind", ["complete", "line", "lattice", "random", "product"])
def test_collisions_are_the_sum_over_words_and_above_their_bound(kind: Generators) -> None:
    n, pairs = 7, pairs_of(7, kind)
    words = product((0, 1), repeat=n)
    total = sum(2.0 ** -theory.iqp_graph_rank(n, pairs, np.array(word)) for word in words)
    assert theory.iqp_collisions(n, pairs) == pytest.approx(total, rel=1e-13)
    assert 1 < theory.iqp_collisions_at_least(n, pairs) < total


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_a_line_wire_by_wire_is_the_sum_over_words(n: int) -> None:
    assert theory.iqp_line_collisions(n) == pytest.approx(theory.iqp_collisions(n, pairs_of(n, "line")), rel=1e-13)


def test_the_bound_by_hand() -> None:
    # A line of three: degrees 1, 2, 1.
    assert theory.iqp_collisions_at_least(3, pairs_of(3, "line")) == pytest.approx(2 ** (1 / 4 + 1 / 8 + 1 / 4))
    with pytest.raises(ValueError, match="at most 20, got 21"):
        theory.iqp_collisions(21, pairs_of(21, "line"))


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_means_over_random_graphs_are_those_over_all_graphs(chance: float) -> None:
    n, edges = 4, list(combinations(range(4), 2))
    collisions, square = 0.0, 0.0
    for chosen in chain.from_iterable(combinations(edges, k) for k in range(len(edges) + 1)):
        pairs = np.array(chosen, dtype=int).reshape(-1, 2)
        share = chance ** len(chosen) * (1 - chance) ** (len(edges) - len(chosen))
        collisions += share * theory.iqp_collisions(n, pairs)
        square += share * 2.0 ** -theory.iqp_graph_rank(n, pairs, np.array([0, 1, 1, 0]))
    assert 1 < theory.iqp_random_graph_collisions_at_least(n, chance) < collisions
    assert theory.iqp_random_graph_collisions(n, chance) == pytest.approx(collisions, rel=1e-12)
    assert 2.0 ** -theory.iqp_random_graph_rank(n, chance, 2) == pytest.approx(square, rel=1e-12)

"""Guided Pauli paths: against the exact chain, against state vectors, and without bias at any size of a population."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import line_circuit
from bornscape.datasets import synthetic_target
from bornscape.simulators.guided_paths import (
    guided_words,
    lqf_variance_of_paths,
    spread_starts,
    subset_starts,
    zero_moments,
)
from bornscape.simulators.pauli_paths import DataMoments
from bornscape.simulators.state_vector import layer_probabilities
from support.plain_paths import draw_words
from support.reference import Z_LIMIT

LETTERS = [(0, 0), (1, 0), (1, 1), (0, 1)]
"""X and Z parts of I, X, Y, Z."""


def exact_moments(n: int, layers: int) -> NDArray:
    """E[<P>^2] at |0...0> of every word, (4,) * n, by the chain's own transition matrices."""
    turns = np.array([[1, 0, 0, 0], [0, 3 / 8, 3 / 8, 1 / 4], [0, 3 / 8, 3 / 8, 1 / 4], [0, 1 / 4, 1 / 4, 1 / 2]])
    pairs = np.eye(16)
    for a, (xa, za) in enumerate(LETTERS):
        for b, (xb, zb) in enumerate(LETTERS):
            if xa ^ za ^ zb:
                other = 4 * LETTERS.index((1 - xa, 1 - za)) + LETTERS.index((1 - xb, zb))
                pairs[4 * a + b, 4 * a + b] = pairs[4 * a + b, other] = 1 / 2
    moments = np.ones(())
    for _ in range(n):
        moments = np.multiply.outer(moments, np.array([1, 1 / 4, 1 / 4, 1 / 2]))
    for _ in range(layers):
        for j in reversed(range(n - 1)):
            moved = np.moveaxis(moments, (j, j + 1), (0, 1))
            moments = np.moveaxis((pairs @ moved.reshape(16, -1)).reshape(moved.shape), (0, 1), (j, j + 1))
        for j in range(n):
            moments = np.moveaxis(np.tensordot(turns, moments, axes=(1, j)), 0, j)
    return moments


def subset_moment(moments: NDArray, wires: tuple[int, ...]) -> float:
    return float(moments[tuple(3 if wire in wires else 0 for wire in range(moments.ndim))])


@pytest.mark.parametrize(("n", "layers"), [(3, 2), (4, 4), (6, 6), (8, 8)])
@pytest.mark.parametrize("wires", [(0,), (1,), (0, 1), (0, 1, 2)])
def test_populations_have_the_exact_moment(n: int, layers: int, wires: tuple[int, ...]) -> None:
    """The mean of 40 populations within 5 of its standard errors (t, 39 degrees: false alarm 1.3e-5 each)."""
    rng = np.random.default_rng([n, layers, *wires])
    starts = np.zeros((n, 400), dtype=bool)
    starts[list(wires)] = True
    populations = [guided_words(starts, layers, rng) for _ in range(40)]
    values = np.array([words.mean(zero_moments(words)) for words in populations])
    exact = subset_moment(exact_moments(n, layers), wires)
    assert abs(values.mean() - exact) < Z_LIMIT * values.std(ddof=1) / 40**0.5
    assert values.mean() == pytest.approx(exact, rel=0.15)
    # Words that are guided, but not weighted for it, are too narrow: the moment would come out too large.
    unweighted = np.mean([zero_moments(words).mean() for words in populations])
    assert unweighted > 1.3 * exact


def test_a_population_of_few_paths_has_no_bias() -> None:
    """3000 populations of 6 paths: the mean within 5 standard errors, which are below 3 %."""
    rng = np.random.default_rng(5)
    populations = [guided_words(spread_starts(3, 6, rng), 4, rng) for _ in range(3000)]
    values = np.array([words.mean(zero_moments(words)) for words in populations])
    table = exact_moments(3, 4)
    exact = np.mean([subset_moment(table, (wire,)) for wire in range(3)])
    error = values.std(ddof=1) / 3000**0.5
    assert abs(values.mean() - exact) < Z_LIMIT * error
    assert error < 0.03 * exact


def test_guided_and_plain_paths_agree() -> None:
    """At 12 wires and 5 layers, 60,000 paths each way: within 5 standard errors."""
    rng = np.random.default_rng(8)
    x, z = draw_words(12, 5, rng.integers(0, 12, 60_000), rng)
    plain = 0.5 ** ((x | z).sum(axis=0) + x.sum(axis=0))
    populations = [guided_words(spread_starts(12, 1500, rng), 5, rng) for _ in range(40)]
    guided = np.array([words.mean(zero_moments(words)) for words in populations])
    error = np.hypot(plain.std() / 60_000**0.5, guided.std(ddof=1) / 40**0.5)
    assert abs(plain.mean() - guided.mean()) < Z_LIMIT * error


def test_the_chain_gives_the_parities_of_state_vectors_mirrored() -> None:
    """E[z_A^2] at 4 wires, 2 layers: 6000 draws within 5 standard errors of the mirrored subset's, and not its own."""
    rng, circuit = np.random.default_rng(12), line_circuit(4, 2)
    squares = []
    for _ in range(6000):
        ((_, q),) = layer_probabilities(circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters), [2])
        squares.append(walsh_hadamard(q) ** 2)
    means, errors = np.mean(squares, axis=0), np.std(squares, axis=0) / 6000**0.5
    moments, apart = exact_moments(4, 2), 0
    for subset in range(1, 16):
        wires = tuple(wire for wire in range(4) if subset >> (3 - wire) & 1)
        mirrored = subset_moment(moments, tuple(3 - wire for wire in wires))
        assert abs(means[subset] - mirrored) < Z_LIMIT * errors[subset]
        apart += abs(means[subset] - subset_moment(moments, wires)) > Z_LIMIT * errors[subset]
    assert apart > 0


def test_lqf_of_several_data_sets_from_the_same_paths() -> None:
    """Each data set as if it were alone, and at |0...0> the exact chain, within 5 standard errors of 40 populations."""
    sets = {name: DataMoments(synthetic_target(name, 6, np.random.default_rng(0))) for name in ("zero", "ghz", "o_n")}
    together = lqf_variance_of_paths(6, 50, sets, np.random.default_rng(1))
    for name, moments in sets.items():
        assert lqf_variance_of_paths(6, 50, {name: moments}, np.random.default_rng(1)) == {name: together[name]}
    rng = np.random.default_rng(2)
    values = np.array([lqf_variance_of_paths(6, 400, sets, rng)["zero"] for _ in range(40)])
    table = exact_moments(6, 6)
    exact = np.mean([subset_moment(table, (wire,)) for wire in range(6)]) / 24
    assert abs(values.mean() - exact) < Z_LIMIT * values.std(ddof=1) / 40**0.5


def test_starts() -> None:
    rng = np.random.default_rng(3)
    spread = spread_starts(7, 100, rng)
    assert spread.sum(axis=0).tolist() == [1] * 100
    assert set(spread.sum(axis=1)) <= {14, 15}
    sizes = np.array([1, 2, 5, 7] * 500)
    starts = subset_starts(7, sizes, rng)
    np.testing.assert_array_equal(starts.sum(axis=0), sizes)
    # Every wire is in 15/28 of the subsets; limit 5 standard deviations.
    assert np.abs(starts.mean(axis=1) - 15 / 28).max() < Z_LIMIT * (0.25 / 2000) ** 0.5

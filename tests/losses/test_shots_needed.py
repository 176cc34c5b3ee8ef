"""What the sign of a difference costs: against the binomial, by hand and by sampling."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from bornscape.experiments.shots_needed import table as shots_table
from bornscape.losses.compiled_explicit import losses_of_rows
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.mmd import mmd_of_samples_and_target
from bornscape.losses.shots_needed import (
    LOSSES,
    Noise,
    ProductMMD,
    _exact,
    exact_signs,
    explicit_shots,
    explicit_successes,
    lqf_difference,
    lqf_noise,
    neighbours,
    normal_shots,
)
from bornscape.losses.supports import SparseTarget
from bornscape.simulators.product import product_mmd, product_samples

# What a sign costs


@pytest.mark.parametrize("loss", LOSSES)
def test_estimates_of_rows_are_the_losses_of_their_names(loss: str) -> None:
    rng = np.random.default_rng(1)
    p, seen = np.array([0.6, 0.4]), rng.dirichlet(np.ones(3), 5)[:, :2]
    seen[0] = 0
    sparse = SparseTarget(np.arange(2), p)
    expected = [sparse.losses_inside(row, 0.0, 1e-14)[loss] for row in seen]
    found = losses_of_rows(p, seen, 1e-14)[:, list(DEFINITIONS).index(loss)]
    np.testing.assert_allclose(found, expected)
    exact = [_exact(row, p)[LOSSES.index(loss)] for row in seen[1:]]
    np.testing.assert_allclose(exact, expected[1:], rtol=1e-13)


def test_signs_of_exact_differences_by_hand() -> None:
    """A likelier string is nearer to the target that is this string alone: every loss falls."""
    sides = np.array([0.3]), np.array([0.1])
    assert exact_signs(sides, np.array([1.0])).tolist() == [-1] * len(LOSSES)
    assert exact_signs((sides[1], sides[0]), np.array([1.0])).tolist() == [1] * len(LOSSES)
    assert exact_signs((sides[0], sides[0]), np.array([1.0])).tolist() == [0] * len(LOSSES)


def test_neighbours_differ_on_one_wire() -> None:
    first, second = neighbours(6, np.random.default_rng(0))
    moved = first != second
    assert moved.sum() == 1
    assert first[moved] ** 2 + second[moved] ** 2 == pytest.approx(1)


def test_successes_against_the_binomial() -> None:
    """One string: the sign is right if the likelier side is hit more often. 5 standard errors."""
    sides, p = (np.array([0.3]), np.array([0.1])), np.array([1.0])
    chances = np.array([0.3, 0.7]), np.array([0.1, 0.9])
    found = explicit_successes(chances, exact_signs(sides, p), p, 2, 20_000, 1e-14, np.random.default_rng(0))
    # 1 against 0, and 2 against 0 or 1.
    chance = 2 * 0.3 * 0.7 * 0.9**2 + 0.3**2 * (0.9**2 + 2 * 0.1 * 0.9)
    assert found.shape == (len(LOSSES),)
    for share in found / 20_000:
        assert abs(share - chance) < 5 * np.sqrt(chance * (1 - chance) / 20_000)


def test_more_alike_neighbours_cost_more_and_equal_ones_are_never_resolved() -> None:
    p, rng = np.array([1.0]), np.random.default_rng(0)
    near, far, same = (
        explicit_shots((np.array([0.2]), np.array([q])), p, 20, 200, 1e-14, rng)["tvd"] for q in (0.19, 0.05, 0.2)
    )
    assert far < 256 < near
    assert np.isinf(same)


BITS = np.array([[0, 0, 0, 0], [1, 1, 1, 1]])


@pytest.mark.parametrize("bandwidths", [(1.0,), (0.3, 2.0)])
def test_moments_of_the_mmd_against_sampling(bandwidths: tuple[float, ...]) -> None:
    """Mean to 5 standard errors, variance to 5 of its own (normal kurtosis doubled)."""
    z, p, shots = np.array([0.3, -0.8, 0.5, 0.9]), np.array([0.7, 0.3]), 40
    noise = ProductMMD(BITS, p, bandwidths).noise(z)
    exact = np.mean([product_mmd(z[None, :], s, BITS, p)[0] for s in bandwidths])
    rng = np.random.default_rng(4)
    values = np.array(
        [mmd_of_samples_and_target(product_samples(z, shots, rng), BITS, p, bandwidths) for _ in range(3000)]
    )
    variance = noise.first / shots + noise.second / (shots * (shots - 1))
    assert abs(values.mean() - exact) < 5 * np.sqrt(variance / len(values))
    assert abs(values.var(ddof=1) / variance - 1) < 5 * np.sqrt(2 * 2 / len(values))


def test_noise_of_the_mmd_term_by_term() -> None:
    """Every string of three wires: the variances that Hoeffding's decomposition names, by brute force."""
    z, p, bandwidths = np.array([0.3, -0.8, 0.5]), np.array([0.7, 0.3]), (0.3, 2.0)
    data = np.array([[0, 0, 1], [1, 1, 0]])
    strings = (np.arange(8)[:, None] >> np.arange(2, -1, -1)) & 1
    q = np.prod(np.where(strings == 0, (1 + z) / 2, (1 - z) / 2), axis=1)

    def kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        apart = (x[:, None] != y).sum(axis=2)
        return np.asarray(np.mean([np.exp(-apart / (2 * s)) for s in bandwidths], axis=0))

    own = kernel(strings, strings)
    deviation = own @ q - kernel(strings, data) @ p
    centred = own - (own @ q)[:, None] - own @ q
    first = 4 * (q @ deviation**2 - (q @ deviation) ** 2)
    second = 2 * (q @ centred**2 @ q - (q @ centred @ q) ** 2)
    assert ProductMMD(data, p, bandwidths).noise(z) == pytest.approx((first, second), rel=1e-12)


@pytest.mark.parametrize("bandwidths", [(1.0,), (0.3, 2.0)])
def test_differences_of_the_mmd_are_those_of_the_losses(bandwidths: tuple[float, ...]) -> None:
    rng, p = np.random.default_rng(8), np.array([0.7, 0.3])
    z, other = rng.uniform(-1, 1, (2, 4))
    other[:2] = z[:2]
    losses = [np.mean([product_mmd(x[None, :], s, BITS, p)[0] for s in bandwidths]) for x in (z, other)]
    assert ProductMMD(BITS, p, bandwidths).difference(z, other) == pytest.approx(losses[0] - losses[1], abs=1e-13)


def test_a_difference_far_below_rounding_of_the_losses() -> None:
    """At n = 1000 and s = 1: in exact fractions it is about 1e-40, while either loss holds E_pp K = 1."""
    n, k = 1000, Fraction(607, 1000)
    even, odd = (1 + k) / 2, (1 - k) / 2
    z = np.random.default_rng(3).choice([-0.5, 0.25, 0.75], n)
    other = z.copy()
    other[17] = -z[17] / 2

    def loss(marginals: np.ndarray) -> Fraction:
        exact = [Fraction(value) for value in marginals.tolist()]
        return math.prod(even + odd * v * v for v in exact) - 2 * math.prod(even + odd * v for v in exact)

    expected = float(loss(z) - loss(other))
    found = ProductMMD(np.zeros((1, n)), np.ones(1), [-0.5 / math.log(0.607)]).difference(z, other)
    assert 0 < abs(expected) < 1e-20
    assert found == pytest.approx(expected, rel=1e-9)


def test_noise_and_difference_of_the_lqf_by_hand() -> None:
    bits = np.array([0, 1])
    # The first wire is never found flipped, the second half of the time.
    assert lqf_noise(np.array([1.0, 0.0]), bits) == pytest.approx((0.25 / 4, 0.0))
    assert lqf_difference(np.array([1.0, 0.0]), np.array([1.0, -1.0]), bits) == pytest.approx(0.25)


def test_normal_shots_solve_for_the_confidence() -> None:
    plus, minus = Noise(2.0, 30.0), Noise(1.0, 10.0)
    shots = normal_shots(0.1, plus, minus)
    variance = 3.0 / shots + 40.0 / (shots * (shots - 1))
    assert 0.1 / np.sqrt(variance) == pytest.approx(1.6449, rel=1e-4)
    # Few shots are where N (N - 1) is not N^2.
    few = normal_shots(2.0, plus, minus)
    assert 2.0 / np.sqrt(3.0 / few + 40.0 / (few * (few - 1))) == pytest.approx(1.6449, rel=1e-4)
    assert few < 8
    assert np.isinf(normal_shots(0.0, plus, minus))
    assert normal_shots(0.8, Noise(1e-9, 0), Noise(1e-9, 0)) == 2


def test_what_a_sign_costs_at_large_n() -> None:
    """Medians of 400 pairs computed elsewhere in closed form, |0...0>; 5 standard errors of the ratio, 0.11 each."""
    rng = np.random.default_rng(12)
    for n, elsewhere in ((32, (230, 196)), (256, (4.1e3, 2.1e3)), (1000, (2.3e8, 5.0e3))):
        losses, shots = [ProductMMD(np.zeros((1, n)), np.ones(1), [s]) for s in (1, n / 4)], []
        for _ in range(400):
            pair = neighbours(n, rng)
            noise = [[loss.noise(z) for z in pair] for loss in losses]
            gaps = [loss.difference(*pair) for loss in losses]
            shots.append([normal_shots(gap, *both) for gap, both in zip(gaps, noise, strict=True)])
        assert (np.abs(np.log(np.median(shots, axis=0) / elsewhere)) < 5 * np.sqrt(2) * 0.11).all()


def test_the_median_of_the_table_counts_unresolved_pairs_as_infinite() -> None:
    shots = [1.0] * 20 + [8.0] * 41 + [np.inf] * 39
    rows = pd.DataFrame({"n_qubits": 4, "dataset": "zero", "loss": "kld", "shots": shots})
    (row,) = shots_table(rows, {}).itertuples()
    assert (row.pairs, row.resolved, row.median, row.ci_low, row.ci_high) == (100, 61, 8, 8, 8)
    assert np.isinf(row.quartile_high)

"""What the sign of a difference costs: against the binomial, by hand and by sampling."""

import numpy as np
import pandas as pd
import pytest

from bornscape.experiments.shots_needed import table as shots_table
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.mmd import mmd_of_samples_and_target
from bornscape.losses.shots_needed import (
    LOSSES,
    Moments,
    _estimates,
    explicit_shots,
    explicit_successes,
    lqf_moments,
    mmd_moments,
    neighbours,
    normal_shots,
)
from bornscape.losses.supports import SparseTarget
from bornscape.simulators.product import product_mmd, product_samples

# What a sign costs


@pytest.mark.parametrize("loss", LOSSES)
def test_vectorised_estimates_are_the_losses_of_their_names(loss: str) -> None:
    rng = np.random.default_rng(1)
    p, seen = np.array([0.6, 0.4]), rng.dirichlet(np.ones(3), 5)[:, :2]
    seen[0] = 0
    sparse = SparseTarget(np.arange(2), p)
    expected = [sparse.losses_inside(row, 0.0, 1e-14)[loss] for row in seen]
    np.testing.assert_allclose(_estimates(seen, p, 1e-14)[loss], expected)
    assert loss in DEFINITIONS


def test_neighbours_differ_on_one_wire() -> None:
    first, second = neighbours(6, np.random.default_rng(0))
    moved = first != second
    assert moved.sum() == 1
    assert first[moved] ** 2 + second[moved] ** 2 == pytest.approx(1)


def test_successes_against_the_binomial() -> None:
    """One string: the sign is right if the likelier side is hit more often. 5 standard errors."""
    sides = (np.array([0.3]), np.array([0.1]))
    found = explicit_successes(sides, np.array([1.0]), 2, 20_000, 1e-14, np.random.default_rng(0))
    # 1 against 0, and 2 against 0 or 1.
    chance = 2 * 0.3 * 0.7 * 0.9**2 + 0.3**2 * (0.9**2 + 2 * 0.1 * 0.9)
    for loss in LOSSES:
        assert abs(found[loss] / 20_000 - chance) < 5 * np.sqrt(chance * (1 - chance) / 20_000)


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
    moments = mmd_moments(z, BITS, p, bandwidths)
    exact = np.mean([product_mmd(z[None, :], s, BITS, p)[0] for s in bandwidths])
    assert moments.mean == pytest.approx(exact, abs=1e-12)
    rng = np.random.default_rng(4)
    values = np.array(
        [mmd_of_samples_and_target(product_samples(z, shots, rng), BITS, p, bandwidths) for _ in range(3000)]
    )
    variance = moments.first / shots + moments.second / (shots * (shots - 1))
    assert abs(values.mean() - moments.mean) < 5 * np.sqrt(variance / len(values))
    assert abs(values.var(ddof=1) / variance - 1) < 5 * np.sqrt(2 * 2 / len(values))


def test_moments_of_the_lqf_by_hand() -> None:
    moments = lqf_moments(np.array([1.0, 0.0]), np.array([0, 1]))
    # The first wire is never found flipped, the second half of the time.
    assert moments == pytest.approx((0.25, 0.25 / 4, 0.0))


def test_normal_shots_solve_for_the_confidence() -> None:
    plus, minus = Moments(0.5, 2.0, 30.0), Moments(0.4, 1.0, 10.0)
    shots = normal_shots(plus, minus)
    variance = 3.0 / shots + 40.0 / shots**2
    assert 0.1 / np.sqrt(variance) == pytest.approx(1.6449, rel=1e-4)
    assert np.isinf(normal_shots(plus, plus))
    assert normal_shots(Moments(0.9, 1e-9, 0), Moments(0.1, 1e-9, 0)) == 2


def test_the_median_of_the_table_counts_unresolved_pairs_as_infinite() -> None:
    shots = [1.0] * 20 + [8.0] * 41 + [np.inf] * 39
    rows = pd.DataFrame({"n_qubits": 4, "dataset": "zero", "loss": "kld", "shots": shots})
    (row,) = shots_table(rows, {}).itertuples()
    assert (row.pairs, row.resolved, row.median, row.ci_low, row.ci_high) == (100, 61, 8, 8, 8)
    assert np.isinf(row.quartile_high)

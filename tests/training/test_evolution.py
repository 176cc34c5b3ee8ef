"""CMA-ES on R_y layers: the sampled loss beside the general estimator, the exact one by hand."""

from typing import Any

import numpy as np
import pytest

from bornscape.circuits import product_circuit
from bornscape.experiments import cma_training
from bornscape.losses.mmd import mmd, mmd_of_samples_and_target
from bornscape.simulators.state_vector import probabilities
from bornscape.training.evolution import (
    evolve,
    exact_zero_mmd,
    ry_ones,
    sample_signs,
    sampled_zero_mmd,
    zero_fidelity,
)


@pytest.mark.parametrize(("n", "shots", "s"), [(1, 2, 1.0), (7, 130, 1.75), (60, 300, 1.0), (300, 129, 75.0)])
def test_sampled_loss_is_the_general_estimator(n: int, shots: int, s: float) -> None:
    rng = np.random.default_rng(n)
    signs = sample_signs(rng.random(n) / 2, shots, rng)
    bits = ((1 - signs) / 2).astype(np.uint8)
    expected = mmd_of_samples_and_target(bits, np.zeros((1, n), dtype=np.uint8), np.ones(1), s)
    assert sampled_zero_mmd(signs, s) == pytest.approx(expected, abs=1e-5)


def test_sampled_loss_by_hand() -> None:
    """Two shots, 00 and 11: K of the pair is e^-1, the mean kernel with 00 is (1 + e^-1)/2."""
    signs = np.array([[1, 1], [-1, -1]], dtype=np.float32)
    assert sampled_zero_mmd(signs, 1.0) == pytest.approx(np.exp(-1) - (1 + np.exp(-1)) + 1, abs=1e-7)


def test_sampled_loss_is_unbiased() -> None:
    """400 estimates: their mean within 4.5 standard errors of the exact loss (false alarm 7e-6)."""
    rng, theta = np.random.default_rng(1), np.array([0.5, 2.0, 4.0])
    values = [sampled_zero_mmd(sample_signs(ry_ones(theta), 20, rng), 0.75) for _ in range(400)]
    assert abs(np.mean(values) - exact_zero_mmd(theta, 0.75)) < 4.5 * np.std(values) / 20


def test_signs_have_the_marginals_asked_for() -> None:
    signs = sample_signs(np.array([0.0, 1.0, 0.25]), 40_000, np.random.default_rng(2))
    assert set(np.unique(signs)) == {-1.0, 1.0}
    ones = (signs < 0).mean(axis=0)
    assert ones[:2].tolist() == [0, 1]
    assert abs(ones[2] - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 40_000)


@pytest.mark.parametrize("s", [0.5, 2.0])
def test_exact_loss_and_fidelity_are_those_of_the_state(s: float) -> None:
    theta = np.array([0.3, 1.9, 5.0, 3.3])
    q = probabilities(product_circuit(4, "ry"), theta)
    assert exact_zero_mmd(theta, s) == pytest.approx(mmd(q, np.eye(16)[0], s), rel=1e-12)
    assert zero_fidelity(theta) == pytest.approx(q[0], rel=1e-12)
    both = exact_zero_mmd(np.array([theta, np.zeros(4)]), s)
    assert both == pytest.approx([mmd(q, np.eye(16)[0], s), 0], abs=1e-15)


def final(seed: int, n: int = 4, s: float = 1.0, generations: int = 30) -> Any:
    rng = np.random.default_rng(seed)
    return list(evolve(rng.uniform(0, 2 * np.pi, n), s, 64, generations, 0.5, rng))


def test_a_run_repeats_whatever_the_global_generator_does() -> None:
    np.random.seed(1)  # noqa: NPY002
    first = final(3)
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    second = final(3)
    assert [g.mean.tolist() for g in first] == [g.mean.tolist() for g in second]
    np.random.seed(1)  # noqa: NPY002
    final(4)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_a_run_counts_and_learns() -> None:
    run = final(5)
    assert [g.generation for g in run] == list(range(31))
    # cma's population at n = 4: 4 + floor(3 ln 4).
    assert [g.evaluations for g in run] == [8 * k for k in range(31)]
    assert np.isnan(run[0].estimate)
    assert exact_zero_mmd(run[-1].mean, 1.0) < 0.1 * exact_zero_mmd(run[0].mean, 1.0)


SETTINGS = {"bandwidths": {"1": 1, "n/4": "n/4"}, "shots": 32, "generations": 3, "starts": 5, "step_size": 0.5}


def test_measure_and_table() -> None:
    rows = cma_training.measure(6, SETTINGS, {}, np.random.default_rng(0)).assign(n_qubits=6, chunk=2)
    table = cma_training.table(rows, SETTINGS)
    assert list(table.columns) == cma_training.COLUMNS
    assert set(table["repetition"]) == {2}
    for label, s in (("1", 1.0), ("n/4", 1.5)):
        part = table[table["bandwidth"] == label]
        assert part["trained"].sum() == 4
        assert (~part["trained"]).sum() == 5
        # Both bandwidths start from the same angles.
        assert part["ones"].iloc[0] == table["ones"].iloc[0]
        assert part["loss"].between(0, 2).all()
        assert s == pytest.approx({"1": 1.0, "n/4": 6 / 4}[label])


def test_starts_around_half_pi_begin_where_the_published_curves_do() -> None:
    settings = SETTINGS | {"bandwidths": {"n/4": "n/4"}, "generations": 0, "starts": 200}
    losses = {}
    for start in ("half_pi", "uniform"):
        rows = cma_training.measure(100, settings | {"start": start}, {}, np.random.default_rng(3))
        losses[start] = rows.loc[~rows["trained"], "loss"].median()
    assert losses["half_pi"] == pytest.approx(0.65, abs=0.02)
    assert losses["uniform"] > 0.8
    unnamed, named = (
        cma_training.measure(6, settings | extra, {}, np.random.default_rng(3)) for extra in ({}, {"start": "uniform"})
    )
    assert unnamed.equals(named)

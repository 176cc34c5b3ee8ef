"""The MMD without 2^n vectors: unbiased beside the exact one; the cardinality set's formula; noise taken off."""

import numpy as np
import pandas as pd
import pytest

from bornscape.bitstrings.sampling import to_bits
from bornscape.circuits import line_circuit
from bornscape.datasets import synthetic_target
from bornscape.losses.mmd import kernel_values, mmd
from bornscape.losses.split_mmd import EXACT_STRINGS, Cardinality, SplitMMD, Strings
from bornscape.simulators.line import line_parameters, sequential_state
from bornscape.simulators.state_vector import probabilities
from bornscape.statistics import noise_free_variance, variance_interval
from bornscape.tables.columns import DRAW_COLUMNS
from bornscape.tables.names import NOISE
from bornscape.tables.scaling import scaling_table
from bornscape.tables.variance import groups_of, variance_rows
from bornscape.variance.tensor import TensorDraws, data_of, tensor_draws
from support.reference import Z_LIMIT, z_score

NAMES = ("zero", "ghz", "o_n", "o_n2", "cardinality")
LISTED = NAMES[:-1]


def targets_of(n: int, names: tuple[str, ...] = LISTED) -> dict:
    return {name: synthetic_target(name, n, np.random.default_rng(n)) for name in names}


@pytest.mark.parametrize("n", [2, 3, 6])
def test_the_cardinality_set_by_formula_is_the_listed_one(n: int) -> None:
    formula, listed = Cardinality(n, n // 2), Strings(synthetic_target("cardinality", n, np.random.default_rng(0)))
    kernel = kernel_values(n, n / 4)
    everything = to_bits(np.arange(2**n), n)
    np.testing.assert_allclose(formula.one_body, listed.one_body, atol=1e-15)
    assert formula.own_kernel(kernel) == pytest.approx(listed.own_kernel(kernel), rel=1e-12)
    for string in everything:
        rows = string[None, :]
        assert formula.mean_kernel(rows, kernel) == pytest.approx(listed.mean_kernel(rows, kernel), rel=1e-12)
    assert formula.exact is None


def test_few_strings_are_contracted() -> None:
    targets = targets_of(6)
    assert [Strings(target).exact is not None for target in targets.values()] == [True, True, False, False]
    assert EXACT_STRINGS == 2


@pytest.mark.parametrize(("n", "layers"), [(2, 1), (5, 2)])
def test_estimates_have_the_exact_mmd_as_their_mean(n: int, layers: int) -> None:
    """Five data sets, two halves: a correct estimator fails with a chance below 10 * 6e-7 (fixed seed)."""
    rng = np.random.default_rng(3)
    theta = rng.uniform(0, 2 * np.pi, line_parameters(n, layers))
    q = probabilities(line_circuit(n, layers), theta)
    state, targets = sequential_state(n, layers, theta), targets_of(n, NAMES)
    loss = SplitMMD(n, n / 4, data_of(n, NAMES, targets))
    halves = np.array([loss.estimates(state, 8, rng) for _ in range(400)])
    for k, target in enumerate(targets.values()):
        expected = mmd(q, target.dense(), n / 4)
        assert max(abs(z_score(halves[:, half, k], expected)) for half in range(2)) < Z_LIMIT
    # Given the state, the halves know nothing of each other.
    for k in range(len(NAMES)):
        first, second = halves[:, 0, k], halves[:, 1, k]
        assert abs(z_score((first - first.mean()) * (second - second.mean()), 0.0)) < Z_LIMIT


def test_noise_is_taken_off() -> None:
    """Draws of variance 1 with noise of variance 1 in each half; 5 standard errors of the covariance."""
    rng = np.random.default_rng(4)
    draws = 20_000
    common = rng.normal(size=draws)
    first, second = common + rng.normal(size=(2, draws))
    found = noise_free_variance((first + second) / 2, (first - second) / 2)
    assert found.variance == pytest.approx(np.cov(first, second)[0, 1], abs=1e-3)
    assert abs(found.variance - 1) < Z_LIMIT * np.sqrt(5 / draws)
    assert found.ci_low < found.variance < found.ci_high
    assert variance_interval((first + second) / 2).variance == pytest.approx(1.5, abs=0.1)


def test_no_noise_and_nothing_else() -> None:
    values = np.random.default_rng(5).normal(size=50)
    assert noise_free_variance(values, np.zeros(50)).variance == variance_interval(values).variance
    nothing = noise_free_variance(values, 10 * np.ones(50))
    assert (nothing.variance, nothing.ci_low, nothing.ci_high) == (0, 0, 0)
    with pytest.raises(ValueError, match="one shape"):
        noise_free_variance(values, np.zeros(49))


def draws_of(seed: int, n: int = 4) -> pd.DataFrame:
    chunk = TensorDraws(n, [1, 2, 2], 6, 4, {"n/4": n / 4})
    return tensor_draws(chunk, NAMES, targets_of(n), np.random.default_rng(seed))


def test_draws_table() -> None:
    draws = draws_of(0)
    assert list(draws.columns) == DRAW_COLUMNS
    assert len(draws) == 6 * 2 * 2 * len(NAMES)
    pd.testing.assert_frame_equal(draws, draws_of(0))
    assert not draws["value"].equals(draws_of(1)["value"])
    assert set(draws["loss"]) == {"mmd", NOISE}
    assert draws["shots"].isna().all()


def test_variance_table_takes_the_noise_off() -> None:
    draws = draws_of(2)
    rows = variance_rows("tensor", {"kind": "tensor"}, 4, groups_of(draws))
    assert {row["ansatz"] for row in rows} == {"line"}
    for row in rows:
        same = draws[(draws["n_layers"] == row["n_layers"]) & (draws["dataset"] == row["dataset"])]
        values, noise = (same[same["loss"] == loss]["value"].to_numpy() for loss in ("mmd", NOISE))
        expected = noise_free_variance(values, noise) if row["loss"] == "mmd" else variance_interval(noise)
        assert (row["variance"], row["ci_low"], row["ci_high"]) == (
            expected.variance,
            expected.ci_low,
            expected.ci_high,
        )


def test_noise_has_no_law() -> None:
    rows = [
        row | {"n_qubits": n}
        for n in (4, 5, 6, 8, 10)
        for row in variance_rows("t", {"kind": "tensor"}, n, groups_of(draws_of(n)))
    ]
    mass = pd.DataFrame(
        columns=["experiment", "ansatz", "dataset", "n_qubits", "n_layers", "draws", "mean", "ci_low", "ci_high"]
    )
    laws = scaling_table(pd.DataFrame(rows), mass)
    assert set(laws["loss"]) == {"mmd"}
    assert set(laws["depth"]) == {"1", "2"}

"""Draws of the fidelity losses: each depth against a direct evaluation, the closed forms, and unbiased batches."""

import numpy as np
import pytest

from bornscape import theory
from bornscape.circuits import line_circuit
from bornscape.datasets import Target, synthetic_target
from bornscape.losses.fidelity import (
    data_state,
    local_fidelity_values,
    local_quantum_fidelity_loss,
    one_qubit_bloch_vectors,
    quantum_fidelity_loss,
)
from bornscape.simulators.state_vector import layer_register_probabilities, probabilities
from bornscape.statistics import log_standard_error, simultaneous_z, variance_interval
from bornscape.tables.columns import DRAW_COLUMNS
from bornscape.tables.names import DEEP
from bornscape.variance.fidelity import (
    FidelityDraws,
    fidelity_batches,
    fidelity_draws,
    recombined_product_variance,
    returning_circuit,
)
from support.reference import Z_LIMIT, all_strings, random_state

SETS = ("zero", "ghz", "o_n")


def targets(n: int, names: tuple[str, ...] = SETS) -> dict[str, Target]:
    return {name: synthetic_target(name, n, np.random.default_rng(n)) for name in names}


@pytest.mark.parametrize(("n", "layers"), [(1, 2), (2, 3), (4, 3)])
def test_every_depth_of_one_pass_is_the_loss_of_the_last_layers(n: int, layers: int) -> None:
    circuit = returning_circuit(n, layers)
    theta = np.random.default_rng(n).uniform(0, 2 * np.pi, circuit.n_parameters)
    sets = targets(n)
    phi = np.array([data_state(target.dense()) for target in sets.values()])
    depths = list(range(layers + 1))
    for depth, returned in layer_register_probabilities(circuit, theta, depths, phi):
        # A layer has 4 n - 1 angles; those of the layers that are left out come first.
        shallow, kept = line_circuit(n, depth), theta[(layers - depth) * (4 * n - 1) :]
        assert kept.shape == (shallow.n_parameters,)
        for row, target in zip(returned, sets.values(), strict=True):
            p = target.dense()
            local, whole = local_quantum_fidelity_loss(shallow, kept, p), quantum_fidelity_loss(shallow, kept, p)
            assert row @ local_fidelity_values(n) == pytest.approx(local, abs=1e-13)
            assert 1 - row[0] == pytest.approx(whole, abs=1e-13)


@pytest.mark.parametrize("count", [1, 3, 4])
def test_a_register_of_states_is_each_state_alone(count: int) -> None:
    rng = np.random.default_rng(7)
    circuit = line_circuit(3, 2)
    theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
    states = np.array([random_state(3, rng) for _ in range(count)])
    ((_, found),) = layer_register_probabilities(circuit, theta, [2], states)
    assert found.shape == (count, 8)
    for row, state in zip(found, states, strict=True):
        np.testing.assert_allclose(row, probabilities(circuit, theta, initial=state), atol=1e-14)


@pytest.mark.parametrize("shape", [(8,), (0, 8), (2, 4)])
def test_a_register_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    circuit = line_circuit(3, 0)
    with pytest.raises(ValueError, match=r"initials: expected shape \(k, 8\)"):
        list(layer_register_probabilities(circuit, np.zeros(9), [0], np.ones(shape)))


def test_layout() -> None:
    table = fidelity_draws(FidelityDraws(2, (0, 2), True, 3), targets(2), np.random.default_rng(0))
    assert list(table.columns) == DRAW_COLUMNS
    assert len(table) == 3 * 3 * 2 * len(SETS)
    assert set(table["n_layers"]) == {0.0, 2.0, DEEP}
    assert set(table["loss"]) == {"lqf", "qf"}
    assert not table.duplicated(["draw", "n_layers", "loss", "dataset"]).any()
    assert table["shots"].isna().all()
    assert table["value"].between(0, 1).all()


def test_same_seed_same_draws() -> None:
    chunk = FidelityDraws(3, (1,), True, 2)
    first, second = (fidelity_draws(chunk, targets(3), np.random.default_rng(5)) for _ in range(2))
    assert first.equals(second)


def test_variances_follow_the_closed_forms() -> None:
    """Product circuits and Haar states; false alarm at most 1 % for normal draws, 1000 of each."""
    n = 3
    sets = targets(n)
    drawn = fidelity_draws(FidelityDraws(n, (0,), True, 1000), sets, np.random.default_rng(11))
    deviations = []
    for (layers, loss, name), part in drawn.groupby(["n_layers", "loss", "dataset"], observed=True):
        found = variance_interval(part["value"].to_numpy())
        if layers == DEEP:
            expected = {"lqf": theory.deep_lqf_variance, "qf": theory.deep_qf_variance}[loss](n)
        elif loss == "lqf" and name != "ghz":
            expected = theory.product_lqf_variance(sets[name].bitstrings, sets[name].probabilities, "euler")
        elif loss == "qf" and name == "zero":
            expected = theory.product_qf_variance(n, "euler")
        else:
            continue
        error = log_standard_error(found.variance, found.ci_low, found.ci_high)
        deviations.append(np.log(found.variance / expected) / error)
    assert len(deviations) == 9
    assert np.abs(deviations).max() < simultaneous_z(len(deviations), 0.01)


def test_the_lqf_of_ghz_data_is_one_half_at_every_product_circuit() -> None:
    drawn = fidelity_draws(FidelityDraws(4, (0, 1), False, 20), targets(4, ("ghz",)), np.random.default_rng(2))
    local = drawn[drawn["loss"] == "lqf"]
    assert set(local.loc[local["n_layers"] == 0, "value"]) == {0.5}
    assert local.loc[local["n_layers"] == 1, "value"].nunique() == 20


def test_bloch_vectors_by_hand() -> None:
    # |0>(sqrt(1/4)|0> + sqrt(3/4)|1>): wire 0 is up, wire 1 has r_x = 2 sqrt(3)/4 and r_z = -1/2.
    found = one_qubit_bloch_vectors(np.array([[0, 0], [0, 1]], dtype=np.uint8), np.array([0.25, 0.75]))
    np.testing.assert_allclose(found, [[0, 1], [np.sqrt(3) / 2, -0.5]], atol=1e-15)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_bloch_vectors_are_expectations_in_the_data_state(n: int) -> None:
    p = np.random.default_rng(n).dirichlet(np.ones(2**n))
    phi = np.sqrt(p)
    expected = []
    for wire in range(n):
        flipped = np.flip(phi.reshape(2**wire, 2, -1), axis=1).ravel()
        signs = 1 - 2.0 * all_strings(n)[:, wire]
        expected.append((phi @ flipped, p @ signs))
    strings = all_strings(n)
    np.testing.assert_allclose(one_qubit_bloch_vectors(strings, p), expected, atol=1e-14)
    np.testing.assert_allclose(theory.bloch_vectors(strings, p), expected, atol=1e-14)


def test_batches_estimate_the_closed_forms_without_bias() -> None:
    n, batches = 5, 60
    sets = targets(n)
    table = fidelity_batches(0, batches, 50, sets, np.random.default_rng(3))
    assert list(table.columns) == DRAW_COLUMNS
    expected = {("qf", "zero"): theory.product_qf_variance(n, "euler")}
    for name, target in sets.items():
        expected["lqf", name] = theory.product_lqf_variance(target.bitstrings, target.probabilities, "euler")
    values = {key: part["value"].to_numpy() for key, part in table.groupby(["loss", "dataset"], observed=True)}
    assert set(values) == set(expected)
    for key, closed in expected.items():
        if key == ("lqf", "ghz"):
            assert set(values[key]) == {0.0}
        else:
            z = (values[key].mean() - closed) / (values[key].std(ddof=1) / np.sqrt(batches))
            assert abs(z) < Z_LIMIT


def test_recombination_is_the_mean_over_all_recombinations() -> None:
    factors = np.random.default_rng(1).uniform(size=(3, 2))
    squares = np.mean([(a * b) ** 2 for a in factors[:, 0] for b in factors[:, 1]])
    apart = 1.0
    for column in factors.T:
        apart *= np.mean([column[i] * column[j] for i in range(3) for j in range(3) if i != j])
    assert recombined_product_variance(factors) == pytest.approx(squares - apart, rel=1e-12)

"""Hadamard tests: elements against dense unitaries, circuits against elements, estimators without bias, the count."""

import numpy as np
import pennylane as qml
import pytest
from numpy.typing import NDArray

from bornscape import theory
from bornscape.circuits import Circuit, line_circuit
from bornscape.datasets import Target
from bornscape.experiments import hadamard_tests
from bornscape.losses.fidelity import local_quantum_fidelity_loss
from bornscape.losses.hadamard import (
    HadamardTest,
    all_tests,
    outcomes_of_circuits,
    outcomes_of_elements,
    pair_elements,
    pair_weights,
    random_pair_estimates,
    sweep_estimates,
)
from support.reference import Z_LIMIT, all_strings, apply_line, z_score


def case(n: int, strings: int, layers: int = 1) -> tuple[Circuit, NDArray, Target]:
    rng = np.random.default_rng(10 * n + strings)
    circuit = line_circuit(n, layers)
    chosen = np.sort(rng.choice(2**n, size=strings, replace=False))
    target = Target(all_strings(n)[chosen], rng.dirichlet(np.ones(strings)))
    return circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters), target


@pytest.mark.parametrize(("n", "strings"), [(1, 2), (2, 3), (3, 4)])
def test_elements_are_those_of_the_dense_operator(n: int, strings: int) -> None:
    circuit, theta, target = case(n, strings)
    unitary = qml.matrix(lambda: apply_line(theta, n, 1), wire_order=range(n))()
    chosen = target.indices
    for wire, found in enumerate(pair_elements(circuit, theta, target)):
        z = np.diag(1.0 - 2.0 * all_strings(n)[:, wire])
        expected = (unitary @ z @ unitary.conj().T)[np.ix_(chosen, chosen)]
        np.testing.assert_allclose(found, expected, atol=1e-13)


@pytest.mark.parametrize(("n", "strings"), [(1, 2), (2, 3), (4, 4)])
def test_the_expansion_is_the_lqf(n: int, strings: int) -> None:
    circuit, theta, target = case(n, strings)
    total = (pair_weights(target) * pair_elements(circuit, theta, target)).sum()
    assert total.imag == pytest.approx(0, abs=1e-13)
    expected = local_quantum_fidelity_loss(circuit, theta, target.dense())
    assert 0.5 - total.real / (2 * n) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("part", ["real", "imaginary"])
def test_circuits_have_the_elements_as_means(part: str) -> None:
    circuit, theta, target = case(2, 2)
    elements = pair_elements(circuit, theta, target)
    run = outcomes_of_circuits(circuit, theta, target, seed=5)
    shots = 2000
    for test in all_tests(2, 2, part):  # type: ignore[arg-type]
        element = elements[test.wire, test.left, test.right]
        mean = element.real if part == "real" else element.imag
        found = run(test, shots)
        assert found.dtype == bool
        assert abs(2 * found.mean() - 1 - mean) < Z_LIMIT * np.sqrt((1 - mean**2) / shots) + 1e-9


def test_one_seed_one_stream_of_circuits() -> None:
    circuit, theta, target = case(2, 2)
    runs = [outcomes_of_circuits(circuit, theta, target, seed=9) for _ in range(2)]
    first, second = ([run(HadamardTest(1, 0, 1, "real"), 20), run(HadamardTest(0, 1, 1, "real"), 20)] for run in runs)
    np.testing.assert_array_equal(first, second)


def test_both_estimators_are_unbiased() -> None:
    circuit, theta, target = case(3, 4)
    exact = local_quantum_fidelity_loss(circuit, theta, target.dense())
    rng = np.random.default_rng(4)
    outcomes = outcomes_of_elements(pair_elements(circuit, theta, target), rng)
    assert abs(z_score(sweep_estimates(outcomes, target, 20, 300, "real"), exact)) < Z_LIMIT
    assert abs(z_score(sweep_estimates(outcomes, target, 20, 300, "imaginary"), 0.0)) < Z_LIMIT
    found = random_pair_estimates(outcomes, target, 200, 300, rng)
    assert abs(z_score(found, exact)) < Z_LIMIT
    # One shot has the variance G^2/4 - (LQF - 1/2)^2; of 300 normal estimates the variance scatters by sqrt(2/299).
    single = pair_weights(target).sum() ** 2 / 4 - (exact - 0.5) ** 2
    assert abs(found.var(ddof=1) * 200 / single - 1) < Z_LIMIT * np.sqrt(2 / 299)


def test_outcomes_without_noise_give_the_lqf_exactly() -> None:
    """Sure outcomes: at U = 1 every diagonal element is a sign, and the strings do not interfere."""
    circuit = line_circuit(2, 0)
    theta = np.zeros(circuit.n_parameters)
    target = Target(np.array([[0, 1]], dtype=np.uint8), np.ones(1))
    outcomes = outcomes_of_elements(pair_elements(circuit, theta, target), np.random.default_rng(0))
    np.testing.assert_allclose(sweep_estimates(outcomes, target, 3, 5, "real"), 0.5)
    assert outcomes(HadamardTest(0, 0, 0, "real"), 4).tolist() == [True] * 4
    assert outcomes(HadamardTest(1, 0, 0, "real"), 4).tolist() == [False] * 4


SETTINGS = {
    "draws": 2,
    "strings": [2, 8],
    "n_layers": 1,
    "largest_circuit": 2,
    "largest_set": 2,
    "shots_per_test": 10,
    "shots_random": 50,
    "repeats": 8,
    "error": 0.1,
}


def test_experiment() -> None:
    rows = hadamard_tests.measure(2, SETTINGS, {}, np.random.default_rng(0)).assign(n_qubits=2, chunk=0)
    table = hadamard_tests.table(rows, SETTINGS)
    assert list(table.columns) == hadamard_tests.COLUMNS
    assert set(table["strings"]) == {2}  # 8 strings do not fit 2 bits
    assert set(table.loc[table["source"] == "circuits", "draw"]) == {0}
    per_draw = table[table["estimator"] == "mmd"].set_index("draw")["exact"]
    assert list(per_draw.index) == [0, 1]
    assert per_draw[0] != per_draw[1]
    by = table[table["draw"] == 0].set_index(["source", "estimator"])
    for source in ("circuits", "elements"):
        assert by.loc[(source, "all_pairs"), "tests"] == theory.hadamard_test_count(2, 2) / 2
        assert by.loc[(source, "imaginary"), "tests"] == theory.hadamard_test_count(2, 2)
        assert by.loc[(source, "imaginary"), "exact"] == 0
    np.testing.assert_allclose(table["shots_needed"], table["shot_variance"] / 0.01)
    again = hadamard_tests.measure(2, SETTINGS, {}, np.random.default_rng(0)).assign(n_qubits=2, chunk=0)
    assert rows.equals(again)

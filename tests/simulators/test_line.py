"""Sequential states against state vectors at the same parameters, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape.bitstrings.sampling import to_indices
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import line_circuit
from bornscape.simulators.line import LARGEST_DEPTH, line_parameters, sequential_state
from bornscape.simulators.state_vector import probabilities
from support.reference import Z_LIMIT

SIZES = [(1, 0), (1, 2), (2, 1), (3, 2), (3, 5), (5, 3), (6, 0), (8, 4)]


def random_theta(n: int, layers: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, n, layers]).uniform(0, 2 * np.pi, line_parameters(n, layers))


@pytest.mark.parametrize(("n", "layers"), SIZES)
def test_marginals_and_products_are_those_of_the_state_vector(n: int, layers: int) -> None:
    circuit, theta = line_circuit(n, layers), random_theta(n, layers)
    assert line_parameters(n, layers) == circuit.n_parameters
    q, state = probabilities(circuit, theta), sequential_state(n, layers, theta)
    np.testing.assert_allclose(state.single_z(), walsh_hadamard(q)[1 << np.arange(n - 1, -1, -1)], atol=1e-13)
    diagonals = np.random.default_rng(1).normal(size=(3, n, 2))
    bits = (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1
    expected = [q @ np.prod(values[np.arange(n), bits], axis=1) for values in diagonals]
    both = state.moments(diagonals)
    np.testing.assert_allclose(both[0], expected, atol=1e-12)
    np.testing.assert_allclose(both[1], state.single_z(), atol=1e-14)


@pytest.mark.parametrize(("n", "layers"), [(1, 1), (3, 2), (4, 3)])
def test_samples_have_the_distribution_of_the_state_vector(n: int, layers: int) -> None:
    """2^n z-tests: a correct sampler fails with a chance below 16 * 6e-7."""
    theta, shots = random_theta(n, layers), 20_000
    q = probabilities(line_circuit(n, layers), theta)
    drawn = sequential_state(n, layers, theta).samples(shots, np.random.default_rng(2))
    assert drawn.shape == (shots, n)
    assert drawn.dtype == np.uint8
    counts = np.bincount(to_indices(drawn), minlength=2**n)
    z = (counts - shots * q) / np.sqrt(shots * q * (1 - q) + 1e-9)
    assert np.abs(z).max() < Z_LIMIT


def test_one_qubit_by_hand() -> None:
    assert sequential_state(1, 0, [0.3, 1.1, 0.2]).single_z() == pytest.approx([np.cos(1.1)])


def test_two_qubits_by_hand() -> None:
    """exp(-i a/2 Y X) |00> = cos(a/2) |00> + sin(a/2) |11>."""
    theta = np.zeros(line_parameters(2, 1))
    theta[6] = 0.8
    state = sequential_state(2, 1, theta)
    np.testing.assert_allclose(state.single_z(), [np.cos(0.8)] * 2, atol=1e-15)
    parity = [[[1, -1], [1, -1]]]
    assert state.moments(parity)[0] == pytest.approx([1.0])
    drawn = state.samples(50, np.random.default_rng(0))
    assert set(drawn[:, 0] - drawn[:, 1]) == {0}
    assert set(drawn[:, 0]) == {0, 1}


@given(st.integers(1, 30), st.integers(0, 3), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_every_step_is_an_isometry(n: int, layers: int, seed: int) -> None:
    state = sequential_state(n, layers, random_theta(n, layers, seed))
    width = 2**layers
    assert state.steps.shape == (n + layers, width, 2, width)
    flat = state.steps.reshape(n + layers, width, 2 * width)
    products = flat @ flat.conj().transpose(0, 2, 1)
    np.testing.assert_allclose(products, np.broadcast_to(np.eye(width), products.shape), atol=1e-12)
    assert np.abs(state.single_z()).max() <= 1 + 1e-12
    np.testing.assert_allclose(state.moments(np.ones((2, n, 2)))[0], 1, atol=1e-12)


def test_a_hundred_qubits_in_two_precisions() -> None:
    theta = random_theta(100, 3)
    double, single = (sequential_state(100, 3, theta, precision) for precision in ("double", "single"))
    assert single.steps.dtype == np.complex64
    np.testing.assert_allclose(single.single_z(), double.single_z(), atol=1e-5)
    # The first eight qubits know nothing of gates whose light cones they are not in: those on pairs further right.
    changed = theta.copy()
    changed[3 * 100 - 3 :][:3] += 1.0  # Euler angles of the last qubit
    np.testing.assert_allclose(sequential_state(100, 3, changed).single_z()[:8], double.single_z()[:8], atol=1e-13)
    assert np.abs(sequential_state(100, 3, changed).single_z() - double.single_z()).max() > 1e-3


@pytest.mark.parametrize(
    ("n", "layers", "theta", "message"),
    [
        (0, 1, [], "expected n_qubits >= 1"),
        (2, -1, [], "expected n_qubits >= 1"),
        (2, LARGEST_DEPTH + 1, [], f"0 to {LARGEST_DEPTH} layers"),
        (2, 0, [0.0] * 5, r"expected shape \(6,\), got \(5,\)"),
        (2, 0, [np.nan] * 6, "finite"),
    ],
)
def test_wrong_input(n: int, layers: int, theta: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sequential_state(n, layers, theta)


def test_wrong_diagonals() -> None:
    with pytest.raises(ValueError, match="expected shape"):
        sequential_state(2, 0, np.zeros(6)).moments(np.ones((1, 3, 2)))

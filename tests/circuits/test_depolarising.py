"""Depolarising noise by trajectories, against PennyLane's density matrices."""

from typing import Any

import numpy as np
import pennylane as qml
import pytest

from bornscape.circuits import Circuit, Gate, line_circuit
from bornscape.circuits.depolarising import trajectory
from bornscape.simulators.state_vector import probabilities

# Noise


def noisy_reference(n: int, layers: int, theta: np.ndarray, noise: float) -> np.ndarray:
    """Depolarising channels after every layer, on PennyLane's density matrices."""
    circuit = line_circuit(n, layers)

    @qml.qnode(qml.device("default.mixed", wires=n))
    def node() -> Any:
        for k, gate in enumerate(circuit.gates):
            getattr(qml, gate.name)(*[theta[i] for i in gate.angles], wires=gate.wires)
            if k + 1 in circuit.layer_ends[1:]:
                for wire in range(n):
                    qml.DepolarizingChannel(noise, wires=wire)
        return qml.probs(wires=range(n))

    return np.asarray(node())


@pytest.mark.parametrize(("n", "layers"), [(1, 2), (2, 2), (3, 1)])
def test_the_mean_of_trajectories_is_the_noisy_distribution(n: int, layers: int) -> None:
    """5 standard errors."""
    rng = np.random.default_rng(3)
    circuit = line_circuit(n, layers)
    theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
    drawn = [trajectory(n, layers, 0.3, rng) for _ in range(1500)]
    found = np.array([each.distribution(probabilities(circuit, theta * each.signs)) for each in drawn])
    expected = noisy_reference(n, layers, theta, 0.3)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - expected) <= 5 * error + 1e-12)
    assert np.abs(expected - probabilities(circuit, theta)).max() > 0.02


@pytest.mark.parametrize("seed", range(5))
def test_a_trajectory_is_the_circuit_with_paulis_inserted(seed: int) -> None:
    """The Paulis as gates, drawn from the same random numbers."""
    rng, n, layers = np.random.default_rng(seed), 3, 4
    circuit, gates = line_circuit(n, layers), []
    theta = np.random.default_rng(100 + seed).uniform(0, 2 * np.pi, circuit.n_parameters)
    for first, last in zip((0, *circuit.layer_ends), circuit.layer_ends, strict=False):
        gates += circuit.gates[first:last]
        if first:
            struck = np.flatnonzero(rng.random(n) < 0.5)
            gates += [Gate(("PauliX", "PauliY", "PauliZ")[rng.integers(3)], (int(wire),)) for wire in struck]
    assert len(gates) > len(circuit.gates)
    expected = probabilities(Circuit(n, circuit.n_parameters, tuple(gates)), theta)
    found = trajectory(n, layers, 0.5, np.random.default_rng(seed))
    np.testing.assert_allclose(found.distribution(probabilities(circuit, theta * found.signs)), expected, atol=1e-14)
    assert np.abs(expected - probabilities(circuit, theta)).max() > 1e-3


@pytest.mark.parametrize("noise", [-0.1, 0.8])
def test_an_impossible_noise_is_an_error(noise: float) -> None:
    with pytest.raises(ValueError, match="noise: expected a chance between 0 and 3/4"):
        trajectory(2, 1, noise, np.random.default_rng(0))

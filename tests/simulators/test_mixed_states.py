"""Noisy circuits against PennyLane's mixed states, closed forms and finite differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pennylane as qml
import pytest

from bornscape.circuits import Circuit, Gate, adjoint, line_circuit, primitives
from bornscape.circuits.ansatze import hamming_weight_circuit
from bornscape.simulators.mixed_states import Noise, NoisyCircuit, flipped
from bornscape.simulators.state_vector import probabilities, probability_gradient, statevector

NOISE = Noise(0.03, 0.05, 0.02)
MIXED = Circuit(
    3,
    3,
    (
        Gate("Hadamard", (1,)),
        Gate("RX", (0,), (0,)),
        Gate("CY", (2, 0)),
        Gate("IsingXX", (0, 2), (1,)),
        Gate("S", (1,), (), True),
        Gate("PhaseShift", (1,), (2,), True),
        Gate("Toffoli", (2, 1, 0)),
        Gate("RY", (1,), (2,)),
        Gate("CSWAP", (1, 0, 2)),
        Gate("SX", (2,), (), True),
    ),
)


def reference(circuit: Circuit, theta: np.ndarray, noise: Noise, initial: np.ndarray | None = None) -> np.ndarray:
    """The same by PennyLane's ``default.mixed``, readout errors as bit flips."""
    angles = circuit.angles(theta)

    @qml.qnode(qml.device("default.mixed", wires=circuit.n_qubits))
    def run() -> object:
        if initial is not None:
            qml.StatePrep(initial, wires=range(circuit.n_qubits))
        for gate in circuit.gates:
            for part in primitives(gate):
                op = getattr(qml, part.name)(*(angles[k] for k in part.angles), wires=part.wires)
                if part.inverse:
                    qml.adjoint(op)
            for wire in gate.wires:
                qml.DepolarizingChannel(noise.depolarising, wires=wire)
                qml.AmplitudeDamping(noise.amplitude_damping, wires=wire)
        measured = list(range(circuit.n_qubits)) if circuit.measured is None else list(circuit.measured)
        for wire in measured:
            qml.BitFlip(noise.readout, wires=wire)
        return qml.probs(wires=measured)

    return np.asarray(run())


@pytest.mark.parametrize(
    "circuit",
    [
        line_circuit(3, 1),
        MIXED,
        replace(MIXED, measured=(2, 0)),
        adjoint(line_circuit(2, 1)),
        hamming_weight_circuit(4, 1),
    ],
)
def test_a_noisy_distribution_is_that_of_pennylane(circuit: Circuit) -> None:
    theta = np.random.default_rng(1).uniform(0, 7, circuit.n_parameters)
    noisy = NoisyCircuit(circuit, NOISE)
    found = noisy.distribution(noisy.state(theta))
    np.testing.assert_allclose(found, reference(circuit, theta, NOISE), atol=1e-12)
    assert np.abs(found - probabilities(circuit, theta)).max() > 1e-2


def test_a_start_from_amplitudes() -> None:
    circuit = line_circuit(3, 1)
    rng = np.random.default_rng(2)
    theta = rng.uniform(0, 7, circuit.n_parameters)
    psi = rng.normal(size=8) + 1j * rng.normal(size=8)
    psi /= np.linalg.norm(psi)
    noisy = NoisyCircuit(circuit, NOISE, psi)
    np.testing.assert_allclose(
        noisy.distribution(noisy.state(theta)), reference(circuit, theta, NOISE, psi), atol=1e-12
    )


def test_without_noise_it_is_the_state_vector() -> None:
    theta = np.random.default_rng(3).uniform(0, 7, 3)
    clean = NoisyCircuit(MIXED, Noise())
    q = clean.distribution(clean.state(theta))
    np.testing.assert_allclose(q, probabilities(MIXED, theta), atol=1e-13)
    slope = np.random.default_rng(4).normal(size=8)
    expected = probability_gradient(MIXED, theta, slope, statevector(MIXED, theta))
    np.testing.assert_allclose(clean.gradient(theta, slope), expected, atol=1e-13)


@pytest.mark.parametrize("circuit", [MIXED, replace(MIXED, measured=(2, 0)), line_circuit(3, 1)])
def test_the_gradient_is_that_of_finite_differences_and_of_shifts(circuit: Circuit) -> None:
    rng = np.random.default_rng(5)
    theta = rng.uniform(0, 7, circuit.n_parameters)
    slope = rng.normal(size=2**circuit.n_measured)
    noisy = NoisyCircuit(circuit, NOISE)
    found = noisy.gradient(theta, slope)
    step = 1e-5
    for k in range(circuit.n_parameters):
        moved = step * np.eye(len(theta))[k]
        plus, minus = (noisy.distribution(noisy.state(theta + side * moved)) for side in (1, -1))
        assert found[k] == pytest.approx(slope @ (plus - minus) / (2 * step), abs=1e-8)
        shifts = noisy.shifted(theta, frozenset([k]))
        assert found[k] == pytest.approx(sum(slope @ (up - down) for _, up, down in shifts) / 2, abs=1e-12)


def test_depolarised_layers_damp_by_hand() -> None:
    """RX(a), then k gates X of a wire: <Z> is (1 - 4p/3)^(k+1) cos(a), of sign (-1)^k."""
    a, p, k = 0.7, 0.06, 5
    circuit = Circuit(1, 1, (Gate("RX", (0,), (0,)), *[Gate("PauliX", (0,))] * k))
    noisy = NoisyCircuit(circuit, Noise(depolarising=p))
    z = noisy.distribution(noisy.state(np.array([a]))) @ [1, -1]
    assert z == pytest.approx((-1) ** k * (1 - 4 * p / 3) ** (k + 1) * np.cos(a), abs=1e-14)


def test_readout_scales_every_word() -> None:
    q = np.random.default_rng(6).dirichlet(np.ones(8))
    read = flipped(q, 0.1)
    for word in range(8):
        signs = (-1.0) ** np.bitwise_count(np.arange(8) & word)
        assert signs @ read == pytest.approx(0.8 ** bin(word).count("1") * (signs @ q), abs=1e-14)


def test_damping_leaves_a_gradient_where_depolarising_leaves_none() -> None:
    """Both shrink Z to 0.8 at a gate. Twice the depth kills the one's gradient; the other's last layers still act."""
    slope = np.random.default_rng(7).normal(size=16)
    kinds = {"depolarising": Noise(depolarising=0.15), "damping": Noise(amplitude_damping=0.2)}
    kept = {}
    for name, noise in kinds.items():
        rng, sums = np.random.default_rng(8), []
        for layers in (6, 12):
            noisy = NoisyCircuit(line_circuit(4, layers), noise)
            starts = rng.uniform(0, 2 * np.pi, (4, noisy.circuit.n_parameters))
            sums.append(np.mean([np.sum(noisy.gradient(theta, slope) ** 2) for theta in starts]))
        kept[name] = sums[1] / sums[0]
    assert kept["depolarising"] < 1e-3
    assert 1 / 4 < kept["damping"] < 4


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"depolarising": 0.75}, "depolarising: expected a chance from 0 to below 0.75, got 0.75"),
        ({"amplitude_damping": -0.1}, "amplitude_damping: expected a chance from 0 to below 1"),
        ({"readout": 0.5}, "readout: expected a chance from 0 to below 0.5"),
    ],
)
def test_chances_outside_are_errors(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Noise(**values)


def test_too_many_wires_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 10 wires"):
        NoisyCircuit(line_circuit(11, 1), NOISE)

"""One gradient component and its shot noise, by hand, exactly and by sampling."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bornscape.bitstrings.sampling import empirical
from bornscape.circuits import line_circuit
from bornscape.circuits.ansatze import FAMILIES, iqp_circuit
from bornscape.datasets import synthetic_target
from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.draws import bodyness_share
from bornscape.my_model.gradient_noise import Kernel, Shift, component, mmd_noise, sampled_noise, shift_noise
from bornscape.my_model.probe import Probe
from bornscape.simulators.state_vector import statevector

# Data


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# One gradient component


@pytest.mark.parametrize("circuit", [iqp_circuit(3), line_circuit(3, 2), FAMILIES["hamming_weight"](4, 2)])
def test_component_is_the_exact_derivative(circuit: Any) -> None:
    rng = np.random.default_rng(5)
    theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
    p = synthetic_target("ghz", circuit.n_qubits, rng).dense()
    loss, probe = MMDLoss(p, 1.0), Probe(circuit, None)
    psi = statevector(circuit, theta)
    exact = gradient(circuit, theta, loss)
    active = probe.active_parameters()
    assert active
    for k in range(circuit.n_parameters):
        found = component(loss.derivative(np.abs(psi) ** 2), probe.shifts(theta, k, psi))
        assert found == pytest.approx(exact[k], abs=1e-12)
        assert k in active or found == 0


def test_component_of_shared_and_scaled_parameters(tmp_path: Path) -> None:
    path = write(
        tmp_path / "shared.py",
        "import pennylane as qml\n\ndef circuit(x, wires):\n    for k, w in enumerate(wires):\n"
        "        qml.RY((k + 1) * x[0], wires=w)\n    qml.IsingXX(-0.5 * x[0] + 1, wires=wires[:2])\n"
        "    qml.RX(x[1], wires=wires[0])\n",
    )
    circuit = model_circuit({"file": str(path), "function": "circuit", "parameters": 2}, 3)
    theta, loss = np.array([0.4, 1.3]), MMDLoss(synthetic_target("ghz", 3, np.random.default_rng(0)).dense(), 2.0)
    psi, probe = statevector(circuit, theta), Probe(circuit, None)
    slope = loss.derivative(np.abs(psi) ** 2)
    found = [component(slope, probe.shifts(theta, k, psi)) for k in (0, 1)]
    assert found == pytest.approx(gradient(circuit, theta, loss), abs=1e-12)


def shifts_of(n: int, rng: np.random.Generator) -> tuple[np.ndarray, list[Shift]]:
    q = rng.dirichlet(np.ones(2**n))
    pairs = [Shift(c, *rng.dirichlet(np.ones(2**n), size=2)) for c in (1.0, -0.5)]
    return q, pairs


def test_exact_noise_of_linear_losses_by_hand() -> None:
    # One bit, value 1 with probabilities a and b: variance of half the difference is (a(1-a) + b(1-b)) / 4.
    shift = Shift(2.0, np.array([0.3, 0.7]), np.array([0.9, 0.1]))
    assert shift_noise(np.array([0.0, 1.0]), [shift]) == pytest.approx(4 * (0.21 + 0.09) / 4)


def mean_square_error(loss: MMDLoss, q: np.ndarray, shifts: list[Shift], shots: int, tries: int) -> np.ndarray:
    """Squared errors of the estimate, from all three distributions drawn anew."""
    rng, exact = np.random.default_rng(11), component(loss.derivative(q), shifts)
    found = np.empty(tries)
    for k in range(tries):
        slope = loss.derivative(empirical(q, shots, rng))
        seen = [Shift(s.factor, empirical(s.plus, shots, rng), empirical(s.minus, shots, rng)) for s in shifts]
        found[k] = component(slope, seen) - exact
    return found**2


@pytest.mark.parametrize("bandwidth", [0.7, (0.2, 3.0)])
def test_exact_noise_of_the_mmd_against_sampling(bandwidth: Any) -> None:
    q, shifts = shifts_of(3, np.random.default_rng(2))
    loss = MMDLoss(np.eye(8)[0], bandwidth)
    found = mmd_noise(Kernel.of(loss), loss.derivative(q), q, shifts)
    for shots in (2, 5):  # So few that B matters.
        errors = mean_square_error(loss, q, shifts, shots, 4000)
        deviation = (errors.mean() - found.at(shots)) / (errors.std() / math.sqrt(len(errors)))
        assert abs(deviation) < 4  # False alarm in 6e-5 of seeds.
        without = (errors.mean() - found.first / shots) / (errors.std() / math.sqrt(len(errors)))
        assert without > 4  # The test can see B: leaving it out is noticed.


def test_sampled_noise_agrees_with_exact_noise() -> None:
    q, shifts = shifts_of(3, np.random.default_rng(4))
    loss, rng = MMDLoss(np.eye(8)[3], 1.0), np.random.default_rng(8)
    slope = loss.derivative(q)
    exact = mmd_noise(Kernel.of(loss), slope, q, shifts).at(50)
    assert sampled_noise(loss, component(slope, shifts), q, shifts, 50, 4000, rng) == pytest.approx(exact, rel=0.12)


def test_bodyness_of_observables() -> None:
    n = 4
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    assert bodyness_share(bits.sum(axis=1) + 5.0) == pytest.approx([0, 1, 0, 0, 0])
    assert bodyness_share(1.0 - 2 * (bits.sum(axis=1) % 2)) == pytest.approx([0, 0, 0, 0, 1])
    # |0..0><0..0| has all subsets alike.
    assert bodyness_share(np.eye(16)[0]) == pytest.approx(np.array([0, 4, 6, 4, 1]) / 15)
    assert bodyness_share(np.full(16, 3.0)) == pytest.approx(0)


def test_noise_of_a_wide_kernel_keeps_its_digits() -> None:
    """K - 1 falls as 1/s, so that the noise falls as 1/s**2 and is never a rounding error below 0."""
    rng = np.random.default_rng(11)
    p, q, plus, minus = rng.dirichlet(np.ones(16), size=4)
    shifts = [Shift(1.0, plus, minus)]
    scaled = []
    for s in (1e4, 1e6, 1e9):
        loss = MMDLoss(p, s)
        noise = mmd_noise(Kernel.of(loss), loss.derivative(q), q, shifts)
        scaled.append([noise.first * s**2, noise.second * s**2])
    assert np.array(scaled) == pytest.approx(np.tile(scaled[0], (3, 1)), rel=1e-3)
    assert np.min(scaled) > 1e-3

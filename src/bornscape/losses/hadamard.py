"""The LQF's expansion over pairs of training strings, as Hadamard tests measure it.

LQF = 1/2 - (1/2n) sum over i, x, x' of sqrt(p(x) p(x')) <x|U Z_i U^dagger|x'>. Each matrix element is one Hadamard test
for its real part and one for its imaginary part, 2 n Np^2 tests for Np strings; the imaginary parts cancel in the sum,
as elements of (x, x') and (x', x) are conjugate. A test's outcome is +1 or -1, its mean the real or imaginary part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Flags, Float
from bornscape.bitstrings.sampling import to_bits
from bornscape.circuits import Circuit, Gate, adjoint
from bornscape.datasets import Target
from bornscape.extras import pennylane
from bornscape.simulators.state_vector import statevector

Part = Literal["real", "imaginary"]


class HadamardTest(NamedTuple):
    """One Hadamard test: the wire i of Z_i, the numbers of the strings x and x', and the part."""

    wire: int
    left: int
    right: int
    part: Part


Outcomes = Callable[[HadamardTest, int], Flags]
"""Whether each of a number of shots of a test gave +1; the others gave -1."""


def pair_elements(circuit: Circuit, theta: Float, target: Target) -> NDArray[np.complex128]:
    """Every <x|U Z_i U^dagger|x'>, (n, Np, Np), from state vectors."""
    n = circuit.n_qubits
    back = adjoint(circuit)
    states = np.array([statevector(back, theta, initial=np.eye(1, 2**n, k).ravel()) for k in target.indices])
    signs = 1.0 - 2.0 * to_bits(np.arange(2**n), n).T
    return np.array([(states.conj() * sign) @ states.T for sign in signs])


def pair_weights(target: Target) -> Float:
    """sqrt(p(x) p(x')) of every pair, (Np, Np)."""
    root = np.sqrt(target.probabilities)
    return np.outer(root, root)


def all_tests(n_qubits: int, n_strings: int, part: Part) -> list[HadamardTest]:
    """The tests of one part: every wire and every ordered pair of strings."""
    strings = range(n_strings)
    return [HadamardTest(wire, left, right, part) for wire in range(n_qubits) for left in strings for right in strings]


def outcomes_of_elements(elements: NDArray[np.complex128], rng: np.random.Generator) -> Outcomes:
    """Outcomes drawn from the exact matrix elements."""

    def draw(test: HadamardTest, shots: int) -> Flags:
        element = elements[test.wire, test.left, test.right]
        mean = element.real if test.part == "real" else element.imag
        return np.asarray(rng.random(shots) < (1 + mean) / 2)

    return draw


def outcomes_of_circuits(circuit: Circuit, theta: Float, target: Target, seed: int) -> Outcomes:
    """Outcomes of Hadamard tests run as PennyLane circuits on lightning.qubit, the ancilla being the last wire.

    Only the preparation of the strings and Z_i are controlled: where the ancilla is 0, U U^dagger leaves |0...0> alone.
    """
    qml = pennylane()

    n = circuit.n_qubits
    device = qml.device("lightning.qubit", wires=n + 1, seed=seed)
    angles = circuit.angles(theta)
    there, back = (_operations(qml, gates, angles) for gates in (circuit.gates, adjoint(circuit).gates))
    measured = [qml.sample(qml.PauliZ(n))]

    def run(test: HadamardTest, shots: int) -> Flags:
        right, left = (_flips(qml, target.bitstrings[k], n) for k in (test.right, test.left))
        steps = [qml.Hadamard(n), *right, *back, qml.CZ([n, test.wire]), *there, *left]
        steps += [qml.adjoint(qml.S(n)), qml.Hadamard(n)] if test.part == "imaginary" else [qml.Hadamard(n)]
        # To the device itself: a QNode's way there takes ten times as long as the circuit.
        found = device.execute(qml.tape.QuantumScript(steps, measured, shots=shots))
        return np.atleast_1d(np.asarray(found) > 0)

    return run


def _flips(qml: Any, bits: NDArray, ancilla: int) -> list[Any]:
    return [qml.CNOT([ancilla, wire]) for wire in np.flatnonzero(bits).tolist()]


def _operations(qml: Any, gates: Sequence[Gate], angles: Float) -> list[Any]:
    made = [getattr(qml, gate.name)(*[angles[k] for k in gate.angles], wires=list(gate.wires)) for gate in gates]
    return [qml.adjoint(one, lazy=False) if gate.inverse else one for one, gate in zip(made, gates, strict=True)]


def sweep_estimates(outcomes: Outcomes, target: Target, shots: int, repeats: int, part: Part) -> Float:
    """Independent estimates, (repeats,), each from ``shots`` of every test of a part.

    The real part estimates the LQF, the imaginary part the sum that cancels.
    """
    n, weights = target.n_qubits, pair_weights(target)
    total = np.zeros(repeats)
    for test in all_tests(n, len(weights), part):
        hits = outcomes(test, shots * repeats).reshape(repeats, shots).sum(axis=1)
        total += weights[test.left, test.right] * ((2 * hits - shots) / shots)
    return (0.5 if part == "real" else 0.0) - total / (2 * n)


def random_pair_estimates(
    outcomes: Outcomes, target: Target, shots: int, repeats: int, rng: np.random.Generator
) -> Float:
    """Independent estimates of the LQF, (repeats,), each from ``shots`` tests of one shot.

    A test's wire is uniform, its pair drawn with probability proportional to its weight; with the sum of the weights
    G = (sum_x sqrt(p(x)))^2 the mean of 1/2 - (G/2) outcome is the LQF.
    """
    n, weights = target.n_qubits, pair_weights(target)
    tests = all_tests(n, len(weights), "real")
    chances = np.tile(weights.ravel(), n) / (n * weights.sum())
    counts = rng.multinomial(shots, chances, size=repeats)
    total = np.zeros(repeats)
    for test, used in zip(tests, counts.T, strict=True):
        if used.any():
            hits = np.repeat(np.arange(repeats), used)[outcomes(test, int(used.sum()))]
            total += 2 * np.bincount(hits, minlength=repeats) - used
    return 0.5 - weights.sum() / 2 * total / shots

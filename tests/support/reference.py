"""What the engine is tested against: the paper's circuits written a second time for PennyLane, and plain sums.

Nothing here uses the package's own simulation, transforms or kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pennylane as qml
from numpy.typing import ArrayLike, NDArray

from bornscape.circuits import Circuit

Float = NDArray[np.float64]


def apply_line(theta: Any, n_qubits: int, n_layers: int, pauli_words: bool = False) -> None:
    """Eq. 53 as PennyLane operations; W as CX RY CX, or as exp(-i alpha/2 Y X)."""
    used = 0
    for layer in range(n_layers + 1):
        if layer:
            for i in range(n_qubits - 1):
                if pauli_words:
                    qml.PauliRot(theta[used], "YX", wires=[i, i + 1])
                else:
                    qml.CNOT(wires=[i, i + 1])
                    qml.RY(theta[used], wires=i)
                    qml.CNOT(wires=[i, i + 1])
                used += 1
        for i in range(n_qubits):
            qml.Rot(theta[used], theta[used + 1], theta[used + 2], wires=i)
            used += 3


def apply_gates(circuit: Circuit, angles: Any) -> None:
    """The gates of a circuit of this package as PennyLane operations of the same names."""
    for gate in circuit.gates:
        operation = getattr(qml, gate.name)
        values = [angles[i] for i in gate.angles]
        if gate.inverse:
            qml.adjoint(operation)(*values, wires=list(gate.wires))
        else:
            operation(*values, wires=list(gate.wires))


def probabilities_node(
    n_qubits: int, body: Callable[[Any], None], initial: NDArray | None = None
) -> Callable[[Any], Any]:
    """Born probabilities after ``body(theta)`` on PennyLane's default.qubit, differentiable by autograd."""

    @qml.qnode(qml.device("default.qubit", wires=n_qubits), interface="auto", diff_method="backprop")
    def node(theta: Any) -> Any:
        if initial is not None:
            qml.StatePrep(initial, wires=range(n_qubits))
        body(theta)
        return qml.probs(wires=range(n_qubits))

    return node


def random_state(n_qubits: int, rng: np.random.Generator) -> NDArray[np.complex128]:
    """A Haar-random state, (2**n,)."""
    values = rng.normal(size=2**n_qubits) + 1j * rng.normal(size=2**n_qubits)
    return values / np.linalg.norm(values)


def all_strings(n_qubits: int) -> NDArray[np.uint8]:
    """Every bitstring, (2**n, n), in the order of the indices: wire 0 is the most significant bit."""
    return np.array([[int(c) for c in f"{i:0{n_qubits}b}"] for i in range(2**n_qubits)], dtype=np.uint8)


def kernel_matrix(n_qubits: int, bandwidths: float | tuple[float, ...]) -> Float:
    """K(x, y) = exp(-||x - y||^2 / 2s), the mean over the bandwidths, (2**n, 2**n)."""
    strings = all_strings(n_qubits).astype(float)
    squares = ((strings[:, None, :] - strings[None, :, :]) ** 2).sum(axis=2)
    return np.mean([np.exp(-squares / (2 * s)) for s in np.atleast_1d(bandwidths)], axis=0)


def central_differences(function: Callable[[Float], float], point: Float, step: float) -> Float:
    """Gradient of a function by central differences."""
    return np.array(
        [(function(point + step * e) - function(point - step * e)) / (2 * step) for e in np.eye(len(point))]
    )


def outcomes(probabilities: Float, shots: int) -> Iterator[tuple[list[int], float]]:
    """Every sequence of ``shots`` outcomes with its probability: an expectation over them is a finite sum."""
    for number in range(len(probabilities) ** shots):
        drawn = [number // len(probabilities) ** k % len(probabilities) for k in range(shots)]
        yield drawn, float(np.prod(probabilities[drawn]))


def z_score(values: ArrayLike, expected: float) -> float:
    """Distance of the mean of independent values from ``expected`` in standard errors."""
    found = np.asarray(values, dtype=np.float64)
    return float((found.mean() - expected) / (found.std(ddof=1) / np.sqrt(len(found))))


Z_LIMIT = 5.0
"""A z-test fails a correct estimator with probability 6e-7 (two-sided normal tail beyond 5)."""

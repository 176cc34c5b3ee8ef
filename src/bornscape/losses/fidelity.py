"""Quantum fidelity losses: the model's inverse acts on the data state sum_x sqrt(p(x)) |x>, and is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.walsh import subset_sizes
from bornscape.circuits import Circuit, adjoint
from bornscape.simulators.state_vector import probabilities

FIDELITIES = ("lqf", "lqf_free", "lqf_hadamard")
"""Ways to train with the local quantum fidelity (``training.objectives``)."""

LOSS_KINDS = ("mmd", *FIDELITIES)
"""Kinds of losses that can be trained with, beside the explicit ones."""


def data_state(p: Float) -> Float:
    """Amplitudes sqrt(p), (2**n,), of the data state with all phases zero."""
    return np.sqrt(np.asarray(p, dtype=np.float64))


def returned_probabilities(circuit: Circuit, theta: Sequence[float] | Float, p: Float) -> Float:
    """Distribution of the measured bitstring after U^dagger(theta) acts on the data state, (2**n,)."""
    return probabilities(adjoint(circuit), theta, initial=data_state(p))


def quantum_fidelity_loss(circuit: Circuit, theta: Sequence[float] | Float, p: Float) -> float:
    """QF = 1 - |<0|U^dagger(theta)|phi>|^2, in [0, 1]: a global projector.

    Parameters
    ----------
    circuit, theta
        The model; theta in radians, (n_parameters,).
    p
        Target distribution, (2**n,).
    """
    return float(1.0 - returned_probabilities(circuit, theta, p)[0])


def local_quantum_fidelity_loss(circuit: Circuit, theta: Sequence[float] | Float, p: Float) -> float:
    """LQF = 1 - (1/n) sum_i Pr[bit i of U^dagger(theta)|phi> is 0], in [0, 1].

    LQF <= QF <= n LQF. Arguments as for ``quantum_fidelity_loss``.
    """
    return float(local_fidelity_values(circuit.n_qubits) @ returned_probabilities(circuit, theta, p))


def local_fidelity_values(n_qubits: int) -> Float:
    """What each measured bitstring adds to the LQF: its share of ones, (2**n,)."""
    return subset_sizes(n_qubits) / n_qubits


def one_qubit_bloch_vectors(bitstrings: NDArray, p: Float) -> Float:
    """Bloch vectors (r_x, r_z) of every wire of the data state, (n, 2), at any n; r_y is 0, as all phases are.

    Parameters
    ----------
    bitstrings, p
        The target: (M, n) distinct strings and their probabilities, (M,).
    """
    strings = np.asarray(bitstrings, dtype=np.uint8)
    # Strings as whole numbers, wire 0 the most significant bit: one turned over is found by one look-up.
    numbers = [int("".join(map(str, row)), 2) for row in strings.tolist()]
    place = {number: k for k, number in enumerate(numbers)}
    root, n = np.sqrt(p), strings.shape[1]
    vectors = np.empty((n, 2))
    for wire in range(n):
        bit = 1 << (n - 1 - wire)
        partners = [place.get(number ^ bit, -1) for number in numbers]
        vectors[wire] = root @ np.append(root, 0.0)[partners], p @ (1.0 - 2.0 * strings[:, wire])
    return vectors


@dataclass(frozen=True, eq=False)
class LinearLoss:
    """A loss linear in the measured distribution, L = sum_x values(x) q(x), as the fidelities are in theirs.

    Attributes
    ----------
    values
        (2**n,).
    """

    values: Float

    def __call__(self, q: Float) -> float:
        """Loss at the probabilities q, (2**n,)."""
        return float(self.values @ q)

    def derivative(self, q: Float) -> Float:
        """dL/dq, (2**n,): the values themselves."""
        return self.values

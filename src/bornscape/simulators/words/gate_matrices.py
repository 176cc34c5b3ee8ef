"""Matrices of the gates on one and two wires, the gate's first wire the more significant bit."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Complex
from bornscape.circuits import ROTATION_PAULIS, Gate

IDENTITY: Complex = np.eye(2, dtype=complex)
PAULIS: dict[str, Complex] = {
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]).astype(complex),
}


def _controlled(pauli: str) -> Complex:
    found = np.eye(4, dtype=complex)
    found[2:, 2:] = PAULIS[pauli]
    return found


FIXED: dict[str, Complex] = {
    "Hadamard": (PAULIS["X"] + PAULIS["Z"]) / np.sqrt(2),
    "PauliX": PAULIS["X"],
    "PauliY": PAULIS["Y"],
    "PauliZ": PAULIS["Z"],
    "S": np.diag([1 + 0j, 1j]),
    "T": np.diag([1 + 0j, np.exp(0.25j * np.pi)]),
    "SX": np.array([[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]]),
    "CNOT": _controlled("X"),
    "CY": _controlled("Y"),
    "CZ": _controlled("Z"),
    "SWAP": np.eye(4, dtype=complex)[[0, 2, 1, 3]],
}
"""Gates without an angle on one or two wires."""


def fixed_matrix(name: str, inverse: bool = False) -> Complex:
    """Matrix of a gate without an angle, or of its inverse."""
    return FIXED[name].conj().T if inverse else FIXED[name]


def word_matrix(word: str) -> Complex:
    """A Pauli word of X, Y and Z, its first letter on the most significant bit."""
    found = PAULIS[word[0]]
    for letter in word[1:]:
        found = np.kron(found, PAULIS[letter])
    return found


def gate_matrix(gate: Gate, angle: float = 0.0) -> Complex:
    """Matrix of a gate at its angle (radians); a PhaseShift up to its global phase.

    Raises
    ------
    KeyError
        If it is a gate on three wires.
    """
    if gate.name not in ROTATION_PAULIS:
        return fixed_matrix(gate.name, gate.inverse)
    word = word_matrix(ROTATION_PAULIS[gate.name])
    half = (-angle if gate.inverse else angle) / 2
    found: Complex = np.cos(half) * np.eye(len(word)) - 1j * np.sin(half) * word
    return found

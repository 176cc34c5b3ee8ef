"""A circuit of one's own, as PennyLane writes it: a ring of R_y rotations and controlled R_z gates."""

import numpy as np
import pennylane as qml


def circuit(parameters, wires, layers):
    """R_y on every wire, then in each layer a ring of CRZ gates and R_y again. Angles in radians."""
    n = len(wires)
    angles = iter(parameters)
    for wire in wires:
        qml.RY(next(angles), wires=wire)
    for _ in range(layers):
        for k in range(n):
            qml.CRZ(next(angles), wires=[wires[k], wires[(k + 1) % n]])
        for wire in wires:
            qml.RY(next(angles), wires=wire)


def number_of_parameters(n, layers):
    """How long ``parameters`` is."""
    return n + 2 * n * layers


def near_zero(n_qubits, n_parameters, bitstrings, probabilities, rng):
    """A start of one's own: R_y angles at the data's means, all others small. (n_parameters,), radians."""
    means = probabilities @ bitstrings
    theta = rng.normal(0, 0.1, n_parameters)
    theta[:n_qubits] += 2 * np.arcsin(np.sqrt(means))
    return theta

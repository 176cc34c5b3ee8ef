"""Correlated data and a start that follows them, for examples/iqp.yaml. Angles in radians, wire 0 first."""

import numpy as np

REPEATED = 0.8
"""Chance that a bit repeats its left neighbour."""


def chain(n, rng):
    """Samples of a chain of bits, (2000, n): each repeats its neighbour with probability 0.8."""
    first = rng.integers(0, 2, size=(2000, 1))
    flips = rng.random((2000, n - 1)) > REPEATED
    return np.concatenate([first, flips], axis=1).cumsum(axis=1) % 2


def data_start(n_qubits, n_parameters, bitstrings, probabilities, rng):
    """Angles from the data's means and covariances, with normal noise of standard deviation 1/n.

    The angles of bornscape's family "iqp" are those of every qubit, then those of every pair (0, 1), (0, 2), ... A
    circuit whose pair angles are 0 has <Z_i> = cos(angle_i); each pair angle is the covariance of its two bits.
    """
    signs = 1.0 - 2.0 * bitstrings
    means = probabilities @ signs
    covariance = (signs * probabilities[:, None]).T @ signs - np.outer(means, means)
    single = np.arccos(np.clip(means, -1, 1))
    pairs = covariance[np.triu_indices(n_qubits, 1)]
    return np.concatenate([single, pairs]) + rng.normal(0, 1 / n_qubits, n_parameters)

"""Deep circuits as Haar-random states: probabilities on a few strings at any n, and neighbours as state vectors."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Float


def support_probabilities(n_qubits: int, strings: int, draws: int, rng: np.random.Generator) -> Float:
    """Q of ``strings`` different bitstrings over Haar-random states of n qubits, (draws, strings).

    All 2**n probabilities are exponential variables divided by their sum. Which strings are asked for does not matter,
    and the other ones enter through their sum alone, a Gamma variable: so n = 100 costs no more than n = 10.

    Raises
    ------
    ValueError
        If there are not so many bitstrings, or none is asked for.
    """
    others = 2.0**n_qubits - strings
    if strings < 1 or others < 0:
        raise ValueError(f"strings: expected 1 to 2^{n_qubits}, got {strings}")
    weights = rng.exponential(size=(draws, strings))
    rest = rng.gamma(others, size=draws) if others > 0 else np.zeros(draws)
    return weights / (weights.sum(axis=1) + rest)[:, None]


def neighbours(n_qubits: int, angle: float, rng: np.random.Generator) -> tuple[Float, Float]:
    """Distributions, (2**n,) each, of a deep circuit's states before and after one of its angles turns by ``angle``.

    The turned gate R = exp(-i angle P / 2), P a Pauli word, stands between two independent Haar-random unitaries. So
    the first state is Haar-random, and of the second only its overlap with it is given: <R> at a Haar-random state,
    cos(angle / 2) - i sin(angle / 2) <P>, where (1 + <P>) / 2 follows Beta(N/2, N/2), N = 2**n.

    Examples
    --------
    No turn, no difference.

    >>> import numpy as np
    >>> first, second = neighbours(3, 0.0, np.random.default_rng(1))
    >>> bool(np.allclose(first, second))
    True
    """
    size = 2**n_qubits
    letter = 2 * rng.beta(size / 2, size / 2) - 1
    overlap = complex(np.cos(angle / 2), -np.sin(angle / 2) * letter)
    real, imaginary = rng.normal(size=(2, 2, size))
    first, other = real + 1j * imaginary
    first /= np.linalg.norm(first)
    other -= np.vdot(first, other) * first
    other /= np.linalg.norm(other)
    second = overlap * first + np.sqrt(max(0.0, 1 - abs(overlap) ** 2)) * other
    return np.abs(first) ** 2, np.abs(second) ** 2

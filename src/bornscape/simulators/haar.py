"""Deep circuits as Haar-random states: their probabilities on a few strings, at any n."""

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

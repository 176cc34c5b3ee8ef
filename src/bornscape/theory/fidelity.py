"""Variances of the quantum fidelity losses over random circuits, where they have closed forms.

QF = 1 - |<0|U^dagger|phi>|^2 and LQF = 1/2 - (1/2n) sum_i <phi|U Z_i U^dagger|phi>, with the data state
phi = sum_x sqrt(p(x)) |x>.

Deep circuits: U^dagger|phi> is a Haar-random state whatever phi, so the closed forms know nothing of the data.
Product circuits: U Z_i U^dagger is m_i . (X, Y, Z) on wire i alone, m_i a random unit vector, so the LQF sees only the
Bloch vectors r_i of the data state's wires, LQF = 1/2 - (1/2n) sum_i r_i . m_i.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from bornscape.aliases import Float
from bornscape.theory.data import check_distribution, check_strings, hamming_distances

Gates = Literal["haar", "euler", "ry"]

# E[m_x^2], E[m_z^2] of the direction m of U Z U^dagger; m_y meets r_y = 0, as the data state is real.
_MOMENTS = {"haar": (1 / 3, 1 / 3), "euler": (1 / 4, 1 / 2), "ry": (1 / 2, 1 / 2)}


_ROWS = 256
"""Strings whose distances from all others are held at a time."""


def deep_lqf_variance(n_qubits: int) -> float:
    """Return Var[LQF] = 1 / (4 n (N + 1)), N = 2^n, over Haar-random states.

    Parameters
    ----------
    n_qubits
        n, at least 1.

    Returns
    -------
    A positive number, O(2^-n).

    Raises
    ------
    ValueError
        If n is below 1.

    Notes
    -----
    For an observable A without trace Var[<A>] = Tr[A^2] / (N (N + 1)); here A = (1/2n) sum_i Z_i, Tr[A^2] = N / (4n).

    Examples
    --------
    >>> deep_lqf_variance(1) == 1 / 12
    True
    """
    _check_size(n_qubits)
    return 1 / (4 * n_qubits * (2.0**n_qubits + 1))


def deep_qf_variance(n_qubits: int) -> float:
    """Return Var[QF] = (N - 1) / (N^2 (N + 1)), N = 2^n, over Haar-random states: the fidelity is Beta(1, N - 1).

    Parameters
    ----------
    n_qubits
        n, at least 1.

    Returns
    -------
    A positive number, O(4^-n).

    Raises
    ------
    ValueError
        If n is below 1.
    """
    _check_size(n_qubits)
    size = 2.0**n_qubits
    return (size - 1) / (size + 1) / size / size


def bloch_vectors(bitstrings: ArrayLike, probabilities: ArrayLike | None = None) -> Float:
    """Return the Bloch vectors (r_x, r_z) of each wire of the data state sum_x sqrt(p(x)) |x>; r_y is 0.

    Parameters
    ----------
    bitstrings
        (M, n) array of 0 and 1, distinct rows, column 0 being wire 0.
    probabilities
        (M,) array that adds up to 1; uniform by default.

    Returns
    -------
    (n, 2) array. r_z = sum_x p(x) (-1)^(x_i), r_x = sum_x sqrt(p(x) p(x')), x' being x with bit i flipped.

    Raises
    ------
    ValueError
        If the strings or the probabilities are malformed.
    """
    strings = check_strings(bitstrings)
    p = np.full(len(strings), 1 / len(strings))
    if probabilities is not None:
        p = check_distribution(probabilities, len(strings))
    amplitudes = np.sqrt(p)
    across = np.zeros(strings.shape[1])
    for start in range(0, len(strings), _ROWS):
        rows = slice(start, start + _ROWS)
        places, partners = np.nonzero(hamming_distances(strings[rows], strings) == 1)
        wires = (strings[rows][places] != strings[partners]).argmax(axis=1)
        np.add.at(across, wires, amplitudes[rows][places] * amplitudes[partners])
    return np.column_stack([across, p @ (1.0 - 2.0 * strings)])


def product_lqf_variance(
    bitstrings: ArrayLike, probabilities: ArrayLike | None = None, single_qubit: Gates = "haar"
) -> float:
    """Return Var[LQF] over random product circuits, (1 / 4n^2) sum_i (E[m_x^2] r_x,i^2 + E[m_z^2] r_z,i^2).

    Parameters
    ----------
    bitstrings, probabilities
        The training set, as in bloch_vectors.
    single_qubit
        "haar": Haar-random gates, sum_i |r_i|^2 / (12 n^2); "euler": three uniform Euler angles (E[m_x^2] = 1/4,
        E[m_z^2] = 1/2), what random angles of Eq. 53 without layers are; "ry": one uniform R_y angle.

    Returns
    -------
    A number in [0, 1 / 8n]: at |0...0> it is E[z^2] / (4 n). Exactly 0 where every wire of the data state is maximally
    mixed, as for GHZ or the strings of weight n/2: the LQF is then 1/2 at every product circuit.

    Raises
    ------
    ValueError
        If the strings or the probabilities are malformed, or single_qubit is not known.
    """
    squares = (bloch_vectors(bitstrings, probabilities) ** 2).sum(axis=0)
    n_qubits = np.shape(bitstrings)[1]
    return float(squares @ np.array(_moments(single_qubit)) / (4 * n_qubits**2))


def product_qf_variance(n_qubits: int, single_qubit: Gates = "haar") -> float:
    """Return Var[QF] = ((1 + E[z^2]) / 4)^n - 4^-n over random product circuits, for the data |0...0>.

    Parameters
    ----------
    n_qubits
        n, at least 1; the result underflows beyond about 700.
    single_qubit
        "haar", "euler" or "ry"; the last two have the same z.

    Returns
    -------
    A positive number, (1/3)^n - 4^-n for Haar-random gates, (3/8)^n - 4^-n for the others.

    Raises
    ------
    ValueError
        If n is below 1 or single_qubit is not known.
    """
    _check_size(n_qubits)
    second = _moments(single_qubit)[1]
    # Nothing cancels: the difference is 4^-n expm1(n log(1 + E[z^2])).
    grown = n_qubits * math.log1p(second)
    return math.exp(grown - n_qubits * math.log(4)) * -math.expm1(-grown)


def hadamard_test_count(n_qubits: int, n_strings: int) -> int:
    """Return 2 n Np^2: the Hadamard tests (real and imaginary part) of the LQF's expansion over pairs of strings."""
    _check_size(n_qubits)
    return 2 * n_qubits * n_strings**2


def _moments(single_qubit: str) -> tuple[float, float]:
    if single_qubit not in _MOMENTS:
        raise ValueError(f"single_qubit must be one of {sorted(_MOMENTS)}, got {single_qubit!r}")
    return _MOMENTS[single_qubit]


def _check_size(n_qubits: int) -> None:
    if n_qubits < 1:
        raise ValueError(f"n_qubits must be at least 1, got {n_qubits}")

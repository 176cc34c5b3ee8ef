"""Theorem 3: the variance of the MMD of a circuit of Pauli rotations after a layer of random single-qubit gates.

Write MMD = X - 2 Y + constant, X = E_qq K, Y = E_qp K = sum_A w_s(A) z_A(q) z_A(P), w_s(A) = (1-p_s)^(n-|A|) p_s^|A|
(the paper's c_s). Let every angle of U' be uniform and every gate without an angle be Clifford. A Pauli X on any wire
after the circuit can then be carried to its front, where it changes signs of angles and turns the random layer into
one equally likely: q and the q with bit i flipped are equally likely. Hence E[z_A z_B] = 0 for A != B and
E[z_A^2 z_B] = 0 for B != {}, so Var[MMD] = Var[X] + 4 sum_A (w_s(A) z_A(P))^2 E[z_A^2].

Carried back through a rotation by a uniform angle, a Pauli that anticommutes with its generator is multiplied by it
with weight E[sin^2] = 1/2 or left alone with weight E[cos^2] = 1/2, and paths that part never meet again in the mean
(E[sin cos] = 0). E[z_A^2] is therefore a mean over angles in {0, pi/2}, of the product over the factors of the carried
Pauli of the random layer's second moments m: 1/3 each if it is Haar-random (then the mean of (1/3)^size), 1/2 for Z
and 1/4 for X and Y if it is three uniform Euler angles. The mean of exp is at least exp of the mean: with the average
size in the exponent this is the theorem's bound.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bornscape.aliases import Float
from bornscape.theory.bodyness import log_subset_weights
from bornscape.theory.data import check_distribution, check_strings

FirstLayer = Literal["haar", "euler"]

SECOND_MOMENTS: dict[FirstLayer, tuple[float, float]] = {"haar": (1 / 3, 1 / 3), "euler": (1 / 2, 1 / 4)}
"""E[r_z^2] and E[r_x^2] = E[r_y^2] of the Bloch vector of one wire after the first layer."""


def log_second_moments(z_factors: ArrayLike, xy_factors: ArrayLike, first_layer: FirstLayer) -> Float:
    """Return log E[<P>^2] over the first layer of a Pauli with these numbers of factors Z, and X or Y.

    Raises
    ------
    ValueError
        If first_layer is not known.
    """
    if first_layer not in SECOND_MOMENTS:
        raise ValueError(f"first_layer must be one of {sorted(SECOND_MOMENTS)}, got {first_layer!r}")
    log_z, log_xy = np.log(SECOND_MOMENTS[first_layer])
    return np.asarray(z_factors) * log_z + np.asarray(xy_factors) * log_xy


def linear_coefficients(n_qubits: int, bandwidth: float, sizes: ArrayLike, parities: ArrayLike) -> Float:
    """Return 4 (w_s(A) z_A(P))^2, the coefficients of the second moments in Theorem 3.

    Parameters
    ----------
    n_qubits, bandwidth
        n, and s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance.
    sizes
        (k,) sizes |A| of subsets of the wires; subsets left out make the sum smaller, and the bound stays one.
    parities
        (k,) z_A(P).

    Returns
    -------
    (k,) array, 0 for the empty subset: its z_A is 1 for every q.
    """
    wire_counts = np.asarray(sizes, dtype=np.int64)
    weights = np.exp(log_subset_weights(n_qubits, bandwidth))[wire_counts]
    return np.where(wire_counts > 0, 4 * (weights * np.asarray(parities, dtype=np.float64)) ** 2, 0.0)


def light_cone_bound(coefficients: ArrayLike, mean_log_moments: ArrayLike) -> float:
    """Return the bound of Theorem 3 on Var[MMD].

    Parameters
    ----------
    coefficients
        (k,) of linear_coefficients.
    mean_log_moments
        (k,) means of log_second_moments over the Clifford angles: -log(3) times the average light cone for "haar".
    """
    return float(np.asarray(coefficients) @ np.exp(np.asarray(mean_log_moments)))


def pair_parities(bitstrings: ArrayLike, probabilities: ArrayLike | None = None) -> Float:
    """Return z_A(P) of every subset of one or two wires as an (n, n) matrix: z_i on the diagonal, z_ij beside it.

    Parameters
    ----------
    bitstrings
        (M, n) array of 0 and 1.
    probabilities
        (M,) array that adds up to 1; uniform by default.
    """
    strings = check_strings(bitstrings)
    p = np.full(len(strings), 1 / len(strings))
    if probabilities is not None:
        p = check_distribution(probabilities, len(strings))
    signs = 1.0 - 2.0 * strings
    parities = signs.T @ (p[:, None] * signs)
    np.fill_diagonal(parities, p @ signs)
    return parities


class VarianceBounds(NamedTuple):
    """Bounds on Var[MMD]: from below for the data |0...0> and GHZ, from above whatever the data."""

    lower_zero: float
    lower_ghz: float
    upper: float


def variance_bounds(n_qubits: int, bandwidth: float, single: float, pair: float, more: float) -> VarianceBounds:
    """Return bounds on Var[MMD] from second moments m_A = E[z_A^2], at any n.

    Parameters
    ----------
    n_qubits, bandwidth
        n, at least 2, and s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance.
    single, pair
        Means of m_A over the subsets of one wire, and of two.
    more
        Mean of m_A over the subsets of at least three wires, each as likely as its weight w_A; ignored at n = 2.

    Notes
    -----
    Var[MMD] = Var[X] + 4 sum_A (w_A z_A(P))^2 m_A with X = sum_A w_A z_A^2 over the non-empty subsets. From below the
    sum over the subsets of one and two wires; z_A(P) = 1 for |0...0>, and for GHZ where |A| is even. From above
    Var[X] <= max X E[X] <= (1 - w_0) sum_A w_A m_A, w_0 the empty subset's weight, and w_A <= w_1, |z_A(P)| <= 1 give
    (1 - w_0 + 4 w_1) sum_A w_A m_A.

    Examples
    --------
    One layer of Haar-random gates on two wires: m = 1/3 for one wire, 1/9 for two.

    >>> [round(bound, 4) for bound in variance_bounds(2, 0.5, 1 / 3, 1 / 9, 0)]
    [0.129, 0.0044, 0.2168]
    """
    weights = np.exp(log_subset_weights(n_qubits, bandwidth))
    one, two = weights[1], weights[2]
    singles, pairs = n_qubits, n_qubits * (n_qubits - 1) / 2
    rest = max(1 - weights[0] - singles * one - pairs * two, 0.0) if n_qubits > 2 else 0.0
    ghz = 4 * pairs * two**2 * pair
    total = singles * one * single + pairs * two * pair + rest * more
    return VarianceBounds(
        float(4 * singles * one**2 * single + ghz), float(ghz), float((1 - weights[0] + 4 * one) * total)
    )

"""Mean training mass in the exceptions that the paper names: a restricted support, and a start near the data."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike

from bornscape.theory.data import check_strings


def sector_subset_mass(n_qubits: int, weight: int, n_strings: int) -> float:
    """Return M / C(n, w), the mean mass on a random set of M strings of weight w, of any model with that support.

    Parameters
    ----------
    n_qubits, weight, n_strings
        n, w in [0, n] and M in [1, C(n, w)].

    Raises
    ------
    ValueError
        If they are out of range.

    Notes
    -----
    Every string of the sector is in the set with chance M / C(n, w), and the model's mass on the sector is 1.
    """
    size = comb(n_qubits, weight) if 0 <= weight <= n_qubits else 0
    if not 1 <= n_strings <= size:
        raise ValueError(f"need 1 to {size} strings of weight {weight} of {n_qubits}, got {n_strings}")
    return n_strings / size


def product_start_mass(bitstrings: ArrayLike, ones: ArrayLike, sigma: float) -> float:
    """Return E[q(P)] of R_y rotations by phi_i + N(0, sigma^2), with sin^2(phi_i / 2) = ones_i.

    Parameters
    ----------
    bitstrings
        P, (M, n) different strings.
    ones
        Probability of a one of each wire without noise, (n,).
    sigma
        Radians, at least 0; infinite for uniform angles.

    Returns
    -------
    sum_x prod_i (1 + (-1)^x_i exp(-sigma^2 / 2) (1 - 2 ones_i)) / 2, in [0, 1].

    Raises
    ------
    ValueError
        If sigma is negative, or strings and marginals do not fit.

    Notes
    -----
    E cos(phi + d) = exp(-sigma^2 / 2) cos phi for a normal d, and the wires are independent. Near one string the mass
    on it is ((1 + exp(-sigma^2 / 2)) / 2)^n: exponentially small in n at every fixed sigma, about exp(-n sigma^2 / 4)
    for small ones, and of order 1 for sigma of order 1 / sqrt(n).
    """
    means, strings = 1 - 2 * np.asarray(ones, dtype=np.float64), check_strings(bitstrings)
    if sigma < 0 or means.shape != strings.shape[1:]:
        raise ValueError(f"need sigma >= 0 and one marginal a column, got {sigma} and shape {means.shape}")
    z = np.exp(-(sigma**2) / 2) * means
    return float(np.prod((1 + (1 - 2 * strings.astype(np.float64)) * z) / 2, axis=1).sum())

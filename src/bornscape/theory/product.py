"""Product circuits: one random gate on each wire of |0...0> (Theorem 2 and Prop. 1).

q is a product with E_q[(-1)^(x_i)] = z_i, and only the distribution of z_i matters: uniform on [-1, 1] for a
Haar-random gate, cos(theta) with uniform theta for an R_y rotation. In both the odd moments vanish, so that the MMD's
two random terms, E_qq K (even in every z_i) and E_qp K (odd in some z_i, apart from its constant), are uncorrelated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from bornscape.theory.bodyness import Bandwidth, flip_probabilities, log_subset_weights
from bornscape.theory.data import check_distribution, check_strings, log_marginal_weights

SingleQubit = Literal["haar", "ry"]


@dataclass(frozen=True)
class Ensemble:
    """Moments of z = <Z> of one wire, and of log q_i(0) with q_i(0) = (1 + z) / 2."""

    second: float
    fourth: float
    log_variance: float
    log_covariance: float


# log q_i(0) and log q_i(1): q_i(0) is uniform on [0, 1] (Haar), or cos^2(theta / 2) (R_y).
_ENSEMBLES = {
    "haar": Ensemble(1 / 3, 1 / 5, 1.0, 1 - np.pi**2 / 6),
    "ry": Ensemble(1 / 2, 3 / 8, np.pi**2 / 3, -(np.pi**2) / 6),
}


def product_mmd_variance(
    n_qubits: int,
    bandwidth: Bandwidth,
    bitstrings: ArrayLike,
    probabilities: ArrayLike | None = None,
    single_qubit: SingleQubit = "haar",
) -> float:
    """Return the variance of the exact MMD over random product circuits, B_s + 4 C_s (Thm. 2, Eqs. 235-237).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance, at least 0. A sequence: the mean of the
        kernels (Eq. 50), all covariances between them included.
    bitstrings
        (M, n) array of 0 and 1, the support of the target, column 0 being wire 0. At most 16384 different strings.
    probabilities
        (M,) array that adds up to 1; uniform by default.
    single_qubit
        "haar": Haar-random gates, as in the theorem; "ry": R_y(theta), theta uniform on [0, 2 pi), as in Fig. 6's
        caption, with E[z^2] = 1/2 and E[z^4] = 3/8 in place of 1/3 and 1/5.

    Returns
    -------
    The variance, a non-negative number (0 only by underflow, below 1e-307).

    Raises
    ------
    ValueError
        If the strings, the probabilities or the bandwidth are malformed, or single_qubit is not known.

    Notes
    -----
    With v = E[z^4] - E[z^2]^2 and u_s = 1 - p_s + p_s E[z^2],
    B = mean over s, s' of (u_s u_s' + p_s p_s' v)^n - (u_s u_s')^n, and
    C = sum_{l > 0} w(l)^2 E[z^2]^l W_l,
    w(l) the mean weight of a subset of l wires, W_l the sum of z_A(P)^2 over them. All terms are non-negative and
    each is right to about 1e-16 n, so nothing cancels. W_l is found in exact integers from the pairs of strings,
    grouped by Hamming distance; the pair sum in floating point, sum_H c_H [(a - b)^H (a + b)^(n - H) - a^n], would
    lose a factor of about (a/b)^(l-1) where the data have no parities of fewer than l wires. The one loss left is
    that of the input: probabilities (if given) are rounded to 2^-60, which matters where every z_A that counts is
    below about 1e-9 without being 0.
    O(M^2 n) time for the pairs and O(n^2) for the integers (about 1 s at n = 1000).

    Examples
    --------
    One wire, the string 0 and s -> 0: MMD = (1 - z)^2 / 2 with z uniform on [-1, 1], of variance 1/45 + 1/3 = 16/45.

    >>> import bornscape as bs
    >>> round(bs.product_mmd_variance(1, 0.0, [[0]]), 6)
    0.355556
    """
    ensemble = ensemble_of(single_qubit)
    check_width(n_qubits, bitstrings)
    data = log_marginal_weights(bitstrings, probabilities)
    sizes = np.arange(n_qubits + 1)
    logs = 2 * log_subset_weights(n_qubits, bandwidth) + sizes * np.log(ensemble.second) + data
    return self_variance(n_qubits, bandwidth, ensemble) + 4 * float(np.exp(logs[1:]).sum())


def product_mmd_mean(
    n_qubits: int,
    bandwidth: Bandwidth,
    bitstrings: ArrayLike,
    probabilities: ArrayLike | None = None,
    single_qubit: SingleQubit = "haar",
) -> float:
    """Return the mean of the exact MMD over random product circuits.

    Parameters
    ----------
    n_qubits, bandwidth, bitstrings, probabilities, single_qubit
        As product_mmd_variance: kernel exp(-H / (2 s)), H the Hamming distance, s a variance; (M, n) strings.

    Returns
    -------
    A positive number: sum_{l > 0} w(l) [C(n, l) E[z^2]^l + W_l], w(l) the weight of one subset of l wires and W_l the
    sum of z_A(P)^2 over them.

    Raises
    ------
    ValueError
        As product_mmd_variance.
    """
    ensemble = ensemble_of(single_qubit)
    check_width(n_qubits, bitstrings)
    flips = flip_probabilities(bandwidth)
    constant = np.exp(n_qubits * np.log1p(-flips))
    model = constant * np.expm1(n_qubits * np.log1p(flips * ensemble.second / (1 - flips)))
    logs = log_subset_weights(n_qubits, bandwidth) + log_marginal_weights(bitstrings, probabilities)
    return float(model.mean() + np.exp(logs[1:]).sum())


def product_kld_variance(
    bitstrings: ArrayLike, probabilities: ArrayLike | None = None, single_qubit: SingleQubit = "haar"
) -> float:
    """Return the variance of the exact KLD over random product circuits (Prop. 1).

    Parameters
    ----------
    bitstrings
        (M, n) array of 0 and 1, the support of the target; any M.
    probabilities
        (M,) array that adds up to 1; uniform by default.
    single_qubit
        "haar": n - (pi^2 / 6) E[H], the paper's formula, exact at every n; "ry": n pi^2 / 3 - (pi^2 / 2) E[H], its
        counterpart for R_y rotations by a uniform angle. H is the Hamming distance of two independent strings.

    Returns
    -------
    A positive number (natural logarithms, hence nats squared), of order n.

    Raises
    ------
    ValueError
        If the strings or the probabilities are malformed, or single_qubit is not known.
    """
    ensemble = ensemble_of(single_qubit)
    strings = check_strings(bitstrings)
    weights = np.full(len(strings), 1 / len(strings))
    if probabilities is not None:
        weights = check_distribution(probabilities, len(strings))
    ones = weights @ strings
    differ = 2 * ones * (1 - ones)
    # Wire by wire: differ is at most 1/2, so no wire's term comes near 0 and nothing cancels.
    return float(np.sum((1 - differ) * ensemble.log_variance + differ * ensemble.log_covariance))


def self_variance(n_qubits: int, bandwidth: Bandwidth, ensemble: Ensemble) -> float:
    """Return B_s, the variance of E_qq K, as u^n (1 - r^n) with r < 1 so that nothing cancels or overflows."""
    flips = flip_probabilities(bandwidth)
    # 1 - u is handed to log1p: at large bandwidths u rounds to 1.
    log_means = np.log1p(-flips * (1 - ensemble.second))
    log_product = log_means[:, None] + log_means[None, :]
    spread = np.outer(flips, flips) * (ensemble.fourth - ensemble.second**2)
    log_ratio = np.log1p(spread / np.exp(log_product))
    terms = np.exp(n_qubits * (log_product + log_ratio)) * -np.expm1(-n_qubits * log_ratio)
    return float(terms.mean())


def ensemble_of(single_qubit: str) -> Ensemble:
    """Moments of one wire's z over the named random gates.

    Raises
    ------
    ValueError
        If the name is not known.
    """
    if single_qubit not in _ENSEMBLES:
        raise ValueError(f"single_qubit must be one of {sorted(_ENSEMBLES)}, got {single_qubit!r}")
    return _ENSEMBLES[single_qubit]


def check_width(n_qubits: int, bitstrings: ArrayLike) -> None:
    """Check that the data are strings of ``n_qubits`` bits.

    Raises
    ------
    ValueError
        If they are not.
    """
    shape = np.shape(bitstrings)
    if n_qubits < 1 or len(shape) != 2 or shape[1] != n_qubits:
        raise ValueError(f"bitstrings must have shape (M, {n_qubits}), got {shape}")

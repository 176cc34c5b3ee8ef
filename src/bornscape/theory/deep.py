"""Deep circuits: Haar-random states, whose q is uniform on the simplex of 2^n outcomes (Porter-Thomas, normalised).

q = E / S with independent exponential E_x and S their sum, and q is independent of S: so the moments of q - 1/N are
those of centred exponentials (variance 1, cumulants 2 and 6) over N (N + 1) (N + 2) ..., N = 2^n.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, polygamma

from bornscape.aliases import Float
from bornscape.theory.bodyness import Bandwidth, log_subset_weights
from bornscape.theory.data import check_distribution, parity_sums


def deep_mmd_mean(n_qubits: int, bandwidth: Bandwidth, p: ArrayLike) -> float:
    """Return the exact mean of the MMD between a Haar-random state's q and the target p.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance, at least 0. A sequence: the mean of the
        kernels (Eq. 50).
    p
        (2^n,) array that adds up to 1, wire 0 being the most significant bit of the index.

    Returns
    -------
    A positive number: (1 - (1 - p_s)^n) / (N + 1) + sum_{A not empty} w(A) z_A(p)^2, N = 2^n.

    Raises
    ------
    ValueError
        If p is not a distribution over 2^n outcomes, or a bandwidth is negative or not finite.
    """
    logs = log_subset_weights(n_qubits, bandwidth)[1:]
    data = np.exp(logs) @ marginal_weights(n_qubits, p)[1:]
    return float(subset_sum(n_qubits, logs) / (2.0**n_qubits + 1) + data)


def deep_mmd_variance(n_qubits: int, bandwidth: Bandwidth, p: ArrayLike) -> float:
    """Return the exact variance of the MMD between a Haar-random state's q and the target p.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance, at least 0. A sequence: the mean of the
        kernels (Eq. 50).
    p
        (2^n,) array that adds up to 1, wire 0 being the most significant bit of the index.

    Returns
    -------
    A positive number, O(2^-n) at every bandwidth.

    Raises
    ------
    ValueError
        If p is not a distribution over 2^n outcomes, or a bandwidth is negative or not finite.

    Notes
    -----
    K has the eigenvalue N w(A) for every subset A of the wires. With m = sum w(A) and t = sum w(A)^2 over the
    non-empty ones, N = 2^n,
    Var = 2 N t / ((N+1)(N+2)(N+3)) + 2 N m^2 / ((N+1)^2 (N+2)(N+3)) + 4 sum_{A not empty} w(A)^2 z_A(p)^2 / (N+1):
    the third cumulants drop out because K has a constant diagonal, and every term is non-negative.
    """
    size = 2.0**n_qubits
    logs = log_subset_weights(n_qubits, bandwidth)[1:]
    trace, square = subset_sum(n_qubits, logs), subset_sum(n_qubits, 2 * logs)
    cubic = (size + 1) * (size + 2) * (size + 3) / size
    model = 2 * square / cubic + 2 * trace**2 / (cubic * (size + 1))
    data = np.exp(2 * logs) @ marginal_weights(n_qubits, p)[1:]
    return float(model + 4 * data / (size + 1))


def deep_mmd_variance_bound(n_qubits: int) -> float:
    """Return 4 / (N + 1) + 2 / N^2 + 2 / N^3, N = 2^n: above deep_mmd_variance at every bandwidth and target.

    Parameters
    ----------
    n_qubits
        n, at least 1.

    Notes
    -----
    The weights w(A) of the subsets of the wires are those of a distribution, for one kernel and for the mean of
    several, so that sum w^2 <= sum w <= 1; and |z_A| <= 1.

    Raises
    ------
    ValueError
        If n_qubits is below 1.

    Examples
    --------
    >>> round(deep_mmd_variance_bound(2), 5)
    0.95625
    """
    if n_qubits < 1:
        raise ValueError(f"n_qubits must be at least 1, got {n_qubits}")
    size = 2.0**n_qubits
    return 4 / (size + 1) + 2 / size**2 + 2 / size**3


def deep_kld_variance(p: ArrayLike) -> float:
    """Return (pi^2 / 6) sum_x p(x)^2, the paper's variance of the exact KLD over deep circuits (Prop. 1).

    Parameters
    ----------
    p
        (2^n,) array that adds up to 1 (or only its non-zero entries: zeros do not contribute).

    Returns
    -------
    A positive number (natural logarithms). It is the limit of many outcomes, in which the log-probabilities of two
    outcomes are independent: too large by about 2^-n, hence by a factor of up to 2.6 for a uniform target. See
    deep_kld_variance_exact.

    Raises
    ------
    ValueError
        If p is not a distribution.
    """
    return float(np.pi**2 / 6 * np.sum(check_distribution(p) ** 2))


def deep_kld_variance_exact(p: ArrayLike, outcomes: float | None = None) -> float:
    """Return (pi^2 / 6) sum_x p(x)^2 - psi_1(N), the KLD's variance over Haar-random states at finite N = 2^n.

    Parameters
    ----------
    p
        (N,) array that adds up to 1, zeros included: N counts.
    outcomes
        N, where p holds only the non-zero entries (for n at which 2^n entries are too many); at least their number.

    Returns
    -------
    A non-negative number (natural logarithms); 0 for N = 1. psi_1 is the trigamma function, about 1/N: the price
    of the normalisation of q, which Prop. 1 neglects.

    Raises
    ------
    ValueError
        If p is not a distribution, or has more entries than there are outcomes.
    """
    distribution = check_distribution(p)
    size = float(len(distribution)) if outcomes is None else float(outcomes)
    if size < len(distribution):
        raise ValueError(f"outcomes: expected at least {len(distribution)}, got {outcomes}")
    return max(0.0, deep_kld_variance(distribution) - float(polygamma(1, size)))


def subset_sum(n_qubits: int, logs: Float) -> float:
    """Return the sum over non-empty subsets of exp(logs[|A| - 1])."""
    sizes = np.arange(1, n_qubits + 1)
    log_counts = gammaln(n_qubits + 1) - gammaln(sizes + 1) - gammaln(n_qubits - sizes + 1)
    return float(np.exp(log_counts + logs).sum())


def marginal_weights(n_qubits: int, p: ArrayLike) -> Float:
    """Return W_l = sum over the subsets of l wires of z_A(p)^2, from a Walsh-Hadamard transform of p."""
    parities = parity_sums(check_distribution(p, 2**n_qubits))
    sizes = np.bitwise_count(np.arange(2**n_qubits)).astype(np.int64)
    return np.asarray(np.bincount(sizes, parities**2, n_qubits + 1), dtype=np.float64)

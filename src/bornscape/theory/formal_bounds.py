"""Bounds that the paper's supplement prints for Theorem 2 and Proposition 3, each as a function of what it holds.

Nothing here is exact: the quantities that they bound are computed elsewhere, by brute force or wire by wire. The
kernel is exp(-H / (2 s)), H the Hamming distance: s is a variance, and k_s = exp(-1/(2 s)).
"""

from __future__ import annotations

import math

import numpy as np

from bornscape.theory.bodyness import flip_probability

SELF_TERM_FROM = 5.5
"""Bandwidth above which the bound on B_s is stated; up to it, it is not positive."""


def self_term_lower_bound(n_qubits: int, bandwidth: float) -> float:
    """Return (n / 180 s^2) (1 - 11/(2 s)) (1 - 1/(3 s))^(n - 1), a lower bound on B_s = Var[E_qq K] (Theorem 2).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s above 5.5.

    Raises
    ------
    ValueError
        If n_qubits < 1, or the bandwidth is not finite and above 5.5.

    Examples
    --------
    At s = n/4 it goes as 1/n.

    >>> ratio = self_term_lower_bound(20_000, 5_000.0) / self_term_lower_bound(10_000, 2_500.0)
    >>> round(ratio, 2)
    0.5
    """
    _check(n_qubits, bandwidth, SELF_TERM_FROM)
    s = bandwidth
    logs = math.log(n_qubits / (180 * s * s)) + math.log1p(-5.5 / s) + (n_qubits - 1) * math.log1p(-1 / (3 * s))
    return math.exp(logs)


def cross_term_upper_bound(n_qubits: int, bandwidth: float) -> float:
    """Return [(1 + k_s + k_s^2) / 3]^n, an upper bound on C_s = Var[E_qp K] for any data (Theorem 2).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s, above 0.

    Raises
    ------
    ValueError
        If n_qubits < 1, or the bandwidth is not positive and finite.

    Examples
    --------
    s -> 0 on one wire: C_s is (1/2)^2 / 3 = 1/12 for the data 0, the bound 1/3.

    >>> round(cross_term_upper_bound(1, 1e-6), 6)
    0.333333
    """
    _check(n_qubits, bandwidth, 0.0)
    # (1 + k + k^2) / 3 - 1 = -(1 - k) (2 + k) / 3, with 1 - k = 2 p_s: log1p keeps large s exact.
    p = flip_probability(bandwidth)
    return math.exp(n_qubits * math.log1p(-2 * p * (3 - 2 * p) / 3))


def cross_term_lower_bound(n_qubits: int, bandwidth: float, k: int, weight: float) -> float:
    """Return (1 - 1/(2 s))^n [(1 - 1/(24 s^2)) / (48 s^2)]^k W, a lower bound on C_s = Var[E_qp K] (Theorem 2).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s above 1/2, where both brackets lie between 0 and 1.
    k
        Largest number of wires counted, 1 <= k <= n.
    weight
        W, the sum of z_A(P)^2 over the subsets A of 1 to k wires. The empty subset does not belong to it, although
        its |A| is at most k: its z is 1 for every distribution and varies with none. With it the bound fails on data
        without parities of few wires, the uniform distribution first of all, where C_s = 0.

    Raises
    ------
    ValueError
        If n_qubits < 1, k is outside [1, n], the weight is negative, or the bandwidth is not finite and above 1/2.

    Examples
    --------
    Nothing is promised for data whose parities of few wires are all zero.

    >>> cross_term_lower_bound(10, 2.5, k=2, weight=0.0)
    0.0
    """
    _check(n_qubits, bandwidth, 0.5)
    if not 1 <= k <= n_qubits:
        raise ValueError(f"k must lie in [1, {n_qubits}], got {k}")
    if not weight >= 0:
        raise ValueError(f"weight must be at least 0, got {weight}")
    s = bandwidth
    log_term = math.log1p(-1 / (24 * s * s)) - math.log(48 * s * s)
    return weight * math.exp(n_qubits * math.log1p(-1 / (2 * s)) + k * log_term)


def low_bodyness_bound(n_qubits: int, bandwidth: float, k: int) -> float:
    """Return (k + 1) (n e / k)^k (1 - p_s)^(n - k) p_s^k, a bound on sum_{l <= k} w_s(l) (Proposition 3).

    It holds for k up to the most probable number of wires, floor((n + 1) p_s): the weights rise until there.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s, above 0.
    k
        Largest number of wires of the terms counted, 1 <= k <= n.

    Returns
    -------
    A number, at least 0; infinite where it exceeds the largest float.

    Raises
    ------
    ValueError
        If n_qubits < 1, k is outside [1, n], or the bandwidth is not positive and finite.

    Examples
    --------
    s -> 0: of all 2^n subsets those of at most one wire are a share (n + 1) / 2^n, below 2 n e / 2^n.

    >>> low_bodyness_bound(10, 1e-6, k=1) * 2**10 > 11
    True
    """
    _check(n_qubits, bandwidth, 0.0)
    if not 1 <= k <= n_qubits:
        raise ValueError(f"k must lie in [1, {n_qubits}], got {k}")
    p = flip_probability(bandwidth)
    logs = math.log(k + 1) + k * (1 + math.log(n_qubits / k) + math.log(p)) + (n_qubits - k) * math.log1p(-p)
    with np.errstate(over="ignore"):
        return float(np.exp(logs))


def _check(n_qubits: int, bandwidth: float, above: float) -> None:
    if n_qubits < 1:
        raise ValueError(f"n_qubits must be at least 1, got {n_qubits}")
    if not (math.isfinite(bandwidth) and bandwidth > above):
        raise ValueError(f"bandwidth must be finite and above {above:g}, got {bandwidth}")

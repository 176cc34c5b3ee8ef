"""How the kernel weighs the l-wire correlations of two distributions (Eqs. 31-37, Props. 3 and 4).

MMD_s(p, q) = sum_A (1 - p_s)^(n - |A|) p_s^|A| (z_A(q) - z_A(p))^2, the sum being over subsets A of the wires and
z_A = E[(-1)^(sum of x_i, i in A)]. A subset of l wires is a 2l-body term of the observable: bodyness = 2 l.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import logsumexp
from scipy.stats import binom

from bornscape.aliases import Float

Bandwidth = float | Sequence[float] | Float
"""One bandwidth, or several that stand for the mean of their kernels (Eq. 50)."""


def flip_probabilities(bandwidth: Bandwidth) -> Float:
    """Return p_s of each bandwidth.

    Parameters
    ----------
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance, at least 0. 0 is the limit s -> 0,
        whose kernel is 1 for equal strings and 0 otherwise.

    Returns
    -------
    Array of shape (k,), values in (0, 1/2], k = 1 for a number.

    Raises
    ------
    ValueError
        If no bandwidth is given, or one is negative or not finite.
    """
    bandwidths = np.atleast_1d(np.asarray(bandwidth, dtype=np.float64))
    if bandwidths.ndim != 1 or bandwidths.size == 0:
        raise ValueError("bandwidth must be a number or a non-empty sequence of numbers")
    if not np.all(np.isfinite(bandwidths)) or np.any(bandwidths < 0):
        raise ValueError(f"bandwidths must be finite and not negative, got {bandwidths}")
    # Bandwidths near the smallest float take the quotient to infinity, which is the right limit.
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(-np.expm1(-0.5 / bandwidths) / 2, dtype=np.float64)


def flip_probability(bandwidth: float) -> float:
    """Return p_s = (1 - exp(-1/(2 s))) / 2, the probability that a wire belongs to the subset A (Eq. 35).

    Parameters
    ----------
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance, at least 0 (0: the limit, p_s = 1/2).

    Returns
    -------
    A number in (0, 1/2].

    Raises
    ------
    ValueError
        If the bandwidth is negative or not finite.

    Examples
    --------
    With s = 1 / (2 log 2) the kernel halves with every flip.

    >>> import math
    >>> round(flip_probability(1 / (2 * math.log(2))), 12), flip_probability(0.0)
    (0.25, 0.5)
    """
    return float(flip_probabilities(float(bandwidth))[0])


def bodyness_weights(n_qubits: int, bandwidth: Bandwidth) -> Float:
    """Return w_s(l), the total weight of the subsets of l wires (2l-body terms), Eq. 34.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance. A sequence: the mean of the kernels.

    Returns
    -------
    Array of shape (n + 1,), the binomial probabilities C(n, l) (1 - p_s)^(n - l) p_s^l; they add up to 1.

    Raises
    ------
    ValueError
        If n_qubits < 1 or a bandwidth is negative or not finite.

    Examples
    --------
    s -> 0 weighs all subsets alike: of the four of two wires, one is empty, two have one wire, one has both.

    >>> bodyness_weights(2, 0.0).round(12).tolist()
    [0.25, 0.5, 0.25]
    """
    _check_qubits(n_qubits)
    flips = flip_probabilities(bandwidth)
    weights = binom.pmf(np.arange(n_qubits + 1)[None, :], n_qubits, flips[:, None])
    return np.asarray(weights.mean(axis=0), dtype=np.float64)


def log_subset_weights(n_qubits: int, bandwidth: Bandwidth) -> Float:
    """Return log((1 - p_s)^(n - l) p_s^l), the weight of ONE subset of l wires.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance. A sequence: the mean of the kernels,
        hence the logarithm of the mean weight.

    Returns
    -------
    Array of shape (n + 1,), natural logarithms, all negative.

    Raises
    ------
    ValueError
        If n_qubits < 1 or a bandwidth is negative or not finite.
    """
    _check_qubits(n_qubits)
    flips = flip_probabilities(bandwidth)[:, None]
    sizes = np.arange(n_qubits + 1)[None, :]
    logs = (n_qubits - sizes) * np.log1p(-flips) + sizes * np.log(flips)
    return np.asarray(logsumexp(logs, axis=0) - np.log(len(flips)), dtype=np.float64)


def mean_bodyness(n_qubits: int, bandwidth: Bandwidth) -> float:
    """Return the mean bodyness 2 n p_s of the MMD (Prop. 3), bodyness being 2 l.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance. A sequence: the mean of the kernels.

    Returns
    -------
    A number in (0, n].

    Raises
    ------
    ValueError
        If n_qubits < 1 or a bandwidth is negative or not finite.

    Examples
    --------
    At s = n/4 the mean tends to 2 as n grows.

    >>> round(mean_bodyness(1000, 250.0), 3), mean_bodyness(3, 0.0)
    (1.998, 3.0)
    """
    _check_qubits(n_qubits)
    return float(2 * n_qubits * flip_probabilities(bandwidth).mean())


def bodyness_variance(n_qubits: int, bandwidth: Bandwidth) -> float:
    """Return the variance of the MMD's bodyness, 4 n p_s (1 - p_s) for one bandwidth (Prop. 3).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance. A sequence: the mean of the kernels,
        whose spread of means adds to the variance.

    Returns
    -------
    A positive number; at most n for one bandwidth.

    Raises
    ------
    ValueError
        If n_qubits < 1 or a bandwidth is negative or not finite.
    """
    _check_qubits(n_qubits)
    flips = flip_probabilities(bandwidth)
    within = 4 * n_qubits * flips * (1 - flips)
    return float(within.mean() + np.var(2 * n_qubits * flips))


def truncation_bound(n_qubits: int, bandwidth: Bandwidth, k: int) -> float:
    """Return 4 sum_{l > k} w_s(l), a bound on abs(MMD - MMD_k) (Prop. 4, the form with the sum).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance. A sequence: the mean of the kernels.
    k
        Subsets of at most k wires (at most 2k-body terms) are kept, 0 <= k <= n.

    Returns
    -------
    A number in [0, 4].

    Raises
    ------
    ValueError
        If n_qubits < 1, k is outside [0, n], or a bandwidth is negative or not finite.
    """
    _check_truncation(n_qubits, k)
    return float(4 * np.mean(binom.sf(k, n_qubits, flip_probabilities(bandwidth))))


def truncation_bound_closed(n_qubits: int, bandwidth: float, k: int) -> float:
    """Return 4 (n - k) (n e / (4 s k*))^k* with k* = max(k, n / (4 s)): Prop. 4's closed and looser bound (Eq. 192).

    From k = n / (4 s) on, where it says something, k* is k; below it is 4 (n - k) e^(n / 4s), more than 4.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    bandwidth
        s of the kernel exp(-H / (2 s)), H the Hamming distance: a variance, above 0.
    k
        Subsets of at most k wires (at most 2k-body terms) are kept, 0 <= k <= n.

    Returns
    -------
    A number, at least 0; infinite where it exceeds the largest float.

    Raises
    ------
    ValueError
        If n_qubits < 1, k is outside [0, n], or the bandwidth is not positive and finite.
    """
    _check_truncation(n_qubits, k)
    if not (np.isfinite(bandwidth) and bandwidth > 0):
        raise ValueError(f"bandwidth must be positive and finite, got {bandwidth}")
    if k == n_qubits:
        return 0.0
    peak = n_qubits / (4 * bandwidth)
    exponent = max(k, peak)
    with np.errstate(over="ignore"):
        return float(4 * (n_qubits - k) * np.exp(exponent * (1.0 + np.log(peak / exponent))))


def _check_qubits(n_qubits: int) -> None:
    if n_qubits < 1:
        raise ValueError(f"n_qubits must be at least 1, got {n_qubits}")


def _check_truncation(n_qubits: int, k: int) -> None:
    _check_qubits(n_qubits)
    if not 0 <= k <= n_qubits:
        raise ValueError(f"k must lie in [0, {n_qubits}], got {k}")

"""Second, third, fourth and sixth cumulants of losses over random circuits: what a sample variance scatters by.

The variance of a sample of m draws has a mean, a variance and a third moment that follow from these four numbers
(``statistics.variance_deviate``). Closed forms where they exist. For the MMD of few qubits and of product circuits the
shape (skewness and so on) comes from a fixed sample drawn here, by formulas of this package alone; the variance is
always the closed form, so that an error of the shape moves no verdict's middle, only its tails a little.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import hadamard
from scipy.sparse import csr_array

from bornscape.aliases import Float
from bornscape.theory.bodyness import flip_probability, log_subset_weights
from bornscape.theory.data import check_distribution, parity_sums
from bornscape.theory.deep import deep_mmd_variance
from bornscape.theory.product import SingleQubit, ensemble_of, product_mmd_variance

Cumulants = tuple[float, float, float, float]
"""Of the orders 2, 3, 4 and 6."""

LARGEST_SAMPLED = 64
"""Outcomes 2^n up to which Haar-random states are sampled; beyond, parities are close to normal variables."""

_SEED = 61543
_DEEP_SAMPLE = 50_000
_PRODUCT_SAMPLE = 4_000


def deep_lqf_cumulants(n_qubits: int) -> Cumulants:
    """Return the cumulants of the LQF over Haar-random states.

    Parameters
    ----------
    n_qubits
        n, at least 1.

    Returns
    -------
    Orders 2 (``deep_lqf_variance``), 3 (0 by symmetry), 4 and 6.

    Notes
    -----
    LQF - 1/2 = -sum_x c(x) q(x) with c = (1/2n) sum_i (-1)^x_i. With q = E / S, E_x independent exponential variables,
    the sum over E has cumulants (r - 1)! sum_x c^r, and S^r has the mean N (N + 1) ... (N + r - 1).

    Examples
    --------
    On one wire the LQF is uniform on [0, 1]: 1/12, 0, -1/120 and 1/252.

    >>> [round(1 / k) if k else 0 for k in deep_lqf_cumulants(1)]
    [12, 0, -120, 252]
    """
    if n_qubits < 1:
        raise ValueError(f"n_qubits must be at least 1, got {n_qubits}")
    n, size = float(n_qubits), 2.0**n_qubits
    walk = {2: n, 4: 3 * n**2 - 2 * n, 6: 15 * n**3 - 30 * n**2 + 16 * n}
    sums = {order: size * walk.get(order, 0.0) / (2 * n) ** order for order in range(2, 7)}
    return _of_linear(sums, size)


def deep_qf_cumulants(n_qubits: int) -> Cumulants:
    """Return the cumulants of the QF over Haar-random states: 1 - QF is Beta(1, N - 1), N = 2^n.

    Parameters
    ----------
    n_qubits
        n, from 1 to 150: beyond, powers of N leave double precision.

    Returns
    -------
    Orders 2 (``deep_qf_variance``), 3, 4 and 6; for large N those of minus an exponential variable over N.

    Examples
    --------
    >>> [round(1 / k) if k else 0 for k in deep_qf_cumulants(1)]
    [12, 0, -120, 252]
    """
    if n_qubits < 1:
        raise ValueError(f"n_qubits must be at least 1, got {n_qubits}")
    size = 2.0**n_qubits
    # -(q - 1/N), q one of N probabilities: c is 1/N - 1 on one string and 1/N on N - 1.
    sums = {r: (1 / size - 1) ** r + (size - 1) * size**-r for r in range(2, 7)}
    return _of_linear(sums, size)


def deep_mmd_cumulants(n_qubits: int, bandwidth: float, p: ArrayLike) -> Cumulants:
    """Return the cumulants of the MMD over Haar-random states; the second is ``deep_mmd_variance``.

    Parameters
    ----------
    n_qubits, bandwidth, p
        As deep_mmd_variance, with one bandwidth.

    Returns
    -------
    Orders 2, 3, 4 and 6. MMD = sum_A w(A) (z_A - z_A(p))^2. Up to 6 qubits the higher ones have the shape of 50,000
    states. Beyond, the part that is linear in q is exact, and the parities in the squares are taken for independent
    normal variables of variance 1 / (N + 1).

    Raises
    ------
    ValueError
        If p is not a distribution over 2^n outcomes, or the bandwidth is negative or not finite.
    """
    second = deep_mmd_variance(n_qubits, bandwidth, p)
    size = 2**n_qubits
    parities = parity_sums(check_distribution(p, size))
    weights = np.exp(log_subset_weights(n_qubits, bandwidth))[np.bitwise_count(np.arange(size))]
    weights[0] = 0.0
    if size <= LARGEST_SAMPLED:
        z = _haar_parities(size)
        return _of_sample((z**2) @ weights - 2 * z @ (weights * parities), second)
    coefficients = -2 * parity_sums(weights * parities)
    coefficients -= coefficients.mean()
    sums = {r: float((coefficients**r).sum()) for r in range(2, 7)}
    linear = _of_linear(sums, float(size))[1:]
    t = 1 / (size + 1)
    squares = [
        2.0 ** (r - 1) * math.factorial(r - 1) * t**r * float(np.sum(weights**r * (1 + r * parities**2 / t)))
        for r in (3, 4, 6)
    ]
    third, fourth, sixth = (a + b for a, b in zip(linear, squares, strict=True))
    return second, third, fourth, sixth


def product_mmd_cumulants(
    n_qubits: int, bandwidth: float, bitstrings: ArrayLike, probabilities: ArrayLike, single_qubit: SingleQubit
) -> Cumulants:
    """Return the cumulants of the exact MMD over random product circuits; the second is ``product_mmd_variance``.

    Parameters
    ----------
    n_qubits, bandwidth, bitstrings, probabilities, single_qubit
        As product_mmd_variance, with one bandwidth; n up to about 50, beyond which the sample of 4,000 circuits that
        the shape comes from is too small for a bandwidth of order 1.

    Raises
    ------
    ValueError
        As product_mmd_variance.
    """
    second = product_mmd_variance(n_qubits, bandwidth, bitstrings, probabilities, single_qubit)
    z = _product_marginals(n_qubits, single_qubit)
    flip = flip_probability(bandwidth)
    across = _mean_of_products(1 - flip, flip * z, np.asarray(bitstrings), np.asarray(probabilities, dtype=np.float64))
    return _of_sample(np.prod(1 - flip + flip * z**2, axis=1) - 2 * across, second)


def _mean_of_products(kept: float, turned: Float, strings: NDArray[Any], probabilities: Float) -> Float:
    """sum_x p(x) prod_i (kept + (-1)^x_i turned_i) for each row of ``turned``, (draws,).

    Strings in two halves: each half occurs in many strings, and is multiplied up once.
    """
    middle = strings.shape[1] // 2
    factors, places = [], []
    for wires in (slice(None, middle), slice(middle, None)):
        halves, place = np.unique(strings[:, wires], axis=0, return_inverse=True)
        product = np.ones((len(halves), len(turned)))
        for bits, by_draw in zip(halves.T, turned[:, wires].T, strict=True):
            product *= np.where(bits[:, None] == 1, kept - by_draw, kept + by_draw)
        factors.append(product)
        places.append(place.reshape(-1))
    shares = csr_array((probabilities, tuple(places)), shape=tuple(map(len, factors)))
    return np.asarray((factors[0] * (shares @ factors[1])).sum(axis=0))


def _of_linear(sums: dict[int, float], size: float) -> Cumulants:
    """Cumulants of sum_x c(x) q(x), q uniform on the simplex, from sum_x c^r; sum_x c is 0."""
    k2, k3, k4, k6 = (math.factorial(r - 1) * sums[r] for r in (2, 3, 4, 6))
    rising = np.cumprod(size + np.arange(6.0))
    central = (k2 / rising[1], k3 / rising[2], (k4 + 3 * k2**2) / rising[3])
    return _of_moments(*central, (k6 + 15 * k4 * k2 + 10 * k3**2 + 15 * k2**3) / rising[5])


def _of_sample(values: Float, second: float) -> Cumulants:
    """Cumulants with the shape of a sample and the given second one."""
    centred = values - values.mean()
    unit = (centred / centred.std()) if centred.any() else centred
    shape = _of_moments(1.0, *(float(np.mean(unit**r)) for r in (3, 4, 6)))
    return second, shape[1] * second**1.5, shape[2] * second**2, shape[3] * second**3


def _of_moments(m2: float, m3: float, m4: float, m6: float) -> Cumulants:
    return m2, m3, m4 - 3 * m2**2, m6 - 15 * m4 * m2 - 10 * m3**2 + 30 * m2**3


@lru_cache(maxsize=4)
def _haar_parities(size: int) -> Float:
    """Parities of Haar-random states, (50,000, 2^n)."""
    weights = np.random.default_rng([_SEED, size]).exponential(size=(_DEEP_SAMPLE, size))
    return np.asarray((weights / weights.sum(axis=1, keepdims=True)) @ hadamard(size).astype(np.float64))


@lru_cache(maxsize=16)
def _product_marginals(n_qubits: int, single_qubit: SingleQubit) -> Float:
    """<Z> of each wire of random product circuits, (4,000, n)."""
    ensemble_of(single_qubit)
    uniform = np.random.default_rng([_SEED, n_qubits]).uniform(-1, 1, (_PRODUCT_SAMPLE, n_qubits))
    return uniform if single_qubit == "haar" else np.cos(np.pi * uniform)

"""Exact variances of the MMD's two terms over random product states, wire by wire and for more than one ensemble.

MMD = X - 2 Y + constant, X = E_qq K and Y = E_qp K. In a product state both are products over the wires (Y: one for
each string of the data), so that their variances follow from the moments of each wire's z = <Z>: whatever draws the
gates, and at any n. The wires are independent but in ``shared_gate_variances``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_legendre

from bornscape.aliases import Float


class Moments(NamedTuple):
    """E[z], E[z^2] and E[z^4] of every wire, (n,) each."""

    first: Float
    second: Float
    fourth: Float


class TermVariances(NamedTuple):
    """Variances of E_qq K and of E_qp K, and the rounding error of the second, whose parts cancel."""

    self_term: float
    cross_term: float
    cross_error: float


def haar_moments(n_qubits: int, random_wires: int) -> Moments:
    """Haar-random gates on the first wires, |0> on the others.

    Examples
    --------
    >>> haar_moments(2, random_wires=1).second.round(3).tolist()
    [0.333, 1.0]
    """
    random = np.arange(n_qubits) < random_wires
    return Moments(*(np.where(random, moment, 1.0) for moment in (0.0, 1 / 3, 1 / 5)))


def _factors(bandwidth: float) -> tuple[float, float]:
    """1 - p_s and p_s of the kernel exp(-H / 2s)."""
    p = float(-np.expm1(-0.5 / bandwidth) / 2)
    return 1 - p, p


def term_variances(
    moments: Moments, bandwidth: float, bitstrings: NDArray[np.uint8], probabilities: Float
) -> TermVariances:
    """Variances over product states with independent wires of these moments.

    Parameters
    ----------
    moments
        Of the n wires.
    bandwidth
        s > 0 of the kernel exp(-H / 2s).
    bitstrings, probabilities
        The data: (M, n) and (M,). O(M^2 n) time.

    Examples
    --------
    One Haar-random wire, the data 0 and s -> 0: E_qq K = (1 + z^2) / 2 and E_qp K = (1 + z) / 2.

    >>> import numpy as np
    >>> found = term_variances(haar_moments(1, 1), 1e-6, np.array([[0]], dtype=np.uint8), np.array([1.0]))
    >>> round(found.self_term * 45, 9), round(found.cross_term * 12, 9)
    (1.0, 1.0)
    """
    a, b = _factors(bandwidth)
    # A product of means of squares less the square of a product: by logarithms of ratios, so that nothing cancels.
    mean_square = (a + b * moments.second) ** 2
    spread = b**2 * (moments.fourth - moments.second**2)
    self_term = np.prod(mean_square) * np.expm1(np.sum(np.log1p(spread / mean_square)))
    signs = 1.0 - 2.0 * np.asarray(bitstrings, dtype=np.float64)
    means = a + b * signs * moments.first
    spread = b**2 * (moments.second - moments.first**2)
    terms = np.array([_covariances(row, sign, means, signs, spread) for row, sign in zip(means, signs, strict=True)])
    weighted = terms * np.outer(probabilities, probabilities)
    error = np.finfo(np.float64).eps * len(signs[0]) * np.abs(weighted).sum()
    return TermVariances(float(self_term), float(weighted.sum()), float(error))


def _covariances(row: Float, sign: Float, means: Float, signs: Float, spread: Float) -> Float:
    """Covariances of one string's kernel mean with every string's, (M,)."""
    products = means * row
    return np.asarray(np.prod(products, axis=1) * np.expm1(np.log1p(spread * signs * sign / products).sum(axis=1)))


def shared_gate_variances(
    n_qubits: int, bandwidth: float, bitstrings: NDArray[np.uint8], probabilities: Float
) -> TermVariances:
    """The same where one Haar-random gate acts on every wire, so that all z are one number: wires not independent.

    Gauss-Legendre with as many nodes as the polynomials in z need to be integrated exactly.

    Examples
    --------
    One wire cannot tell.

    >>> import numpy as np
    >>> found = shared_gate_variances(1, 1e-6, np.array([[0]], dtype=np.uint8), np.array([1.0]))
    >>> round(found.self_term * 45, 9), round(found.cross_term * 12, 9)
    (1.0, 1.0)
    """
    a, b = _factors(bandwidth)
    z, weights = roots_legendre(2 * n_qubits + 1)
    weights = weights / weights.sum()
    ones = np.asarray(bitstrings).sum(axis=1)[:, None]
    cross = probabilities @ ((a + b * z) ** (n_qubits - ones) * (a - b * z) ** ones)
    self_term = (a + b * z**2) ** n_qubits
    variances = [float(weights @ (values - weights @ values) ** 2) for values in (self_term, cross)]
    error = np.finfo(np.float64).eps * n_qubits * float(np.max(np.abs(cross)) ** 2)
    return TermVariances(variances[0], variances[1], error)

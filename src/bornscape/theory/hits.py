"""How often samples meet the training set, which parts an estimated loss from its fixed point (Thm. 1, Fig. 3)."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad
from scipy.special import gammaln


def hit_probability(n_samples: int, mass: float) -> float:
    """Return 1 - (1 - mass)^N, the probability that any of N samples falls into a set of that mass (Fig. 3).

    Parameters
    ----------
    n_samples
        N, at least 0.
    mass
        The model's probability of the training set, in [0, 1].

    Returns
    -------
    A number in [0, 1], right to rounding for masses as small as 2^-1000.

    Raises
    ------
    ValueError
        If n_samples is negative or mass is outside [0, 1].

    Examples
    --------
    >>> hit_probability(2, 0.5)
    0.75
    """
    if n_samples < 0 or not 0 <= mass <= 1:
        raise ValueError(f"need n_samples >= 0 and mass in [0, 1], got {n_samples} and {mass}")
    if n_samples == 0 or mass == 1:
        return float(n_samples > 0)
    return float(-np.expm1(n_samples * np.log1p(-mass)))


def product_hit_probability(n_qubits: int, n_samples: int) -> float:
    """Return the mean of 1 - (1 - q(x))^N over Haar-random product circuits, for one string x (Fig. 3).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    n_samples
        N, at least 1.

    Returns
    -------
    A number in (0, 1), right to about 1e-9 relative; at most N 2^-n, which it approaches as n grows at fixed N.

    Raises
    ------
    ValueError
        If n_qubits or n_samples is below 1.

    Notes
    -----
    Each wire's q_i(x_i) is uniform on [0, 1], so that -log q(x) is the sum of n exponential variables: a Gamma
    variable g of shape n. The mean is an integral over g, whose weight lies between the g of the rare large q,
    (n - 1) / 2, and the typical g, n.
    """
    if n_qubits < 1 or n_samples < 1:
        raise ValueError(f"need n_qubits >= 1 and n_samples >= 1, got {n_qubits} and {n_samples}")

    def integrand(g: float) -> float:
        if g <= 0:
            return float(n_qubits == 1)
        log_density = (n_qubits - 1) * np.log(g) - g - gammaln(n_qubits)
        return float(-np.expm1(n_samples * np.log1p(-np.exp(-g))) * np.exp(log_density))

    end = 2 * n_qubits + 20 * np.sqrt(n_qubits) + 50
    marks = sorted({max(0.1, (n_qubits - 1) / 2), float(n_qubits), max(0.2, np.log(n_samples))})
    value, _ = quad(integrand, 0.0, end, points=marks, limit=400, epsabs=0.0, epsrel=1e-10)
    return float(value)


def haar_hit_probability(n_qubits: int, n_strings: int, n_samples: int) -> float:
    """Return the mean of 1 - (1 - q(P))^N over Haar-random states, for M different training strings (Fig. 3).

    Parameters
    ----------
    n_qubits, n_strings, n_samples
        n, M in [1, 2^n) and N, at least 1.

    Returns
    -------
    A number in (0, 1), right to rounding; at most N M 2^-n.

    Raises
    ------
    ValueError
        If they are out of range.

    Notes
    -----
    q(P) is a Beta(M, D - M) variable with D = 2^n, so that the chance of no hit is the product over j = 1..M of
    (D - j) / (D - j + N).

    Examples
    --------
    One qubit, one string, one sample: q is uniform on [0, 1].

    >>> round(haar_hit_probability(1, 1, 1), 12)
    0.5
    """
    size = 2.0**n_qubits
    if not 1 <= n_strings < size or n_samples < 1:
        raise ValueError(f"need 1 to 2^n - 1 strings and a sample, got {n_strings} and {n_samples} at n = {n_qubits}")
    others = size - np.arange(1, n_strings + 1)
    return float(-np.expm1(np.log1p(-n_samples / (others + n_samples)).sum()))


def random_supports_meet(n_qubits: int, n_strings: int, n_others: int) -> float:
    """Return the chance that M random strings and N other ones, all different in each set, share one (Eq. 90).

    Parameters
    ----------
    n_qubits, n_strings, n_others
        n, M and N, each of M and N in [1, 2^n].

    Returns
    -------
    1 - prod over i = 0..M-1 of (1 - N / (2^n - i)), in (0, 1], at most N M / (2^n - M + 1) (Supplemental Prop. 1).

    Raises
    ------
    ValueError
        If they are out of range.

    Examples
    --------
    Two strings of four, and two others: only one of the six pairs avoids both.

    >>> round(random_supports_meet(2, 2, 2), 12) == round(5 / 6, 12)
    True
    """
    size = 2.0**n_qubits
    if not (1 <= n_strings <= size and 1 <= n_others <= size):
        raise ValueError(f"need 1 to 2^n strings of each kind, got {n_strings} and {n_others} at n = {n_qubits}")
    if n_strings + n_others > size:
        return 1.0
    return float(-np.expm1(np.log1p(-n_others / (size - np.arange(n_strings))).sum()))


def concentration_delta(mean: float, deviation: float, n_strings: int, n_samples: int) -> float:
    """Return Theorem 1's own delta = N (M mu + sqrt(M sigma)) + M sigma, for q of this mean and deviation on P.

    Parameters
    ----------
    mean, deviation
        The largest mean mu and standard deviation sigma of q(x) over the training strings, at least 0.
    n_strings, n_samples
        M and N, at least 1.

    Returns
    -------
    The bound on the chance that an estimate differs from its fixed point; above 1 it says nothing.

    Raises
    ------
    ValueError
        If they are out of range.

    Examples
    --------
    >>> round(concentration_delta(0.0, 1e-4, 1, 10), 6)
    0.1001
    """
    if mean < 0 or deviation < 0 or n_strings < 1 or n_samples < 1:
        raise ValueError(f"need mean, deviation >= 0 and counts >= 1, got {(mean, deviation, n_strings, n_samples)}")
    spread = n_strings * deviation
    return float(n_samples * (n_strings * mean + np.sqrt(spread)) + spread)

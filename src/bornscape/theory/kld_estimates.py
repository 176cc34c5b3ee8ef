"""The KLD estimated from N shots, for one training string: its mean, and the chance that no shot hits (Fig. 4)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy import stats
from scipy.special import gammaln, loggamma

from bornscape.aliases import Float
from bornscape.theory.hits import product_hit_probability

_NODES = 600
_FEW = 20
"""Samples up to which (1 - q)^N is expanded: beyond, the powers of q cancel."""
_STEP, _END = 0.005, 40.0
"""Of the integral along Mellin's line: beyond ``_FEW`` samples its integrand has fallen to 1e-15 at the end."""
_LINES = np.linspace(0.05, 0.45, 41)
"""Real parts at which that line may run, between the poles at 0 and 1/2."""


@cache
def _legendre() -> tuple[Float, Float]:
    return np.polynomial.legendre.leggauss(_NODES)


def product_kld_estimate_cumulants(n_qubits: int, n_samples: int, epsilon: float) -> tuple[float, float, float]:
    """Return mean, variance and third cumulant over circuits and shots of log(1 / max(hits / N, epsilon)).

    Parameters
    ----------
    n_qubits
        n, at least 1.
    n_samples
        N, at least 1; the cost grows with it.
    epsilon
        Clipping value in (0, 1 / N].

    Notes
    -----
    -log q(x) is the sum of n exponential variables, a Gamma variable g of shape n; given g the hits are binomial with
    exp(-g). The integral over g is a Gauss-Legendre sum over the range that holds all but about 1e-12 of its weight.
    """
    low, high = stats.gamma.ppf(1e-13, n_qubits), stats.gamma.isf(1e-13, n_qubits)
    nodes, weights = _legendre()
    g = (high - low) / 2 * nodes + (high + low) / 2
    density = stats.gamma.pdf(g, n_qubits) * weights * (high - low) / 2
    hits = np.arange(n_samples + 1)
    values = -np.log(np.maximum(hits / n_samples, epsilon))
    ways = gammaln(n_samples + 1) - gammaln(hits + 1) - gammaln(n_samples - hits + 1)
    # The binomial law by its logarithm, which SciPy's does not take: -g is that of the chance of a hit.
    law = density @ np.exp(ways - np.outer(g, hits) + np.outer(np.log(-np.expm1(-g)), n_samples - hits))
    mean = float(law @ values)
    return mean, float(law @ (values - mean) ** 2), float(law @ (values - mean) ** 3)


def plateau_chance(ensemble: str, n_qubits: int, n_samples: int) -> float:
    """Return the mean over circuits of (1 - q(0...0))^N, the chance that an estimate from N shots is at the plateau.

    Parameters
    ----------
    ensemble
        "product_haar" or "product_ry", one layer of Haar-random or of uniform R_y gates, or "haar", Haar-random states.
    n_qubits, n_samples
        n and N, at least 1.

    Returns
    -------
    A number in [0, 1], right to about 1e-8.

    Raises
    ------
    ValueError
        If n or N is below 1, or the ensemble is another.

    Notes
    -----
    Haar states: q is a Beta(1, D - 1) variable with D = 2^n, so that the mean is (D - 1) / (D - 1 + N). R_y: by the
    inverse Mellin transform, the integral of B(s, N + 1) E[q^-s] / (2 pi i) along a line of Re s in (0, 1/2), with
    E[q^-s] = (Gamma(1/2 - s) / (sqrt(pi) Gamma(1 - s)))^n; for few shots term by term, from
    E[q^k] = (C(2k, k) / 4^k)^n.

    Examples
    --------
    One shot misses with chance 1 - 2^-n in each ensemble.

    >>> [round(plateau_chance(name, 3, 1), 6) for name in ("product_haar", "product_ry", "haar")]
    [0.875, 0.875, 0.875]
    """
    if n_qubits < 1 or n_samples < 1:
        raise ValueError(f"need n_qubits >= 1 and n_samples >= 1, got {n_qubits} and {n_samples}")
    if ensemble == "product_haar":
        return 1 - product_hit_probability(n_qubits, n_samples)
    if ensemble == "haar":
        return (2.0**n_qubits - 1) / (2.0**n_qubits - 1 + n_samples)
    if ensemble == "product_ry":
        return _ry_plateau_chance(n_qubits, n_samples)
    raise ValueError(f"ensemble: expected product_haar, product_ry or haar, got {ensemble!r}")


@cache
def _gammas(line: float | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points s of Mellin's line, or the crossings of all lines with the real axis; log Gamma(s) and log E[q^-s] there.

    The logarithms are those of one wire.
    """
    s = _LINES + 0j if line is None else line + 1j * np.arange(0.0, _END, _STEP)
    return s, loggamma(s), loggamma(0.5 - s) - math.log(math.pi) / 2 - loggamma(1 - s)


def _ry_plateau_chance(n_qubits: int, n_samples: int) -> float:
    if n_samples <= _FEW:
        moments = [(math.comb(2 * k, k) / 4**k) ** n_qubits for k in range(n_samples + 1)]
        return sum((-1) ** k * math.comb(n_samples, k) * moment for k, moment in enumerate(moments))

    def logs(s: np.ndarray, gammas: np.ndarray, moments: np.ndarray) -> np.ndarray:
        beta = gammas + loggamma(n_samples + 1) - loggamma(n_samples + 1 + s)
        return np.asarray(beta + n_qubits * moments)

    # The line on which the integrand is smallest, so that nothing cancels.
    line = _LINES[np.argmin(logs(*_gammas(None)).real)]
    values = np.exp(logs(*_gammas(float(line)))).real
    # The trapezium rule is exact to rounding for such an integrand; the other half of the line is the mirror image.
    return float(np.clip((values.sum() - values[0] / 2) * _STEP / math.pi, 0.0, 1.0))

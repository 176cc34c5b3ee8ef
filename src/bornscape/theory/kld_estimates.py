"""The mean of the KLD estimated from N shots, for Haar-random product circuits and one training string (Fig. 4)."""

from __future__ import annotations

import numpy as np
from scipy import stats

_NODES = 600


def product_kld_estimate_mean(n_qubits: int, n_samples: int, epsilon: float) -> float:
    """Return the mean over circuits and shots of log(1 / max(hits / N, epsilon)).

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
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    g = (high - low) / 2 * nodes + (high + low) / 2
    density = stats.gamma.pdf(g, n_qubits) * weights * (high - low) / 2
    hits = np.arange(n_samples + 1)
    values = -np.log(np.maximum(hits / n_samples, epsilon))
    chances = stats.binom.pmf(hits[None, :], n_samples, np.exp(-g)[:, None])
    return float(density @ (chances @ values))

"""Where the variance of Theorem 2 is largest in the bandwidth, and where the median heuristic would put it.

The kernel is exp(-H / (2 s)), H the Hamming distance: s is a variance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from bornscape.aliases import Float
from bornscape.theory.bodyness import log_subset_weights
from bornscape.theory.data import hamming_pair_weights, log_marginal_weights
from bornscape.theory.product import SingleQubit, check_width, ensemble_of, self_variance


def product_mmd_variances(
    n_qubits: int,
    bandwidths: Sequence[float] | Float,
    bitstrings: ArrayLike,
    probabilities: ArrayLike | None = None,
    single_qubit: SingleQubit = "haar",
) -> Float:
    """Return product_mmd_variance at each of several bandwidths, (k,), with one pass through the data.

    Parameters
    ----------
    n_qubits, bitstrings, probabilities, single_qubit
        As product_mmd_variance.
    bandwidths
        (k,) bandwidths s > 0, each a kernel of its own (not a mean of kernels).

    Raises
    ------
    ValueError
        As product_mmd_variance.
    """
    ensemble = ensemble_of(single_qubit)
    check_width(n_qubits, bitstrings)
    data = log_marginal_weights(bitstrings, probabilities)[1:]
    sizes = np.arange(1, n_qubits + 1)
    variances = []
    for s in bandwidths:
        logs = 2 * log_subset_weights(n_qubits, s)[1:] + sizes * np.log(ensemble.second) + data
        variances.append(self_variance(n_qubits, s, ensemble) + 4 * float(np.exp(logs).sum()))
    return np.array(variances)


def asymptotic_best_bandwidth(single_qubit: SingleQubit, biased_wires: bool) -> float:
    """Return s/n at which Theorem 2's variance is largest as n grows, with s in Theta(n).

    Parameters
    ----------
    single_qubit
        "haar" or "ry".
    biased_wires
        Whether the data's one-wire terms sum_i z_i^2 grow as n (as for one string). The term in which one wire's
        random z meets the data then leads: with p_s = c/n it goes as c^2 e^(-2c), largest at c = 1, s = n/4. If they
        stay bounded, B_s alone is of order 1/n: c^2 e^(-2 (1 - m) c) with m = E[z^2], largest at c = 1/(1 - m), so
        that s = n (1 - m) / 4: n/6 for Haar-random gates, n/8 for R_y.

    Returns
    -------
    1/4, 1/6 or 1/8. With biased wires B_s still adds to the leading term at the same order in n; it is small beside it
    and moves the maximum to 0.240 (Haar) and 0.230 (R_y) of n.

    Raises
    ------
    ValueError
        If single_qubit is not known.

    Notes
    -----
    Derived here; the paper takes n/4 because its mean bodyness is 2.
    """
    ensemble = ensemble_of(single_qubit)
    return 0.25 if biased_wires else (1 - ensemble.second) / 4


def median_distance(
    n_qubits: int,
    bitstrings: ArrayLike,
    probabilities: ArrayLike | None = None,
    single_qubit: SingleQubit = "haar",
) -> int:
    """Return the median Hamming distance of two strings of the pooled sample, half of it data and half product circuit.

    Parameters
    ----------
    n_qubits, bitstrings, probabilities, single_qubit
        As product_mmd_variance; the distances are averaged over the random gates.

    Returns
    -------
    The smallest H at which the distribution function reaches 1/2. A squared Euclidean distance of bitstrings is their
    H, so the median heuristic "sigma = median distance" in exp(-d^2 / (2 sigma^2)) is s = H, and its other form,
    "sigma^2 = median squared distance / 2", is s = H / 2.

    Raises
    ------
    ValueError
        As product_mmd_variance.
    """
    ensemble = ensemble_of(single_qubit)
    check_width(n_qubits, bitstrings)
    counts, total = hamming_pair_weights(bitstrings, probabilities)
    distances = np.arange(n_qubits + 1)
    within_data = np.array([count / total for count in counts])
    # Two strings of one circuit differ in a wire with chance (1 - z^2)/2, a string of it and any other with 1/2.
    within_model = binom.pmf(distances, n_qubits, (1 - ensemble.second) / 2)
    across = binom.pmf(distances, n_qubits, 0.5)
    distribution = np.cumsum(within_data / 4 + within_model / 4 + across / 2)
    return int(np.searchsorted(distribution, 0.5 - 1e-12))

"""The bodyness of the MMD read off its kernel numerically: the evidence for Proposition 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bornscape.aliases import Float
from bornscape.bitstrings.walsh import subset_sizes, walsh_hadamard
from bornscape.formulas import Formula, bandwidth_values
from bornscape.losses.mmd import kernel_values

COLUMNS = ["bandwidth", "n_qubits", "s", "mean_bodyness", "bodyness_variance"]


def measured_weights(n_qubits: int, bandwidth: float) -> Float:
    """Weight of the 2l-body terms of K_s, (n+1,), from the Walsh-Hadamard transform of the kernel itself."""
    kernel = kernel_values(n_qubits, bandwidth)[subset_sizes(n_qubits)]
    coefficients = walsh_hadamard(kernel) / 2**n_qubits
    return np.bincount(subset_sizes(n_qubits), weights=coefficients, minlength=n_qubits + 1).astype(np.float64)


def wire_by_wire_weights(n_qubits: int, bandwidth: float | Sequence[float]) -> Float:
    """Weight of the 2l-body terms of K_s at any n, (n+1,), as the n-fold convolution of one wire's two.

    K_s is a product over wires, and one wire's kernel (1, e^(-1/2s)) has the Walsh-Hadamard coefficients
    (1 + e^(-1/2s))/2 and (1 - e^(-1/2s))/2. All terms are positive: every weight is right to about n roundings.
    Several bandwidths mean the mean of their kernels (Eq. 50).
    """
    mean_weights = np.zeros(n_qubits + 1)
    bandwidths = np.atleast_1d(np.asarray(bandwidth, dtype=np.float64))
    for s in bandwidths:
        one_wire = walsh_hadamard(kernel_values(1, s)) / 2
        weights = np.ones(1)
        for _ in range(n_qubits):
            weights = np.convolve(weights, one_wire)
        mean_weights += weights / len(bandwidths)
    return mean_weights


def bodyness_table(bandwidths: Mapping[str, Formula], sizes: Sequence[int]) -> pd.DataFrame:
    """Mean and variance of the bodyness 2l of each bandwidth (label -> a formula of n) and size."""
    rows = []
    for label, formula in bandwidths.items():
        for n in sizes:
            (s,) = bandwidth_values(formula, n)
            weights, bodyness = measured_weights(n, s), 2 * np.arange(n + 1)
            mean = float(weights @ bodyness)
            rows.append((label, n, s, mean, float(weights @ (bodyness - mean) ** 2)))
    return pd.DataFrame(rows, columns=COLUMNS)

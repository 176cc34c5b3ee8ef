"""The Walsh-Hadamard transform of distributions over bitstrings, and the bodyness spectrum."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import hadamard

Float = NDArray[np.float64]

_BLOCK = 5
"""Bits transformed by one small matrix product: 2^5 columns keep the product fast and the flops few."""


def qubits_of(length: int) -> int:
    """Number of qubits n of a vector of ``length`` 2**n.

    Raises
    ------
    ValueError
        If the length is not a power of two.
    """
    if length < 1 or length & (length - 1):
        raise ValueError(f"expected a vector of length 2**n, got length {length}")
    return length.bit_length() - 1


@lru_cache(maxsize=8)
def _sign_matrix(bits: int) -> Float:
    return hadamard(2**bits).astype(np.float64)


@lru_cache(maxsize=32)
def subset_sizes(n_qubits: int) -> NDArray[np.int64]:
    """Number of ones |A| of every index A, (2**n,); indices are read as bitstrings, wire 0 first."""
    sizes = np.bitwise_count(np.arange(2**n_qubits, dtype=np.uint64)).astype(np.int64)
    sizes.setflags(write=False)
    return sizes


def walsh_hadamard(values: ArrayLike) -> Float:
    """z_A = sum_x values(x) (-1)^(A.x) for every subset A of the wires.

    Parameters
    ----------
    values
        (2**n,), indexed by bitstrings.

    Returns
    -------
    (2**n,), indexed by subsets in the same order. For a distribution, z_A is the expectation of Z on A.
    """
    out = np.array(values, dtype=np.float64)
    remaining = qubits_of(out.size)
    size = out.size
    while remaining:
        bits = min(_BLOCK, remaining)
        # Transforming the leading bits and moving them to the end brings every bit back to its place in the end.
        out = np.ascontiguousarray(out.reshape(2**bits, -1).T) @ _sign_matrix(bits)
        out = out.reshape(size)
        remaining -= bits
    return out


def spectrum_of_transform(transform: Float) -> Float:
    """S_l = sum over |A| = l of transform(A)^2, (n+1,)."""
    n = qubits_of(transform.size)
    return np.bincount(subset_sizes(n), weights=transform**2, minlength=n + 1).astype(np.float64)


def bodyness_spectrum(difference: ArrayLike) -> Float:
    """Bodyness spectrum S_l of a difference q - p of distributions.

    MMD_s = sum_l (1-p_s)^(n-l) p_s^l S_l for every bandwidth s (Eqs. 31-37), so one transform serves them all; the
    sum up to l = k is the loss truncated at 2k-body terms.

    Parameters
    ----------
    difference
        (2**n,).

    Returns
    -------
    (n+1,), S_0 first (0 for two distributions, whose sums are equal).
    """
    return spectrum_of_transform(walsh_hadamard(difference))

"""The Walsh-Hadamard transform of distributions over bitstrings, and the bodyness spectrum."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import hadamard

from bornscape.aliases import Float
from bornscape.bitstrings.threads import LARGE, for_each, pieces

_BLOCK = 5
"""Bits transformed by one small matrix product: 2^5 columns keep the product fast and the flops few."""

COMPILED_FROM = 14
"""Qubits from which compiled loops, 5 to 15 times as fast, are worth the import of their compiler."""


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

    Raises
    ------
    ValueError
        If it is no vector, or its length is no power of two.

    Examples
    --------
    The certain string 1 of one wire, then an even mix of 00 and 11: <Z> is 0 on either wire and 1 on both together.

    >>> import bornscape as bs
    >>> bs.walsh_hadamard([0, 1]).tolist()
    [1.0, -1.0]
    >>> bs.walsh_hadamard([0.5, 0, 0, 0.5]).tolist()
    [1.0, 0.0, 0.0, 1.0]
    """
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1:
        raise ValueError(f"expected a vector of length 2**n, got shape {given.shape}; transform rows one by one")
    remaining = qubits_of(given.size)
    size = given.size
    if remaining >= LARGE:
        return _large(given)
    out = given.copy()
    if remaining >= COMPILED_FROM:
        from bornscape.bitstrings.compiled_walsh import transform

        transform(out)
        return out
    while remaining:
        bits = min(_BLOCK, remaining)
        # Transforming the leading bits and moving them to the end brings every bit back to its place in the end.
        out = np.ascontiguousarray(out.reshape(2**bits, -1).T) @ _sign_matrix(bits)
        out = out.reshape(size)
        remaining -= bits
    return out


def _large(values: Float) -> Float:
    """``walsh_hadamard`` in the job's threads: a quarter each, then the two bits that number the quarters."""
    from bornscape.bitstrings.compiled_walsh import last_two_bits, transform

    given = values.reshape(4, -1)
    out = np.empty(given.shape)

    def quarter(k: int) -> None:
        out[k] = given[k]
        transform(out[k])

    for_each(quarter, range(4))
    for_each(lambda chosen: last_two_bits(out, chosen.start, chosen.stop), pieces(given.shape[1], 4))
    return out.ravel()


@lru_cache(maxsize=4)
def _short_sizes(n_qubits: int) -> NDArray[np.uint8]:
    return subset_sizes(n_qubits).astype(np.uint8)


def products_by_size(first: Float, second: Float) -> Float:
    """Sum over |A| = l of first(A) second(A), (n+1,), for two vectors (2**n,) over subsets."""
    n = qubits_of(first.size)
    if n < COMPILED_FROM:
        return np.bincount(subset_sizes(n), weights=first * second, minlength=n + 1).astype(np.float64)
    from bornscape.bitstrings import compiled_walsh

    out = np.zeros(n + 1)
    compiled_walsh.products_by_size(first, second, _short_sizes(n), out)
    return out


def spectrum_of_transform(transform: Float, subtracted: Float | None = None) -> Float:
    """S_l = sum over |A| = l of transform(A)^2, (n+1,); of ``transform - subtracted`` where that is given."""
    if subtracted is None:
        return products_by_size(transform, transform)
    n = qubits_of(transform.size)
    if n < COMPILED_FROM:
        return spectrum_of_transform(transform - subtracted)
    from bornscape.bitstrings import compiled_walsh

    out = np.zeros(n + 1)
    compiled_walsh.differences_by_size(transform, subtracted, _short_sizes(n), out)
    return out


def spectra_of_differences(transform: Float, subtracted: Float) -> Float:
    """``spectrum_of_transform(transform, row)`` for each row of ``subtracted``, (D, 2**n), in one call: (D, n+1)."""
    from bornscape.bitstrings.compiled_walsh import differences_with

    n = qubits_of(transform.size)
    out = np.zeros((len(subtracted), n + 1))
    differences_with(transform, subtracted, _short_sizes(n), out)
    return out


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

    Examples
    --------
    00 or 11 against the uniform distribution: they differ in the two-wire correlation alone.

    >>> import bornscape as bs
    >>> bs.bodyness_spectrum([0.25, -0.25, -0.25, 0.25]).tolist()
    [0.0, 0.0, 1.0]
    """
    return spectrum_of_transform(walsh_hadamard(difference))

"""What the closed forms need to know of the data: its Hamming distances and its marginals' total weight.

C_s of Theorem 2 is a sum of z_A^2 over all 2^n subsets of wires, hence also a sum over pairs of strings:
sum_{|A| = l} z_A^2 = sum_H c_H K_l(H), where c_H is the probability of two independent strings being H apart and K_l
the Krawtchouk polynomial, the coefficient of t^l in (1 - t)^H (1 + t)^(n - H). Terms of both signs cancel there by many
orders of magnitude, so c_H and K_l are kept as integers of any size: what reaches floating point is non-negative.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bornscape.aliases import Float

_FIXED_POINT_BITS = 60
_LIMB_BITS = 20
_CHUNK_PAIRS = 1 << 22
# A chunk's integer sums must stay below 2^63: 20 bits (limb) + 20 bits (limb) + 14 bits (strings) + 9 bits (rows).
_MAX_ROWS = 1 << 9
_MAX_STRINGS = 1 << 14
# Beyond, strings of equal weight are counted by sums over all 2^n subsets, of 2^n integers each: 128 MB at 24 wires.
_MAX_WIRES = 24


def check_strings(bitstrings: ArrayLike) -> NDArray[np.uint8]:
    """Return the strings as an (M, n) uint8 array; ValueError unless 2-D, not empty, and all 0 or 1."""
    array = np.asarray(bitstrings)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"bitstrings must be a non-empty (M, n) array, got shape {array.shape}")
    if not np.all((array == 0) | (array == 1)):
        raise ValueError("bitstrings must hold 0 and 1 only")
    return array.astype(np.uint8)


def check_distribution(probabilities: ArrayLike, size: int | None = None) -> Float:
    """Return a (size,) float64 array; ValueError unless finite, not negative, and adding up to 1 within 1e-9."""
    array = np.asarray(probabilities, dtype=np.float64)
    if array.ndim != 1 or array.size == 0 or (size is not None and array.size != size):
        raise ValueError(f"probabilities must have shape ({size or 'k'},), got {array.shape}")
    if not np.all(np.isfinite(array)) or np.any(array < 0):
        raise ValueError("probabilities must be finite and not negative")
    if abs(array.sum() - 1) > 1e-9:
        raise ValueError(f"probabilities must add up to 1, got {array.sum()}")
    return array


def hamming_pair_weights(bitstrings: ArrayLike, probabilities: ArrayLike | None = None) -> tuple[list[int], int]:
    """Return the exact distribution of the Hamming distance of two independent strings.

    Parameters
    ----------
    bitstrings
        (M, n) array of 0 and 1, column 0 being wire 0; strings may repeat, and their probabilities then add up.
    probabilities
        (M,) array that adds up to 1; uniform by default. Rounded to multiples of 2^-60, then normalised exactly.

    Returns
    -------
    counts, total
        n + 1 non-negative integers and their sum: counts[H] / total is the probability of distance H.

    Raises
    ------
    ValueError
        If the strings or the probabilities are malformed, or more than 16384 strings differ and are not of equal
        probability or have more than 24 bits.

    Notes
    -----
    O(M^2 n) time, and memory for a chunk of a few million pairs at a time; beyond 16384 strings O(2^n n).
    """
    return _pair_weights(*_merge(check_strings(bitstrings), probabilities))


def _pair_weights(strings: NDArray[np.uint8], weights: NDArray[np.int64]) -> tuple[list[int], int]:
    if len(strings) > _MAX_STRINGS:
        if weights.min() < weights.max() or strings.shape[1] > _MAX_WIRES:
            raise ValueError(
                f"at most {_MAX_STRINGS} different strings, or of equal probability and {_MAX_WIRES} bits; "
                f"got {len(strings)} of {strings.shape[1]} bits"
            )
        square = int(weights[0]) ** 2
        return [square * pairs for pairs in _pairs_of_a_set(strings)], square * len(strings) ** 2
    limbs = _limbs(weights)
    rows = max(1, min(_MAX_ROWS, _CHUNK_PAIRS // len(strings)))
    counts = [0] * (strings.shape[1] + 1)
    for start in range(0, len(strings), rows):
        chunk = _chunk_counts(strings, limbs, slice(start, start + rows))
        counts = [count + extra for count, extra in zip(counts, chunk, strict=True)]
    return counts, sum(int(weight) for weight in weights) ** 2


def log_marginal_weights(bitstrings: ArrayLike, probabilities: ArrayLike | None = None) -> Float:
    """Return log W_l, W_l = sum of z_A^2 over the subsets A of l wires: how much the data's l-wire parities weigh.

    Parameters
    ----------
    bitstrings
        (M, n) array of 0 and 1, column 0 being wire 0.
    probabilities
        (M,) array that adds up to 1; uniform by default.

    Returns
    -------
    Array of shape (n + 1,), natural logarithms: 0 for l = 0, minus infinity where every z_A is exactly 0, at most
    log C(n, l) (reached by a single string). Right to rounding however small W_l is.

    Raises
    ------
    ValueError
        As hamming_pair_weights.
    """
    strings, weights = _merge(check_strings(bitstrings), probabilities)
    return np.array(_log_weights(strings.tobytes(), weights.tobytes(), strings.shape[1]), dtype=np.float64)


@lru_cache(maxsize=512)
def _log_weights(strings: bytes, weights: bytes, n_qubits: int) -> tuple[float, ...]:
    # Every bandwidth asks for them again.
    rows = np.frombuffer(strings, dtype=np.uint8).reshape(-1, n_qubits)
    counts, total = _pair_weights(rows, np.frombuffer(weights, dtype=np.int64))
    log_total = math.log(total)
    return tuple(math.log(weight) - log_total if weight else -math.inf for weight in _krawtchouk_sums(counts))


def parity_strings() -> NDArray[np.uint8]:
    """Return 000, 011, 101, 110: third bit = parity of the first two (the example of Prop. 5, put right).

    Returns
    -------
    (4, 3) uint8 array. Uniform on these, every marginal of two bits is uniform, and z_{012} = 1.
    """
    return np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]], dtype=np.uint8)


def paper_printed_strings() -> NDArray[np.uint8]:
    """Return 001, 011, 101, 110, the strings that the paper prints for the example of Prop. 5.

    Returns
    -------
    (4, 3) uint8 array. It is NOT the parity set: the third bit is 1 in three strings of four, so that already the
    one-bit marginals differ from the uniform distribution's. Kept to show that; use parity_strings.
    """
    return np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0]], dtype=np.uint8)


def _merge(strings: NDArray[np.uint8], probabilities: ArrayLike | None) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    # Rows as text, which is sorted much faster than rows along an axis.
    rows = np.ascontiguousarray(strings).view(f"S{strings.shape[1]}")[:, 0]
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    unique = strings[first]
    weights = np.ones(len(strings), dtype=np.int64)
    if probabilities is not None:
        # The sum of all weights stays below 2^61, since the probabilities add up to 1 within 1e-9.
        scaled = np.ldexp(check_distribution(probabilities, len(strings)), _FIXED_POINT_BITS)
        weights = np.rint(scaled).astype(np.int64)
    merged = np.zeros(len(unique), dtype=np.int64)
    np.add.at(merged, inverse, weights)
    return unique[merged > 0], merged[merged > 0]


def _pairs_of_a_set(strings: NDArray[np.uint8]) -> list[int]:
    """Number of ordered pairs of different or equal strings at each distance, exactly, from the set's parity sums.

    The sums z_A over the set have squares whose own sums (-1)^(A.d) are 2^n times the pairs with x XOR y = d; all stay
    below 2^(2 n).
    """
    n_qubits = strings.shape[1]
    members = strings.astype(np.int64) @ (1 << np.arange(n_qubits - 1, -1, -1, dtype=np.int64))
    held = np.zeros(1 << n_qubits, dtype=np.int64)
    held[members] = 1
    pairs = parity_sums(parity_sums(held) ** 2) >> n_qubits
    distances = np.bitwise_count(np.arange(1 << n_qubits, dtype=np.uint64)).astype(np.int64)
    counts = np.zeros(n_qubits + 1, dtype=np.int64)
    np.add.at(counts, distances, pairs)
    return [int(count) for count in counts]


def parity_sums(values: NDArray[Any]) -> NDArray[Any]:
    """Sum over x of values(x) (-1)^(A.x) for every A, (2^n,), one bit after the other; integers stay integers."""
    for bit in range(values.size.bit_length() - 1):
        halves = values.reshape(-1, 2, 1 << bit)
        values = np.stack([halves[:, 0] + halves[:, 1], halves[:, 0] - halves[:, 1]], axis=1).reshape(-1)
    return values


def _limbs(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (limbs, M) non-negative integers below 2^20 with weights = sum_j limbs[j] 2^(20 j)."""
    n_limbs = -(-int(weights.max()).bit_length() // _LIMB_BITS)
    shifts = _LIMB_BITS * np.arange(n_limbs, dtype=np.int64)[:, None]
    return (weights[None, :] >> shifts) & ((1 << _LIMB_BITS) - 1)


def _chunk_counts(strings: NDArray[np.uint8], limbs: NDArray[np.int64], rows: slice) -> list[int]:
    """Return the exact sums of weight * weight' over the pairs (row, any string), by Hamming distance."""
    n_qubits = strings.shape[1]
    distances = hamming_distances(strings[rows], strings)
    offsets = (n_qubits + 1) * np.arange(len(distances), dtype=np.int64)[:, None]
    bins = (distances + offsets).reshape(-1)
    totals = [0] * (n_qubits + 1)
    for right, limb in enumerate(limbs):
        # Sums of at most 2^14 integers below 2^20 are exact in float64, in which bincount works.
        by_row = np.bincount(bins, np.broadcast_to(limb, distances.shape).reshape(-1), len(distances) * (n_qubits + 1))
        table = by_row.astype(np.int64).reshape(len(distances), n_qubits + 1)
        for left, row_limb in enumerate(limbs[:, rows]):
            shift = _LIMB_BITS * (left + right)
            totals = [a + (int(b) << shift) for a, b in zip(totals, row_limb @ table, strict=True)]
    return totals


def hamming_distances(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the distances of each string of one set, (k, n), and each of another, (M, n): (k, M)."""
    # H = |x| + |y| - 2 x.y; float32 holds integers up to 2^24 exactly and lets BLAS do the product.
    overlap = left.astype(np.float32) @ right.astype(np.float32).T
    sizes = left.sum(axis=1, dtype=np.int64)[:, None] + right.sum(axis=1, dtype=np.int64)[None, :]
    return np.asarray(sizes - 2 * overlap.astype(np.int64), dtype=np.int64)


def _krawtchouk_sums(counts: Sequence[int]) -> list[int]:
    """Return the coefficients of sum_H counts[H] (1 - t)^H (1 + t)^(n - H), exactly, by Horner's rule.

    A polynomial is one integer, its value at a power of 2 above every coefficient (Kronecker's substitution), so that t
    is a shift. The coefficients of the result are not negative: its digits are they.
    """
    n_bytes = (sum(counts).bit_length() + len(counts)) // 8 + 1
    total, ones = counts[-1], 1
    for count in reversed(counts[:-1]):
        ones += ones << 8 * n_bytes
        total += count * ones - (total << 8 * n_bytes)
    digits = total.to_bytes(len(counts) * n_bytes, "little")
    return [int.from_bytes(digits[k : k + n_bytes], "little") for k in range(0, len(digits), n_bytes)]

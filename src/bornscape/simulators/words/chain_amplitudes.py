"""Probabilities of whole strings from a chain of site tensors: squares of amplitudes, which are vectors' products.

Only where all wires are measured, and read rightly: others are sums of squares, for ``chain_contractions``. What stands
left and right of a wire is a matrix over its bond there and a vector here: a string costs b^2 a wire in place of b^3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bornscape.aliases import Bits, Complex, Float, Indices
from bornscape.simulators.words.chain_contractions import MEMORY, Tensor


def whole_strings(bitstrings: Bits, measured: Indices, wires: int, misread: float) -> Bits | None:
    """Outcomes (K, n_measured) as strings of all wires in the order of the chain; None where they are no such strings.

    Parameters
    ----------
    measured
        Place in the chain of each bit of an outcome, (n_measured,).
    misread
        Chance that a bit is read as the other one.
    """
    if misread or len(measured) < wires:
        return None
    strings = np.empty(np.shape(bitstrings), dtype=np.uint8)
    strings[:, measured] = bitstrings
    return strings


def string_probabilities(tensors: Sequence[Tensor], bitstrings: Bits) -> Float:
    """|<x|psi>|^2 of strings (K, n), (K,), from tensors (left bond, 2, right bond), the outer bonds 1."""
    found = np.empty(len(bitstrings))
    for some in _chunks(tensors, bitstrings):
        amplitude = _vectors(tensors, bitstrings[some])[-1][:, 0]
        found[some] = amplitude.real**2 + amplitude.imag**2
    return found


def string_slopes(tensors: Sequence[Tensor], bitstrings: Bits, weights: Float) -> list[Tensor]:
    """Derivatives of O = sum_x weights_x |<x|psi>|^2 by the conjugates of all tensors, each of its tensor's shape.

    dO is 2 Re of the sum of conj(dT) slope over all tensors, as that of ``chain_contractions.Chain.slopes``.
    """
    found = [np.zeros(t.shape, dtype=complex) for t in tensors]
    for some in _chunks(tensors, bitstrings):
        strings = bitstrings[some]
        lefts = _vectors(tensors, strings)
        right: Complex = (weights[some] * lefts[-1][:, 0]).conj()[:, None]
        for wire in reversed(range(len(tensors))):
            for bit in (0, 1):
                rows = strings[:, wire] == bit
                found[wire][:, bit] += (lefts[wire][rows].T @ right[rows]).conj()
            right = _step(tensors[wire].transpose(2, 1, 0), right, strings[:, wire])
    return found


def _chunks(tensors: Sequence[Tensor], bitstrings: Bits) -> Iterator[slice]:
    """As many strings at a time as fit the memory."""
    step = max(1, MEMORY // sum(t.shape[2] for t in tensors))
    yield from (slice(k, k + step) for k in range(0, len(bitstrings), step))


def _vectors(tensors: Sequence[Tensor], strings: Bits) -> list[Complex]:
    """What stands left of each wire of strings (K, n), (K, bond), and left of the end."""
    found = [np.ones((len(strings), 1), dtype=complex)]
    for t, bits in zip(tensors, strings.T, strict=True):
        found.append(_step(t, found[-1], bits))
    return found


def _step(t: Tensor, before: Complex, bits: Bits) -> Complex:
    after = np.empty((len(before), t.shape[2]), dtype=complex)
    for bit in (0, 1):
        rows = bits == bit
        after[rows] = before[rows] @ t[:, bit]
    return after

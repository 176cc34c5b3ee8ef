"""States as real and imaginary parts, which a whole circuit of compiled loops acts on in one call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Complex, Float, Parts
from bornscape.bitstrings.threads import LARGE, for_each, pieces
from bornscape.simulators.state_vector.large import evolve_large
from bornscape.simulators.state_vector.lightning import Precision, check_start
from bornscape.simulators.state_vector.programs import Program

KINDS = {"double": np.float64, "single": np.float32}


def start_parts(n_qubits: int, precision: Precision, initial: NDArray | None = None) -> Parts:
    """|0...0>, or the amplitudes ``initial``, (2**n,), as (2, 2**n).

    Raises
    ------
    ValueError
        If the precision is another, or the amplitudes have another shape.
    """
    check_start(n_qubits, precision, initial)
    parts = np.zeros((2, 2**n_qubits), dtype=KINDS[precision])
    if initial is None:
        parts[0, 0] = 1
    else:
        _copy((initial.real, initial.imag), parts)
    return parts


def evolve(parts: Parts, loops: Program, turns: Float) -> None:
    """Act on a state with all loops, in place."""
    n = parts.shape[1].bit_length() - 1
    if n >= LARGE:
        evolve_large(parts, loops, turns, 0, len(loops.kinds))
        return
    from bornscape.simulators.state_vector.compiled_circuits import run

    run(parts, 1, n, loops.kinds, loops.masks, turns, 0, len(loops.kinds))


def born(re: NDArray, im: NDArray) -> Float:
    """Born probabilities from real and imaginary parts, (2**n,) or (k, 2**n) each; the last axis sums to 1."""
    values = np.empty_like(re, dtype=np.float64)
    columns = pieces(re.shape[-1])

    def square(chosen: slice) -> None:
        np.square(re[..., chosen], out=values[..., chosen], dtype=np.float64)
        values[..., chosen] += np.square(im[..., chosen], dtype=np.float64)

    def divide(chosen: slice) -> None:
        values[..., chosen] /= total

    for_each(square, columns)
    total = values.sum(axis=-1, keepdims=True)
    for_each(divide, columns)
    return values


def joined(parts: Parts) -> Complex:
    """The amplitudes of parts, (2**n,) complex in the same precision."""
    amplitudes = np.empty(parts.shape[1], dtype=np.result_type(parts.dtype, np.complex64))
    _copy(parts, (amplitudes.real, amplitudes.imag))
    return amplitudes


def _copy(given: Sequence[NDArray] | Parts, out: Sequence[NDArray] | Parts) -> None:
    """Real and imaginary parts, (2**n,) each, from one place to another."""

    def piece(chosen: slice) -> None:
        for one, other in zip(given, out, strict=True):
            other[chosen] = one[chosen]

    for_each(piece, pieces(len(out[0])))

"""States as real and imaginary parts, which a whole circuit of compiled loops acts on in one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Complex, Float, Parts
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
        parts[0], parts[1] = initial.real, initial.imag
    return parts


def evolve(parts: Parts, loops: Program, turns: Float) -> None:
    """Act on a state with all loops, in place."""
    from bornscape.simulators.state_vector.compiled_circuits import run

    n = parts.shape[1].bit_length() - 1
    run(parts[0], parts[1], 1, n, loops.kinds, loops.masks, turns, 0, len(loops.kinds))


def born(re: NDArray, im: NDArray) -> Float:
    """Born probabilities from real and imaginary parts, (2**n,) or (k, 2**n) each; the last axis sums to 1."""
    values = np.square(re, dtype=np.float64)
    values += np.square(im, dtype=np.float64)
    values /= values.sum(axis=-1, keepdims=True)
    return values


def joined(parts: Parts) -> Complex:
    """The amplitudes of parts, (2**n,) complex in the same precision."""
    amplitudes = np.empty(parts.shape[1], dtype=np.result_type(parts.dtype, np.complex64))
    amplitudes.real, amplitudes.imag = parts
    return amplitudes

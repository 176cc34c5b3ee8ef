"""Tangent states as columns of one array, every gate one compiled loop over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Complex, Float
from bornscape.circuits import Circuit
from bornscape.simulators.state_vector.lightning import DTYPES, Precision
from bornscape.simulators.state_vector.parts import start_parts
from bornscape.simulators.state_vector.programs import program

_FEWEST, _MOST = 8, 64
"""Columns of a block; below the fewest, states come one at a time."""

_PART_BYTES = 2**17
"""Of all real or all imaginary parts of a block that stays in the cache."""

_ROW_BYTES = 128
"""Of one outcome's columns with which all gates share passes: two of the widest vectors."""

_SHARE = 12
"""Uses of angles that a column has to stand for in a block beyond the cache, whose first gates act one by one."""

_LARGEST = 14
"""Qubits of states that share a block; larger ones come one at a time."""


def _columns(n_qubits: int, uses: int, itemsize: int) -> int:
    """Columns of a block, a power of two, for so many uses of angles and bytes of a number (all measured)."""
    fit = min(_MOST, _PART_BYTES // itemsize >> n_qubits)
    shared = min(_ROW_BYTES // itemsize, 1 << max(uses // _SHARE, 1).bit_length() - 1)
    width = max(fit, shared)
    return width if width >= _FEWEST and n_qubits <= _LARGEST else 1


def column_blocks(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision,
    initial: NDArray | None,
    skip: frozenset[tuple[int, int]],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Complex]]:
    """Angles (k,), signs (k,) and tangent states (k, 2**n) of uses of angles, for ``tangents.shifted_blocks``."""
    from bornscape.simulators.state_vector.compiled_tangents import tangents

    loops = program(circuit)
    assert loops is not None
    n = circuit.n_qubits
    turns = loops.turns(circuit.angles(theta))
    wanted = np.array([sign != 0 and use not in skip for sign, use in zip(loops.signs, loops.uses, strict=True)])
    places = np.flatnonzero(wanted)
    state = start_parts(n, precision, initial)
    width = _columns(n, len(places), state.itemsize)
    columns = np.empty((2, width << n), dtype=state.dtype)
    first = 0
    for start in range(0, len(places), width):
        chosen = places[start : start + width]
        last = int(chosen[-1]) + 1
        tangent_states = np.empty((len(chosen), 2**n), dtype=DTYPES[precision])
        tangents(state, n, loops.kinds, loops.masks, turns, first, last, wanted, columns, tangent_states)
        yield loops.angles[chosen], loops.signs[chosen].astype(np.int64), tangent_states
        first = last

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

_FEWEST, _MOST, _AMPLITUDES = 8, 64, 2**14
"""Columns of a block: as many as make so many amplitudes, within these bounds."""

_LARGEST = 12
"""Qubits of states that share a block; larger ones would not stay in the cache and come one at a time."""


def _columns(n_qubits: int) -> int:
    return 1 if n_qubits > _LARGEST else min(_MOST, max(_FEWEST, _AMPLITUDES >> n_qubits))


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
    width = _columns(n)
    state = start_parts(n, precision, initial)
    columns = np.empty((2, width << n), dtype=state.dtype)
    first = 0
    for start in range(0, len(places), width):
        chosen = places[start : start + width]
        last = int(chosen[-1]) + 1
        tangent_states = np.empty((len(chosen), 2**n), dtype=DTYPES[precision])
        tangents(state, n, loops.kinds, loops.masks, turns, first, last, wanted, columns, tangent_states)
        yield loops.angles[chosen], loops.signs[chosen].astype(np.int64), tangent_states
        first = last

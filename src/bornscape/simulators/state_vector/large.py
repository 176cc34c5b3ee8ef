"""Large states in the job's threads: their two parts apart, or their rows where the parts meet.

Turns about Y, CNOTs and their products act on real and imaginary part alike and need no word between them: each part
is a thread's. Turns about Z mix the parts of each amplitude, so that there threads take rows of amplitudes. Every
number is computed as in one thread, and sums are made of pieces that do not depend on how many threads there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float, Parts
from bornscape.bitstrings.threads import for_each, pieces
from bornscape.simulators.state_vector.programs import ENTANGLER, TURN_Z, Program


def _runs(kinds: NDArray[np.int64], first: int, last: int) -> Iterator[tuple[bool, int, int]]:
    """(whether they are turns about Z, first, last + 1) of neighbouring gates that are, or are not."""
    for is_phase, group in groupby(range(first, last), lambda gate: bool(kinds[gate] == TURN_Z)):
        gates = list(group)
        yield is_phase, gates[0], gates[-1] + 1


def evolve_large(parts: Parts, loops: Program, turns: Float, first: int, last: int) -> None:
    """Act on a state, (2, 2**n), with the loops from ``first`` to below ``last``, in place."""
    for is_phase, start, stop in _runs(loops.kinds, first, last):
        act = _turn_phases if is_phase else _run
        act(parts, loops, turns, start, stop)


def _run(parts: Parts, loops: Program, turns: Float, first: int, last: int) -> None:
    from bornscape.simulators.state_vector.compiled_circuits import run_in_tiles

    for_each(lambda part: run_in_tiles(part, 1, loops.kinds, loops.masks, turns, first, last), parts)


def _turn_phases(parts: Parts, loops: Program, turns: Float, first: int, last: int) -> None:
    from bornscape.simulators.state_vector.compiled_gates import turn_phases

    low, high = _tables(parts, loops, turns, first, last, 1.0)
    for_each(
        lambda rows: turn_phases(parts[0], parts[1], 1, low, high, rows.start, rows.stop),
        pieces(high.shape[1], low.shape[1]),
    )


def _tables(parts: Parts, loops: Program, turns: Float, first: int, last: int, way: float) -> tuple[Parts, Parts]:
    """Phases of the lower bits, the length of a row, and of the others, a row's; ``way`` -1 undoes the turns."""
    from bornscape.simulators.state_vector.compiled_gates import phase_tables

    n = parts.shape[1].bit_length() - 1
    low, high = phase_tables(n, loops.masks, turns, first, last, way, parts.dtype)
    return low, high


def overlaps_large(state: Parts, other: Parts, loops: Program, turns: Float) -> Float:
    """``compiled_adjoint.overlaps`` of large states, (2, 2**n) each, that go back through the circuit in place."""
    found = np.zeros((2, len(loops.kinds)))
    for is_phase, first, last in reversed(list(_runs(loops.kinds, 0, len(loops.kinds)))):
        undo = _undo_phases if is_phase else _undo
        undo(state, other, loops, turns, first, last, found)
    return found.sum(axis=0)


def _undo(state: Parts, other: Parts, loops: Program, turns: Float, first: int, last: int, found: Float) -> None:
    from bornscape.simulators.state_vector.compiled_large import undo_part

    def part(p: int) -> None:
        undo_part(state[p], other[p], loops.kinds, loops.masks, turns, first, last, found[p])

    for_each(part, range(2))


def _undo_phases(state: Parts, other: Parts, loops: Program, turns: Float, first: int, last: int, found: Float) -> None:
    from bornscape.simulators.state_vector.compiled_large import undo_rows

    low, high = _tables(state, loops, turns, first, last, -1.0)
    shares = pieces(high.shape[1], low.shape[1])
    by_bit = np.zeros((len(shares), state.shape[1].bit_length() - 1))

    def undo(k: int) -> None:
        undo_rows(state, other, low, high, shares[k].start, shares[k].stop, by_bit[k])

    for_each(undo, range(len(shares)))
    found[0, first:last] = by_bit.sum(axis=0)[np.log2(loops.masks[first:last, 0]).astype(int)]


def tangents_large(
    state: Parts, loops: Program, turns: Float, places: NDArray[np.int64]
) -> Iterator[tuple[int, Parts]]:
    """(gate, tangent state at the circuit's end) for each gate of ``places``, which increase; ``state`` changes."""
    done, end = 0, len(loops.kinds)
    for gate in places.tolist():
        evolve_large(state, loops, turns, done, gate + 1)
        done = gate + 1
        tangent = inserted(state, int(loops.kinds[gate]), *loops.masks[gate].tolist())
        evolve_large(tangent, loops, turns, done, end)
        yield gate, tangent


def inserted(state: Parts, kind: int, high: int, low: int) -> Parts:
    """A state with the Pauli word of a gate's angle inserted: Y or Z on the bit of weight ``high``, Y and X on both."""
    out = np.empty_like(state)
    psi, phi = state.reshape(2, -1, 2, high), out.reshape(2, -1, 2, high)
    if kind == TURN_Z:
        phi[:, :, 0] = psi[:, :, 0]
        np.negative(psi[:, :, 1], out=phi[:, :, 1])
        return out
    # (Y psi)_0 = -i psi_1, (Y psi)_1 = i psi_0.
    phi[0, :, 0], phi[1, :, 1] = psi[1, :, 1], psi[0, :, 0]
    np.negative(psi[0, :, 1], out=phi[1, :, 0])
    np.negative(psi[1, :, 0], out=phi[0, :, 1])
    return np.ascontiguousarray(out.reshape(2, -1, 2, low)[:, :, ::-1]).reshape(2, -1) if kind == ENTANGLER else out

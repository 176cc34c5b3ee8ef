"""Compiled tangent states: a Pauli word inserted after each gate, and the rest of the circuit for many at once."""

from __future__ import annotations

from numba import njit

from bornscape.simulators.state_vector.compiled_circuits import run
from bornscape.simulators.state_vector.compiled_gates import PLAIN, act, run_end

BUILT_ON = "55d14de59a4e9b50"
"""First digits of the SHA-256 of compiled_gates.py and compiled_circuits.py; see there."""


@njit(cache=True, error_model="numpy")
def _insert(state, kind, high, low, out, width, column):  # type: ignore[no-untyped-def]
    """Column ``column`` of ``out`` becomes the state with the Pauli word of a turn inserted: Y, Z, or Y and X."""
    flip = low if kind == 2 else 0
    for start in range(0, state.shape[1], 2 * high):
        for zero in range(start, start + high):
            one = zero + high
            here, there = zero * width + column, one * width + column
            if kind == 1:
                out[0, here], out[1, here] = state[0, zero], state[1, zero]
                out[0, there], out[1, there] = -state[0, one], -state[1, one]
            else:
                # (Y psi)_0 = -i psi_1, (Y psi)_1 = i psi_0.
                x, y = one ^ flip, zero ^ flip
                out[0, here], out[1, here] = state[1, x], -state[0, x]
                out[0, there], out[1, there] = -state[1, y], state[0, y]


@njit(cache=True, error_model="numpy")
def _rows_of_columns(columns, width, out):  # type: ignore[no-untyped-def]
    """Columns (2, 2**n width) as rows of complex numbers, ``out`` (at most width, 2**n), a block at a time."""
    block = 64
    for start in range(0, out.shape[1], block):
        for row in range(len(out)):
            for x in range(start, min(start + block, out.shape[1])):
                out[row, x] = complex(columns[0, x * width + row], columns[1, x * width + row])


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def tangents(state, n, kinds, masks, turns, first, last, wanted, columns, out):  # type: ignore[no-untyped-def]
    """Tangent states at the circuit's end of the ``wanted``, (G,) of bool, among the gates from ``first`` to ``last``.

    ``state``, (2, 2**n), is that before the first of these gates and becomes that before ``last``. ``columns``,
    (2, 2**n width), is room for as many states; ``out``, (k, 2**n) complex, takes the k wanted ones.
    """
    width = columns.shape[1] >> n
    columns[:] = 0
    column, gate = 0, first
    while gate < last:
        end = run_end(kinds, gate, last)
        act(state[0], state[1], 1, n, kinds, masks, turns, gate, end, 1.0)
        if column:
            act(columns[0], columns[1], width, n, kinds, masks, turns, gate, end, 1.0)
        for use in range(gate, end):
            if wanted[use]:
                _insert(state, kinds[use], masks[use, 0], masks[use, 1], columns, width, column)
                column += 1
        gate = end
    run(columns, width, n, kinds, masks, turns, last, kinds.size)
    _rows_of_columns(columns, width, out)

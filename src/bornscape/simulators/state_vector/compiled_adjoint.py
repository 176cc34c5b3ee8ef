"""The compiled adjoint pass: overlaps with every gate's Pauli word on the way back through a circuit."""

from __future__ import annotations

import numpy as np
from numba import njit

from bornscape.simulators.state_vector.compiled_gates import PLAIN, act_real, parts_at_once, phase_tables, turn_phases

BUILT_ON = "46c70b77d6826e29"
"""First digits of the SHA-256 of compiled_gates.py; see compiled_circuits.py."""

_SUMS = {"contract", "reassoc"}
"""Sums may be taken in another order, which lets the compiler use whole vectors."""


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def turn_overlap(x, y, span):  # type: ignore[no-untyped-def]
    """One part's share of Im <y|Y|x>: the sum of y1 x0 - y0 x1."""
    total = 0.0
    if span == 1:
        for i in range(x.size // 2):
            total += y[2 * i + 1] * x[2 * i] - y[2 * i] * x[2 * i + 1]
    elif span == 2:
        for i in range(x.size // 4):
            total += y[4 * i + 2] * x[4 * i] - y[4 * i] * x[4 * i + 2]
            total += y[4 * i + 3] * x[4 * i + 1] - y[4 * i + 1] * x[4 * i + 3]
    else:
        rows, others = x.reshape(-1, span), y.reshape(-1, span)
        for i in range(0, rows.shape[0], 2):
            x0, x1, y0, y1 = rows[i], rows[i + 1], others[i], others[i + 1]
            for j in range(span):
                total += y1[j] * x0[j] - y0[j] * x1[j]
    return total


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def entangle_overlap(x, y, control, target):  # type: ignore[no-untyped-def]
    """As ``turn_overlap`` for CNOT RY CNOT, whose generator is Y on the control and X on the target."""
    total = 0.0
    if control == 2 and target == 1:
        for i in range(x.size // 4):
            total += y[4 * i + 3] * x[4 * i] - y[4 * i] * x[4 * i + 3]
            total += y[4 * i + 2] * x[4 * i + 1] - y[4 * i + 1] * x[4 * i + 2]
        return total
    small, big = min(control, target), max(control, target)
    for i in range(0, x.size, 2 * big):
        for j in range(i, i + big, 2 * small):
            both = j + big + small
            x00, x11, y00, y11 = x[j : j + small], x[both : both + small], y[j : j + small], y[both : both + small]
            x01, x10 = x[j + target : j + target + small], x[j + control : j + control + small]
            y01, y10 = y[j + target : j + target + small], y[j + control : j + control + small]
            for k in range(small):
                total += y11[k] * x00[k] - y00[k] * x11[k] + y10[k] * x01[k] - y01[k] * x10[k]
    return total


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _phase_overlaps(state, other, n, spare):  # type: ignore[no-untyped-def]
    """Im <other|Z|state> for Z on each bit, (n,), by folding the 2**n products in halves."""
    found = np.empty(n)
    for j in range(spare.size):
        spare[j] = other[0, j] * state[1, j] - other[1, j] * state[0, j]
    for bit in range(n - 1, -1, -1):
        zero, one = spare[: 1 << bit], spare[1 << bit : 2 << bit]
        difference = 0.0
        for j in range(zero.size):
            difference += zero[j] - one[j]
            zero[j] += one[j]
        found[bit] = difference
    return found


@njit(cache=True, error_model="numpy", fastmath=PLAIN)
def overlaps(state, other, n, kinds, masks, turns):  # type: ignore[no-untyped-def]
    """Im <other|P|state> after each gate of a turn with Pauli word P, 0 for others, (G,), undoing all gates on both.

    ``state`` and ``other``, (2, 2**n) each, are those at the circuit's end; they end as those at its start.
    """
    found = np.zeros(kinds.size)
    spare = np.empty(state.shape[1])
    # As a literal it would be a type of its own, for which ``turn_phases`` is compiled once more.
    last, width, both = kinds.size, np.int64(1), parts_at_once(state)
    while last > 0:
        first = last - 1
        while kinds[last - 1] == 1 and first > 0 and kinds[first - 1] == 1:
            first -= 1
        kind, high, low = kinds[first], masks[first, 0], masks[first, 1]
        if kind == 1:
            each = _phase_overlaps(state, other, n, spare)
            for gate in range(first, last):
                bit = 0
                while 1 << bit < masks[gate, 0]:
                    bit += 1
                found[gate] = each[bit]
            low_phases, high_phases = phase_tables(n, masks, turns, first, last, -1.0, state.dtype)
            turn_phases(state[0], state[1], width, low_phases, high_phases, 0, high_phases.shape[1])
            turn_phases(other[0], other[1], width, low_phases, high_phases, 0, high_phases.shape[1])
        for part in range(0, 2 if kind != 1 else 0, both):
            x, y = state[part : part + both].reshape(-1), other[part : part + both].reshape(-1)
            if kind == 0:
                found[first] += turn_overlap(x, y, high)
            elif kind == 2:
                found[first] += entangle_overlap(x, y, high, low)
            act_real(x, kind, high, low, turns[first, 0], -turns[first, 1])
            act_real(y, kind, high, low, turns[first, 0], -turns[first, 1])
        last = first
    return found

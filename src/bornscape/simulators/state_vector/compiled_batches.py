"""The compiled loops of ``batches``, apart from it because the compiler's import costs more than small jobs save."""

from __future__ import annotations

from numba import njit

from bornscape.simulators.state_vector.compiled_gates import flip
from bornscape.simulators.state_vector.compiled_passes import rotate_columns

BUILT_ON = "4ab23e6cb451843c"
"""First digits of the SHA-256 of compiled_gates.py and compiled_passes.py; see compiled_circuits.py."""


@njit(cache=True, error_model="numpy")
def _turn_y(x, lanes, bit, turns, place):  # type: ignore[no-untyped-def]
    for i in range(0, x.size, 2 * bit):
        for j in range(i, i + bit, lanes):
            rotate_columns(x, j, j + bit, turns, place)


@njit(cache=True, error_model="numpy")
def _turn_z(x, lanes, bit, turns, place):  # type: ignore[no-untyped-def]
    imaginary = x.size // 2
    for i in range(0, imaginary, 2 * bit):
        for j in range(i, i + bit, lanes):
            rotate_columns(x, j + imaginary, j, turns, place)
            rotate_columns(x, j + bit, j + bit + imaginary, turns, place)


@njit(cache=True, error_model="numpy")
def _entangle(x, lanes, control, target, turns, place):  # type: ignore[no-untyped-def]
    small, big = min(control, target), max(control, target)
    for i in range(0, x.size, 2 * big):
        for k in range(i, i + big, 2 * small):
            for j in range(k, k + small, lanes):
                rotate_columns(x, j, j + control + target, turns, place)
                rotate_columns(x, j + target, j + control, turns, place)


@njit(cache=True, error_model="numpy")
def run(states, kinds, masks, turns):  # type: ignore[no-untyped-def]
    """Act on K blocks of states, (K, 2, 2**n, lanes): real and imaginary parts by basis states and columns, in place.

    The columns of a block are one vector of the processor. Kinds are 0 (a turn about Y), 1 (about Z), 2 (CNOT RY CNOT)
    and 3 (CNOT); masks (G, 2) are the bits of their wires, and turns (K, G, 2, lanes) cosines and sines of half the
    angles, in the states' precision.
    """
    lanes = states.shape[3]
    for block in range(len(states)):
        x, angles = states[block].reshape(-1), turns[block].reshape(-1)
        for gate in range(kinds.size):
            kind, high, low, place = kinds[gate], masks[gate, 0] * lanes, masks[gate, 1] * lanes, 2 * lanes * gate
            if kind == 0:
                _turn_y(x, lanes, high, angles, place)
            elif kind == 1:
                _turn_z(x, lanes, high, angles, place)
            elif kind == 2:
                _entangle(x, lanes, high, low, angles, place)
            else:
                flip(x, high, low)

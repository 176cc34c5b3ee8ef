"""The compiled loops of ``batches``, apart from it because the compiler's import costs more than small jobs save."""

from __future__ import annotations

from numba import njit


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _rotate(x, y, c, s):  # type: ignore[no-untyped-def]
    """A real rotation of two rows by an angle of each column's own; two rows a loop, or it is not turned to vectors."""
    for k in range(c.size):
        a, b = x[k], y[k]
        x[k] = c[k] * a - s[k] * b
        y[k] = s[k] * a + c[k] * b


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _swap(x, y):  # type: ignore[no-untyped-def]
    """Exchange two rows."""
    for k in range(x.size):
        x[k], y[k] = y[k], x[k]


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def run(state, kinds, masks, turns):  # type: ignore[no-untyped-def]
    """Act on ``state``, (2, 2**n, B): real and imaginary parts by basis states and columns, in place.

    Kinds are 0 (a turn about Y), 1 (about Z), 2 (CNOT RY CNOT) and 3 (CNOT); masks (G, 2) are the bits of their wires,
    and turns (G, 2, B) cosines and sines of half the angles.
    """
    re, im = state[0], state[1]
    for gate in range(kinds.size):
        kind, high, low = kinds[gate], masks[gate, 0], masks[gate, 1]
        c, s = turns[gate, 0], turns[gate, 1]
        for row in range(len(re)):
            if row & (high | low):
                continue
            if kind == 0:
                _rotate(re[row], re[row | high], c, s)
                _rotate(im[row], im[row | high], c, s)
            elif kind == 1:
                _rotate(im[row], re[row], c, s)
                _rotate(re[row | high], im[row | high], c, s)
            elif kind == 2:
                for part in (re, im):
                    _rotate(part[row], part[row | high | low], c, s)
                    _rotate(part[row | low], part[row | high], c, s)
            else:
                _swap(re[row | high], re[row | high | low])
                _swap(im[row | high], im[row | high | low])

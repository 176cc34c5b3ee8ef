"""Compiled: shots of many circuits that differ from one another in one step of their sequential states."""

from __future__ import annotations

import numpy as np
from numba import njit

_SUMS = {"contract", "reassoc"}
"""Products may contract and sums be taken in another order, which lets the compiler use whole vectors."""


@njit(cache=True, error_model="numpy")
def real_matrices(steps):  # type: ignore[no-untyped-def]
    """Steps (T, w, 2, w), complex, as matrices (T, 4 w, 2 w) from a window to those that each outcome leaves."""
    count, width = len(steps), steps.shape[1]
    found = np.empty((count, 4 * width, 2 * width), dtype=steps.real.dtype)
    for t in range(count):
        for window in range(width):
            for outcome in range(2):
                for after in range(width):
                    z, row = steps[t, window, outcome, after], 2 * width * outcome + after
                    found[t, row, window], found[t, row, width + window] = z.real, -z.imag
                    found[t, row + width, window], found[t, row + width, width + window] = z.imag, z.real
    return found


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _measure(moved, points, windows, indices):  # type: ignore[no-untyped-def]
    """Measure a qubit of every shot: its next window, normalised, and its index with one more bit.

    ``moved``, (4 w, S): parts of the windows that the outcomes 0 and 1 leave. ``points``, (S,), are uniform on [0, 1).
    """
    half, shots = windows.shape
    zero, one = np.zeros(shots, dtype=moved.dtype), np.zeros(shots, dtype=moved.dtype)
    for row in range(half):
        a, b = moved[row], moved[half + row]
        for s in range(shots):
            zero[s] += a[s] * a[s]
            one[s] += b[s] * b[s]
    for s in range(shots):
        hit = points[s] * (zero[s] + one[s]) >= zero[s]
        indices[s] = 2 * indices[s] + hit
        scale = 1 / np.sqrt(one[s] if hit else zero[s])
        # Factors of both: the one that was not measured counts nothing.
        zero[s], one[s] = 0 if hit else scale, scale if hit else 0
    for row in range(half):
        a, b, out = moved[row], moved[half + row], windows[row]
        for s in range(shots):
            out[s] = zero[s] * a[s] + one[s] * b[s]


@njit(cache=True, error_model="numpy")
def sample_outcomes(base, steps, places, points):  # type: ignore[no-untyped-def]
    """Measured strings of the shots of each of V circuits, as indices of basis states, (V, S).

    Parameters
    ----------
    base
        Steps of the circuit itself, (L + n, 4 w, 2 w), real.
    steps, places
        One step of each circuit, (V, 4 w, 2 w), and which one it is, (V,).
    points
        Uniform on [0, 1), (V, n, S).
    """
    circuits, n, shots = points.shape
    idle, half = len(base) - n, base.shape[2]
    windows, moved = np.empty((half, shots), dtype=base.dtype), np.empty((2 * half, shots), dtype=base.dtype)
    outcomes = np.zeros((circuits, shots), dtype=np.int64)
    for v in range(circuits):
        start = np.zeros(half, dtype=base.dtype)
        start[0] = 1
        # The qubits before the first are idle: 0 with certainty, and one window for all shots.
        for t in range(idle):
            start = np.dot(steps[v] if places[v] == t else base[t], start)[:half]
        for row in range(half):
            windows[row] = start[row]
        for t in range(idle, len(base)):
            np.dot(steps[v] if places[v] == t else base[t], windows, moved)
            _measure(moved, points[v, t - idle], windows, outcomes[v])
    return outcomes

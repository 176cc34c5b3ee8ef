"""Tangent states of line circuits of few layers: products of a table for one half of the qubits and one for the other.

An amplitude of a sequential state (``simulators.line``) is a product of matrices, one a qubit, of as many rows as a
window of L qubits has states. Cut in the middle, all amplitudes are one product of two tables of 2**(n/2) windows. A
shifted angle belongs to one step and changes one of the two. That costs 8 2**(n + L) operations in one matrix product,
where the gates after the angle pass over the state some ten times a layer. Amplitudes of a few outcomes cost 8 4**L
each.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Complex, Float
from bornscape.simulators.line import DTYPES, Precision, isometries, step_angles, step_places
from bornscape.simulators.state_vector import ShiftedBlock

_AMPLITUDES = 2**18
"""Of a block of tangent states: as many states as have so many together, which stay near the processor."""


def few_layers(n_qubits: int, n_layers: int) -> bool:
    """Whether all tangent states cost less here than their gates do (measured)."""
    return n_qubits >= 11 and n_layers <= min(n_qubits - 8, 6)


def few_outcomes(n_qubits: int, n_layers: int, outcomes: int) -> bool:
    """Whether so many outcomes' amplitudes cost less than all of them do (measured)."""
    return outcomes << (n_layers + 2) <= 1 << n_qubits


def _after(windows: Complex, step: Complex, idle: bool) -> Complex:
    """Windows (..., r, w) after a step (..., w, 2, w): (..., 2 r, w), or (..., r, w) if it measures an idle qubit."""
    width = step.shape[-1]
    if idle:
        return np.asarray(windows @ step[..., 0, :])
    moved = windows @ step.reshape(*step.shape[:-2], 2 * width)
    return np.asarray(moved.reshape(*moved.shape[:-2], -1, width))


def _before(step: Complex, suffixes: Complex) -> Complex:
    """Amplitudes of suffixes from each window, (..., w, s), with the qubit of a step before them: (..., w, 2 s)."""
    width = step.shape[-1]
    moved = step.reshape(*step.shape[:-3], 2 * width, width) @ suffixes
    return np.asarray(moved.reshape(*moved.shape[:-2], width, -1))


class LineTangents:
    """Amplitudes of a line circuit (Eq. 53) and of its tangent states.

    Parameters
    ----------
    n_qubits, n_layers
        Sizes; at most ``line.LARGEST_DEPTH`` layers.
    theta
        (n_angles,), radians.
    precision
        Of the amplitudes.
    skip
        Angles that get no tangent state.
    """

    def __init__(
        self,
        n_qubits: int,
        n_layers: int,
        theta: Float,
        precision: Precision = "single",
        skip: frozenset[int] = frozenset(),
    ) -> None:
        self._n, self._layers = n_qubits, n_layers
        self._wanted = np.setdiff1d(np.arange(len(theta)), list(skip)).astype(np.int64)
        self._angles = step_angles(n_qubits, n_layers, theta)
        self._steps = isometries(self._angles, DTYPES[precision])
        self._first, self._places = n_layers + n_qubits // 2, step_places(n_qubits, n_layers)
        width = self._steps.shape[1]
        start = np.eye(1, width, dtype=self._steps.dtype)
        # Windows before each step up to the cut, and amplitudes of what follows each step from the cut on.
        self._prefixes, self._suffixes = [start], {len(self._steps): start.T}
        for t in range(self._first):
            self._prefixes.append(_after(self._prefixes[t], self._steps[t], t < n_layers))
        for t in range(len(self._steps) - 1, self._first - 1, -1):
            self._suffixes[t] = _before(self._steps[t], self._suffixes[t + 1])

    def state(self) -> Complex:
        """Amplitudes, (2**n,)."""
        return np.asarray(self._prefixes[self._first] @ self._suffixes[self._first]).ravel()

    def _shifted(self) -> Iterator[tuple[int, NDArray[np.int64], Complex]]:
        """Each step, its angles (k,), and the step with each of them raised by pi, times i: (k, w, 2, w).

        A rotation by pi more has its Pauli word inserted, times -i.
        """
        places, columns = self._places[:, self._wanted]
        angles = self._angles[places]
        angles[np.arange(len(places)), columns] += np.pi
        shifted = isometries(angles, self._steps.dtype.type)
        shifted *= 1j
        for t in np.unique(places).tolist():
            chosen = places == t
            yield t, self._wanted[chosen], shifted[chosen]

    def blocks(self) -> Iterator[ShiftedBlock]:
        """The tangent states of all angles that are not skipped, a few at a time; a block lasts until the next one."""
        most = max(1, _AMPLITUDES >> self._n)
        room = np.empty((most, 2 ** (self._n // 2), 2 ** (self._n - self._n // 2)), dtype=self._steps.dtype)
        for t, angles, shifted in self._shifted():
            for start in range(0, len(angles), most):
                chosen = slice(start, start + most)
                left, right = self._halves(t, shifted[chosen])
                found = room[: len(angles[chosen])]
                np.matmul(left, right, out=found)
                signs = np.ones(len(found), dtype=np.int64)
                yield ShiftedBlock(angles[chosen], signs, found.reshape(len(found), -1))

    def _halves(self, place: int, shifted: Complex) -> tuple[Complex, Complex]:
        """Both tables with another step at one place: one of the two, (k, ., .), differs from state to state."""
        if place >= self._first:
            suffixes = _before(shifted, self._suffixes[place + 1])
            for t in range(place - 1, self._first - 1, -1):
                suffixes = _before(self._steps[t], suffixes)
            return self._prefixes[self._first], suffixes
        windows = _after(self._prefixes[place], shifted, place < self._layers)
        for t in range(place + 1, self._first):
            windows = _after(windows, self._steps[t], t < self._layers)
        return windows, self._suffixes[self._first]

    def blocks_at(self, outcomes: NDArray[np.int64]) -> Iterator[ShiftedBlock]:
        """As ``blocks`` with the amplitudes of some outcomes only, indices of basis states, (M,): (k, M)."""
        count, width = len(outcomes), self._steps.shape[1]
        bits = np.zeros((len(self._steps), count), dtype=np.int64)
        bits[self._layers :] = outcomes >> np.arange(self._n - 1, -1, -1)[:, None] & 1
        rows = np.arange(count)
        after = np.zeros((len(self._steps) + 1, count, width), dtype=self._steps.dtype)
        after[-1, :, 0] = 1
        for t in range(len(self._steps) - 1, 0, -1):
            moved = after[t + 1] @ self._steps[t].reshape(2 * width, width).T
            after[t] = moved.reshape(count, width, 2)[rows, :, bits[t]]
        before = np.zeros((count, width), dtype=self._steps.dtype)
        before[:, 0] = 1
        places = {t: (angles, shifted) for t, angles, shifted in self._shifted()}
        for t, step in enumerate(self._steps):
            if t in places:
                angles, shifted = places[t]
                tangents = np.empty((len(angles), count), dtype=self._steps.dtype)
                for bit in range(2):
                    here = bits[t] == bit
                    around = before[here, :, None] * after[t + 1, here, None]
                    tangents[:, here] = shifted[:, :, bit].reshape(len(angles), -1) @ around.reshape(-1, width**2).T
                yield ShiftedBlock(angles, np.ones(len(angles), dtype=np.int64), tangents)
            before = (before @ step.reshape(width, 2 * width)).reshape(count, 2, width)[rows, bits[t]]

"""Gates and channels as real matrices on the letters I, X, Y, Z of a few wires; runs of gates as one such matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from itertools import accumulate, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Gate
from bornscape.extras import pennylane

_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def kron(matrices: Sequence[NDArray]) -> NDArray:
    """Their Kronecker product, the first one's index the most significant."""
    return reduce(np.kron, matrices)


def _transfer(unitary: NDArray) -> Float:
    """The unitary's matrix on letters: Tr(P U Q U^dagger) / 2^k."""
    k = len(unitary).bit_length() - 1
    words = np.array([kron(word) for word in product(_PAULIS, repeat=k)])
    turned = unitary @ words @ unitary.conj().T
    return np.einsum("aij,bji->ab", words, turned).real / 2**k


@lru_cache(maxsize=64)
def _fixed(name: str, inverse: bool) -> Float:
    qml = pennylane()  # Slow to import, and circuits without noise do without.

    unitary = getattr(qml, name).compute_matrix()
    return _transfer(unitary.conj().T if inverse else unitary)


@lru_cache(maxsize=64)
def _rotation(name: str) -> Float:
    """Parts of a rotation's matrix on letters: constant, times its angle's cosine, times its sine, (3, ., .)."""
    qml = pennylane()  # As above.

    none, quarter, half = (_transfer(np.asarray(getattr(qml, name).compute_matrix(a))) for a in (0, np.pi / 2, np.pi))
    middle = (none + half) / 2
    return np.array([middle, (none - half) / 2, quarter - middle])


def gate_parts(part: Gate, channel: Float | None = None) -> NDArray:
    """Matrices of a gate of one angle at most, on its letters: constant, times the angle's cosine, times its sine.

    One alone, (1, 4**k, 4**k), of a gate without an angle; else (3, 4**k, 4**k). A ``channel``, (4, 4), acts on each of
    its wires afterwards.
    """
    if part.angles:
        found = _rotation(part.name) * np.array([1, 1, (-1) ** part.inverse])[:, None, None]
    else:
        found = _fixed(part.name, part.inverse)[None]
    return found if channel is None else kron([channel] * len(part.wires)) @ found


class Use(NamedTuple):
    """A gate of one angle at most, and its matrices on letters: constant, times its angle's cosine, times its sine."""

    gate: Gate
    parts: NDArray

    def on(self, wires: tuple[int, ...]) -> Use:
        """The same on the letters of a block's wires."""
        places = [wires.index(wire) for wire in self.gate.wires]
        order = [*places, *(place for place in range(len(wires)) if place not in places)]
        back = [1 + axis for axis in np.argsort(order)]
        wide = np.kron(self.parts, np.eye(4 ** (len(wires) - len(places)))[None])
        axes = wide.reshape([len(wide)] + [4] * (2 * len(wires)))
        turned = axes.transpose([0, *back, *(axis + len(wires) for axis in back)])
        return Use(self.gate, np.ascontiguousarray(turned).reshape(wide.shape))

    def matrix(self, angles: Float, turn: float = 0.0) -> Float:
        """At the circuit's angles, its own larger by ``turn``."""
        if not self.gate.angles:
            return np.asarray(self.parts[0])
        angle = angles[self.gate.angles[0]] + turn
        return np.asarray(self.parts[0] + np.cos(angle) * self.parts[1] + np.sin(angle) * self.parts[2])

    def slope(self, angles: Float) -> Float:
        """Derivative of the matrix by its angle."""
        angle = angles[self.gate.angles[0]]
        return np.asarray(np.cos(angle) * self.parts[2] - np.sin(angle) * self.parts[1])


@dataclass
class Block:
    """Gates on the same few wires, one after the other."""

    wires: tuple[int, ...]
    uses: list[Use] = field(default_factory=list)

    def matrix(self, angles: Float, turned: tuple[int, float] = (-1, 0.0)) -> Float:
        """Of all gates, the one of number ``turned[0]`` at an angle that is larger by ``turned[1]``."""
        place, turn = turned
        return _product([use.matrix(angles, turn if j == place else 0.0) for j, use in enumerate(self.uses)])

    def slopes(self, angles: Float) -> Iterator[tuple[int, Float]]:
        """Angle and derivative of the matrix by it, for each use."""
        matrices = [use.matrix(angles) for use in self.uses]
        none = np.eye(4 ** len(self.wires))
        before = list(accumulate(matrices[:-1], lambda one, next_one: next_one @ one, initial=none))
        after = list(accumulate(matrices[:0:-1], lambda one, next_one: one @ next_one, initial=none))[::-1]
        for use, first, last in zip(self.uses, before, after, strict=True):
            if use.gate.angles:
                yield use.gate.angles[0], last @ use.slope(angles) @ first


def _product(matrices: Sequence[Float]) -> Float:
    """The matrices' product, the first acting first."""
    return reduce(lambda before, after: after @ before, matrices)


def _letters(state: Float, wires: tuple[int, ...]) -> Float:
    """A state (4**n,) as (a, 4**k, b): the letters of some wires in increasing order, between the others."""
    n, k = len(state).bit_length() // 2, len(wires)
    if wires[-1] - wires[0] == k - 1:
        return state.reshape(4 ** wires[0], 4**k, -1)
    order = [*wires, *(wire for wire in range(n) if wire not in wires)]
    return state.reshape([4] * n).transpose(order).reshape(1, 4**k, -1)


_FEW = 4
"""Columns up to which one large product is faster than many small ones."""


def apply(matrix: Float, wires: tuple[int, ...], state: Float) -> Float:
    """A matrix on the letters of some wires, in increasing order, of a state (4**n,)."""
    letters, apart = _letters(state, wires), wires[-1] - wires[0] != len(wires) - 1
    if apart:
        n = len(state).bit_length() // 2
        order = [*wires, *(wire for wire in range(n) if wire not in wires)]
        return np.ascontiguousarray((matrix @ letters).reshape([4] * n).transpose(np.argsort(order))).ravel()
    columns = letters.shape[2]
    if columns <= _FEW:
        return (letters.reshape(len(letters), -1) @ np.kron(matrix, np.eye(columns)).T).ravel()
    return (matrix @ letters).ravel()


def overlaps_of(observable: Float, state: Float, wires: tuple[int, ...]) -> Float:
    """Sum over the letters of all other wires of observable times state, (4**k, 4**k)."""
    left, right = _letters(observable, wires), _letters(state, wires)
    return np.asarray(np.einsum("aib,ajb->ij", left, right, optimize=True))

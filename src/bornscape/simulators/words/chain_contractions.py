"""Contractions of a chain of site tensors with diagonal factors: values, and their derivatives by every tensor.

The value of a row of factors is <T| factors |T>, a sweep from the first wire that has one to the last. What lies left
and right of them is the same for all rows. An environment of a wire is a matrix over its bond, bra first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Bits, Float, Indices

Tensor = NDArray[np.complex128]

MEMORY = 2**23
"""Numbers of the environments that are held at once (128 MiB)."""

_PLAIN = np.ones((1, 2))
_NOTHING = np.zeros((1, 1, 1), dtype=complex)


def word_factors(words: Bits, measured: Indices, wires: int) -> Float:
    """Diagonals of Z-words (K, n_measured) by wire, (K, wires, 2)."""
    found = np.ones((len(words), wires, 2))
    found[:, measured, 1] = 1.0 - 2.0 * np.asarray(words, dtype=np.float64)
    return found


def projectors(bitstrings: Bits, measured: Indices, wires: int, misread: float = 0.0) -> Float:
    """Diagonals of the projectors on outcomes (K, n_measured) by wire, (K, wires, 2).

    With a chance that a bit is misread: of the chances that each wire is read so.
    """
    found = np.ones((len(bitstrings), wires, 2))
    right = np.stack([bitstrings == 0, bitstrings == 1], axis=-1)
    found[:, measured] = np.where(right, 1 - misread, misread)
    return found


class _Spans(NamedTuple):
    """Rows of factors, (K, wires, 2), with the first and last wires that have one, (K,), the first ones rising."""

    factors: Float
    first: Indices
    last: Indices


@dataclass(frozen=True, eq=False)
class Chain:
    """Site tensors, (left bond, 2, right bond) each, the outer bonds 1."""

    tensors: Sequence[Tensor]

    @cached_property
    def _mirrored(self) -> list[Tensor]:
        return [np.ascontiguousarray(t.transpose(2, 1, 0)) for t in self.tensors]

    @cached_property
    def _left(self) -> list[Tensor]:
        """What lies left of each wire without factors, (1, bond, bond)."""
        found = [np.ones((1, 1, 1), dtype=complex)]
        for t in self.tensors[:-1]:
            found.append(_passed(t, found[-1], _PLAIN))
        return found

    @cached_property
    def _right(self) -> list[Tensor]:
        """What lies right of each wire without factors, (1, bond, bond)."""
        found = [np.ones((1, 1, 1), dtype=complex)]
        for t in self._mirrored[:0:-1]:
            found.append(_passed(t, found[-1], _PLAIN))
        return found[::-1]

    def _chunks(self, factors: Float) -> Iterator[tuple[Indices, _Spans]]:
        """Rows with a factor, as many at a time as fit the memory, and their spans."""
        present = (factors != 1).any(axis=2)
        first = present.argmax(axis=1)
        last = present.shape[1] - 1 - present[:, ::-1].argmax(axis=1)
        rows = np.flatnonzero(present.any(axis=1))
        rows = rows[np.argsort(first[rows], kind="stable")]
        widest = max(t.shape[0] for t in self.tensors)
        numbers = np.cumsum((last[rows] - first[rows] + 1) * widest**2) // MEMORY
        for number in np.unique(numbers):
            chosen = rows[numbers == number]
            yield chosen, _Spans(factors[chosen], first[chosen], last[chosen])

    def values(self, factors: Float) -> Float:
        """Values at factors (K, wires, 2), (K,): 1 where all are 1."""
        found = np.ones(len(factors))
        for rows, spans in self._chunks(factors):
            found[rows] = self._values(spans)
        return found

    def _values(self, spans: _Spans) -> Float:
        """Values of rows. Those whose factors agree up to a wire share what lies left of it."""
        found = np.ones(len(spans.first))
        kinds, codes = np.unique(spans.factors.reshape(-1, 2), axis=0, return_inverse=True)
        codes = codes.reshape(spans.factors.shape[:2])
        # Each row's place among the environments that are held; the first is the one without factors.
        place = np.zeros(len(spans.first), dtype=np.int64)
        held = self._left[int(spans.first.min())][:0]
        for wire in range(int(spans.first.min()), int(spans.last.max()) + 1):
            before, here = np.concatenate([self._left[wire], held]), codes[:, wire]
            done = np.flatnonzero(spans.last == wire)
            for kind in np.unique(here[done]):
                ended = done[here[done] == kind]
                after = _passed(self._mirrored[wire], self._right[wire], kinds[kind : kind + 1])
                used, mine = _distinct(place[ended])
                found[ended] = (before[used].reshape(len(used), -1) @ after.ravel()).real[mine]
            going = np.flatnonzero((spans.first <= wire) & (spans.last > wire))
            kept, mine = _distinct(place[going] * len(kinds) + here[going])
            held = _passed(self.tensors[wire], before[kept // len(kinds)], kinds[kept % len(kinds)])
            place[going] = 1 + mine
        return found

    def _sweep(self, spans: _Spans) -> Iterator[tuple[int, Indices, Tensor]]:
        """For each wire from the first on: the rows within whose span it is, rising, and what lies up to it."""
        active, held = spans.first[:0], np.empty((0, 1, 1), dtype=complex)
        for wire in range(int(spans.first.min()), int(spans.last.max()) + 1):
            rows = np.flatnonzero((spans.first <= wire) & (spans.last >= wire))
            before = _joined(rows, active, held, self._left[wire])
            active, held = rows, _passed(self.tensors[wire], before, spans.factors[rows, wire])
            yield wire, active, held

    def slopes(self, factors: Float, weights: Float) -> list[Tensor]:
        """Derivatives of O = sum_k weights_k values_k by the conjugates of all tensors, each of its tensor's shape.

        dO is 2 Re of the sum of conj(dT) slope over all tensors.
        """
        found = [np.zeros(t.shape, dtype=complex) for t in self.tensors]
        for rows, spans in self._chunks(factors):
            self._add_slopes(found, spans, weights[rows])
        return found

    def _add_slopes(self, found: list[Tensor], spans: _Spans, weights: Float) -> None:
        nobody = (spans.first[:0], np.empty((0, 1, 1), dtype=complex))
        swept = {wire: (active, after) for wire, active, after in self._sweep(spans)}
        # Rows that have ended left of a wire meet it without factors, and so do those that begin right of it.
        ended = _NOTHING
        for wire, t in enumerate(self.tensors):
            active, after = swept.get(wire, nobody)
            if ended.any():
                found[wire] += _slope(t, ended, self._right[wire], _PLAIN)
            done = spans.last[active] == wire
            ended = _passed(t, ended, _PLAIN) + np.tensordot(weights[active[done]], after[done], 1)
        begun, (rows, held) = _NOTHING, nobody
        for wire in reversed(range(len(self.tensors))):
            t, mirrored = self.tensors[wire], self._mirrored[wire]
            if begun.any():
                found[wire] += _slope(t, self._left[wire], begun, _PLAIN)
            begun = _passed(mirrored, begun, _PLAIN)
            if wire not in swept:
                continue
            active, own = swept[wire][0], spans.factors[swept[wire][0], wire]
            left = _joined(active, *swept.get(wire - 1, nobody), self._left[wire])
            right = _joined(active, rows, held, self._right[wire])
            found[wire] += _slope(t, left, weights[active, None, None] * right, own)
            rows, held = active, _passed(mirrored, right, own)
            started = spans.first[active] == wire
            begun = begun + np.tensordot(weights[active[started]], held[started], 1)


def _distinct(numbers: Indices) -> tuple[Indices, Indices]:
    """Distinct small numbers, rising, and the place of each given one among them; a sort would take far longer."""
    present = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=bool)
    present[numbers] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[numbers]


def _joined(rows: Indices, known: Indices, held: Tensor, fresh: Tensor) -> Tensor:
    """Environments of rows: ``held`` of those that are known, ``fresh`` of others. Rows and known ones rise."""
    found = np.empty((len(rows), *fresh.shape[1:]), dtype=complex)
    found[:] = fresh
    if len(known):
        found[np.isin(rows, known)] = held[np.isin(known, rows)]
    return found


def _passed(t: Tensor, before: Tensor, factors: Float) -> Tensor:
    """Environments of the next wire, (K, b, b), from (K, a, a) and the factors of this one, (K, 2)."""
    a, _, b = t.shape
    x = (before.reshape(-1, a) @ t.reshape(a, 2 * b)).reshape(-1, a, 2, b)
    x *= factors[:, None, :, None]
    return np.asarray(t.reshape(2 * a, b).conj().T @ x.reshape(-1, 2 * a, b))


def _slope(t: Tensor, left: Tensor, right: Tensor, factors: Float) -> Tensor:
    """Sum over k of left_k t right_k^T with the factors, (a, 2, b)."""
    a, _, b = t.shape
    x = (left.reshape(-1, a) @ t.reshape(a, 2 * b)).reshape(-1, a, 2, b)
    x *= factors[:, None, :, None]
    return np.tensordot(x, right, axes=([0, 3], [0, 2]))

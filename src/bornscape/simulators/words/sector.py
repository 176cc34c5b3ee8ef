"""Z-words of circuits that keep the Hamming weight, on the strings of that weight alone: exact.

A use of an angle that is shifted by itself changes the weight by 1 or 2, so that such states have amplitudes at the
weights near by, as many as are needed: nothing is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import comb

import numpy as np

from bornscape.aliases import Bits, Complex, Float, Indices
from bornscape.circuits import Circuit
from bornscape.simulators.words.protocol import MISREAD, DoesNotFitError, Kind
from bornscape.simulators.words.sector_blocks import Block, Blocks, block_matrices
from bornscape.simulators.words.sector_strings import Strings

LARGEST = 10**6
"""Amplitudes of the largest state."""

_SIGNS_AT_ONCE = 2**24
_LOCAL = {1: ((0,), (1,)), 2: ((0, 0), (0, 1), (1, 0), (1, 1))}
"""Bits of a block's wires, in the order of its matrix."""

State = dict[int, Complex]
"""Amplitudes by weight, of the weights that are there."""


@dataclass(frozen=True, eq=False)
class SectorEngine:
    """A circuit that keeps the Hamming weight of its start, with angles that are used once each.

    Attributes
    ----------
    shifts
        Whether states with one use of an angle shifted by itself have to fit too: these reach other weights.

    Raises
    ------
    DoesNotFitError
        If a gate changes the weight, or there are too many strings of it.
    """

    circuit: Circuit
    shifts: bool = True
    name: str = "sector"
    kind: Kind = "exact"
    _blocks: list[Blocks] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        found = Blocks(self.circuit)
        self._blocks.append(found)
        reached = [w for w in range(self.weight - 2, self.weight + 3) if self.shifts or w == self.weight]
        sizes = sum(self.strings.size(w) for w in reached)
        if sizes > LARGEST:
            beyond = " and the weights that a shifted angle reaches" if self.shifts else ""
            raise DoesNotFitError(
                f"sector: {self.circuit.n_qubits} wires have {sizes:.3g} strings of weight {self.weight}{beyond}, and "
                f"{LARGEST:.0e} would fit: fewer ones, or fewer wires"
            )

    @property
    def start(self) -> Bits:
        """The string that the circuit's first gates prepare, (n_qubits,)."""
        return self._blocks[0].start

    @property
    def blocks(self) -> list[Block]:
        """The circuit's gates in blocks that keep the weight, in the order in which they act."""
        return self._blocks[0].blocks

    @property
    def weight(self) -> int:
        """Ones of the start."""
        return int(self.start.sum())

    @cached_property
    def strings(self) -> Strings:
        """The strings of all weights, numbered."""
        return Strings(self.circuit.n_qubits, comb(self.circuit.n_qubits, self.weight))

    def fits(self, words: Bits) -> str | None:
        """None: every word can be had."""
        return None

    def shown(self, bitstrings: Bits, weight: int) -> tuple[Indices, Indices]:
        """Which strings of a weight show which outcomes (K, n_measured): places of the outcomes, numbers of strings.

        A string shows one outcome; hidden wires let several show the same.
        """
        asked = np.ascontiguousarray(bitstrings, dtype=np.uint8)
        if self.circuit.n_measured == self.circuit.n_qubits:
            rows = np.flatnonzero(asked.sum(axis=1) == weight)
            strings = np.empty_like(asked[rows])
            strings[:, list(self.circuit.measured_wires)] = asked[rows]
            return rows, self.strings.numbers(strings)
        outcomes = self.strings.columns(weight)[list(self.circuit.measured_wires)].T
        kinds, kind, counts = np.unique(outcomes, axis=0, return_inverse=True, return_counts=True)
        groups = np.split(np.argsort(kind.ravel(), kind="stable"), np.cumsum(counts)[:-1])
        group_of = {row.tobytes(): group for row, group in zip(kinds, groups, strict=True)}
        found = [group_of.get(row.tobytes(), np.zeros(0, dtype=np.int64)) for row in asked]
        return np.repeat(np.arange(len(asked)), [len(group) for group in found]), np.concatenate(found)

    def at(self, angles: Float) -> SectorWords:
        """The circuit at angles, (n_angles,) in radians."""
        return SectorWords(self, np.asarray(angles, dtype=np.float64))

    def apply(self, block: Block, matrix: Complex, state: State, weights: Collection[int] | None = None) -> State:
        """A block's matrix on a state; of the result the amplitudes of some ``weights`` alone, if these are given."""
        found: State = {}
        for row, column, to, source, rest in self._elements(block, state):
            if matrix[row, column] == 0 or (weights is not None and to not in weights):
                continue
            places = [self.strings.places(block.wires, _LOCAL[len(block.wires)][k], rest) for k in (row, column)]
            if len(places[0]):
                if to not in found:
                    found[to] = np.zeros(self._size(to, found), dtype=complex)
                found[to][places[0]] += matrix[row, column] * state[source][places[1]]
        return found

    def overlaps(self, block: Block, left: State, right: State) -> Complex:
        """The sum of conj(left) right over the strings that agree but on the block's wires, (2, 2) or (4, 4)."""
        local = _LOCAL[len(block.wires)]
        found = np.zeros((len(local), len(local)), dtype=complex)
        for row, column, to, source, rest in self._elements(block, right):
            if to in left:
                mine, theirs = (self.strings.places(block.wires, local[k], rest) for k in (row, column))
                found[row, column] += np.vdot(left[to][mine], right[source][theirs])
        return found

    def _elements(self, block: Block, state: State) -> Iterator[tuple[int, int, int, int, int]]:
        """Local strings (row, column), their weights with the other wires' ones, and these ones, where a state is."""
        local = _LOCAL[len(block.wires)]
        for column, bits in enumerate(local):
            for source in state:
                rest = source - sum(bits)
                for row, others in enumerate(local):
                    yield row, column, rest + sum(others), source, rest

    def _size(self, weight: int, held: State) -> int:
        size = self.strings.size(weight)
        if size + sum(len(part) for part in held.values()) > LARGEST:
            raise DoesNotFitError(
                f"sector: a shift reaches the {size:.3g} strings of weight {weight}, and {LARGEST:.0e} would fit"
            )
        return size


def _refuse(misread: float) -> None:
    if misread:
        raise DoesNotFitError(f"sector: {MISREAD}")


@dataclass(frozen=True, eq=False)
class SectorWords:
    """The amplitudes of a circuit at one vector of angles, (n_angles,), by weight."""

    engine: SectorEngine
    angles: Float

    @cached_property
    def _matrices(self) -> list[Complex]:
        return block_matrices(self.engine.blocks, self.angles)

    @cached_property
    def _passed(self) -> tuple[State, list[list[int]]]:
        """The state at the circuit's end, and the weights that there are before every block."""
        strings, weight = self.engine.strings, self.engine.weight
        state: State = {weight: np.zeros(strings.size(weight), dtype=complex)}
        state[weight][strings.numbers(self.engine.start[None])] = 1
        weights = []
        for block, matrix in zip(self.engine.blocks, self._matrices, strict=True):
            weights.append(list(state))
            state = self.engine.apply(block, matrix, state)
        return state, weights

    @property
    def state(self) -> State:
        """Amplitudes at the circuit's end by weight, in the order of ``engine.strings``."""
        return self._passed[0]

    def _parities(self, words: Bits, weight: int) -> Float:
        """(-1)^(A and x) of words (K, n_measured) and the strings of a weight, (K, size)."""
        bits = self.engine.strings.columns(weight)[list(self.engine.circuit.measured_wires)].astype(np.float32)
        counts = np.asarray(words, dtype=np.float32) @ bits
        return 1.0 - 2.0 * (counts.astype(np.int32) & 1).astype(np.float64)

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A>, (K,), exact."""
        found = np.zeros(len(words))
        for weight, part in self.state.items():
            chances = part.real**2 + part.imag**2
            step = max(1, _SIGNS_AT_ONCE // len(part))
            for k in range(0, len(words), step):
                found[k : k + step] += self._parities(words[k : k + step], weight) @ chances
        return found

    def probabilities(self, bitstrings: Bits, misread: float = 0.0) -> Float:
        """Exact probabilities q(x) of bitstrings (K, n_measured), (K,); ``misread`` must be 0."""
        _refuse(misread)
        found = np.zeros(len(bitstrings))
        for weight, part in self.state.items():
            rows, numbers = self.engine.shown(bitstrings, weight)
            np.add.at(found, rows, (part.real**2 + part.imag**2)[numbers])
        return found

    def probability_gradient(self, bitstrings: Bits, weights: Float, misread: float = 0.0) -> Float:
        """Derivatives of sum_x weights_x q(x) by the angles, (n_angles,), exact; ``misread`` must be 0."""
        _refuse(misread)
        slopes = {}
        for weight, part in self.state.items():
            rows, numbers = self.engine.shown(bitstrings, weight)
            slopes[weight] = np.zeros(len(part))
            np.add.at(slopes[weight], numbers, np.asarray(weights, dtype=np.float64)[rows])
        return self._pulled_back(slopes)

    def probability_error(self) -> float:
        """Zero."""
        return 0.0

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles, (n_angles,), exact."""
        slopes = {}
        for weight, part in self.state.items():
            slope, step = np.zeros(len(part)), max(1, _SIGNS_AT_ONCE // len(part))
            for k in range(0, len(words), step):
                slope += np.asarray(weights[k : k + step]) @ self._parities(words[k : k + step], weight)
            slopes[weight] = slope
        return self._pulled_back(slopes)

    def _pulled_back(self, slopes: dict[int, Float]) -> Float:
        """Derivatives by the angles, (n_angles,), from those by the probability of every string of a weight."""
        state = self.state
        other: State = {weight: slopes[weight] * part for weight, part in state.items()}
        found = np.zeros(len(self.angles))
        passed = zip(self.engine.blocks, self._matrices, self._passed[1], strict=True)
        for block, matrix, before in reversed(list(passed)):
            back = matrix.conj().T
            state = self.engine.apply(block, back, state, before)
            if derivatives := block.derivatives(self.angles):
                overlap = self.engine.overlaps(block, other, state)
                for angle, derivative in derivatives:
                    found[angle] = 2 * float((overlap * derivative).sum().real)
            # One derivative before this block reaches two ones more or less; what lies beyond is never looked at.
            near = {weight + step for weight in before for step in range(-2, 3)}
            other = self.engine.apply(block, back, other, near)
        return found

    def error(self, words: Bits) -> Float:
        """Zeros."""
        return np.zeros(len(words))

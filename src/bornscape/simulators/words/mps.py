"""Z-words and probabilities from matrix product states whose bonds are cut to a limit, with a bound on the error.

Each cut turns the state by an angle whose squared sine is the weight that it cuts. Angles between states obey the
triangle inequality and gates keep them, so that the sum of all, alpha, bounds the angle to the true state, and the mean
of an operator in [-1, 1] is off by at most 2 sin(alpha): ``error``, rigorous but for rounding. If what the cuts leave
out is independent, the fidelity is F = the product of the weights that they keep, and 2 sqrt(1 - F) the smaller
``likely_error``, an estimate. Derivatives are by shifts, two states for each angle: ``component`` gives one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.circuits import Circuit
from bornscape.circuits.cones import Cones
from bornscape.simulators.words.chain_amplitudes import string_probabilities, whole_strings
from bornscape.simulators.words.chain_contractions import Chain, projectors, word_factors
from bornscape.simulators.words.chain_sites import bonds, met
from bornscape.simulators.words.mps_state import MPS, Block, blocks
from bornscape.simulators.words.protocol import DoesNotFitError, Kind

LARGEST_BOND = 64
"""Largest bond, unless the engine is told otherwise."""

STEPS = 10**6
"""Blocks of gates and swaps applied for one gradient, at most: about four minutes at bonds of 16."""


Values = Callable[[Chain], Float]
"""What is asked of a state: means of some words, or probabilities of some outcomes, (K,)."""

KEPT = 2**22
"""Numbers of the shifted states that are kept (64 MiB, and up to twice as much for their environments)."""


@dataclass(frozen=True, eq=False)
class MpsEngine:
    """Matrix product states of a circuit whose angles are used once each and that starts in |0...0>.

    Attributes
    ----------
    largest_bond
        Where more singular values than these are not 0, the others are cut.

    Raises
    ------
    DoesNotFitError
        If a gate has three wires.
    """

    circuit: Circuit
    largest_bond: int = LARGEST_BOND
    name: str = "mps"
    _blocks: list[Block] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        for gate in self.circuit.gates:
            if len(gate.wires) > 2:
                raise DoesNotFitError(f"mps: gate {gate.name} on wires {list(gate.wires)}: gates on two would fit")
        met = [self.circuit.gates[k] for k in self._cones.cone(frozenset(self._measured.tolist())).gates]
        self._blocks.extend(blocks(replace(self.circuit, gates=tuple(met), layer_ends=())))

    @cached_property
    def _cones(self) -> Cones:
        return Cones(self.circuit)

    @cached_property
    def _measured(self) -> np.ndarray:
        return np.array(self.circuit.measured_wires)

    @cached_property
    def kind(self) -> Kind:
        """``exact`` where no bond can be larger than ``largest_bond``."""
        n = self.circuit.n_qubits
        if 2 ** (n // 2) <= self.largest_bond:
            return "exact"
        apart = any(abs(block.wires[0] - block.wires[-1]) > 1 for block in self._blocks)
        return "truncated" if apart or max(bonds(met(self.circuit), n)) > self.largest_bond else "exact"

    @cached_property
    def _moves(self) -> int:
        """Blocks, and swaps that bring the wires of each together and back."""
        return sum(1 + 2 * max(0, abs(block.wires[0] - block.wires[-1]) - 1) for block in self._blocks)

    def _met(self, words: Bits) -> list[int]:
        """Numbers of the angles that words (K, n_measured) depend on."""
        wires = self._measured[np.asarray(words, dtype=bool).any(axis=0)]
        cone = self._cones.cone(frozenset(wires.tolist()))
        return [angle for k in cone.gates for angle in self.circuit.gates[k].angles]

    def fits(self, words: Bits) -> str | None:
        """Why the derivatives of words (K, n_measured) would take too long; None if they would not."""
        steps = len(self._met(words)) * self._moves
        if steps <= STEPS:
            return None
        return (
            f"mps: two states for each of {len(self._met(words))} angles are {steps:.2g} steps, and {STEPS:.2g} would "
            "fit: take fewer layers or qubits"
        )

    def at(self, angles: Float) -> MpsWords:
        """The circuit at angles, (n_angles,) in radians."""
        return MpsWords(self, np.asarray(angles, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class MpsWords:
    """The matrix product state of a circuit at one vector of angles, (n_angles,)."""

    engine: MpsEngine
    angles: Float
    _kept: dict[int, tuple[Chain, Chain]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _befores(self) -> list[MPS]:
        """The state before each block of gates, and the last one."""
        state = MPS.zeros(self.engine.circuit.n_qubits, self.engine.largest_bond)
        found = [state.copy()]
        for block in self.engine._blocks:
            state.apply(block.wires, block.matrix(self.angles))
            found.append(state.copy())
        return found

    @cached_property
    def _chain(self) -> Chain:
        return _chain(self._befores[-1])

    def _shifted(self, angle: int) -> tuple[Chain, Chain]:
        """The states at this angle plus and minus pi/2."""
        place = next((k for k, block in enumerate(self.engine._blocks) if angle in block.angles), None)
        if place is None:
            return self._chain, self._chain
        if angle in self._kept:
            return self._kept[angle]
        plus, minus = self._from(place, angle, np.pi / 2), self._from(place, angle, -np.pi / 2)
        size = 2 * sum(tensor.size for tensor in plus.tensors)
        if (len(self._kept) + 1) * size <= KEPT:
            self._kept[angle] = (plus, minus)
        return plus, minus

    def _from(self, place: int, angle: int, shift: float) -> Chain:
        state, angles = self._befores[place].copy(), self.angles.copy()
        angles[angle] += shift
        for block in self.engine._blocks[place:]:
            state.apply(block.wires, block.matrix(angles))
        return _chain(state)

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A>, (K,), each within its ``error``."""
        return self._words(words)(self._chain)

    def probabilities(self, bitstrings: Bits, misread: float = 0.0) -> Float:
        """Probabilities q(x) of bitstrings (K, n_measured), (K,), each within ``probability_error``."""
        return self._strings(bitstrings, misread)(self._chain)

    def component(self, words: Bits, weights: Float, angle: int, rng: np.random.Generator) -> float:
        """Derivative of sum_A weights_A <Z_A> by one angle from two states, off by at most the mean of their errors."""
        return self._component(self._words(words), weights, angle)

    def _component(self, values: Values, weights: Float, angle: int) -> float:
        plus, minus = self._shifted(angle)
        return float((values(plus) - values(minus)) @ np.asarray(weights, dtype=np.float64)) / 2

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles, (n_angles,); 0 of gates outside all cones."""
        values, found = self._words(words), np.zeros(len(self.angles))
        for angle in self.engine._met(words):
            found[angle] = self._component(values, weights, angle)
        return found

    def probability_gradient(self, bitstrings: Bits, weights: Float, misread: float = 0.0) -> Float:
        """Derivatives of sum_x weights_x q(x) by the angles, (n_angles,)."""
        values, found = self._strings(bitstrings, misread), np.zeros(len(self.angles))
        if not len(bitstrings):
            return found
        for block in self.engine._blocks:
            for angle in block.angles:
                found[angle] = self._component(values, weights, angle)
        return found

    def probability_error(self) -> float:
        """Sin(alpha): the distance of the two states; 0 of an exact engine."""
        return 0.0 if self.engine.kind == "exact" else math.sin(min(self._befores[-1].turned, math.pi / 2))

    def error(self, words: Bits) -> Float:
        """Bound on |error| of each mean, (K,): 2 sin(alpha), and at most 1 + |mean|; 0 of an exact engine."""
        if self.engine.kind == "exact":
            return np.zeros(len(words))
        return self._at_most(words, 2 * math.sin(min(self._befores[-1].turned, math.pi / 2)))

    def likely_error(self, words: Bits) -> Float:
        """Estimate of |error| of each mean, (K,): 2 sqrt(1 - F), F the fidelity if cuts are independent."""
        if self.engine.kind == "exact":
            return np.zeros(len(words))
        return self._at_most(words, 2 * math.sqrt(-math.expm1(self._befores[-1].log_kept)))

    def _at_most(self, words: Bits, bound: float) -> Float:
        return np.minimum(bound, 1 + np.abs(self._words(words)(self._chain)))

    def _words(self, words: Bits) -> Values:
        """What gives a state's means of words."""
        factors = word_factors(words, self.engine._measured, self.engine.circuit.n_qubits)
        return lambda chain: chain.values(factors)

    def _strings(self, bitstrings: Bits, misread: float) -> Values:
        """What gives a state's probabilities of outcomes."""
        wires, measured = self.engine.circuit.n_qubits, self.engine._measured
        strings = whole_strings(bitstrings, measured, wires, misread)
        if strings is not None:
            return lambda chain: string_probabilities(chain.tensors, strings)
        factors = projectors(bitstrings, measured, wires, misread)
        return lambda chain: chain.values(factors)


def _chain(state: MPS) -> Chain:
    return Chain([np.ascontiguousarray(tensor) for tensor in state.tensors])

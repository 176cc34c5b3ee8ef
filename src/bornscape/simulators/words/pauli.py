"""Pauli propagation: Z-words carried back through a circuit as sums of Pauli words, small terms dropped if need be.

A rotation about Q turns a word P that does not commute with Q into cos P + sin i Q P; a Clifford gate turns it into
one word. What is dropped is summed. A Pauli word's mean lies in [-1, 1], so that the sum of the dropped coefficients'
magnitudes bounds the error of the mean, whatever the state: ``error``. At random angles that bound is far too large.
The root of the sum of their squares, the Pauli 2-norm, bounds the error's root mean square over starts in which
different words are uncorrelated, as after a layer of random Euler angles: ``likely_error``, of random starts and not of
one. The tape of a word's terms, played in reverse, gives its derivatives over all angles at once: those of the
truncated mean.

Why no library: ``docs/measured/pauli-libraries.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bornscape.aliases import Bits, Flags, Float, Indices, Words
from bornscape.circuits import Circuit, primitives
from bornscape.circuits.cones import Cone, Cones
from bornscape.simulators.words.compiled_pauli import propagate, reverse
from bornscape.simulators.words.protocol import DoesNotFitError, Kind
from bornscape.simulators.words.rotations import Rotations, rotations_of

CUTOFF = 1e-4
"""Coefficients below are dropped, unless the engine is told otherwise."""

LARGEST = 2**13
"""Pauli words of one part of a Z-word: some ten milliseconds."""

ROUNDING = 1e-14
"""Coefficients that rounding leaves at Clifford angles; an exact engine drops them."""

KEPT, STATES = 2**16, 4
"""Parts of words whose rotations are kept, and means of each at as many angles: a shift leaves most as they are."""

Part = tuple[int, ...]


def chances_after_gates(circuit: Circuit, chance: float) -> Float:
    """``PauliEngine.chances`` of noise after each gate of a circuit, for the gates of ``separate_uses(circuit)``.

    Examples
    --------
    A Rot is three rotations, and noise comes after the last.

    >>> import bornscape as bs
    >>> chances_after_gates(bs.Circuit(2, 3, (bs.Gate("Rot", (0,), (0, 1, 2)), bs.Gate("CZ", (0, 1)))), 0.1).tolist()
    [0.0, 0.0, 0.1, 0.1]
    """
    ends = np.cumsum([len(primitives(gate)) for gate in circuit.gates])
    found = np.zeros(ends[-1] if len(ends) else 0)
    found[ends - 1] = chance
    return found


@dataclass(frozen=True, eq=False)
class _Program:
    """A part of a word: the rotations of its cone, and the word behind the Clifford gates."""

    rotations: Rotations
    word: Words
    sign: int
    reach: Words


class _Mean(NamedTuple):
    """A part's mean, the bound on its error, its Pauli 2-norm, the cutoff that was needed, and the number of words."""

    mean: float
    error: float
    rms: float
    cutoff: float
    terms: int


@dataclass(frozen=True, eq=False)
class PauliEngine:
    """Pauli propagation through a circuit whose angles are used once each and that starts in |0...0>.

    Attributes
    ----------
    cutoff
        Coefficients below are dropped. 0: nothing is dropped but rounding, and the engine is exact.
    largest
        Pauli words that a part of a Z-word may become. Where there would be more the cutoff is raised, fourfold at a
        time, until there are not; an exact engine does not fit.

    chances
        (gates,): that a wire meets one of the three Paulis, each equally likely, after each gate on it; None for none.
        A Pauli word is multiplied by 1 - 4 chance / 3 for each such wire on which it has a letter: noise is exact here,
        and makes for fewer terms.

    Raises
    ------
    DoesNotFitError
        If the cutoff is not in [0, 1).
    """

    circuit: Circuit
    cutoff: float = CUTOFF
    largest: int = LARGEST
    chances: Float | None = None
    name: str = "pauli"
    _programs: dict[Part, _Program] = field(default_factory=dict, init=False, repr=False)
    _means: dict[Part, dict[bytes, _Mean]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.cutoff < 1:
            raise DoesNotFitError(f"pauli: expected a cutoff in [0, 1), got {self.cutoff}")

    @property
    def kind(self) -> Kind:
        """``exact`` without a cutoff."""
        return "truncated" if self.cutoff else "exact"

    @cached_property
    def _rotations(self) -> Rotations:
        return rotations_of(self.circuit, self.chances)

    @cached_property
    def _reached(self) -> list[tuple[int, Flags]]:
        """Of each measured wire: the wires of its cone as bits, and which rotations are in it, (K,)."""
        circuit, cones = self.circuit, Cones(self.circuit)
        found = []
        for wire in circuit.measured_wires:
            cone = cones.cone(frozenset({wire})) if self.chances is None else self._noisy_cone(wire)
            found.append((sum(1 << near for near in cone.wires), np.isin(self._rotations.gates, cone.gates)))
        return found

    def _noisy_cone(self, wire: int) -> Cone:
        """With the gates that leave every word as it is: their noise does not."""
        live, kept = {wire}, list[int]()
        for place in reversed(range(len(self.circuit.gates))):
            if not live.isdisjoint(wires := self.circuit.gates[place].wires):
                live.update(wires)
                kept.append(place)
        return Cone(tuple(sorted(live)), tuple(reversed(kept)))

    def parts(self, word: Bits) -> list[Part]:
        """Places of a word's ones, by parts whose cones share no wire: their means multiply."""
        found: list[tuple[int, Part]] = []
        for place in np.flatnonzero(word).tolist():
            wires = self._reached[place][0]
            part: Part = (place,)
            for other in [pair for pair in found if pair[0] & wires]:
                found.remove(other)
                wires, part = wires | other[0], other[1] + part
            found.append((wires, part))
        return [tuple(sorted(part)) for _, part in found]

    def program(self, part: Part) -> _Program:
        """The rotations that a part's word meets."""
        if part not in self._programs:
            if len(self._programs) >= KEPT:
                self._programs.clear()
                self._means.clear()
            met = np.any([self._reached[place][1] for place in part], axis=0)
            rotations = self._rotations.chosen(np.flatnonzero(met))
            x, z, sign = rotations.word(self.circuit.measured_wires[place] for place in part)
            flips = np.where(rotations.kept[:, None] == 1, rotations.x, 0)
            before = np.zeros_like(rotations.x)
            before[1:] = np.bitwise_or.accumulate(flips, axis=0)[:-1]
            self._programs[part] = _Program(rotations, np.concatenate([x, z]), sign, before)
        return self._programs[part]

    def mean(self, part: Part, angles: Float) -> _Mean:
        """A part's mean at the circuit's angles, (n_angles,); the latest of each part is kept.

        Raises
        ------
        DoesNotFitError
            If an exact engine would keep more than ``largest`` Pauli words.
        """
        program = self.program(part)
        turns = program.rotations.at(angles)
        key = turns.tobytes()
        known = self._means.setdefault(part, {})
        if key not in known:
            if len(known) >= STATES:
                known.pop(next(iter(known)))
            known[key] = self._propagated(part, program, turns)
        return known[key]

    def _propagated(self, part: Part, program: _Program, turns: Float) -> _Mean:
        cutoff = self.cutoff or ROUNDING
        while True:
            mean, lost, squares, terms, *_ = self.run(program, turns, cutoff, taped=False)
            if terms >= 0:
                error, rms = (lost, math.sqrt(squares)) if self.cutoff else (0.0, 0.0)
                return _Mean(program.sign * mean, error, rms, cutoff, terms)
            if not self.cutoff:
                wires = ", ".join(map(str, part))
                raise DoesNotFitError(
                    f"{self.name}: Z on measured wires {wires} becomes more than {self.largest} Pauli words; "
                    "take fewer layers or the engine pauli, which truncates"
                )
            cutoff *= 4

    def run(self, program: _Program, turns: Float, cutoff: float, taped: bool):  # type: ignore[no-untyped-def]
        """``propagate`` for a part's word."""
        rotations = program.rotations
        words = (program.word, rotations.x, rotations.z, rotations.other, rotations.kept, program.reach)
        return propagate(*words, turns, cutoff, self.largest, taped)

    def fits(self, words: Bits) -> str | None:
        """Of an exact engine: which word (K, n_measured) becomes too many Pauli words at random parameters."""
        if self.cutoff:
            return None
        anywhere = np.random.default_rng(0).uniform(0, 2 * np.pi, self.circuit.n_parameters)
        state = self.at(self.circuit.angles(anywhere))
        try:
            state.error(words)
        except DoesNotFitError as error:
            return str(error)
        return None

    def at(self, angles: Float) -> PauliWords:
        """The circuit at angles, (n_angles,) in radians."""
        return PauliWords(self, np.asarray(angles, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class PauliWords:
    """Pauli propagation at one vector of angles, (n_angles,)."""

    engine: PauliEngine
    angles: Float

    def _mean(self, part: Part) -> _Mean:
        return self.engine.mean(part, self.angles)

    def _slope(self, part: Part) -> tuple[Indices, Float]:
        """Angles that a part's mean depends on, and its derivatives over them."""
        program = self.engine.program(part)
        rotations = program.rotations
        turns = rotations.at(self.angles)
        cutoff = self._mean(part).cutoff
        *_, diagonal, ends, pairs, signs, flags, values = self.engine.run(program, turns, cutoff, taped=True)
        slopes = reverse(diagonal, rotations.kept, turns, ends, pairs, signs, flags, values)
        held = rotations.angles >= 0
        return rotations.angles[held], (program.sign * rotations.factors * slopes)[held]

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A>, (K,), each within its ``error``; they can leave [-1, 1] by as much.

        Raises
        ------
        DoesNotFitError
            If an exact engine would keep more than ``largest`` Pauli words.
        """
        return np.array([np.prod([self._mean(part).mean for part in self.engine.parts(word)]) for word in words])

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles, (n_angles,), of the truncated means.

        Exact where ``error`` is 0 at these angles. The truncation's error of a derivative is not bounded here.
        """
        shares: dict[Part, float] = {}
        for word, weight in zip(words, weights, strict=True):
            means = {part: self._mean(part).mean for part in self.engine.parts(word)}
            for part in means:
                others = np.prod([mean for other, mean in means.items() if other != part])
                shares[part] = shares.get(part, 0.0) + float(weight * others)
        found = np.zeros(len(self.angles))
        for part, share in shares.items():
            numbers, slope = self._slope(part)
            np.add.at(found, numbers, share * slope)
        return found

    def error(self, words: Bits) -> Float:
        """Bound on |error| of each mean, (K,), by the sum of the dropped coefficients' magnitudes."""
        return self._spread(words, 1)

    def likely_error(self, words: Bits) -> Float:
        """Estimate of the root mean square error of each mean, (K,), over random starts: the Pauli 2-norm dropped."""
        return self._spread(words, 2)

    def _spread(self, words: Bits, place: int) -> Float:
        """Errors of products whose factors are off by entry ``place`` of each ``_Mean``, (K,), at most 1 + |mean|."""
        found = []
        for word in words:
            factors = [self._mean(part) for part in self.engine.parts(word)]
            mean = float(np.prod([abs(factor.mean) for factor in factors]))
            off = float(np.prod([abs(factor.mean) + factor[place] for factor in factors])) - mean
            found.append(min(off, 1 + mean))
        return np.array(found)

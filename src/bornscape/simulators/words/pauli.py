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

from bornscape.aliases import Bits, Float, Indices, Words
from bornscape.circuits import Circuit, primitives
from bornscape.circuits.cones import Cone, Cones
from bornscape.simulators.words.compiled_pauli import propagate, reverse
from bornscape.simulators.words.light_cone import LightConeEngine
from bornscape.simulators.words.protocol import DoesNotFitError, Kind
from bornscape.simulators.words.rotations import Rotations, rotations_of

CUTOFF = 1e-4
"""Coefficients below are dropped, unless the engine is told otherwise."""

LARGEST = 2**16
"""Pauli words of one Z-word: 10 MB, and up to 200 MB for a tape of 100 rotations that all meet half of them."""

ROUNDING = 1e-14
"""Coefficients that rounding leaves at Clifford angles; an exact engine drops them."""

Part = frozenset[int]


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
    """A part of a word: the rotations of its cone, the word behind the Clifford gates, and the angles' numbers."""

    rotations: Rotations
    word: Words
    sign: int
    reach: Words
    used: Indices


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

    def __post_init__(self) -> None:
        if not 0 <= self.cutoff < 1:
            raise DoesNotFitError(f"pauli: expected a cutoff in [0, 1), got {self.cutoff}")

    @property
    def kind(self) -> Kind:
        """``exact`` without a cutoff."""
        return "truncated" if self.cutoff else "exact"

    @cached_property
    def _split(self) -> LightConeEngine:
        """Words by parts whose cones share no wire; no state is made."""
        return LightConeEngine(self.circuit, widest=self.circuit.n_qubits)

    def parts(self, word: Bits) -> tuple[Part, ...]:
        """Wires of a word, (n_measured,), by parts whose means multiply."""
        return self._split.parts(word)

    def program(self, part: Part) -> _Program:
        """The rotations that a part's word meets."""
        if part not in self._programs:
            cones = Cones(self.circuit)
            cone = cones.cone(part) if self.chances is None else self._noisy_cone(part)
            small, used = cones.alone(cone, part)
            rotations = rotations_of(small, None if self.chances is None else self.chances[list(cone.gates)])
            x, z, sign = rotations.word(cone.wires.index(wire) for wire in sorted(part))
            flips = np.where(rotations.kept[:, None] == 1, rotations.x, 0)
            before = np.zeros_like(rotations.x)
            before[1:] = np.bitwise_or.accumulate(flips, axis=0)[:-1]
            self._programs[part] = _Program(rotations, np.concatenate([x, z]), sign, before, used)
        return self._programs[part]

    def _noisy_cone(self, part: Part) -> Cone:
        """With the gates that leave every word as it is: their noise does not."""
        live, kept = set(part), list[int]()
        for place in reversed(range(len(self.circuit.gates))):
            if not live.isdisjoint(wires := self.circuit.gates[place].wires):
                live.update(wires)
                kept.append(place)
        return Cone(tuple(sorted(live)), tuple(reversed(kept)))

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
    _found: dict[Part, _Mean] = field(default_factory=dict, init=False, repr=False)

    def _mean(self, part: Part) -> _Mean:
        if part not in self._found:
            self._found[part] = self._propagated(part)
        return self._found[part]

    def _propagated(self, part: Part) -> _Mean:
        engine, program = self.engine, self.engine.program(part)
        cutoff = engine.cutoff or ROUNDING
        while True:
            mean, lost, squares, terms, *_ = self._run(program, cutoff, taped=False)
            if terms >= 0:
                error, rms = (lost, math.sqrt(squares)) if engine.cutoff else (0.0, 0.0)
                return _Mean(program.sign * mean, error, rms, cutoff, terms)
            if not engine.cutoff:
                wires = ", ".join(map(str, sorted(part)))
                raise DoesNotFitError(
                    f"{engine.name}: Z on wires {wires} becomes more than {engine.largest} Pauli words; "
                    "take fewer layers or the engine pauli, which truncates"
                )
            cutoff *= 4

    def _run(self, program: _Program, cutoff: float, taped: bool):  # type: ignore[no-untyped-def]
        rotations = program.rotations
        turns = rotations.at(self.angles[program.used])
        words = (program.word, rotations.x, rotations.z, rotations.other, rotations.kept, program.reach)
        return propagate(*words, turns, cutoff, self.engine.largest, taped)

    def _slope(self, part: Part) -> Float:
        """Derivatives of a part's mean over all angles, (n_angles,)."""
        program = self.engine.program(part)
        *_, diagonal, ends, pairs, signs, flags, values = self._run(program, self._mean(part).cutoff, taped=True)
        rotations = program.rotations
        found = np.zeros(len(self.angles))
        turns = rotations.at(self.angles[program.used])
        slopes = reverse(diagonal, rotations.kept, turns, ends, pairs, signs, flags, values)
        turned = program.sign * rotations.factors * slopes
        held = rotations.angles >= 0
        np.add.at(found, program.used[rotations.angles[held]], turned[held])
        return found

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
            found += share * self._slope(part)
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

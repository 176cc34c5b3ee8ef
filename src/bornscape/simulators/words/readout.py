"""Bits that are read wrongly: every engine's words, scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.circuits import Circuit
from bornscape.simulators.words.protocol import Engine, Kind, StringState, WordState


@dataclass(frozen=True, eq=False)
class ReadoutEngine:
    """An engine whose measured bits are each read as the other one with a chance.

    The mean of a word of k bits is then (1 - 2 chance)^k times the true one, whatever the engine: exact stays exact.

    Attributes
    ----------
    engine
        Without errors of readout.
    chance
        In [0, 1/2).
    """

    engine: Engine
    chance: float

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.engine.name

    @property
    def kind(self) -> Kind:
        """As the engine's."""
        return self.engine.kind

    @property
    def circuit(self) -> Circuit:
        """The circuit."""
        return self.engine.circuit

    def fits(self, words: Bits) -> str | None:
        """As the engine says."""
        return self.engine.fits(words)

    def at(self, angles: Float) -> ReadoutWords:
        """The circuit at angles, (n_angles,) in radians."""
        return ReadoutWords(self.engine.at(angles), self.chance)


@dataclass(frozen=True, eq=False)
class ReadoutWords:
    """The words of a state, each bit's Z scaled."""

    state: WordState
    chance: float

    def _scales(self, words: Bits) -> Float:
        return np.asarray((1 - 2 * self.chance) ** np.sum(words, axis=1, dtype=np.float64))

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A> of what is read, (K,)."""
        return self._scales(words) * self.state.means(words, rng)

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> of what is read, (n_angles,)."""
        return self.state.gradient(words, self._scales(words) * weights, rng)

    def error(self, words: Bits) -> Float:
        """The state's own, scaled, (K,)."""
        return self._scales(words) * self.state.error(words)

    def probabilities(self, bitstrings: Bits, misread: float = 0.0) -> Float:
        """q(x) of what is read, (K,), where the state has such; ``misread`` comes on top."""
        return self._strings.probabilities(bitstrings, self._both(misread))

    def probability_gradient(self, bitstrings: Bits, weights: Float, misread: float = 0.0) -> Float:
        """Derivatives of sum_x weights_x q(x) of what is read, (n_angles,), where the state has such."""
        return self._strings.probability_gradient(bitstrings, weights, self._both(misread))

    def probability_error(self) -> float:
        """The state's own: reading brings no two distributions apart."""
        return self._strings.probability_error()

    @property
    def _strings(self) -> StringState:
        return cast(StringState, self.state)

    def _both(self, misread: float) -> float:
        """The chance that a bit is wrong after it has been read twice."""
        return self.chance + misread * (1 - 2 * self.chance)


def read_with(chance: float, engines: list[Engine | None]) -> list[Engine | None]:
    """The engines with errors of readout, each made once; themselves where the chance is 0."""
    read = {id(engine): ReadoutEngine(engine, chance) for engine in engines if engine is not None and chance}
    return [read.get(id(engine), engine) for engine in engines]

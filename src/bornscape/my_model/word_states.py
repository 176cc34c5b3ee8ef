"""A circuit at one draw of its parameters, by every engine that is asked."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.losses.word_estimates import ShiftedStates
from bornscape.my_model.word_explicit import DataChances
from bornscape.my_model.word_hits import HitBound
from bornscape.simulators.words.protocol import Engine, WordState


class States:
    """What engines say of a circuit at one vector of angles and at the shifts of one parameter's uses, each asked once.

    Parameters
    ----------
    angles
        (n_angles,) in radians.
    factors
        Angle -> what the parameter's derivative takes of that by it.
    """

    def __init__(self, angles: Float, factors: dict[int, float]) -> None:
        self._angles, self._factors = angles, factors
        self._here: dict[int, WordState] = {}
        self._shifted: dict[int, list[ShiftedStates]] = {}
        self._chances: dict[int, DataChances] = {}
        self._hits: dict[int, float] = {}

    def here(self, engine: Engine) -> WordState:
        """The circuit itself."""
        if id(engine) not in self._here:
            self._here[id(engine)] = engine.at(self._angles)
        return self._here[id(engine)]

    def shifts(self, engine: Engine, live: frozenset[int]) -> list[ShiftedStates]:
        """It with each live use of the parameter shifted to both sides."""
        if id(engine) not in self._shifted:
            self._shifted[id(engine)] = [
                ShiftedStates(factor, *(engine.at(self._moved(angle, sign)) for sign in (1, -1)))
                for angle, factor in self._factors.items()
                if angle in live
            ]
        return self._shifted[id(engine)]

    def chances(self, engine: Engine, live: frozenset[int], bitstrings: Bits) -> DataChances:
        """Probabilities of the data's strings, here and at the shifts."""
        if id(engine) not in self._chances:
            self._chances[id(engine)] = DataChances.of(self.here(engine), self.shifts(engine, live), bitstrings)
        return self._chances[id(engine)]

    def most_hits(self, hits: HitBound) -> float:
        """What a shot's chance to fall on the data is at most."""
        if id(hits) not in self._hits:
            self._hits[id(hits)] = hits.at(self.here(hits.engine))
        return self._hits[id(hits)]

    def _moved(self, angle: int, sign: int) -> Float:
        moved = self._angles.copy()
        moved[angle] += sign * np.pi / 2
        return moved

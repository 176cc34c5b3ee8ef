"""What a loss on Z-words gives at one state of a circuit, whatever the loss: estimates in two independent halves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.simulators.words.protocol import Kind, WordState


class Halves(NamedTuple):
    """Two estimates without bias that are independent given the state; equal where nothing is estimated.

    Attributes
    ----------
    values
        Of the loss, (2,).
    gradients
        Of its derivatives by the angles (radians), (2, n_angles).
    orders
        Estimates of sum_A (dL/dz_A)^2 over the words of each order, (n+1,), up to a factor; 0 for the empty word.
    error
        How far truncation moves the value at most, by the engine's own bound or estimate; 0 without truncation.
    """

    values: Float
    gradients: Float
    orders: Float
    error: float


class ShiftedStates(NamedTuple):
    """One use of a parameter: the angle's derivative by it, and the states at plus and minus pi/2."""

    factor: float
    plus: WordState
    minus: WordState


class WordLoss(Protocol):
    """A loss that is a function of means of Z-words."""

    @property
    def estimated(self) -> bool:
        """Whether it is estimated even of a state whose means are exact."""

    def likely_words(self, count: int, rng: np.random.Generator) -> Bits:
        """Words like those that it asks for, (K, n)."""

    def halves(self, state: WordState, kind: Kind, rng: np.random.Generator) -> Halves:
        """Value and gradient at a state of an engine of that kind."""

    def noise(self, state: WordState, shifts: Sequence[ShiftedStates], rng: np.random.Generator) -> tuple[float, float]:
        """Unbiased A and B of the variance A/N + B/N^2 of one component estimated by shifts from N shots a circuit."""

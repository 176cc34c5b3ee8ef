"""What an engine answers: means of Z-words and their derivatives.

A word A is a row of zeros and ones, one for each measured wire; Z_A is the product of Z over its ones. The mean of the
empty word is 1. An engine takes a circuit whose angles are used once each (``circuits.separate_uses``), so that a
shift of an angle is the shift of a use.
"""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.circuits import Circuit

Kind = Literal["exact", "sampled", "truncated"]
"""How an engine's means stand to the true ones: equal; estimates without bias; off by at most ``WordState.error``."""

MISREAD = "has no wrongly read bits of whole strings, which come from all weights; chain and mps have"
"""Why the one engine that cannot have them does not."""


class DoesNotFitError(ValueError):
    """An engine cannot take this circuit, or these words; the message says why and what would fit."""


class WordState(Protocol):
    """What a circuit's measured wires hold at one vector of angles."""

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A> of words (K, n_measured), (K,).

        Of a sampled engine: estimates without bias, independent of those of another call. They need not lie in [-1, 1],
        and those of one call may depend on each other.
        """

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles (radians), (n_angles,), the weights (K,) held.

        Without bias, and independent of other calls, where the engine is sampled.
        """

    def error(self, words: Bits) -> Float:
        """Bound or estimate of |error| of each mean by truncation, (K,); zeros unless the engine truncates."""


class StringState(WordState, Protocol):
    """A circuit's state of which the probabilities of single outcomes can be had, however small they are."""

    def probabilities(self, bitstrings: Bits, misread: float = 0.0) -> Float:
        """q(x) of bitstrings (K, n_measured), (K,), each bit read as the other one with the chance ``misread``."""

    def probability_gradient(self, bitstrings: Bits, weights: Float, misread: float = 0.0) -> Float:
        """Derivatives of sum_x weights_x q(x) by the angles (radians), (n_angles,), the weights (K,) held."""

    def probability_error(self) -> float:
        """Bound on |error| of the probability of any set of outcomes by truncation; 0 unless the engine truncates."""


class Engine(Protocol):
    """A way to compute means of Z-words of a circuit."""

    @property
    def name(self) -> str:
        """Its name, as a model's key ``engine`` has it."""

    @property
    def kind(self) -> Kind:
        """How its means stand to the true ones."""

    @property
    def circuit(self) -> Circuit:
        """The circuit, each angle used once."""

    def fits(self, words: Bits) -> str | None:
        """Why words (K, n_measured) like these cannot be had; None if they can."""

    def at(self, angles: Float) -> WordState:
        """The circuit at angles, (n_angles,) in radians."""

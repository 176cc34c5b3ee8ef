"""Z-words from the state vector: what every other engine is compared with, at the sizes that it can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import Circuit
from bornscape.simulators.mixed_states import flipped
from bornscape.simulators.state_vector import probability_gradient, statevector
from bornscape.simulators.words.protocol import DoesNotFitError, Kind

LARGEST = 20
"""Wires of the largest state."""


@dataclass(frozen=True, eq=False)
class StateVectorEngine:
    """The state vector of a circuit whose angles are used once each.

    Raises
    ------
    DoesNotFitError
        If the circuit has more than ``LARGEST`` wires.
    """

    circuit: Circuit
    name: str = "state_vector"
    kind: Kind = "exact"

    def __post_init__(self) -> None:
        if self.circuit.n_qubits > LARGEST:
            raise DoesNotFitError(f"state_vector: {self.circuit.n_qubits} wires, and memory and time allow {LARGEST}")

    def fits(self, words: Bits) -> str | None:
        """None: every word can be had."""
        return None

    def at(self, angles: Float) -> StateVectorWords:
        """The circuit at angles, (n_angles,) in radians."""
        count = self.circuit.n_angles
        return StateVectorWords(replace(self.circuit, angle_map=None, n_parameters=count), angles)


@dataclass(frozen=True, eq=False)
class StateVectorWords:
    """A state vector and the means of its words."""

    circuit: Circuit
    angles: Float

    @cached_property
    def _chances(self) -> Float:
        psi = statevector(self.circuit, self.angles)
        return self.circuit.marginal(psi.real**2 + psi.imag**2)

    @cached_property
    def _means(self) -> Float:
        return walsh_hadamard(self._chances)

    def _indices(self, words: Bits) -> np.ndarray:
        places = 1 << np.arange(self.circuit.n_measured - 1, -1, -1)
        return np.asarray(words, dtype=np.int64) @ places

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A>, (K,), exact."""
        return np.asarray(self._means[self._indices(words)])

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles, (n_angles,), exact."""
        spectrum = np.zeros(2**self.circuit.n_measured)
        np.add.at(spectrum, self._indices(words), weights)
        return probability_gradient(self.circuit, self.angles, walsh_hadamard(spectrum))

    def error(self, words: Bits) -> Float:
        """Zeros."""
        return np.zeros(len(words))

    def probabilities(self, bitstrings: Bits, misread: float = 0.0) -> Float:
        """Exact probabilities q(x) of bitstrings (K, n_measured), (K,)."""
        return np.asarray(flipped(self._chances, misread)[self._indices(bitstrings)])

    def probability_gradient(self, bitstrings: Bits, weights: Float, misread: float = 0.0) -> Float:
        """Derivatives of sum_x weights_x q(x) by the angles, (n_angles,), exact."""
        slope = np.zeros(2**self.circuit.n_measured)
        np.add.at(slope, self._indices(bitstrings), weights)
        return probability_gradient(self.circuit, self.angles, flipped(slope, misread))

    def probability_error(self) -> float:
        """Zero."""
        return 0.0

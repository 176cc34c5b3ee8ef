"""Z-words of IQP circuits, and of all whose rotations commute, at any n: means of cosines over random bits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from bornscape.aliases import Bits, Float
from bornscape.circuits import Circuit
from bornscape.circuits.commuting import CommutingForm, commuting_form
from bornscape.simulators.words import compiled_iqp
from bornscape.simulators.words.protocol import DoesNotFitError, Kind

EXACT_BITS = 10
"""Bits of a group up to which all their patterns are summed."""

SAMPLES = 256
"""Random patterns of a word's larger groups."""


@dataclass(frozen=True, eq=False)
class IqpEngine:
    """Words of a circuit of Hadamards, diagonal gates, Hadamards, or of another whose rotations commute.

    Words are exact where at most 2**``exact_bits`` patterns of their bits have to be summed, as those of few wires
    and those of small circuits are; others are means over ``samples`` random patterns. An angle that the circuit fixes
    to a multiple of pi/2 is a Clifford gate: its derivative is given as 0.

    Parameters
    ----------
    circuit
        Each angle used once, as ``separate_uses`` makes it.
    samples
        Random patterns of a word that is not exact.
    exact_bits
        Bits of a group up to which all their patterns are summed.

    Raises
    ------
    DoesNotFitError
        If the circuit is not of this form.
    """

    circuit: Circuit
    samples: int = SAMPLES
    exact_bits: int = EXACT_BITS
    name: str = "iqp"

    def __post_init__(self) -> None:
        _ = self.form

    @cached_property
    def form(self) -> CommutingForm:
        """The circuit's phases."""
        try:
            return commuting_form(self.circuit)
        except ValueError as error:
            raise DoesNotFitError(
                f"iqp: {error}; expected Hadamards, diagonal gates, Hadamards, or rotations that all commute"
            ) from error

    @property
    def kind(self) -> Kind:
        """``exact`` where every word is, whatever it is; else ``sampled``, though words of few wires are exact."""
        return "exact" if self.form.n_bits <= self.exact_bits else "sampled"

    def fits(self, words: Bits) -> str | None:
        """None: every word can be had."""
        return None

    def exact(self, words: Bits) -> np.ndarray:
        """Which of the words (K, n_measured) are exact, (K,)."""
        nothing = np.zeros(len(self.form.offsets))
        return compiled_iqp.means(*self._arguments(words, nothing, 1, samples=0))[1]

    def at(self, angles: Float) -> IqpWords:
        """The circuit at angles, (n_angles,) in radians.

        Raises
        ------
        ValueError
            If an angle that the circuit fixes to a multiple of pi/2 has another value.
        """
        assert self.circuit.angle_map is not None
        form = self.form
        moved = np.flatnonzero(form.fixed & (np.abs(np.asarray(angles) - self.circuit.angle_map.offsets) > 1e-9))
        if len(moved):
            raise ValueError(f"angles: expected the circuit's fixed value of angle {moved[0]}")
        return IqpWords(self, form.offsets + form.matrix @ angles)

    @cached_property
    def _graph(self) -> tuple[np.ndarray, ...]:
        rows, columns = self.form.generators, sparse.csc_array(self.form.generators)
        return tuple(part.astype(np.int64) for part in (rows.indptr, rows.indices, columns.indptr, columns.indices))

    @cached_property
    def _last(self) -> dict[tuple, tuple]:
        """What ``_lists`` found last: draws ask for the same words again and again."""
        return {}

    def _lists(self, words: Bits) -> tuple:
        """Words as ``compiled_iqp`` takes them: bits, bits of signs, quarter turns, and which have the mean 0."""
        key = words.shape, words.tobytes()
        if key not in self._last:
            self._last.clear()
            found = self.form.words(words)
            odd, signs = ((p.indptr.astype(np.int64), p.indices.astype(np.int64)) for p in (found.odd, found.signs))
            self._last[key] = odd, signs, found.quarter_turns, found.zero
        return self._last[key]

    def _arguments(
        self, words: Bits, phases: Float, rng: np.random.Generator | int, samples: int | None = None
    ) -> tuple:
        if isinstance(rng, int):
            seeds = np.full(len(words), rng, dtype=np.uint64)
        else:
            seeds = rng.integers(0, 2**64, size=len(words), dtype=np.uint64)
        patterns = self.samples if samples is None else samples
        return *self._lists(words), self._graph, phases, self.exact_bits, patterns, seeds


@dataclass(frozen=True, eq=False)
class IqpWords:
    """An IQP circuit at phases of its generators, (n_generators,) in radians."""

    engine: IqpEngine
    phases: Float

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A>, (K,): exact, or without bias and independent of each other and of other calls."""
        return np.asarray(compiled_iqp.means(*self.engine._arguments(words, self.phases, rng))[0])

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles, (n_angles,), without bias."""
        arguments = self.engine._arguments(words, self.phases, rng)
        by_phase = compiled_iqp.gradient(*arguments, np.asarray(weights, dtype=np.float64))  # type: ignore[call-arg]
        return np.asarray(self.engine.form.matrix.T @ by_phase)

    def error(self, words: Bits) -> Float:
        """Zeros: nothing is truncated."""
        return np.zeros(len(words))

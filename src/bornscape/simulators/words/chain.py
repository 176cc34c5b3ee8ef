"""Z-words and probabilities of circuits on a line from exact site tensors: a few layers, at any n.

``chain_sites`` makes one tensor of each wire, without truncation. The mean of a product of diagonal factors is a
contraction from left to right (``chain_contractions``).
Derivatives are those of the site tensors, from both sides' environments, carried back through each site's own gates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Bits, Float, Indices
from bornscape.circuits import Circuit
from bornscape.circuits.cones import Cones
from bornscape.circuits.orders import narrow_order, reordered
from bornscape.datasets import Target
from bornscape.simulators.words.chain_amplitudes import string_probabilities, string_slopes, whole_strings
from bornscape.simulators.words.chain_contractions import Chain, Tensor, projectors, word_factors
from bornscape.simulators.words.chain_sites import SiteGroup, bonds, groups, met, sites
from bornscape.simulators.words.data_states import data_tensors
from bornscape.simulators.words.protocol import DoesNotFitError, Kind
from bornscape.simulators.words.word_parts import Parts, stretches

LARGEST_BOND = 32
"""Terms across a cut: five layers of gates with two terms each."""


@dataclass(frozen=True, eq=False)
class ChainEngine:
    """Site tensors of a circuit whose angles are used once each.

    Attributes
    ----------
    data
        The circuit starts in the state sum_x sqrt(p(x)) |x> of this target; in |0...0> if None.

    Raises
    ------
    DoesNotFitError
        If more than ``LARGEST_BOND`` terms cross a cut between two wires, or a gate has three wires.
    """

    circuit: Circuit
    data: Target | None = None
    name: str = "chain"
    kind: Kind = "exact"
    _lines: list[Circuit] = field(default_factory=list, init=False, repr=False)
    _groups: list[tuple[SiteGroup, Tensor]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        orders = [list(self.circuit.wires), narrow_order(self.circuit)]
        lines = [reordered(self.circuit, order) for order in orders]
        gates = [met(line) for line in lines]
        # Wires may come in any order, as hidden ones do behind those that are measured.
        every = [bonds(of_line, self.circuit.n_qubits) for of_line in gates]
        best = min(range(len(lines)), key=lambda k: max(every[k]))
        widths, order = every[best], orders[best]
        widest = int(np.argmax(widths))
        if widths[widest] > LARGEST_BOND:
            terms = f"{widths[widest]:.3g}" if widths[widest] < 1e300 else f"2^{widths[widest].bit_length() - 1}"
            raise DoesNotFitError(
                f"chain: {terms} terms cross the cut between the wires {order[widest]} and "
                f"{order[widest + 1]}, and {LARGEST_BOND} would fit: five layers of gates between neighbours"
            )
        starts = self._starts(order, widths)
        self._lines.append(lines[best])
        for group in groups(sites(gates[best], self.circuit.n_qubits), starts):
            self._groups.append((group, np.array([starts[place] for place in group.places.tolist()])))

    def _starts(self, order: Sequence[int], widths: Sequence[int]) -> list[Tensor]:
        """Site tensors before the circuit, whose bonds are ``widths`` on top."""
        if self.data is None:
            return [np.array([[[1], [0]]], dtype=complex)] * self.circuit.n_qubits
        data = replace(self.data, bitstrings=np.asarray(self.data.bitstrings)[:, order])
        try:
            return data_tensors(data, LARGEST_BOND // max(widths))
        except DoesNotFitError as error:
            raise DoesNotFitError(f"chain: {error}") from None

    @property
    def line(self) -> Circuit:
        """The circuit with its wires in the order of the chain."""
        return self._lines[0]

    def fits(self, words: Bits) -> str | None:
        """None: every word can be had."""
        return None

    @cached_property
    def _cones(self) -> Cones:
        return Cones(self.line)

    @cached_property
    def measured(self) -> Indices:
        """Places of the measured wires on the line, (n_measured,)."""
        return np.array(self.line.measured)

    @cached_property
    def stretches(self) -> tuple[Indices, Indices]:
        """First and last places that each measured wire depends on; all where the data state joins them."""
        if self.data is None:
            return stretches(self._cones, self.measured.tolist())
        none = np.zeros(len(self.measured), dtype=np.int64)
        return none, none + self.circuit.n_qubits - 1

    def moved(self, places: frozenset[int]) -> NDArray[np.bool_]:
        """Which angles words on these places of the line can depend on, (n_angles,)."""
        found = np.zeros(self.circuit.n_angles, dtype=bool)
        found[[a for k in self._cones.cone(places).gates for a in self.circuit.gates[k].angles]] = True
        return found

    def at(self, angles: Float) -> ChainWords:
        """The circuit at angles, (n_angles,) in radians."""
        return ChainWords(self, np.asarray(angles, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class ChainWords:
    """The site tensors of a circuit at one vector of angles, (n_angles,)."""

    engine: ChainEngine
    angles: Float

    @cached_property
    def _grouped(self) -> list[Tensor]:
        return [group.tensors(starts, self.angles) for group, starts in self.engine._groups]

    @cached_property
    def _chain(self) -> Chain:
        found: dict[int, Tensor] = {}
        for (group, _), tensors in zip(self.engine._groups, self._grouped, strict=True):
            found.update(zip(group.places.tolist(), tensors, strict=True))
        return Chain([np.ascontiguousarray(found[wire]) for wire in self.engine.circuit.wires])

    def _apart(self, words: Bits) -> Parts:
        """Words in parts whose means multiply; whole ones where the start joins all wires."""
        return Parts.of(words, *self.engine.stretches)

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A>, (K,), exact."""
        parts = self._apart(words)
        return parts.products(self._chain.values(self._factors(parts.words)))

    def probabilities(self, bitstrings: Bits, misread: float = 0.0) -> Float:
        """Exact probabilities q(x) of bitstrings (K, n_measured), (K,)."""
        if (strings := self._whole(bitstrings, misread)) is not None:
            return string_probabilities(self._chain.tensors, strings)
        return self._chain.values(self._projectors(bitstrings, misread))

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles, (n_angles,), exact; 0 of gates outside all cones."""
        met = self.engine.measured[np.asarray(words, dtype=bool).any(axis=0)]
        parts = self._apart(words)
        factors = self._factors(parts.words)
        shares = parts.shares(self._chain.values(factors), np.asarray(weights, dtype=np.float64))
        slope = self._slope(factors, shares)
        return np.where(self.engine.moved(frozenset(met.tolist())), slope, 0.0)

    def probability_gradient(self, bitstrings: Bits, weights: Float, misread: float = 0.0) -> Float:
        """Derivatives of sum_x weights_x q(x) by the angles, (n_angles,), exact."""
        weights = np.asarray(weights, dtype=np.float64)
        if (strings := self._whole(bitstrings, misread)) is not None:
            return self._pulled_back(string_slopes(self._chain.tensors, strings, weights))
        return self._slope(self._projectors(bitstrings, misread), weights)

    def probability_error(self) -> float:
        """Zero."""
        return 0.0

    def error(self, words: Bits) -> Float:
        """Zeros."""
        return np.zeros(len(words))

    def _factors(self, words: Bits) -> Float:
        return word_factors(words, self.engine.measured, self.engine.circuit.n_qubits)

    def _whole(self, bitstrings: Bits, misread: float) -> Bits | None:
        return whole_strings(bitstrings, self.engine.measured, self.engine.circuit.n_qubits, misread)

    def _projectors(self, bitstrings: Bits, misread: float) -> Float:
        return projectors(bitstrings, self.engine.measured, self.engine.circuit.n_qubits, misread)

    def _slope(self, factors: Float, weights: Float) -> Float:
        return self._pulled_back(self._chain.slopes(factors, np.asarray(weights, dtype=np.float64)))

    def _pulled_back(self, slopes: list[Tensor]) -> Float:
        """Derivatives by the angles, (n_angles,), from those by the conjugates of all tensors."""
        found = np.zeros(len(self.angles))
        for (group, _), tensors in zip(self.engine._groups, self._grouped, strict=True):
            own = np.array([slopes[place] for place in group.places.tolist()])
            group.pull_back(tensors, own, self.angles, found)
        return found

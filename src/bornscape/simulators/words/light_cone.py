"""Z-words from the state vectors of their light cones: exact at any n, for circuits whose cones are small.

A word's wires fall into parts whose cones share no wire. The circuit starts in |0...0>, so that the parts are
independent and their means multiply. A part is read from the state vector of its cone, which serves all parts within
it: one state, one Walsh transform and one adjoint pass for all of them. Cones that are equal up to the names of their
wires share one small circuit, so that what is compiled for it is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bornscape.aliases import Bits, Complex, Float, Indices
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import Circuit, Gate
from bornscape.circuits.cones import Cone, Cones
from bornscape.datasets import Target
from bornscape.simulators.state_vector import probability_gradient, statevector
from bornscape.simulators.words.data_states import SparseState, reduced_start, terms_within
from bornscape.simulators.words.protocol import DoesNotFitError, Kind

WIDEST = 16
"""Wires of the widest cone that the engine is offered for: a state and its gradient take about 20 ms."""

LARGEST = 22
"""Wires of the widest cone that a word may have."""

KEPT = 2**24
"""Numbers of the spectra that are kept (128 MiB): a shift of one angle leaves most cones as they are. As many
amplitudes are kept of the states that cones start from, each with its place (256 MiB)."""

MOST = 2**17
"""Amplitudes of all states of one cone together, where the data state gives several: pairs of wires have a cone each,
thousands in all."""

Part = frozenset[int]


@dataclass(frozen=True, eq=False)
class _Host:
    """A cone as a circuit of its own.

    Attributes
    ----------
    wires
        Of the whole circuit, those that it measures.
    circuit, angles
        Its gates, and which of the whole circuit's angles its own are, (k,).
    start
        The state that it starts from, of its own wires and those that purify it; None for |0...0>.
    """

    wires: tuple[int, ...]
    circuit: Circuit
    angles: Indices
    start: SparseState | None

    def state(self, angles: Float) -> Complex:
        """The state at its own angles, (2**n,)."""
        return statevector(self.circuit, angles, initial=None if self.start is None else self.start.dense())

    def index(self, part: Part) -> int:
        """Place of a part's word in the spectrum, (2**wires,)."""
        return sum(1 << (len(self.wires) - 1 - k) for k, wire in enumerate(self.wires) if wire in part)


@dataclass
class _Spectra:
    """The latest spectra, up to ``KEPT`` numbers together."""

    kept: OrderedDict[tuple[int, int, bytes], Float] = field(default_factory=OrderedDict)
    size: int = 0

    def of(self, host: _Host, angles: Float) -> Float:
        """Means of all words on a host's wires, (2**wires,), at its own angles."""
        key = (id(host.circuit), id(host.start), angles.tobytes())
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        psi = host.state(angles)
        found = walsh_hadamard(host.circuit.marginal(psi.real**2 + psi.imag**2))
        self.kept[key] = found
        self.size += found.size
        while self.size > KEPT and len(self.kept) > 1:
            self.size -= self.kept.popitem(last=False)[1].size
        return found


@dataclass(frozen=True, eq=False)
class LightConeEngine:
    """The light cones of a circuit whose angles are used once each.

    Attributes
    ----------
    data
        The circuit starts in the state sum_x sqrt(p(x)) |x> of this target, which joins all wires of a word; in |0...0>
        if None.
    widest
        Wires of the widest cone that it is offered for, at most ``LARGEST``.

    Raises
    ------
    DoesNotFitError
        If the cone of a single measured wire is wider.
    """

    circuit: Circuit
    data: Target | None = None
    widest: int = WIDEST
    name: str = "light_cone"
    kind: Kind = "exact"
    _cones_of: dict[Part, Cone] = field(default_factory=dict, init=False, repr=False)
    _parts_of: dict[bytes, tuple[Part, ...]] = field(default_factory=dict, init=False, repr=False)
    _hosts: dict[Part, _Host] = field(default_factory=dict, init=False, repr=False)
    _by_wires: dict[tuple[int, ...], _Host] = field(default_factory=dict, init=False, repr=False)
    _amplitudes: list[int] = field(default_factory=list, init=False, repr=False)
    _shapes: dict[tuple[int, tuple[Gate, ...], tuple[int, ...] | None], Circuit] = field(
        default_factory=dict, init=False, repr=False
    )
    _spectra: _Spectra = field(default_factory=_Spectra, init=False, repr=False)

    def __post_init__(self) -> None:
        width, wire = max((self._cone(frozenset({wire})).width, -wire) for wire in self.circuit.measured_wires)
        if width > self.widest:
            raise DoesNotFitError(self._too_wide(frozenset({-wire}), self.widest))

    @cached_property
    def _cones(self) -> Cones:
        return Cones(self.circuit)

    def _cone(self, part: Part) -> Cone:
        if part not in self._cones_of:
            self._cones_of[part] = self._cones.cone(part)
        return self._cones_of[part]

    def _too_wide(self, part: Part, limit: int) -> str:
        wires = sorted(part)
        shown = ", ".join(map(str, wires[:8])) + (", ..." if len(wires) > 8 else "")
        return (
            f"{self.name}: what wire{'s' * (len(wires) > 1)} {shown} of {self.circuit.n_qubits} give depends on "
            f"{self._cone(part).width} wires, and {limit} would fit: take fewer layers"
        )

    def parts(self, word: Bits) -> tuple[Part, ...]:
        """Wires of a word, (n_measured,), by parts whose cones share no wire."""
        key = np.asarray(word, dtype=np.uint8).tobytes()
        if key not in self._parts_of:
            if len(self._parts_of) >= 2**14:
                self._parts_of.clear()
            self._parts_of[key] = self._split([self.circuit.measured_wires[k] for k in np.flatnonzero(word).tolist()])
        return self._parts_of[key]

    def _split(self, wires: list[int]) -> tuple[Part, ...]:
        if self.data is not None:
            return (frozenset(wires),) if wires else ()
        apart = list[Part]()
        for wire in wires:
            part = frozenset({wire})
            near = [other for other in apart if not set(self._cone(part).wires).isdisjoint(self._cone(other).wires)]
            # A union's cone is the union of the cones: what was apart from both is apart from it.
            apart = [*(other for other in apart if other not in near), part.union(*near)]
        return tuple(sorted(apart, key=min))

    def widest_part(self, words: Bits) -> tuple[int, Part]:
        """Wires of the widest cone of a part of any of the words (K, n_measured), and that part."""
        parts = {part for word in words for part in self.parts(word)}
        return max(((self._cone(part).width, part) for part in parts), key=lambda pair: pair[0], default=(0, Part()))

    def fits(self, words: Bits) -> str | None:
        """Which wires' cone is too wide; None if none is.

        Words that are drawn later may join one wire more: where words join wires at all, that has to fit too.
        """
        width, part = self.widest_part(words)
        single = max(self._cone(frozenset({wire})).width for wire in self.circuit.measured_wires)
        if width > self.widest or (len(part) > 1 and width + single > LARGEST):
            return self._too_wide(part, min(self.widest, LARGEST - single))
        parts = {part for word in words for part in self.parts(word)} if self.data else set()
        return next(filter(None, map(self._too_many, parts)), None)

    def _too_many(self, part: Part) -> str | None:
        """Why the data's patterns around a part's cone are too many; None if they are not."""
        assert self.data is not None
        wires = self._cone(part).wires
        most = max(1, MOST >> len(wires))
        terms = terms_within(self.data, wires, most)
        if terms <= most:
            return None
        return (
            f"{self.name}: the data state takes {terms} terms on the {len(wires)} wires that {sorted(part)[:8]} depend "
            f"on, and {most} would fit: take fewer layers, or fewer strings"
        )

    def host(self, part: Part) -> _Host:
        """The small circuit that a part is read from.

        Raises
        ------
        DoesNotFitError
            If its cone has more than ``LARGEST`` wires.
        """
        if part not in self._hosts:
            cone = self._cone(part)
            if cone.width > LARGEST:
                raise DoesNotFitError(self._too_wide(part, LARGEST))
            if len(self._hosts) >= 2**14 or sum(self._amplitudes) > KEPT:
                # Spectra are known by the hosts that they belong to.
                for kept in (self._hosts, self._by_wires, self._amplitudes, self._spectra.kept):
                    kept.clear()
                self._spectra.size = 0
            self._hosts[part] = self._host_of(part, cone)
        return self._hosts[part]

    def _host_of(self, part: Part, cone: Cone) -> _Host:
        inside = set(cone.wires)
        near = inside.intersection(self.circuit.measured_wires)
        served = part.union(wire for wire in near if inside.issuperset(self._cone(frozenset({wire})).wires))
        if self._cone(served).wires != cone.wires:
            served = part
        key = (*cone.wires, -1, *sorted(served))
        if key not in self._by_wires:
            small, angles = self._cones.alone(self._cone(served), served)
            start = None
            if self.data is not None:
                if why := self._too_many(part):
                    raise DoesNotFitError(why)
                start = reduced_start(self.data, cone.wires)
                self._amplitudes.append(len(start.amplitudes))
                small = replace(small, n_qubits=start.n_qubits)
            small = self._shapes.setdefault((small.n_qubits, small.gates, small.measured), small)
            self._by_wires[key] = _Host(tuple(sorted(served)), small, angles, start)
        return self._by_wires[key]

    def mean(self, part: Part, angles: Float) -> float:
        """Mean of Z on all wires of a part, at the whole circuit's angles, (n_angles,)."""
        host = self.host(part)
        return float(self._spectra.of(host, angles[host.angles])[host.index(part)])

    def at(self, angles: Float) -> LightConeWords:
        """The circuit at angles, (n_angles,) in radians."""
        return LightConeWords(self, np.asarray(angles, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class LightConeWords:
    """The light cones of a circuit at one vector of angles, (n_angles,)."""

    engine: LightConeEngine
    angles: Float

    def _factors(self, word: Bits) -> dict[Part, float]:
        return {part: self.engine.mean(part, self.angles) for part in self.engine.parts(word)}

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        """<Z_A>, (K,), exact."""
        return np.array([np.prod(list(self._factors(word).values())) for word in words])

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        """Derivatives of sum_A weights_A <Z_A> by the angles, (n_angles,), exact; 0 of gates outside all cones."""
        spectra: dict[_Host, Float] = {}
        for word, weight in zip(words, weights, strict=True):
            factors = self._factors(word)
            for part in factors:
                host = self.engine.host(part)
                others = np.prod([mean for other, mean in factors.items() if other != part])
                spectrum = spectra.setdefault(host, np.zeros(2 ** len(host.wires)))
                spectrum[host.index(part)] += weight * others
        found = np.zeros(len(self.angles))
        for host, spectrum in spectra.items():
            if len(host.angles):
                own, cotangent = self.angles[host.angles], walsh_hadamard(spectrum)
                found[host.angles] += probability_gradient(host.circuit, own, cotangent, host.state(own))
        return found

    def error(self, words: Bits) -> Float:
        """Zeros."""
        return np.zeros(len(words))

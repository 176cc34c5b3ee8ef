"""Circuits as data: gates, wires and the angles they take.

Wire 0 is the most significant bit of a basis state's index, as in PennyLane; this holds in the whole package.
Angles are in radians.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from bornscape.aliases import Float

ROTATION_PAULIS = {
    "RX": "X",
    "RY": "Y",
    "RZ": "Z",
    "PhaseShift": "Z",
    "IsingXX": "XX",
    "IsingYY": "YY",
    "IsingZZ": "ZZ",
}
"""Gates exp(-i angle P / 2), up to a global phase: name -> Pauli word P, one letter a wire."""

DIAGONAL_ROTATIONS = frozenset({"RZ", "PhaseShift", "IsingZZ"})
"""Rotations about Pauli words of Z alone."""

DIAGONAL_GATES = DIAGONAL_ROTATIONS | {"CZ", "PauliZ", "S", "T"}

_PERMUTATIONS = frozenset({"CNOT", "CSWAP", "CY", "PauliX", "PauliY", "SWAP", "Toffoli"})
"""Gates that take basis states to basis states, up to phases."""

FIXED_GATES = frozenset(
    {"CNOT", "CY", "CZ", "CSWAP", "Hadamard", "PauliX", "PauliY", "PauliZ", "S", "SX", "SWAP", "T", "Toffoli"}
)
"""Gates without an angle that the kernels apply by name."""


@dataclass(frozen=True)
class Gate:
    """One gate: a kernel's name, its wires, the indices of its angles, and whether it is inverted."""

    name: str
    wires: tuple[int, ...]
    angles: tuple[int, ...] = ()
    inverse: bool = False


@dataclass(frozen=True, eq=False)
class AngleMap:
    """An affine map from parameters to angles: ``angles = offsets + matrix @ theta``."""

    offsets: Float
    matrix: sparse.csr_array


@dataclass(frozen=True, eq=False)
class Circuit:
    """A parametrised circuit on ``n_qubits`` wires that starts in |0...0>.

    Attributes
    ----------
    n_qubits, n_parameters
        Number of wires, and of entries of theta.
    gates
        In the order in which they act.
    layer_ends
        ``gates[:layer_ends[l]]`` is the circuit of l layers (empty where the circuit has no layers).
    angle_map
        From theta to the gates' angles; None where they are the same vector.
    measured
        Wires that are measured, the most significant bit of an outcome first; None for all, in their order. The
        others are hidden: probabilities are marginals over them.
    check
        Raises a ``ValueError`` where the function that the circuit was traced from does not act as the circuit at the
        parameters that it is given; None where there is no such function.

    Raises
    ------
    ValueError
        If ``measured`` is not one or more different wires.

    Examples
    --------
    One angle (radians), a rotation of wire 0 and a CNOT from it to wire 1.

    >>> import bornscape as bs
    >>> circuit = bs.Circuit(2, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("CNOT", (0, 1))))
    >>> circuit.n_angles, circuit.angles([0.5]).tolist()
    (1, [0.5])
    >>> circuit.angles([0.5, 0.5])
    Traceback (most recent call last):
    ...
    ValueError: theta: expected shape (1,), got (2,)
    """

    n_qubits: int
    n_parameters: int
    gates: tuple[Gate, ...]
    layer_ends: tuple[int, ...] = field(default=())
    angle_map: AngleMap | None = None
    measured: tuple[int, ...] | None = None
    check: Callable[[Float], None] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        chosen = self.measured
        if chosen is not None and (not chosen or len(set(chosen)) < len(chosen) or not set(chosen) <= set(self.wires)):
            raise ValueError(f"measured: expected different wires of 0..{self.n_qubits - 1}, got {list(chosen)}")

    @property
    def wires(self) -> range:
        """All wires, hidden ones too."""
        return range(self.n_qubits)

    @property
    def measured_wires(self) -> tuple[int, ...]:
        """Wires that are measured, the most significant bit of an outcome first."""
        return tuple(self.wires) if self.measured is None else self.measured

    @property
    def n_measured(self) -> int:
        """Bits of a measured string."""
        return len(self.measured_wires)

    def marginal(self, values: Float) -> Float:
        """Distribution of the measured wires, (2**n_measured,), from one of all wires, (2**n_qubits,)."""
        if self.measured is None:
            return values
        hidden = tuple(wire for wire in self.wires if wire not in self.measured)
        kept = values.reshape([2] * self.n_qubits).sum(axis=hidden)
        order = np.argsort(np.argsort(self.measured))
        return np.ascontiguousarray(kept.transpose(order)).ravel()

    def lifted(self, slope: Float) -> Float:
        """Derivative over a distribution of all wires, (2**n_qubits,), from that over its marginal."""
        if self.measured is None:
            return slope
        axes = np.argsort(self.measured)
        shape = [2 if wire in self.measured else 1 for wire in self.wires]
        spread = slope.reshape([2] * self.n_measured).transpose(axes).reshape(shape)
        return np.ascontiguousarray(np.broadcast_to(spread, [2] * self.n_qubits)).ravel()

    @property
    def n_angles(self) -> int:
        """Number of angles that the gates take together."""
        return self.n_parameters if self.angle_map is None else len(self.angle_map.offsets)

    def angles(self, theta: Sequence[float] | Float) -> Float:
        """Angles of the gates, (n_angles,), at the parameters ``theta``, (n_parameters,).

        Raises
        ------
        ValueError
            If theta has another shape, or an entry that is not finite.
        """
        values = np.asarray(theta, dtype=np.float64)
        if values.shape != (self.n_parameters,):
            raise ValueError(f"theta: expected shape ({self.n_parameters},), got {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError("theta: expected finite values")
        if self.angle_map is None:
            return values
        return self.angle_map.offsets + self.angle_map.matrix @ values

    def to_parameters(self, per_angle: Float) -> Float:
        """Derivatives over theta, (n_parameters,), from those over the angles, (n_angles,)."""
        return per_angle if self.angle_map is None else self.angle_map.matrix.T @ per_angle


def adjoint(circuit: Circuit) -> Circuit:
    """The inverse circuit U^dagger, with the same parameters in the same order.

    Examples
    --------
    The gates come in reverse, each inverted; the angles keep their numbers.

    >>> import bornscape as bs
    >>> circuit = bs.Circuit(2, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("CNOT", (0, 1))))
    >>> [(gate.name, gate.angles, gate.inverse) for gate in bs.adjoint(circuit).gates]
    [('CNOT', (), True), ('RY', (0,), True)]

    Raises
    ------
    ValueError
        If the circuit has hidden wires: what is measured of it has no inverse.
    """
    if circuit.n_measured < circuit.n_qubits or circuit.measured not in (None, tuple(circuit.wires)):
        raise ValueError("adjoint: expected a circuit whose wires are all measured, in their order")
    gates = tuple(replace(gate, inverse=not gate.inverse) for gate in reversed(circuit.gates))
    return replace(circuit, gates=gates, layer_ends=())


def primitives(gate: Gate) -> tuple[Gate, ...]:
    """The gate as gates of at most one angle: a Rot becomes RZ, RY, RZ; others stay as they are."""
    if gate.name != "Rot":
        return (gate,)
    parts = [
        Gate(name, gate.wires, (angle,), gate.inverse)
        for name, angle in zip(("RZ", "RY", "RZ"), gate.angles, strict=True)
    ]
    return tuple(reversed(parts)) if gate.inverse else tuple(parts)


def _parts(circuit: Circuit, backwards: bool = False) -> Iterator[tuple[int, int, Gate]]:
    """Every gate's primitives in the order in which they act, or the other way: (gate, primitive of the gate, it)."""
    step = -1 if backwards else 1
    for k in range(len(circuit.gates))[::step]:
        for j, part in list(enumerate(primitives(circuit.gates[k])))[::step]:
            yield k, j, part


def inert_uses(circuit: Circuit, from_zero: bool = True) -> frozenset[tuple[int, int]]:
    """Uses of angles that cannot change the measured distribution, as (gate, primitive of the gate).

    A diagonal rotation is one if its wires have met only diagonal gates and permutations of basis states since |0...0>
    (it is a global phase; only where the circuit starts from zero), or meet only such before they are measured. So is
    every rotation of hidden wires that no later gate joins to a measured one.
    """
    inert: set[tuple[int, int]] = set()
    measured = set(circuit.measured_wires)
    forwards = _parts(circuit) if from_zero else iter(())
    for ordered, live in ((forwards, set(circuit.wires)), (_parts(circuit, backwards=True), measured)):
        mixed: set[int] = set()
        for k, j, part in ordered:
            if len(mixed) == circuit.n_qubits:
                break  # No gate that follows is inert.
            diagonal = part.name in DIAGONAL_GATES and mixed.isdisjoint(part.wires)
            if live.isdisjoint(part.wires) or diagonal:
                inert.update([(k, j)] if part.angles else [])
                continue
            live.update(part.wires)
            if part.name not in DIAGONAL_GATES and (part.name not in _PERMUTATIONS or mixed & set(part.wires)):
                mixed.update(part.wires)
    return frozenset(inert)


def live_uses(circuit: Circuit, from_zero: bool = True) -> dict[tuple[int, int], int]:
    """Uses of angles that can change the measured distribution, (gate, primitive of the gate) -> angle.

    All that ``inert_uses`` does not leave out.
    """
    inert = inert_uses(circuit, from_zero)
    return {
        (k, j): part.angles[0]
        for k, gate in enumerate(circuit.gates)
        for j, part in enumerate(primitives(gate))
        if part.angles and (k, j) not in inert
    }


def live_angles(circuit: Circuit, from_zero: bool = True) -> frozenset[int]:
    """Angles that can change the measured distribution: those of ``live_uses``."""
    if inert_uses(circuit, from_zero):
        return frozenset(live_uses(circuit, from_zero).values())
    return frozenset(angle for gate in circuit.gates for angle in gate.angles)

"""Circuits as data: gates, wires and the angles they take.

Wire 0 is the most significant bit of a basis state's index, as in PennyLane; this holds in the whole package.
Angles are in radians.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Float = NDArray[np.float64]

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
    """

    n_qubits: int
    n_parameters: int
    gates: tuple[Gate, ...]
    layer_ends: tuple[int, ...] = field(default=())
    angle_map: AngleMap | None = None

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


def _check_sizes(n_qubits: int, n_layers: int = 0) -> None:
    if n_qubits < 1:
        raise ValueError(f"n_qubits: expected at least 1, got {n_qubits}")
    if n_layers < 0:
        raise ValueError(f"n_layers: expected at least 0, got {n_layers}")


def entangled_circuit(n_qubits: int, n_layers: int, pairs: Sequence[tuple[int, int]]) -> Circuit:
    """Euler angles on every qubit, then layers of CX RY(a) CX on ``pairs`` and Euler angles, as in Eq. 53.

    CX RY(a) CX is exp(-i a YX / 2). The first pair acts first. Parameters in the order of use.
    """
    _check_sizes(n_qubits, n_layers)
    gates: list[Gate] = []
    ends: list[int] = []
    used = 0
    for layer in range(n_layers + 1):
        if layer:
            for pair in pairs:
                gates += [Gate("CNOT", pair), Gate("RY", pair[:1], (used,)), Gate("CNOT", pair)]
                used += 1
        for i in range(n_qubits):
            gates.append(Gate("Rot", (i,), (used, used + 1, used + 2)))
            used += 3
        ends.append(len(gates))
    return Circuit(n_qubits, used, tuple(gates), tuple(ends))


def line_circuit(n_qubits: int, n_layers: int) -> Circuit:
    """The paper's ansatz on a line (Eq. 53), U = [prod_l R(theta^l) W(alpha^l)] R(theta^0).

    R turns every qubit by three Euler angles (PennyLane's ``Rot``); W is prod_i CX RY_i(alpha_i) CX on the pairs
    (i, i+1), the first pair acting first. Zero layers are R(theta^0) alone: a product state. Parameters come
    in the order of use: 3 n for R(theta^0), then n-1 and 3 n for each layer.
    """
    return entangled_circuit(n_qubits, n_layers, [(i, i + 1) for i in range(n_qubits - 1)])


def product_circuit(n_qubits: int, single_qubit: str = "rot") -> Circuit:
    """One layer of single-qubit gates: ``"rot"`` (3 Euler angles a qubit) or ``"ry"`` (1 angle a qubit)."""
    _check_sizes(n_qubits)
    if single_qubit == "rot":
        return line_circuit(n_qubits, 0)
    if single_qubit == "ry":
        return Circuit(n_qubits, n_qubits, tuple(Gate("RY", (i,), (i,)) for i in range(n_qubits)))
    raise ValueError(f"single_qubit: expected 'rot' or 'ry', got {single_qubit!r}")


def adjoint(circuit: Circuit) -> Circuit:
    """The inverse circuit U^dagger, with the same parameters in the same order."""
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


def inert_uses(circuit: Circuit, from_zero: bool = True) -> frozenset[tuple[int, int]]:
    """Uses of angles that cannot change the measured distribution, as (gate, primitive of the gate).

    A diagonal rotation is one if its wires have met no other than diagonal gates since |0...0> (it is a global phase;
    only where the circuit starts from zero), or meet no other before they are measured.
    """
    uses = [(k, j, part) for k, gate in enumerate(circuit.gates) for j, part in enumerate(primitives(gate))]
    found: set[tuple[int, int]] = set()
    for ordered in (uses if from_zero else [], uses[::-1]):
        mixed: set[int] = set()
        for k, j, part in ordered:
            if part.name not in DIAGONAL_GATES:
                mixed.update(part.wires)
            elif part.angles and mixed.isdisjoint(part.wires):
                found.add((k, j))
    return frozenset(found)

"""A circuit as blocks on one or two wires that each keep the number of ones, found by their matrices.

Gates on a pair of wires are gathered until their product keeps the Hamming weight at random angles; matrix elements
are trigonometric polynomials, so that one which vanishes there vanishes everywhere. If a product of gates and its first
part both keep the weight, the rest does, so that the earliest end is always right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bornscape.aliases import Complex, Float
from bornscape.circuits import ROTATION_PAULIS, Circuit, Gate
from bornscape.simulators.words.gate_matrices import gate_matrix, word_matrix
from bornscape.simulators.words.protocol import DoesNotFitError

_POINTS = 3
_ROUNDING = 1e-12
_CHANGES = np.array([[a != b for b in (0, 1, 1, 2)] for a in (0, 1, 1, 2)])
"""Complex elements between local strings 00, 01, 10, 11 of different weights."""


@dataclass(frozen=True, eq=False)
class Block:
    """Gates on one wire or two, in the order in which they act; their angles are used once."""

    wires: tuple[int, ...]
    gates: tuple[Gate, ...]

    def _wide(self, gate: Gate, small: Complex) -> Complex:
        """The matrix of one of its gates on all its wires."""
        if len(self.wires) == len(gate.wires):
            if gate.wires == self.wires:
                return small
            return np.ascontiguousarray(small.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2)).reshape(4, 4)
        first = gate.wires[0] == self.wires[0]
        return np.kron(small, np.eye(2)) if first else np.kron(np.eye(2), small)

    def matrix(self, angles: Float) -> Complex:
        """Its matrix at the circuit's angles, (2, 2) or (4, 4), the first wire the more significant bit."""
        found: Complex = np.eye(2 ** len(self.wires), dtype=complex)
        for gate in self.gates:
            found = self._wide(gate, gate_matrix(gate, angles[gate.angles[0]] if gate.angles else 0.0)) @ found
        return found

    def derivatives(self, angles: Float) -> list[tuple[int, Complex]]:
        """(angle, derivative of the matrix by it) of each of its angles."""
        found: list[tuple[int, Complex]] = []
        for gate in self.gates:
            step = self._wide(gate, gate_matrix(gate, angles[gate.angles[0]] if gate.angles else 0.0))
            found = [(angle, step @ part) for angle, part in found]
            if gate.angles:
                sign = -1.0 if gate.inverse else 1.0
                turn = self._wide(gate, -0.5j * sign * word_matrix(ROTATION_PAULIS[gate.name]))
                before = Block(self.wires, self.gates[: self.gates.index(gate)]).matrix(angles)
                found.append((gate.angles[0], turn @ step @ before))
        return found


def keeps_weight(matrix: Complex) -> bool:
    """Whether a matrix on one or two wires has no element between strings of different weights."""
    changes = _CHANGES if len(matrix) == 4 else ~np.eye(2, dtype=bool)
    return bool((np.abs(matrix[changes]) < _ROUNDING).all())


class Blocks:
    """The blocks of a circuit whose angles are used once each, and the string that its first gates prepare.

    Attributes
    ----------
    start
        Bits before the first block, (n_qubits,).
    blocks
        In the order in which they act.

    Raises
    ------
    DoesNotFitError
        If a gate has three wires, or gates keep the weight on no pair of wires.
    """

    def __init__(self, circuit: Circuit) -> None:
        rng = np.random.default_rng(0)
        self._points = [circuit.angles(rng.uniform(-np.pi, np.pi, circuit.n_parameters)) for _ in range(_POINTS)]
        self.start = np.zeros(circuit.n_qubits, dtype=np.uint8)
        self.blocks: list[Block] = []
        self._open: dict[int, Block] = {}
        untouched = set(circuit.wires)
        for gate in circuit.gates:
            if len(gate.wires) > 2:
                raise DoesNotFitError(f"sector: gate {gate.name} on wires {list(gate.wires)}: two wires would fit")
            if gate.name in ("PauliX", "PauliY") and untouched.issuperset(gate.wires):
                self.start[gate.wires[0]] ^= 1
                continue
            untouched.difference_update(gate.wires)
            self._add(gate)
        if self._open:
            self._refuse(next(iter(self._open.values())))

    def _add(self, gate: Gate) -> None:
        """Put a gate to the blocks that are open on its wires, and close what keeps the weight."""
        met = list({id(block): block for wire in gate.wires if (block := self._open.get(wire))}.values())
        wires = tuple(sorted({*gate.wires, *(wire for block in met for wire in block.wires)}))
        if len(wires) > 2:
            self._refuse(next(block for block in met if len(block.wires) == 2))
        merged = Block(wires, (*(one for block in met for one in block.gates), gate))
        if all(keeps_weight(merged.matrix(point)) for point in self._points):
            self.blocks.append(merged)
            for wire in wires:
                self._open.pop(wire, None)
        else:
            self._open.update(dict.fromkeys(wires, merged))

    def _refuse(self, block: Block) -> None:
        names = ", ".join(gate.name for gate in block.gates[:6])
        raise DoesNotFitError(
            f"sector: {names} on wires {list(block.wires)} change the number of ones; gates that keep it would fit, "
            f"such as IsingXX and IsingYY by the same angle, SingleExcitation, RZ, IsingZZ, CZ"
        )


def block_matrices(blocks: Sequence[Block], angles: Float) -> list[Complex]:
    """Matrices of blocks at the circuit's angles; elements that are rounding are 0."""
    found = []
    for block in blocks:
        matrix = block.matrix(angles)
        found.append(np.where(np.abs(matrix) < _ROUNDING, 0.0, matrix))
    return found

"""Circuits as rotations about Pauli words alone: every Clifford gate is carried through to the words that are measured.

U = C R_K ... R_1 with R_k = exp(-i a_k P_k / 2) and a Clifford C, up to a phase. Every fixed gate is a product of
rotations that commute: by multiples of pi/2 they are Clifford and change the words behind them, others, as those of T
and Toffoli, stay. A word of n wires is two numbers, the bits of its X and of its Z part (Y has both), bit i that of
wire i; the operator is Hermitian, and its sign stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bornscape.aliases import Float, Indices, Words
from bornscape.circuits import ROTATION_PAULIS, Circuit, Gate

Turn = tuple[dict[int, str], float]
"""Letters by place among a gate's wires, and an angle."""

_Operator = tuple[int, int, int]
"""i^k X^x Z^z as (x, z, k)."""

QUARTER, EIGHTH = math.pi / 2, math.pi / 4


def _reflection(axes: tuple[str, ...]) -> tuple[Turn, ...]:
    """-1 where every factor's letter is -1: a sum over subsets, exp(i pi (1 - A)(1 - B) ... / 2^k)."""
    angle = 2 * math.pi / 2 ** len(axes)
    found = []
    for mask in range(1, 2 ** len(axes)):
        letters = {k: axis for k, axis in enumerate(axes) if mask >> k & 1}
        found.append((letters, angle if len(letters) % 2 else -angle))
    return tuple(found)


_EXCHANGED = tuple({1: letter, 2: letter} for letter in "XYZ")

_FIXED: dict[str, tuple[Turn, ...]] = {
    "PauliX": (({0: "X"}, math.pi),),
    "PauliY": (({0: "Y"}, math.pi),),
    "PauliZ": (({0: "Z"}, math.pi),),
    "S": (({0: "Z"}, QUARTER),),
    "T": (({0: "Z"}, EIGHTH),),
    "SX": (({0: "X"}, QUARTER),),
    "Hadamard": (({0: "Y"}, QUARTER), ({0: "X"}, math.pi)),
    "CZ": _reflection(("Z", "Z")),
    "CNOT": _reflection(("Z", "X")),
    "CY": _reflection(("Z", "Y")),
    "SWAP": tuple(({0: letter, 1: letter}, -QUARTER) for letter in "XYZ"),
    "Toffoli": _reflection(("Z", "Z", "X")),
    "CSWAP": (
        ({0: "Z"}, EIGHTH),
        *((pair, EIGHTH) for pair in _EXCHANGED),
        *(({0: "Z", **pair}, -EIGHTH) for pair in _EXCHANGED),
    ),
}
"""Fixed gates as rotations, in the order in which they act, up to a phase."""


def _product(first: _Operator, second: _Operator) -> _Operator:
    (x, z, k), (u, v, m) = first, second
    return x ^ u, z ^ v, (k + m + 2 * (z & u).bit_count()) % 4


def _sign(operator: _Operator) -> int:
    x, z, k = operator
    return 1 if (k - (x & z).bit_count()) % 4 == 0 else -1


def _packed(numbers: Iterable[int], n_qubits: int) -> Words:
    """Numbers as rows of 64 bits each, the lowest first."""
    width, ones = max(1, -(-n_qubits // 64)), 2**64 - 1
    rows = [[number >> (64 * k) & ones for k in range(width)] for number in numbers]
    return np.array(rows, dtype=np.uint64).reshape(-1, width)


class _Frame:
    """What X and Z of each wire are, carried back through the Clifford gates so far."""

    def __init__(self, n_qubits: int) -> None:
        self.x: list[_Operator] = [(1 << wire, 0, 0) for wire in range(n_qubits)]
        self.z: list[_Operator] = [(0, 1 << wire, 0) for wire in range(n_qubits)]

    def image(self, letters: dict[int, str]) -> _Operator:
        found: _Operator = (0, 0, 0)
        for wire, letter in letters.items():
            if letter in "XY":
                found = _product(found, self.x[wire])
            if letter in "ZY":
                found = _product(found, self.z[wire])
            if letter == "Y":
                found = (found[0], found[1], (found[2] + 1) % 4)
        return found

    def turn(self, letters: dict[int, str], quarters: int) -> None:
        """Behind a rotation by ``quarters`` times pi/2: P becomes cos P + sin i Q P where P and Q do not commute."""
        turned = self.image(letters)
        for wire, letter in letters.items():
            for images, own in ((self.x, "X"), (self.z, "Z")):
                if letter == own or quarters % 4 == 0:
                    continue
                x, z, k = _product(turned, images[wire]) if quarters % 2 else images[wire]
                images[wire] = (x, z, (k + {1: 1, 2: 2, 3: 3}[quarters % 4]) % 4)


@dataclass(frozen=True, eq=False)
class Rotations:
    """Rotations in the order in which they act on |0...0>, and what the measured words are behind the Clifford gates.

    Attributes
    ----------
    x, z
        (K, W): the words of the rotations.
    angles, factors, offsets
        (K,): a rotation turns by ``offsets + factors * angle``, the number of the angle -1 where it takes none.
    images
        (x, z, k) of Z of each wire.
    """

    n_qubits: int
    x: Words
    z: Words
    angles: Indices
    factors: Float
    offsets: Float
    images: tuple[_Operator, ...]

    def at(self, angles: Float) -> Float:
        """What each rotation turns by, (K,) in radians, at a circuit's angles, (n_angles,)."""
        values = np.append(angles, 0.0)
        return np.asarray(self.offsets + self.factors * values[self.angles])

    def word(self, wires: Iterable[int]) -> tuple[Words, Words, int]:
        """Z on these wires behind the Clifford gates: X part (W,), Z part (W,) and sign."""
        found: _Operator = (0, 0, 0)
        for wire in wires:
            found = _product(found, self.images[wire])
        packed = _packed(found[:2], self.n_qubits)
        return packed[0], packed[1], _sign(found)


def _turns(gate: Gate) -> list[tuple[dict[int, str], float, int]]:
    """A gate as rotations: letters by wire, offset, and +-1 times the gate's angle (0 for none)."""
    way = -1 if gate.inverse else 1
    if gate.name in ROTATION_PAULIS:
        return [(dict(zip(gate.wires, ROTATION_PAULIS[gate.name], strict=True)), 0.0, way)]
    fixed = [({gate.wires[k]: a for k, a in letters.items()}, way * angle, 0) for letters, angle in _FIXED[gate.name]]
    return fixed[::way]


def rotations_of(circuit: Circuit) -> Rotations:
    """A circuit of gates with at most one angle (``circuits.separate_uses``) as rotations about Pauli words.

    Rotations that are a global phase on |0...0> are left out.

    Examples
    --------
    Behind a CNOT, Z of the target is Z of both wires; the rotation stays as it is.

    >>> import bornscape as bs
    >>> found = rotations_of(bs.Circuit(2, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("CNOT", (0, 1)))))
    >>> found.x.tolist(), found.z.tolist(), found.word([1])[1].tolist()
    ([[1]], [[1]], [3])
    """
    frame = _Frame(circuit.n_qubits)
    kept: list[tuple[_Operator, int, float, float]] = []
    for gate in circuit.gates:
        for letters, offset, way in _turns(gate):
            quarters = round(offset / QUARTER)
            if not way and math.isclose(offset, quarters * QUARTER):
                frame.turn(letters, quarters)
                continue
            operator = frame.image(letters)
            if not operator[0] and all(_commute(operator, other) for other, *_ in kept):
                continue
            sign = _sign(operator)
            kept.append((operator, gate.angles[0] if way else -1, float(sign * way), sign * offset))
    columns = list(zip(*kept, strict=True)) or [(), (), (), ()]
    return Rotations(
        circuit.n_qubits,
        _packed((operator[0] for operator in columns[0]), circuit.n_qubits),
        _packed((operator[1] for operator in columns[0]), circuit.n_qubits),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.float64),
        np.array(columns[3], dtype=np.float64),
        tuple(frame.z),
    )


def _commute(first: _Operator, second: _Operator) -> bool:
    return ((first[0] & second[1]).bit_count() + (first[1] & second[0]).bit_count()) % 2 == 0

"""Circuits as rotations about Pauli words alone: every Clifford gate is carried through to the words that are measured.

U = C R_K ... R_1 with R_k = exp(-i a_k P_k / 2) and a Clifford C, up to a phase. Every fixed gate is a product of
rotations (``circuits.commuting.FIXED``): those by multiples of pi/2 are Clifford and change the words behind them;
others, as those of T and Toffoli, stay. Words are packed, 64 bits a number, bit i that of wire i.

Depolarising noise on a wire is a step of its own. It damps every word that has a letter there: one that does not
commute with X of that wire, or not with Z, both carried back through the Clifford gates before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float, Indices, Words
from bornscape.circuits import ROTATION_PAULIS, Circuit, Gate
from bornscape.circuits.commuting import FIXED
from bornscape.circuits.pauli_frames import Frame, Pauli, product

_QUARTER = math.pi / 2


def _sign(word: Pauli) -> int:
    """1 or -1, times the Hermitian word with the same letters."""
    x, z, c = word
    return 1 if (c - (x & z).bit_count()) % 4 == 0 else -1


def _packed(numbers: Iterable[int], n_qubits: int) -> Words:
    """Numbers as rows of 64 bits each, the lowest first."""
    width, ones = max(1, -(-n_qubits // 64)), 2**64 - 1
    rows = [[number >> (64 * k) & ones for k in range(width)] for number in numbers]
    return np.array(rows, dtype=np.uint64).reshape(-1, width)


@dataclass(frozen=True, eq=False)
class Rotations:
    """Rotations in the order in which they act on |0...0>, and what the measured words are behind the Clifford gates.

    Attributes
    ----------
    x, z
        (K, W): the words of the rotations; of noise, X of its wire carried back.
    other
        (K, 2 W): of noise, X and Z part of Z of its wire carried back; 0 of rotations.
    kept
        (K,): of noise, what it multiplies words by; 1 of rotations.
    angles, factors, offsets
        (K,): a rotation turns by ``offsets + factors * angle``, the number of the angle -1 where it takes none.
    gates
        (K,): places of the gates that they come from.
    images
        Z of each wire, behind the Clifford gates.
    """

    n_qubits: int
    x: Words
    z: Words
    other: Words
    kept: Float
    angles: Indices
    factors: Float
    offsets: Float
    gates: Indices
    images: tuple[Pauli, ...]

    def at(self, angles: Float) -> Float:
        """What each rotation turns by, (K,) in radians, at a circuit's angles, (n_angles,)."""
        values = np.append(angles, 0.0)
        return np.asarray(self.offsets + self.factors * values[self.angles])

    def chosen(self, rows: Indices) -> Rotations:
        """Some of them, in their order."""
        names = ("x", "z", "other", "kept", "angles", "factors", "offsets", "gates")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def word(self, wires: Iterable[int]) -> tuple[Words, Words, int]:
        """Z on these wires behind the Clifford gates: X part (W,), Z part (W,) and sign."""
        found: Pauli = (0, 0, 0)
        for wire in wires:
            found = product(found, self.images[wire])
        packed = _packed(found[:2], self.n_qubits)
        return packed[0], packed[1], _sign(found)


def _turns(gate: Gate) -> list[tuple[str, float, int]]:
    """A gate as rotations: a letter a wire, offset, and +-1 times the gate's angle (0 for none)."""
    way = -1 if gate.inverse else 1
    if gate.name in ROTATION_PAULIS:
        return [(ROTATION_PAULIS[gate.name], 0.0, way)]
    return [(word, way * angle, 0) for word, angle in FIXED[gate.name]][::way]


class _Step(NamedTuple):
    gate: int
    word: Pauli
    other: Pauli = (0, 0, 0)
    kept: float = 1.0
    angle: int = -1
    factor: float = 0.0
    offset: float = 0.0


def rotations_of(circuit: Circuit, chances: Float | None = None) -> Rotations:
    """A circuit of gates with at most one angle (``circuits.separate_uses``) as rotations about Pauli words.

    Rotations that are a global phase on |0...0> are left out.

    Parameters
    ----------
    circuit
        Starts from |0...0>.
    chances
        (gates,): that a wire meets one of the three Paulis, each equally likely, after each gate on it; None for none.

    Examples
    --------
    Behind a CNOT, Z of the target is Z of both wires; the rotation stays as it is.

    >>> import bornscape as bs
    >>> found = rotations_of(bs.Circuit(2, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("CNOT", (0, 1)))))
    >>> found.x.tolist(), found.z.tolist(), found.word([1])[1].tolist()
    ([[1]], [[1]], [3])
    """
    frame, steps = Frame(circuit.n_qubits), list[_Step]()
    for k, gate in enumerate(circuit.gates):
        for letters, offset, way in _turns(gate):
            quarters = round(offset / _QUARTER)
            if not way and math.isclose(offset, quarters * _QUARTER):
                frame.turn(letters, gate.wires, quarters)
                continue
            word = frame.image(letters, gate.wires)
            if word[0] or not all(_commute(word, step.word) for step in steps if step.kept == 1):
                sign = _sign(word)
                steps.append(_Step(k, word, (0, 0, 0), 1.0, gate.angles[0] if way else -1, sign * way, sign * offset))
        if chances is not None and chances[k] > 0:
            steps += [_Step(k, frame.x[wire], frame.z[wire], 1 - 4 * float(chances[k]) / 3) for wire in gate.wires]

    n = circuit.n_qubits
    others = [_packed((step.other[part] for step in steps), n) for part in (0, 1)]
    return Rotations(
        n,
        _packed((step.word[0] for step in steps), n),
        _packed((step.word[1] for step in steps), n),
        np.concatenate(others, axis=1),
        np.array([step.kept for step in steps]),
        np.array([step.angle for step in steps], dtype=np.int64),
        np.array([step.factor for step in steps], dtype=np.float64),
        np.array([step.offset for step in steps], dtype=np.float64),
        np.array([step.gate for step in steps], dtype=np.int64),
        tuple(frame.z),
    )


def _commute(first: Pauli, second: Pauli) -> bool:
    return ((first[0] & second[1]).bit_count() + (first[1] & second[0]).bit_count()) % 2 == 0

"""Circuits of rotations that commute, as IQP circuits are: their angles become phases of parities of random bits.

Every gate is a rotation exp(-i angle P / 2) about a Pauli word P, or some of them. Those whose angle is fixed to a
multiple of pi/2 are Clifford gates: they take Pauli words to Pauli words, and are pushed out of the way, those before
the first other rotation into the state it acts on, the others towards the measurement. What is left are rotations
about Pauli words. Where these use one axis a wire, they commute. With U their product, S the stabilizer state before
them and Q the word that a measured Z_A has become,

    <Z_A> = <S| U^dagger Q U |S> = <S| Q exp(-i Phi) |S>,   Phi = the sum of angle P over the P that anticommute with Q,

and in the eigenbasis of the P that is a mean over the bits t of S, uniform and independent:

    <Z_A> = Re E_t[ i^c (-1)^(h t) exp(-i Phi(t)) ],   Phi(t) = sum over k, parity (k, word) odd, of phi_k (-1)^(g_k t).

For Hadamards, diagonal gates, Hadamards c and h are 0, t are the bits of a uniform string and g_k the wires of gate k.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

import numpy as np
from scipy import sparse

from bornscape.aliases import Bits, Float
from bornscape.circuits.gates import DIAGONAL_ROTATIONS, ROTATION_PAULIS, Circuit, Gate, inert_uses
from bornscape.circuits.pauli_frames import (
    Frame,
    Pauli,
    matrices,
    rows_of_bits,
    set_bits,
    stabilizers,
    turned_axes,
)

_QUARTER, _EIGHTH = np.pi / 2, np.pi / 4

_CONTROLLED = {"CNOT": "X", "CY": "Y", "CZ": "Z"}

FIXED: dict[str, tuple[tuple[str, float], ...]] = {
    "PauliX": (("X", np.pi),),
    "PauliY": (("Y", np.pi),),
    "PauliZ": (("Z", np.pi),),
    "S": (("Z", _QUARTER),),
    "T": (("Z", _EIGHTH),),
    "SX": (("X", _QUARTER),),
    "Hadamard": (("Z", _QUARTER), ("X", _QUARTER), ("Z", _QUARTER)),
    "SWAP": (("XX", -_QUARTER), ("YY", -_QUARTER), ("ZZ", -_QUARTER)),
    "Toffoli": (
        *((word, _EIGHTH) for word in ("ZII", "IZI", "IIX", "ZZX")),
        *((word, -_EIGHTH) for word in ("ZZI", "ZIX", "IZX")),
    ),
    "CSWAP": (
        *((word, _EIGHTH) for word in ("ZII", "IXX", "IYY", "IZZ")),
        *((word, -_EIGHTH) for word in ("ZXX", "ZYY", "ZZZ")),
    ),
    **{name: (("ZI", _QUARTER), ("I" + p, _QUARTER), ("Z" + p, -_QUARTER)) for name, p in _CONTROLLED.items()},
}
"""Gates without an angle as rotations in the order in which they act, up to a global phase: (Pauli word, angle)."""

_TOLERANCE = 1e-9
"""Of a fixed angle that is a multiple of pi/2, radians."""


@dataclass(frozen=True, eq=False)
class Words:
    """Measured words as phases: ``<Z_A> = Re E_t[i^c (-1)^(h t) exp(-i Phi(t))]``.

    Attributes
    ----------
    odd
        Which bits decide whether a word meets a generator oddly, (K, m).
    signs
        h, (K, m).
    quarter_turns
        c of each word, (K,), 0 to 3.
    zero
        Words whose mean is 0 at all angles, (K,).
    """

    odd: sparse.csr_array
    signs: sparse.csr_array
    quarter_turns: np.ndarray
    zero: np.ndarray


@dataclass(frozen=True, eq=False)
class CommutingForm:
    """A circuit of commuting rotations, in bits t (m of them) that are uniform and independent.

    Attributes
    ----------
    generators
        g, (n_generators, m), zeros and ones; different rows.
    offsets, matrix
        Phases of the generators, phi = offsets + matrix @ angles, (n_generators,), radians.
    fixed
        Angles, (n_angles,), that the circuit fixes to a multiple of pi/2: they are Clifford gates here.
    """

    generators: sparse.csr_array
    offsets: Float
    matrix: sparse.csr_array
    fixed: np.ndarray
    _images: tuple[Pauli, ...]
    _directions: tuple[Pauli, ...]
    _origin: int
    _wires: int

    @property
    def n_bits(self) -> int:
        """m, the number of random bits."""
        return int(self.generators.shape[1])

    @cached_property
    def _measured(self) -> tuple[sparse.csr_array, sparse.csr_array, np.ndarray]:
        return matrices(self._images, self._wires)

    @cached_property
    def _along(self) -> tuple[sparse.csr_array, sparse.csr_array, np.ndarray]:
        return matrices(self._directions, self._wires)

    @cached_property
    def _places(self) -> np.ndarray | None:
        """Bit of each measured wire, where every Z has become an X of one wire and no stabilizer has more letters."""
        single = all(x.bit_count() == 1 and not z for x, z, _ in (*self._images, *self._directions))
        if not single or any(c for _, _, c in self._directions):
            return None
        bit_of = {direction[0]: j for j, direction in enumerate(self._directions)}
        found = [bit_of.get(image[0], -1) for image in self._images]
        return None if min(found) < 0 else np.array(found, dtype=np.int64)

    def words(self, words: Bits) -> Words:
        """Measured words (K, n_measured) as phases."""
        if self._places is not None:
            count, (rows, wires) = len(words), np.nonzero(words)
            starts = np.searchsorted(rows, np.arange(count + 1))
            odd = sparse.csr_array((np.ones(len(wires)), self._places[wires], starts), shape=(count, self.n_bits))
            turns = np.array([image[2] for image in self._images])[wires]
            total = np.bincount(rows, weights=turns, minlength=count).astype(np.int64) % 4
            return Words(odd, sparse.csr_array((count, self.n_bits)), total, np.zeros(count, dtype=np.bool_))
        chosen = sparse.csr_array(np.asarray(words, dtype=np.int64))
        x, z, turns = self._measured
        flips, rest = _odd(chosen @ x), _odd(chosen @ z)
        total = chosen @ turns + 2 * _reordered(chosen, x, z)
        along, along_z, along_turns = self._along
        pivots = [direction[0].bit_length() - 1 for direction in self._directions]
        odd = sparse.csr_array(flips[:, pivots])
        zero = np.asarray((_odd(odd @ along) != flips).sum(axis=1)).ravel() > 0
        total = total - odd @ along_turns - 2 * _reordered(odd, along, along_z)
        signs = _odd(rest + odd @ along_z)
        origin = np.array([self._origin >> i & 1 for i in range(self._wires)])
        total = total + 2 * (signs @ origin)
        return Words(odd, _odd(signs @ along.T), np.asarray(total % 4, dtype=np.int64), zero)


def _odd(counts: sparse.csr_array) -> sparse.csr_array:
    """Counts modulo 2, without stored zeros."""
    result = sparse.csr_array(counts)
    result.data = result.data % 2
    result.eliminate_zeros()
    return result


def _reordered(chosen: sparse.csr_array, x: sparse.csr_array, z: sparse.csr_array) -> np.ndarray:
    """How often a Z passes an X when the rows that are chosen are multiplied in order, (K,)."""
    crossings = sparse.triu(z @ x.T, k=1, format="csr")
    return np.asarray((chosen @ crossings).multiply(chosen).sum(axis=1)).ravel()


def _rotations(gate: Gate) -> list[tuple[str, float | None]]:
    """Pauli words with their fixed angles, in the order in which they act; None for the angle of the gate."""
    if gate.angles:
        return [(ROTATION_PAULIS[gate.name], None)]
    if gate.name not in FIXED:
        raise ValueError(f"the gate {gate.name} on wires {list(gate.wires)} is no Clifford gate and no rotation")
    parts: list[tuple[str, float | None]] = [
        (word, -angle if gate.inverse else angle) for word, angle in FIXED[gate.name]
    ]
    return list(reversed(parts)) if gate.inverse else parts


def commuting_form(circuit: Circuit) -> CommutingForm:
    """The circuit's rotations as phases of parities of random bits.

    Parameters
    ----------
    circuit
        Starts from |0...0>, each angle used once, as ``separate_uses`` makes it.

    Raises
    ------
    ValueError
        If it is not of this form; the message says at which wire.
    """
    assert circuit.angle_map is not None
    free = np.diff(circuit.angle_map.matrix.indptr) > 0
    quarters = np.round(circuit.angle_map.offsets / _QUARTER)
    fixed = ~free & (np.abs(circuit.angle_map.offsets - quarters * _QUARTER) < _TOLERANCE)
    if not fixed.any() and _is_plain(circuit):
        return _plain(circuit)
    inert = inert_uses(circuit)
    start, frame = Frame(circuit.n_qubits), Frame(circuit.n_qubits)
    turned: list[tuple[Pauli, int, float]] = []
    for k, gate in enumerate(circuit.gates):
        if (k, 0) in inert:
            continue
        for word, given in _rotations(gate):
            number = gate.angles[0] if given is None else -1
            sign = -1.0 if gate.inverse else 1.0
            angle = sign * circuit.angle_map.offsets[number] if given is None and fixed[number] else given
            turns = 4 if angle is None else angle / _QUARTER
            clifford = angle is not None and abs(turns - round(turns)) < _TOLERANCE
            if clifford:
                (frame if turned else start).turn(word, gate.wires, round(turns))
            else:
                turned.append((frame.image(word, gate.wires), number, sign if angle is None else angle))
    return _in_bits(circuit, start, frame, turned, fixed)


def _is_plain(circuit: Circuit) -> bool:
    """Whether it is Hadamards on all wires, rotations about one or two Zs, Hadamards, and all wires are measured.

    The bits are then those of the wires, and no Pauli word has to be followed.
    """
    n, gates = circuit.n_qubits, circuit.gates
    ends = (gates[:n], gates[-n:])
    return (
        len(gates) >= 2 * n
        and circuit.n_measured == n
        and all({gate.name for gate in end} == {"Hadamard"} for end in ends)
        and all({gate.wires[0] for gate in end} == set(circuit.wires) for end in ends)
        and all(gate.name in DIAGONAL_ROTATIONS for gate in gates[n:-n])
    )


def _plain(circuit: Circuit) -> CommutingForm:
    n = circuit.n_qubits
    turns = circuit.gates[n : len(circuit.gates) - n]
    # Half a million Python objects take a minute in the other way.
    wires = np.array([(gate.wires[0], gate.wires[-1]) for gate in turns], dtype=np.int64).reshape(-1, 2)
    wires.sort(axis=1)
    _, first, kind = np.unique(wires @ [n, 1], return_index=True, return_inverse=True)
    order = np.argsort(first)  # Generators are numbered as they first occur.
    distinct, rows = wires[first[order]], np.argsort(order)[kind]
    pair = distinct[:, 0] < distinct[:, 1]
    places = np.column_stack([np.ones(len(pair), dtype=np.bool_), pair])
    starts = np.concatenate([[0], np.cumsum(1 + pair)])
    generators = sparse.csr_array(
        (np.ones(starts[-1], dtype=np.int64), distinct[places], starts), shape=(len(distinct), n)
    )
    signs = np.where([gate.inverse for gate in turns], -1.0, 1.0)
    angles = np.array([gate.angles[0] for gate in turns], dtype=np.int64)
    matrix = sparse.csr_array((signs, (rows, angles)), shape=(len(distinct), circuit.n_angles))
    along: tuple[Pauli, ...] = tuple((1 << wire, 0, 0) for wire in circuit.wires)
    images = tuple(along[wire] for wire in circuit.measured_wires)
    return CommutingForm(
        generators, np.zeros(len(distinct)), matrix, np.zeros(circuit.n_angles, dtype=np.bool_), images, along, 0, n
    )


def _in_bits(
    circuit: Circuit, start: Frame, frame: Frame, turned: list[tuple[Pauli, int, float]], fixed: np.ndarray
) -> CommutingForm:
    axes = turned_axes([pauli for pauli, _, _ in turned])
    directions, constraints = stabilizers([axes(pauli) for pauli in start.stabilizers()])
    origin = reduce(or_, (1 << (z & -z).bit_length() - 1 for z, c in constraints if c == 2), 0)
    columns = [sum(1 << j for j, d in enumerate(directions) if d[0] >> i & 1) for i in range(circuit.n_qubits)]
    numbers: dict[int, int] = {}
    offsets: list[float] = []
    entries: list[tuple[int, int, float]] = []
    for pauli, angle, value in turned:
        _, z, c = axes(pauli)
        bits = 0
        for i in set_bits(z):
            bits ^= columns[i]
        if not bits:
            continue  # The same phase at every t.
        sign = -1.0 if (c == 2) != ((z & origin).bit_count() % 2 == 1) else 1.0
        row = numbers.setdefault(bits, len(numbers))
        if row == len(offsets):
            offsets.append(0.0)
        if angle < 0:
            offsets[row] += sign * value
        else:
            entries.append((row, angle, sign * value))
    rows, columns_of, values = (list(part) for part in zip(*entries, strict=True)) if entries else ([], [], [])
    matrix = sparse.csr_array((values, (rows, columns_of)), shape=(len(offsets), circuit.n_angles), dtype=np.float64)
    images = tuple(axes(frame.image("Z", (wire,))) for wire in circuit.measured_wires)
    generators = rows_of_bits(list(numbers), len(directions))
    return CommutingForm(
        generators, np.array(offsets), matrix, fixed, images, tuple(directions), origin, circuit.n_qubits
    )

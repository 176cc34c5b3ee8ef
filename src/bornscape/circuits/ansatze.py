"""The paper's ansatz on a line and other families of circuits, each as data, with its layers marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from bornscape.circuits.gates import Circuit, Gate
from bornscape.circuits.iqp import iqp_circuit


def _check_sizes(n_qubits: int, n_layers: int = 0) -> None:
    if n_qubits < 1:
        raise ValueError(f"n_qubits: expected at least 1, got {n_qubits}")
    if n_layers < 0:
        raise ValueError(f"n_layers: expected at least 0, got {n_layers}")


def entangled_circuit(n_qubits: int, n_layers: int, pairs: Sequence[tuple[int, int]], turned: bool = True) -> Circuit:
    """Euler angles on every qubit, then layers of CX RY(a) CX on ``pairs`` and Euler angles, as in Eq. 53.

    CX RY(a) CX is exp(-i a YX / 2); where it is not ``turned`` by an angle, a pair has one CX instead. The first pair
    acts first. Parameters in the order of use.
    """
    _check_sizes(n_qubits, n_layers)
    gates: list[Gate] = []
    ends: list[int] = []
    used = 0
    for layer in range(n_layers + 1):
        for pair in pairs if layer else ():
            gates.append(Gate("CNOT", pair))
            if turned:
                gates += [Gate("RY", pair[:1], (used,)), Gate("CNOT", pair)]
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

    Examples
    --------
    >>> import bornscape as bs
    >>> circuit = bs.line_circuit(n_qubits=2, n_layers=1)
    >>> circuit.n_parameters
    13
    >>> [gate.name for gate in circuit.gates]
    ['Rot', 'Rot', 'CNOT', 'RY', 'CNOT', 'Rot', 'Rot']
    >>> circuit.layer_ends
    (2, 7)
    """
    return entangled_circuit(n_qubits, n_layers, [(i, i + 1) for i in range(n_qubits - 1)])


def ladder_circuit(n_qubits: int, n_layers: int) -> Circuit:
    """A line circuit whose layers are CX alone: CX on the pairs (i, i+1), the first pair first, then Euler angles.

    Not the paper's Eq. 53. Its variances at 2, 4 and 8 layers are nearer to the published ones than those of
    ``line_circuit``, whose CX RY CX entangles less.

    Examples
    --------
    >>> circuit = ladder_circuit(n_qubits=2, n_layers=1)
    >>> circuit.n_parameters, [gate.name for gate in circuit.gates]
    (12, ['Rot', 'Rot', 'CNOT', 'Rot', 'Rot'])
    """
    return entangled_circuit(n_qubits, n_layers, line_pairs(n_qubits), turned=False)


def product_circuit(n_qubits: int, single_qubit: str = "rot") -> Circuit:
    """One layer of single-qubit gates: ``"rot"`` (3 Euler angles a qubit) or ``"ry"`` (1 angle a qubit).

    Examples
    --------
    >>> import bornscape as bs
    >>> bs.product_circuit(3).n_parameters, bs.product_circuit(3, "ry").n_parameters
    (9, 3)
    >>> bs.product_circuit(1, "ry").gates
    (Gate(name='RY', wires=(0,), angles=(0,), inverse=False),)
    """
    _check_sizes(n_qubits)
    if single_qubit == "rot":
        return line_circuit(n_qubits, 0)
    if single_qubit == "ry":
        return Circuit(n_qubits, n_qubits, tuple(Gate("RY", (i,), (i,)) for i in range(n_qubits)))
    raise ValueError(f"single_qubit: expected 'rot' or 'ry', got {single_qubit!r}")


def line_pairs(n_qubits: int) -> list[tuple[int, int]]:
    """Neighbours on an open line, (0, 1) first."""
    return [(i, i + 1) for i in range(n_qubits - 1)]


def brickwork_pairs(n_qubits: int) -> list[tuple[int, int]]:
    """Neighbours on an open line, the even pairs first: a brick wall of depth two."""
    return line_pairs(n_qubits)[::2] + line_pairs(n_qubits)[1::2]


def all_pairs(n_qubits: int) -> list[tuple[int, int]]:
    """Every pair of qubits."""
    return list(combinations(range(n_qubits), 2))


def brickwork_circuit(n_qubits: int, n_layers: int) -> Circuit:
    """The gates of Eq. 53 in a brick wall: every qubit meets both neighbours in each layer, light cones grow slowly."""
    return entangled_circuit(n_qubits, n_layers, brickwork_pairs(n_qubits))


def all_to_all_circuit(n_qubits: int, n_layers: int) -> Circuit:
    """The gates of Eq. 53 on every pair of qubits."""
    return entangled_circuit(n_qubits, n_layers, all_pairs(n_qubits))


def real_circuit(n_qubits: int, n_layers: int) -> Circuit:
    """R_y on every qubit, then layers of CZ on a line and R_y: amplitudes stay real. n (n_layers + 1) angles."""
    _check_sizes(n_qubits, n_layers)
    gates: list[Gate] = []
    ends: list[int] = []
    for layer in range(n_layers + 1):
        if layer:
            gates += [Gate("CZ", pair) for pair in line_pairs(n_qubits)]
        gates += [Gate("RY", (i,), (layer * n_qubits + i,)) for i in range(n_qubits)]
        ends.append(len(gates))
    return Circuit(n_qubits, n_qubits * (n_layers + 1), tuple(gates), tuple(ends))


def hamming_weight_circuit(n_qubits: int, n_layers: int, weight: int | None = None) -> Circuit:
    """Keeps the Hamming weight of its start, a string of ``weight`` ones (n/2, rounded down, unless given).

    Each layer has exp(-i a (XX + YY) / 2) on the pairs of a brick wall, one angle a pair, and R_z on every qubit. The
    ones of the start are spread evenly. Zero layers are the start itself, without parameters.

    Raises
    ------
    ValueError
        If the weight is not between 0 and n.
    """
    _check_sizes(n_qubits, n_layers)
    ones = n_qubits // 2 if weight is None else weight
    if not 0 <= ones <= n_qubits:
        raise ValueError(f"weight: expected a number between 0 and {n_qubits}, got {weight}")
    places = {(2 * k + 1) * n_qubits // (2 * ones) for k in range(ones)}
    gates = [Gate("PauliX", (i,)) for i in sorted(places)]
    ends = [len(gates)]
    used = 0
    for _ in range(n_layers):
        for pair in brickwork_pairs(n_qubits):
            gates += [Gate("IsingXX", pair, (used,)), Gate("IsingYY", pair, (used,))]
            used += 1
        for i in range(n_qubits):
            gates.append(Gate("RZ", (i,), (used,)))
            used += 1
        ends.append(len(gates))
    return Circuit(n_qubits, used, tuple(gates), tuple(ends))


FAMILIES: dict[str, Callable[[int, int], Circuit]] = {
    "line": line_circuit,
    "ladder": ladder_circuit,
    "brickwork": brickwork_circuit,
    "all_to_all": all_to_all_circuit,
    "real": real_circuit,
    "hamming_weight": hamming_weight_circuit,
    "iqp": iqp_circuit,
}
"""Circuits of (n_qubits, n_layers) by the names that configurations use."""

"""Wires in another order, in which few gates pass over others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import reverse_cuthill_mckee

from bornscape.circuits.gates import Circuit


def narrow_order(circuit: Circuit) -> list[int]:
    """Wires so that those that share a gate stand near one another, by the reverse Cuthill-McKee algorithm.

    Examples
    --------
    A line of wires 0, 2, 1 and 3.

    >>> import bornscape as bs
    >>> gates = tuple(bs.Gate("CNOT", pair) for pair in ((0, 2), (2, 1), (1, 3)))
    >>> narrow_order(bs.Circuit(4, 0, gates))
    [3, 1, 2, 0]
    """
    pairs = {pair for gate in circuit.gates for pair in combinations(sorted(gate.wires), 2)}
    rows, columns = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    joined = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(circuit.n_qubits,) * 2)
    order = reverse_cuthill_mckee(sparse.csr_matrix(joined + joined.T), symmetric_mode=True)
    return [int(wire) for wire in order]


def reordered(circuit: Circuit, order: Sequence[int]) -> Circuit:
    """The same circuit with wire ``order[k]`` as the k-th; what is measured, and its order, stay.

    Raises
    ------
    ValueError
        If the order is not one of all wires.
    """
    if sorted(order) != list(circuit.wires):
        raise ValueError(f"order: expected all wires 0..{circuit.n_qubits - 1}, got {list(order)}")
    place = {wire: k for k, wire in enumerate(order)}
    gates = tuple(replace(gate, wires=tuple(place[wire] for wire in gate.wires)) for gate in circuit.gates)
    return replace(circuit, gates=gates, measured=tuple(place[wire] for wire in circuit.measured_wires))

"""An equivalent circuit in which every angle is used by one gate, so that a use can be shifted by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from bornscape.circuits.gates import AngleMap, Circuit, primitives


def separate_uses(circuit: Circuit) -> Circuit:
    """The circuit with gates of at most one angle, each angle used once, in the order of the gates.

    Parameters stay as they are: the angle map takes them to the uses. Every gate with an angle has two eigenvalues, so
    that the shift rule with pi/2 holds for each.

    Examples
    --------
    Two rotations by the same parameter become two angles.

    >>> import bornscape as bs
    >>> circuit = bs.Circuit(2, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("RY", (1,), (0,))))
    >>> separate = separate_uses(circuit)
    >>> [gate.angles for gate in separate.gates], separate.angles([0.5]).tolist()
    ([(0,), (1,)], [0.5, 0.5])
    """
    mapped = circuit.angle_map
    if _separate(circuit):
        return circuit if mapped is not None else replace(circuit, angle_map=_each_its_own(circuit.n_parameters))
    split = [primitives(gate) for gate in circuit.gates]
    parts = [part for parts_of_gate in split for part in parts_of_gate]
    counts = np.cumsum([0, *map(len, split)])
    used = np.array([part.angles[0] for part in parts if part.angles], dtype=np.int64)
    if mapped is None:
        mapped = _each_its_own(circuit.n_parameters)
    numbers = iter(range(len(used)))
    gates = tuple(replace(part, angles=(next(numbers),)) if part.angles else part for part in parts)
    separate = AngleMap(mapped.offsets[used], sparse.csr_array(mapped.matrix[used]))
    ends = tuple(counts[list(circuit.layer_ends)].tolist())
    return replace(circuit, gates=gates, layer_ends=ends, angle_map=separate)


def _separate(circuit: Circuit) -> bool:
    """Whether the gates have at most one angle each already, and take the angles in their order."""
    if any(len(gate.angles) > 1 for gate in circuit.gates):
        return False
    return [angle for gate in circuit.gates for angle in gate.angles] == list(range(circuit.n_angles))


def _each_its_own(count: int) -> AngleMap:
    """Every angle a parameter."""
    return AngleMap(np.zeros(count), sparse.csr_array(sparse.identity(count, format="csr")))

"""Many small states at once: the same circuit at many parameter vectors, in compiled loops over the vectors.

A gate on a few qubits takes less time than its call. Here the parameter vectors are the columns of one array, so that
every gate is one loop over rows and columns, each column with an angle of its own. Larger states, and circuits with
gates that have no loop here, are simulated one at a time (``states.probabilities``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.circuits import Circuit, Gate, primitives
from bornscape.kernels.lightning import Precision
from bornscape.kernels.states import probabilities

Float = NDArray[np.float64]

LARGEST = 8
"""Qubits up to which columns are faster than one state at a time."""

_WIDTH = 64
"""Columns of a block."""

_ENTANGLER, _CNOT = 2, 3
_TURNS = {"RY": 0, "RZ": 1, "PhaseShift": 1}
"""Loops by kind; those about Z agree up to a global phase."""


class _Program(NamedTuple):
    """A circuit as loops: what each does, (G,), the bits of its wires, (G, 2), its angle and that angle's sign, (G,).

    A loop without an angle has sign 0.
    """

    kinds: NDArray[np.int64]
    masks: NDArray[np.int64]
    angles: NDArray[np.int64]
    signs: Float


@lru_cache(maxsize=64)
def _program(circuit: Circuit) -> _Program | None:
    """The circuit's loops, CNOT RY CNOT as one of them; None if a gate has none."""
    gates = [part for gate in circuit.gates for part in primitives(gate)]
    loops: list[tuple[int, Gate]] = []
    k = 0
    while k < len(gates):
        if _is_entangler(gates[k : k + 3]):
            loops.append((_ENTANGLER, replace(gates[k + 1], wires=gates[k].wires)))
            k += 3
            continue
        kind = _CNOT if gates[k].name == "CNOT" else _TURNS.get(gates[k].name)
        if kind is None:
            return None
        loops.append((kind, gates[k]))
        k += 1
    bits = [[1 << (circuit.n_qubits - 1 - gate.wires[end]) for end in (0, -1)] for _, gate in loops]
    return _Program(
        np.array([kind for kind, _ in loops], dtype=np.int64),
        np.array(bits, dtype=np.int64).reshape(-1, 2),
        np.array([gate.angles[0] if gate.angles else 0 for _, gate in loops], dtype=np.int64),
        np.array([(-1.0 if gate.inverse else 1.0) if gate.angles else 0.0 for _, gate in loops]),
    )


def _is_entangler(gates: Sequence[Gate]) -> bool:
    return (
        [gate.name for gate in gates] == ["CNOT", "RY", "CNOT"]
        and gates[0].wires == gates[2].wires
        and gates[1].wires == gates[0].wires[:1]
    )


def _angles(circuit: Circuit, thetas: NDArray) -> Float:
    """Angles of the gates at every parameter vector, (B, n_angles)."""
    values = np.asarray(thetas, dtype=np.float64)
    if values.shape[1] != circuit.n_parameters or not np.isfinite(values).all():
        return np.array([circuit.angles(theta) for theta in values])
    if circuit.angle_map is None:
        return values
    return circuit.angle_map.offsets + (circuit.angle_map.matrix @ values.T).T


def batch_probabilities(circuit: Circuit, thetas: NDArray, precision: Precision = "double") -> Float:
    """Born probabilities at many parameter vectors.

    Parameters
    ----------
    circuit
        Starts from |0...0>.
    thetas
        (B, n_parameters), radians.
    precision
        Of the simulation.

    Returns
    -------
    (B, 2**n) float64; each row sums to 1 and is, up to rounding, what ``probabilities`` gives for it.

    Raises
    ------
    ValueError
        If thetas has another shape, or an entry that is not finite.
    """
    if np.ndim(thetas) != 2:
        raise ValueError(f"thetas: expected shape (B, {circuit.n_parameters}), got {np.shape(thetas)}")
    program = _program(circuit) if circuit.n_qubits <= LARGEST else None
    if program is None or not len(program.kinds):
        found = [probabilities(circuit, theta, precision) for theta in thetas]
        return np.array(found).reshape(len(thetas), 2**circuit.n_qubits)
    angles = _angles(circuit, thetas)
    starts = range(0, len(angles), _WIDTH)
    blocks = [_block(circuit.n_qubits, program, angles[k : k + _WIDTH], precision) for k in starts]
    return np.concatenate(blocks) if blocks else np.empty((0, 2**circuit.n_qubits))


def _block(n_qubits: int, program: _Program, angles: Float, precision: Precision) -> Float:
    from bornscape.kernels.compiled_batches import run

    kind = np.float64 if precision == "double" else np.float32
    halves = angles.T[program.angles] * (program.signs[:, None] / 2)
    state = np.zeros((2, 2**n_qubits, len(angles)), dtype=kind)
    state[0, 0] = 1
    run(state, program.kinds, program.masks, np.stack([np.cos(halves), np.sin(halves)], axis=1).astype(kind))
    values = (state.astype(np.float64, copy=False) ** 2).sum(axis=0).T
    return values / values.sum(axis=1, keepdims=True)

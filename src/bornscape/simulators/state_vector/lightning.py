"""Gates as PennyLane-Lightning's compiled kernels take them; only this package touches ``pennylane_lightning``.

They are called directly because a QNode's Python cost dominates below 16 qubits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pennylane_lightning import lightning_qubit_ops as lightning

from bornscape.aliases import Complex
from bornscape.circuits import FIXED_GATES, ROTATION_PAULIS, Circuit, Gate

Precision = Literal["double", "single"]
CACHE_WIRES = 14
"""Wires of a register of tangent states: beyond about 2^14 amplitudes it leaves the cache and gains nothing."""

_STATES = {"double": lightning.StateVectorC128, "single": lightning.StateVectorC64}
DTYPES = {"double": np.complex128, "single": np.complex64}
_KERNELS = FIXED_GATES | set(ROTATION_PAULIS) | {"Rot"}


class Step(NamedTuple):
    """A gate as the kernels take it; angles are a slice of the angle list where they are contiguous."""

    name: str
    wires: list[int]
    inverse: bool
    angles: slice | tuple[int, ...]


def step(gate: Gate, shift: int) -> Step:
    """The gate with its wires ``shift`` further down.

    Raises
    ------
    ValueError
        If there is no kernel of its name.
    """
    if gate.name not in _KERNELS:
        raise ValueError(f"gate {gate.name}: no kernel; expected one of {sorted(_KERNELS)}")
    first = gate.angles[0] if gate.angles else 0
    contiguous = gate.angles == tuple(range(first, first + len(gate.angles)))
    angles = slice(first, first + len(gate.angles)) if contiguous else gate.angles
    return Step(gate.name, [w + shift for w in gate.wires], gate.inverse, angles)


@lru_cache(maxsize=64)
def steps_of(circuit: Circuit, shift: int) -> tuple[Step, ...]:
    """The circuit's gates on wires ``shift``, ``shift + 1``, ...; circuits compare by identity."""
    return tuple(step(gate, shift) for gate in circuit.gates)


def apply(state: Any, steps: Sequence[Step], angles: list[float]) -> None:
    """Act on a Lightning state, in place; each step picks its own of all the circuit's angles."""
    kernels = {name: getattr(state, name) for name in {step.name for step in steps}}
    for name, wires, inverse, used in steps:
        values = angles[used] if isinstance(used, slice) else [angles[i] for i in used]
        kernels[name](wires, inverse, values)


def check_start(n_qubits: int, precision: Precision, initial: NDArray | None) -> None:
    """Refuse a precision that there is not, or amplitudes that are not (2**n,), by a ``ValueError``."""
    if precision not in _STATES:
        raise ValueError(f"precision: expected one of {sorted(_STATES)}, got {precision!r}")
    if initial is not None and np.shape(initial) != (2**n_qubits,):
        raise ValueError(f"initial: expected shape ({2**n_qubits},), got {np.shape(initial)}")


def start_state(n_qubits: int, precision: Precision, initial: NDArray | None) -> Any:
    """A Lightning state of |0...0>, or of the amplitudes ``initial``, (2**n,).

    Raises
    ------
    ValueError
        If the precision is another, or the amplitudes have another shape.
    """
    check_start(n_qubits, precision, initial)
    state = _STATES[precision](n_qubits)
    if initial is not None:
        state.updateData(np.ascontiguousarray(initial, dtype=DTYPES[precision]))
    return state


def read_state(state: Any, n_qubits: int, precision: Precision) -> Complex:
    """Amplitudes of a Lightning state, (2**n,)."""
    out = np.empty(2**n_qubits, dtype=DTYPES[precision])
    state.getState(out)
    return out

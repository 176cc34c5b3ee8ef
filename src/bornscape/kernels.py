"""Simulation on PennyLane-Lightning's compiled gates.

They are called directly because a QNode's Python cost dominates below 16 qubits. The only module that touches
``pennylane_lightning``. Wire 0 is the most significant bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pennylane_lightning import lightning_qubit_ops as lightning

from bornscape.circuits import FIXED_GATES, ROTATION_PAULIS, Circuit, Gate, primitives

Precision = Literal["double", "single"]
Float = NDArray[np.float64]
Complex = NDArray[np.complexfloating]

CACHE_WIRES = 14
"""Wires of a register of tangent states: beyond about 2^14 amplitudes it leaves the cache and gains nothing."""

_STATES = {"double": lightning.StateVectorC128, "single": lightning.StateVectorC64}
_DTYPES = {"double": np.complex128, "single": np.complex64}
_KERNELS = FIXED_GATES | set(ROTATION_PAULIS) | {"Rot"}


class _Step(NamedTuple):
    """A gate as the kernels take it; angles are a slice of the angle list where they are contiguous."""

    name: str
    wires: list[int]
    inverse: bool
    angles: slice | tuple[int, ...]


def _step(gate: Gate, shift: int) -> _Step:
    if gate.name not in _KERNELS:
        raise ValueError(f"gate {gate.name}: no kernel; expected one of {sorted(_KERNELS)}")
    first = gate.angles[0] if gate.angles else 0
    contiguous = gate.angles == tuple(range(first, first + len(gate.angles)))
    angles = slice(first, first + len(gate.angles)) if contiguous else gate.angles
    return _Step(gate.name, [w + shift for w in gate.wires], gate.inverse, angles)


@lru_cache(maxsize=64)
def _steps(circuit: Circuit, shift: int) -> tuple[_Step, ...]:
    """The circuit's gates on wires ``shift``, ``shift + 1``, ...; circuits compare by identity."""
    return tuple(_step(gate, shift) for gate in circuit.gates)


def _apply(state: Any, steps: Sequence[_Step], angles: list[float]) -> None:
    kernels = {name: getattr(state, name) for name in {step.name for step in steps}}
    for name, wires, inverse, used in steps:
        values = angles[used] if isinstance(used, slice) else [angles[i] for i in used]
        kernels[name](wires, inverse, values)


def _start(n_qubits: int, precision: Precision, initial: NDArray | None) -> Any:
    if precision not in _STATES:
        raise ValueError(f"precision: expected one of {sorted(_STATES)}, got {precision!r}")
    state = _STATES[precision](n_qubits)
    if initial is not None:
        if np.shape(initial) != (2**n_qubits,):
            raise ValueError(f"initial: expected shape ({2**n_qubits},), got {np.shape(initial)}")
        state.updateData(np.ascontiguousarray(initial, dtype=_DTYPES[precision]))
    return state


def _read(state: Any, n_qubits: int, precision: Precision) -> Complex:
    out = np.empty(2**n_qubits, dtype=_DTYPES[precision])
    state.getState(out)
    return out


def _born(amplitudes: Complex) -> Float:
    values = amplitudes.real.astype(np.float64) ** 2 + amplitudes.imag.astype(np.float64) ** 2
    return values / values.sum()


def statevector(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
) -> Complex:
    """Amplitudes of U(theta)|initial>, (2**n,); ``initial`` is |0...0> unless given, (2**n,) and normalised."""
    state = _start(circuit.n_qubits, precision, initial)
    _apply(state, _steps(circuit, 0), circuit.angles(theta).tolist())
    return _read(state, circuit.n_qubits, precision)


def probabilities(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
) -> Float:
    """Born probabilities q_theta(x) = |<x|U(theta)|initial>|^2.

    Parameters
    ----------
    circuit, theta
        The circuit and its parameters, (n_parameters,), in radians, in the order in which the circuit uses them.
    precision
        Of the simulation, ``"double"`` or ``"single"``; the result is float64 and sums to 1 either way.
    initial
        Amplitudes to start from, (2**n,); |0...0> if None.

    Returns
    -------
    (2**n,) float64, indexed with wire 0 as the most significant bit.

    Raises
    ------
    ValueError
        If theta has the wrong shape or is not finite.
    """
    return _born(statevector(circuit, theta, precision, initial))


def layer_probabilities(
    circuit: Circuit, theta: Sequence[float] | Float, layers: Sequence[int], precision: Precision = "double"
) -> Iterator[tuple[int, Float]]:
    """Yield (l, probabilities after l layers) for the increasing ``layers``, in one pass through the circuit.

    Raises
    ------
    ValueError
        If the circuit has no such layers, or they do not increase.
    """
    for layer, rows in _layer_amplitudes(circuit, theta, layers, None, precision):
        yield layer, _born(rows[0])


def layer_register_probabilities(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    layers: Sequence[int],
    initials: NDArray,
    precision: Precision = "double",
) -> Iterator[tuple[int, Float]]:
    """As ``layer_probabilities``, from k initial states (k, 2**n) in one pass: yield (l, probabilities (k, 2**n)).

    The states are one Lightning state whose top wires number them, so that each gate is called once, as far as they
    fit the cache together.

    Raises
    ------
    ValueError
        If the circuit has no such layers, they do not increase, or the states have another shape.
    """
    if np.ndim(initials) != 2 or np.shape(initials)[1] != 2**circuit.n_qubits or len(initials) < 1:
        raise ValueError(f"initials: expected shape (k, {2**circuit.n_qubits}), got {np.shape(initials)}")
    for layer, rows in _layer_amplitudes(circuit, theta, layers, initials, precision):
        values = rows.real.astype(np.float64) ** 2 + rows.imag.astype(np.float64) ** 2
        yield layer, values / values.sum(axis=1, keepdims=True)


def _layer_amplitudes(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    layers: Sequence[int],
    initials: NDArray | None,
    precision: Precision,
) -> Iterator[tuple[int, Complex]]:
    """(l, amplitudes (k, 2**n) after l layers) from each initial state, or from |0...0>."""
    if list(layers) != sorted(set(layers)) or any(not 0 <= k < len(circuit.layer_ends) for k in layers):
        raise ValueError(f"layers: expected increasing numbers below {len(circuit.layer_ends)}, got {layers}")
    angles = circuit.angles(theta).tolist()
    n = circuit.n_qubits
    count = 1 if initials is None else len(initials)
    spare = min((count - 1).bit_length(), max(0, CACHE_WIRES - n))
    steps = _steps(circuit, spare)
    registers = [
        _start(
            n + spare, precision, None if initials is None else _padded(initials[k : k + 2**spare], spare, precision)
        )
        for k in range(0, count, 2**spare)
    ]
    done = 0
    for layer in layers:
        end = circuit.layer_ends[layer]
        for register in registers:
            _apply(register, steps[done:end], angles)
        done = end
        found = [_read(register, n + spare, precision).reshape(2**spare, -1) for register in registers]
        yield layer, np.concatenate(found)[:count] if len(found) > 1 else found[0][:count]


def _padded(rows: NDArray, spare: int, precision: Precision) -> Complex:
    """States (k, 2**n) as the register of 2**spare states, of which the last may be 0."""
    register = np.zeros((2**spare, rows.shape[1]), dtype=_DTYPES[precision])
    register[: len(rows)] = rows
    return register.ravel()


def probability_gradient(
    circuit: Circuit, theta: Sequence[float] | Float, cotangent: Float, amplitudes: Complex | None = None
) -> Float:
    """Exact sum_x cotangent(x) dq(x)/dtheta by one vector-Jacobian pass.

    Parameters
    ----------
    cotangent
        dL/dq at q_theta, (2**n,).
    amplitudes
        ``statevector(circuit, theta)`` in double precision, where the caller has it.

    Returns
    -------
    (n_parameters,) float64.
    """
    angles = circuit.angles(theta)
    psi = statevector(circuit, theta) if amplitudes is None else amplitudes
    operations, order = _differentiable_operations(circuit, angles.tolist())
    state = _start(circuit.n_qubits, "double", psi)
    dy = np.ascontiguousarray(cotangent * psi, dtype=np.complex128)
    jacobian = lightning.algorithms.VectorJacobianProductC128()
    per_use = 2.0 * np.real(jacobian(state, operations, dy, list(range(len(order)))))
    return circuit.to_parameters(np.bincount(order, weights=per_use, minlength=circuit.n_angles).astype(np.float64))


def _differentiable_operations(circuit: Circuit, angles: list[float]) -> tuple[Any, NDArray[np.int64]]:
    """Lightning's list of operations, and the angle that each of its parametrised operations uses."""
    parts = [part for gate in circuit.gates for part in primitives(gate)]
    order = np.array([part.angles[0] for part in parts if part.angles], dtype=np.int64)
    count = len(parts)
    operations = lightning.algorithms.create_ops_listC128(
        [part.name for part in parts],
        [[angles[i] for i in part.angles] for part in parts],
        [list(part.wires) for part in parts],
        [part.inverse for part in parts],
        [np.empty(0, dtype=np.complex128)] * count,
        [[]] * count,
        [[]] * count,
    )
    return operations, order


@dataclass(frozen=True)
class ShiftedState:
    """The tangent state of one use of an angle, from which both shifted distributions follow.

    A rotation's states at angle +- pi/2 are (psi -+ i sign phi) / sqrt 2, with phi the state that has the gate's
    Pauli word inserted after it.
    """

    angle: int
    sign: int
    tangent: Complex

    def probabilities(self, amplitudes: Complex) -> tuple[NDArray, NDArray]:
        """Distributions at this angle plus and minus pi/2, each (2**n,), from the unshifted ``amplitudes``."""
        psi, phi = amplitudes, self.tangent
        even = 0.5 * (psi.real**2 + psi.imag**2 + phi.real**2 + phi.imag**2)
        odd = psi.real * phi.imag - psi.imag * phi.real
        return (even + odd, even - odd) if self.sign > 0 else (even - odd, even + odd)


@dataclass(frozen=True, eq=False)
class ShiftedBlock:
    """Tangent states of k neighbouring uses of angles: angles and signs (k,), tangents (k, 2**n); see ShiftedState."""

    angles: NDArray[np.int64]
    signs: NDArray[np.int64]
    tangents: Complex


def shifted_states(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
    register_wires: int | None = None,
    skip: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[ShiftedState]:
    """Yield the tangent state of every use of an angle, in the order of the gates, but for the uses in ``skip``."""
    for block in shifted_blocks(circuit, theta, precision, initial, register_wires, skip):
        for angle, sign, tangent in zip(block.angles.tolist(), block.signs.tolist(), block.tangents, strict=True):
            yield ShiftedState(angle, sign, tangent)


def shifted_blocks(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
    register_wires: int | None = None,
    skip: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[ShiftedBlock]:
    """The tangent states of ``shifted_states``, as many at a time as one register holds.

    The tangent states of neighbouring gates pass through the rest of the circuit together, as one Lightning state
    whose top wires number them. ``register_wires`` sets how many such wires (default: as fit the cache).
    """
    n = circuit.n_qubits
    angles = circuit.angles(theta).tolist()
    spare = max(0, CACHE_WIRES - n) if register_wires is None else register_wires
    spare = min(spare, max(0, int(np.ceil(np.log2(max(1, circuit.n_angles))))))
    below, above = _steps(circuit, 0), _steps(circuit, spare)
    prefix = _start(n, precision, initial)
    for first, last in _groups(circuit, 2**spare):
        tangents = _tangents(circuit, first, last, angles, prefix, precision, skip)
        for start in range(0, len(tangents), 2**spare):
            uses = tangents[start : start + 2**spare]
            rows = np.zeros((2**spare, 2**n), dtype=_DTYPES[precision])
            rows[: len(uses)] = [tangent for _, _, tangent in uses]
            register = _start(n + spare, precision, rows.ravel())
            _apply(register, above[last:], angles)
            finished = _read(register, n + spare, precision).reshape(rows.shape)[: len(uses)]
            yield ShiftedBlock(np.array([use[0] for use in uses]), np.array([use[1] for use in uses]), finished)
        _apply(prefix, below[first:last], angles)


def _groups(circuit: Circuit, size: int) -> Iterator[tuple[int, int]]:
    """Runs of gates [first, last) that use at most ``size`` angles together, or are one gate that uses more."""
    first, used = 0, 0
    for k, gate in enumerate(circuit.gates):
        if used and used + len(gate.angles) > size:
            yield first, k
            first, used = k, 0
        used += len(gate.angles)
    yield first, len(circuit.gates)


def _tangents(
    circuit: Circuit,
    first: int,
    last: int,
    angles: list[float],
    prefix: Any,
    precision: Precision,
    skip: frozenset[tuple[int, int]],
) -> list[tuple[int, int, Complex]]:
    """(angle, sign, tangent state after gate ``last - 1``) for each use of an angle by the gates [first, last)."""
    n = circuit.n_qubits
    steps = _steps(circuit, 0)
    current = _start(n, precision, _read(prefix, n, precision))
    found: list[tuple[int, int, Complex]] = []
    for k in range(first, last):
        parts = primitives(circuit.gates[k])
        for j, part in enumerate(parts):
            _apply(current, [_step(part, 0)], angles)
            if not part.angles or (k, j) in skip:
                continue
            branch = _start(n, precision, _read(current, n, precision))
            for wire, pauli in zip(part.wires, ROTATION_PAULIS[part.name], strict=True):
                getattr(branch, f"Pauli{pauli}")([wire], False, [])
            _apply(branch, [_step(later, 0) for later in parts[j + 1 :]], angles)
            _apply(branch, steps[k + 1 : last], angles)
            found.append((part.angles[0], -1 if part.inverse else 1, _read(branch, n, precision)))
    return found

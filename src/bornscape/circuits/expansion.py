"""PennyLane's gates as the gates that the simulator knows, by rules whose gates do not depend on the angles' values.

PennyLane decomposes controlled and multiplexed gates from their matrices: which gates come out, and with which angles,
depends on the values. Those have rules here; all others take PennyLane's own decomposition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from bornscape.circuits.gates import FIXED_GATES, ROTATION_PAULIS
from bornscape.extras import pennylane

qml = pennylane()

IGNORED = frozenset({"Barrier", "WireCut", "Snapshot", "Identity", "GlobalPhase"})
"""What changes no probability."""

KNOWN = FIXED_GATES | set(ROTATION_PAULIS) | {"Rot"}
"""Gates that the simulator applies by name."""

_SMALL = 6
"""Wires of a gate without a decomposition, up to which its generator or its matrix is taken apart."""

_CURES = {
    "MidMeasure": "measure at the end only: every wire of the data is",
    "Conditional": "use a controlled gate, qml.ctrl, in place of a measurement and qml.cond",
    "Observable": "build the Hamiltonian outside the circuit function and use it there",
    "Evolution": "the terms do not commute: use qml.TrotterProduct or qml.ApproxTimeEvolution",
    "Channel": "leave it out, and give the noise of all gates as the model's key noise, {depolarising: 0.01}",
}


def refusal(op: Any) -> str:
    """Why a gate cannot be taken: its name, its wires and the cure."""
    kinds = (
        ("MidMeasure", op.name.startswith(("MidMeasure", "PauliMeasure"))),
        ("Conditional", op.name.startswith("Conditional")),
        ("Channel", isinstance(op, qml.operation.Channel)),
        ("Evolution", op.name in ("Evolution", "Exp")),
        ("Observable", op.name in ("LinearCombination", "Hamiltonian", "Sum", "SProd", "Hermitian", "Projector")),
    )
    cure = next((_CURES[kind] for kind, fits in kinds if fits), "write it as gates that PennyLane can decompose")
    return f"gate {op.name} on wires {list(op.wires)}: not supported; {cure}"


def expand(op: Any) -> Iterator[Any]:
    """The gates of ``KNOWN``, or their adjoints, that a PennyLane operation is, in the order in which they act.

    Global phases are left out.

    Raises
    ------
    ValueError
        If there are none; the message names the gate, its wires and the cure.
    """
    if op.name in IGNORED:
        return
    base = op.base if op.name.startswith("Adjoint(") else op
    if base.name in KNOWN:
        yield op
        return
    for part in _parts(op):
        yield from expand(part)


def _parts(op: Any) -> Sequence[Any]:
    with qml.QueuingManager.stop_recording():
        if isinstance(op, qml.ops.Controlled) and (type(op) in _GENERIC or len(op.control_wires) > 1):
            return _controlled(op)
        if isinstance(op, qml.SelectPauliRot):
            return _multiplexed(op)
        if op.name == "Evolution":
            return _evolution(op)
        return _decomposition(op)


def _decomposition(op: Any) -> Sequence[Any]:
    """PennyLane's own parts; without any, rotations by the Pauli words of the gate's generator, or its matrix."""
    try:
        parts: Sequence[Any] = op.decomposition()
    except qml.operation.DecompositionUndefinedError as error:
        if len(op.wires) > _SMALL or not isinstance(op, qml.operation.Operation):
            raise ValueError(refusal(op)) from error
        if op.has_generator and len(op.data) == 1:
            return _rotations(_words(op.generator(), op), -op.data[0], op)
        if not op.has_matrix:
            raise ValueError(refusal(op)) from error
        return [qml.QubitUnitary(op.matrix(), wires=op.wires)]
    return parts


def _words(hermitian: Any, op: Any) -> Any:
    """The Pauli words of an operator with their coefficients."""
    if hermitian.pauli_rep is not None:
        return hermitian.pauli_rep
    if len(op.wires) > _SMALL:
        raise ValueError(refusal(op))
    matrix = qml.matrix(hermitian, wire_order=op.wires)
    return qml.pauli_decompose(matrix, wire_order=op.wires, pauli=True)


_GENERIC = (qml.ops.Controlled, qml.ops.op_math.ControlledOp)


def _controlled(op: Any) -> Sequence[Any]:
    """A controlled gate, with X around the controls on 0."""
    base, controls = op.base, list(op.control_wires)
    values = [bool(value) for value in op.control_values]
    flips = [qml.PauliX(wire) for wire, value in zip(controls, values, strict=True) if not value]
    return [*flips, *_all_ones(base, controls), *flips]


def _all_ones(base: Any, controls: list[Any]) -> Sequence[Any]:
    """``base`` where every control is 1.

    A rotation R(a) about a Pauli word P is R(a/2) V R(-a/2) V, where V is controlled, V^2 = 1 and V P V = -P: two uses
    of the angle with the factors 1/2 and -1/2, each of a gate with two eigenvalues.
    """
    name, wires = base.name, list(base.wires)
    if isinstance(base, qml.ops.Controlled):
        inner = [bool(value) for value in base.control_values]
        flips = [qml.PauliX(wire) for wire, value in zip(base.control_wires, inner, strict=True) if not value]
        return [*flips, *_all_ones(base.base, controls + list(base.control_wires)), *flips]
    if name in IGNORED - {"GlobalPhase"}:
        return []
    if name == "GlobalPhase":
        return _phase(-base.data[0], controls)
    if name == "PhaseShift":
        return _phase(base.data[0], [*controls, *wires])
    if (word := _pauli_word(base)) is not None:
        turn = next((k for k, letter in enumerate(word) if letter != "I"), None)
        if turn is None:  # exp(-i a / 2), a phase.
            return _phase(-base.data[0] / 2, controls)
        flip = _controlled_z(controls, wires[turn]) if word[turn] == "X" else _controlled_x(controls, wires[turn])
        half, back = (_rotation(base, sign * base.data[0] / 2) for sign in (1, -1))
        return [*flip, back, *flip, half]
    if name in _FIXED:
        return _FIXED[name](controls, wires)
    if name.startswith("Adjoint(") and base.base.name in ("S", "T", "SX"):
        inverse = [qml.adjoint(part) for part in _FIXED[base.base.name](controls, wires)]
        return inverse[::-1]
    return [part for each in _decomposition(base) for part in _all_ones(each, controls)]


def _pauli_word(base: Any) -> str | None:
    """The word P, a letter a wire, of a rotation exp(-i angle P / 2); None for other gates."""
    if base.name == "PauliRot":
        return str(base.hyperparameters["pauli_word"])
    return "Z" * len(base.wires) if base.name == "MultiRZ" else ROTATION_PAULIS.get(base.name)


def _rotation(base: Any, angle: Any) -> Any:
    if base.name == "PauliRot":
        return qml.PauliRot(angle, base.hyperparameters["pauli_word"], wires=base.wires)
    return type(base)(angle, wires=base.wires)


def _phase(angle: Any, wires: list[Any]) -> list[Any]:
    """exp(i angle) where all wires are 1: a controlled RZ of the last wire, and half the phase on the others."""
    if len(wires) == 1:
        return [qml.PhaseShift(angle, wires=wires[0])]
    rest, last = wires[:-1], wires[-1]
    return [*_all_ones(qml.RZ(angle, wires=last), rest), *_phase(angle / 2, rest)]


@lru_cache(maxsize=512)
def _many_controlled_x(wires: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part for step in qml.MultiControlledX(wires=wires).decomposition() for part in expand(step))


def _controlled_x(controls: list[Any], target: Any) -> list[Any]:
    if len(controls) > 2:
        return list(_many_controlled_x((*controls, target)))
    return [(qml.CNOT if len(controls) == 1 else qml.Toffoli)(wires=[*controls, target])]


def _controlled_z(controls: list[Any], target: Any) -> list[Any]:
    return [qml.Hadamard(target), *_controlled_x(controls, target), qml.Hadamard(target)]


def _conjugated(before: list[Any], middle: list[Any]) -> list[Any]:
    """Gates, others in between, and the inverses of the first: only what is in between needs controls."""
    return [*before, *middle, *(qml.adjoint(part, lazy=False) for part in reversed(before))]


_FIXED = {
    "PauliX": lambda controls, wires: _controlled_x(controls, wires[0]),
    "PauliY": lambda controls, wires: _conjugated([qml.adjoint(qml.S(wires[0]))], _controlled_x(controls, wires[0])),
    "PauliZ": lambda controls, wires: _controlled_z(controls, wires[0]),
    "Hadamard": lambda controls, wires: _conjugated(
        [qml.RY(-np.pi / 4, wires=wires[0])], _controlled_z(controls, wires[0])
    ),
    "S": lambda controls, wires: _phase(np.pi / 2, [*controls, *wires]),
    "T": lambda controls, wires: _phase(np.pi / 4, [*controls, *wires]),
    "SX": lambda controls, wires: _conjugated([qml.Hadamard(wires[0])], _phase(np.pi / 2, [*controls, *wires])),
    "SWAP": lambda controls, wires: _conjugated(
        [qml.CNOT(wires=wires[::-1])], _controlled_x([*controls, wires[0]], wires[1])
    ),
}
"""Controlled fixed gates: (controls, wires) -> gates."""


def _multiplexed(op: Any) -> list[Any]:
    """Rotations chosen by the controls, as rotations about Z on each subset of the controls, times the axis."""
    controls, target = list(op.hyperparameters["control_wires"]), list(op.hyperparameters["target_wire"])
    axis, angles = op.hyperparameters["rot_axis"], [op.data[0][k] for k in range(2 ** len(controls))]
    parts = []
    for size in range(len(controls) + 1):
        for chosen in combinations(range(len(controls)), size):
            mask = sum(1 << (len(controls) - 1 - k) for k in chosen)
            signed = [-a if (mask & k).bit_count() % 2 else a for k, a in enumerate(angles)]
            wires = [*(controls[k] for k in chosen), *target]
            parts.append(qml.PauliRot(sum(signed) / len(angles), "Z" * size + axis, wires=wires))
    return parts


def _evolution(op: Any) -> list[Any]:
    """exp(-i t H): a rotation for each Pauli word of H."""
    return _rotations(_words(op.base, op), op.data[0], op)


def _rotations(words: Any, time: Any, op: Any) -> list[Any]:
    """exp(-i time H) of a sum H of Pauli words that commute."""
    if any(not a.commutes_with(b) for a, b in combinations(words, 2)):
        raise ValueError(refusal(op))
    turns = [(qml.math.real(coefficient * time), word) for word, coefficient in words.items()]
    return [
        qml.PauliRot(2 * angle, "".join(word.values()), wires=list(word.keys())) if word else qml.GlobalPhase(angle)
        for angle, word in turns
    ]

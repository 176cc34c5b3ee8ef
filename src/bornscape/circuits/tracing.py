"""Any PennyLane quantum function, traced once into a circuit of this package."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from bornscape.aliases import Float
from bornscape.circuits.gates import FIXED_GATES, ROTATION_PAULIS, AngleMap, Circuit, Gate

_IGNORED = frozenset({"Barrier", "WireCut", "Snapshot", "Identity", "GlobalPhase"})
_TRACEABLE = FIXED_GATES | set(ROTATION_PAULIS) | {"Rot"} | _IGNORED
_PROBE_SEED = 20230505


@lru_cache(maxsize=1)
def _gate_set() -> set[str]:
    return {name for name in _TRACEABLE if name != "Rot"} | {"Rot"}


def _decomposed_tape(qfunc: Callable[..., Any], theta: Float, n_qubits: int) -> list[Any]:
    import pennylane as qml

    tape = qml.tape.make_qscript(qfunc)(theta, range(n_qubits))
    flat, _ = qml.transforms.decompose(tape, gate_set=_gate_set())
    return [op for op in flat[0].operations if op.name not in _IGNORED]


def _wires_of(op: Any, n_qubits: int) -> tuple[int, ...]:
    wires = tuple(op.wires.tolist())
    if any(not isinstance(w, (int, np.integer)) or not 0 <= w < n_qubits for w in wires):
        raise ValueError(f"gate {op.name}: uses wires {list(wires)}; expected wires of 0..{n_qubits - 1}")
    return tuple(int(w) for w in wires)


def _trace(qfunc: Callable[..., Any], theta: Float, n_qubits: int) -> tuple[tuple[Gate, ...], Float]:
    """Gates with their angles numbered in order of use, and those angles at ``theta``."""
    gates: list[Gate] = []
    angles: list[float] = []
    for op in _decomposed_tape(qfunc, theta, n_qubits):
        base, inverse = (op.base, True) if op.name.startswith("Adjoint(") else (op, False)
        if base.name not in _TRACEABLE:
            raise ValueError(f"gate {op.name}: not supported; expected gates that reduce to {sorted(_TRACEABLE)}")
        values = [float(value) for value in base.data]
        used = tuple(range(len(angles), len(angles) + len(values)))
        gates.append(Gate(base.name, _wires_of(op, n_qubits), used, inverse))
        angles += values
    if not np.isfinite(angles).all():
        raise ValueError("circuit: expected finite angles at finite parameters")
    return tuple(gates), np.array(angles)


def from_pennylane(qfunc: Callable[..., Any], n_qubits: int, n_parameters: int) -> Circuit:
    """Trace a PennyLane quantum function ``qfunc(parameters, wires)`` into a circuit.

    The gates must not depend on the parameters' values, and their angles must be affine functions of them (shared
    and scaled parameters are fine). Gates outside the kernels' set are decomposed by PennyLane.

    Parameters
    ----------
    qfunc
        Takes parameters (n_parameters,) in radians and wires 0..n-1; what it returns is ignored.
    n_qubits, n_parameters
        Sizes.

    Raises
    ------
    ValueError
        If a gate is not supported or uses other wires (both named), or an angle is not affine or not finite.
    """
    rng = np.random.default_rng(_PROBE_SEED)
    gates, offsets = _trace(qfunc, np.zeros(n_parameters), n_qubits)

    def response(theta: Float) -> Float:
        traced, angles = _trace(qfunc, theta, n_qubits)
        if traced != gates:
            raise ValueError("circuit: its gates change with the parameters' values; expected only angles to change")
        return angles - offsets

    matrix = _sparse_response(response, len(offsets), n_parameters)
    probe = rng.uniform(-1, 1, n_parameters)
    # Both signs: an angle such as abs(parameter) is affine on one side of zero.
    wrong = np.any([np.abs(response(point) - matrix @ point) > 1e-9 for point in (probe, -probe)], axis=0)
    if wrong.any():
        named = next(g for g in gates if set(g.angles) & set(np.flatnonzero(wrong).tolist()))
        raise ValueError(
            f"gate {named.name} on wires {list(named.wires)}: its angle is not an affine function of the parameters"
        )
    return Circuit(n_qubits, n_parameters, gates, angle_map=AngleMap(offsets, matrix))


def _sparse_response(response: Callable[[Float], Float], n_angles: int, n_parameters: int) -> sparse.csr_array:
    """The matrix of d angles / d parameters: from two probes if each angle uses one parameter, else one probe each."""
    ones = response(np.ones(n_parameters))
    numbered = response(np.arange(1.0, n_parameters + 1))
    used = np.flatnonzero(ones)
    columns = np.rint(numbered[used] / ones[used]).astype(int) - 1
    if np.all((columns >= 0) & (columns < n_parameters)):
        guess = sparse.csr_array((ones[used], (used, columns)), shape=(n_angles, n_parameters))
        probe = np.random.default_rng(_PROBE_SEED + 1).uniform(-1, 1, n_parameters)
        if np.allclose(response(probe), guess @ probe, rtol=0, atol=1e-9):
            return guess
    basis = [response(column) for column in np.eye(n_parameters)]
    dense = np.array(basis).T if basis else np.zeros((n_angles, 0))
    return sparse.csr_array(dense)

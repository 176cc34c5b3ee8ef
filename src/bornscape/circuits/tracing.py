"""Any PennyLane quantum function, traced once into a circuit of this package."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from scipy import sparse

from bornscape.aliases import Float
from bornscape.circuits.gates import AngleMap, Circuit, Gate

_PROBE_SEED = 20230505
_PROBES = 12
"""Points of [-4 pi, 4 pi] at which a circuit is traced: twice around for every angle, also halved ones."""

_SIMULATED = 8
"""Wires up to which PennyLane's own state is compared with that of the gates traced."""

_TOLERANCE = 1e-9
_SINGLE_TOLERANCE = 4e-6
"""For angles in double and in single precision, relative to the size of the parameters, at least 1."""


@dataclass(frozen=True)
class _Trace:
    """What a function does at one point: gates, whose angles are numbered in order of use, and those angles."""

    gates: tuple[Gate, ...]
    written: tuple[str, ...]
    angles: Float
    tolerance: float


def bare_function(qfunc: Callable[..., Any]) -> Callable[..., Any]:
    """A function of (parameters, wires): a QNode's own (its device does not count), or one of the parameters alone.

    Raises
    ------
    ValueError
        If the QNode has transforms, which would be lost.
    """
    import pennylane as qml

    if isinstance(qfunc, qml.QNode):
        if len(qfunc.compile_pipeline):
            raise ValueError(
                "circuit function: a QNode with transforms; expected the function without them: give qnode.func"
            )
        qfunc = qfunc.func
    if not _takes(1, qfunc) or _takes(2, qfunc):
        return qfunc
    alone = qfunc
    return lambda theta, wires, **keywords: alone(theta, **keywords)


def _takes(count: int, function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(*[None] * count)
    except (TypeError, ValueError):
        return False
    return True


class _Tracer:
    def __init__(self, qfunc: Callable[..., Any], n_parameters: int, wires: Sequence[Any]) -> None:
        self.function, self.n_parameters, self.wires = bare_function(qfunc), n_parameters, wires
        self.places = {label: k for k, label in enumerate(wires)}

    def record(self, theta: Float) -> list[Any]:
        """PennyLane's operations, as written."""
        import pennylane as qml

        try:
            operations = qml.tape.make_qscript(self.function)(theta, self.wires).operations
        except Exception as error:  # A user's function can fail in any way.
            advice = ""
            if isinstance(error, IndexError):
                advice = "; expected a function that uses as many parameters as it is given, and its wires alone"
            raise ValueError(
                f"circuit function: {type(error).__name__}: {error} (with {self.n_parameters} parameters and the "
                f"wires {list(self.wires)}){advice}"
            ) from error
        for op in operations:
            if any(label not in self.places for label in op.wires):
                plain = self.wires == range(len(self.wires))
                expected = f"0..{len(self.wires) - 1}" if plain else str(list(self.wires))
                raise ValueError(f"gate {op.name}: uses wires {list(op.wires)}; expected wires of {expected}")
            if getattr(op, "batch_size", None) not in (None, 1):
                raise ValueError(
                    f"gate {op.name} on wires {list(op.wires)}: got {op.batch_size} angles at once; expected one "
                    f"number, such as parameters[0]"
                )
        return list(operations)

    def trace(self, theta: Float) -> _Trace:
        from bornscape.circuits.expansion import expand  # PennyLane is slow to import.

        gates: list[Gate] = []
        written: list[str] = []
        angles: list[float] = []
        tolerance = _TOLERANCE
        for op in self.record(theta):
            if any(np.dtype(getattr(value, "dtype", float)).itemsize < 8 for value in op.data):
                tolerance = _SINGLE_TOLERANCE
            for part in expand(op):
                inverse = part.name.startswith("Adjoint(")
                base = part.base if inverse else part
                values = [float(np.reshape(value, ())) for value in base.data]
                used = tuple(range(len(angles), len(angles) + len(values)))
                gates.append(Gate(base.name, tuple(self.places[w] for w in part.wires), used, inverse))
                written.append(f"gate {op.name} on wires {list(op.wires)}")
                angles += values
        if not np.isfinite(angles).all():
            raise ValueError("circuit: expected finite angles at finite parameters")
        return _Trace(tuple(gates), tuple(written), np.array(angles, dtype=np.float64), tolerance)


def _same_gates(traced: _Trace, expected: _Trace) -> None:
    if traced.gates == expected.gates:
        return
    pairs = zip_longest(traced.gates, expected.gates)
    place = next(k for k, (found, wanted) in enumerate(pairs) if found != wanted)
    named = next(t.written[place] for t in (expected, traced) if place < len(t.written))
    raise ValueError(
        f"circuit: its gates change with the parameters' values; the first that does: {named}. Expected only angles to "
        f"change: apply every gate always, with no 'if' on a parameter's value"
    )


def from_pennylane(
    qfunc: Callable[..., Any],
    n_qubits: int,
    n_parameters: int,
    wires: Sequence[Any] | None = None,
    measured: Sequence[Any] | None = None,
) -> Circuit:
    """Trace a PennyLane quantum function ``qfunc(parameters, wires)``, or a QNode, into a circuit.

    The gates must not depend on the parameters' values, and their angles must be affine functions of them (shared
    and scaled parameters are fine) up to whole turns. Both are tried at points of [-4 pi, 4 pi]. Gates outside the
    kernels' set are decomposed (``circuits.expansion``).

    Parameters
    ----------
    qfunc
        Takes parameters (n_parameters,) in radians and the wires; what it returns is ignored. A QNode's function is
        taken; its device does not count.
    n_qubits, n_parameters
        Number of all wires, and of parameters.
    wires
        Labels of the wires, the most significant bit first; 0..n-1 unless given.
    measured
        Labels of the wires that are measured, the most significant bit first; all unless given. The others are
        hidden: probabilities are marginals over them.

    Raises
    ------
    ValueError
        If a gate is not supported or uses other wires, an angle is not affine or not finite, no gate is recorded, or
        the function fails with so many parameters; the message names the gate, its wires and the cure.

    Examples
    --------
    Two wires of the user's own, of which one is measured.

    >>> import math
    >>> import pennylane as qml
    >>> import bornscape as bs
    >>> def circuit(parameters, wires):
    ...     qml.RY(parameters[0], wires=wires[0])
    ...     qml.CNOT(wires=wires)
    >>> traced = bs.from_pennylane(circuit, 2, 1, wires=["a", "b"], measured=["b"])
    >>> bs.probabilities(traced, [math.pi / 3]).round(12).tolist()
    [0.75, 0.25]
    """
    labels: Sequence[Any] = range(n_qubits) if wires is None else list(wires)
    if len(labels) != n_qubits or len(set(labels)) != n_qubits:
        raise ValueError(f"wires: expected {n_qubits} different labels, got {list(labels)}")
    tracer = _Tracer(qfunc, n_parameters, labels)
    rng = np.random.default_rng(_PROBE_SEED)
    near = rng.uniform(-1, 1, n_parameters)
    expected = tracer.trace(near)
    if not expected.gates:
        raise ValueError(
            "circuit function: records no gates; expected a function that applies PennyLane gates itself (it may be a "
            "QNode, but calling a QNode inside records nothing: call its .func)"
        )
    at_zero = tracer.trace(np.zeros(n_parameters))
    _same_gates(at_zero, expected)
    offsets = at_zero.angles

    def response(theta: Float) -> Float:
        traced = tracer.trace(theta)
        _same_gates(traced, expected)
        return traced.angles - offsets

    tolerance = expected.tolerance
    mapped = AngleMap(offsets, _sparse_response(response, len(offsets), n_parameters, tolerance))
    far = rng.uniform(-4 * np.pi, 4 * np.pi, (_PROBES if n_parameters else 0, n_parameters))

    def check(theta: Float) -> None:
        _check(tracer.trace(theta), expected, mapped, theta)

    # Both signs: an angle such as abs(parameter) is affine on one side of zero.
    for point in (near, -near, *far):
        check(point)
    if n_qubits <= _SIMULATED:
        _check_state(tracer, near)
    places = None if measured is None else tuple(_place(tracer, label) for label in measured)
    return Circuit(n_qubits, n_parameters, expected.gates, angle_map=mapped, measured=places, check=check)


def _place(tracer: _Tracer, label: Any) -> int:
    if label not in tracer.places:
        raise ValueError(f"measured: expected wires of {list(tracer.wires)}, got {label!r}")
    return tracer.places[label]


def _check(traced: _Trace, expected: _Trace, mapped: AngleMap, theta: Float) -> None:
    _same_gates(traced, expected)
    # A turn by 2 pi of a gate that is not controlled is a global phase.
    difference = np.abs(np.remainder(traced.angles - mapped.offsets - mapped.matrix @ theta + np.pi, 2 * np.pi) - np.pi)
    scale = np.maximum(1.0, np.abs(mapped.offsets) + abs(mapped.matrix) @ np.abs(theta))
    wrong = set(np.flatnonzero(difference > max(traced.tolerance, expected.tolerance) * scale).tolist())
    if wrong:
        place = next(k for k, gate in enumerate(expected.gates) if set(gate.angles) & wrong)
        raise ValueError(
            f"{expected.written[place]}: its angle is not an affine function of the parameters; expected angles such "
            f"as 2 * p[0] - p[1] + 0.5: no clip, %, **, sin or product of parameters (let the optimiser limit them)"
        )


def _check_state(tracer: _Tracer, theta: Float) -> None:
    """That the gates traced give the state of PennyLane's own simulator, up to a phase."""
    import pennylane as qml

    from bornscape.circuits.expansion import expand

    written = tracer.record(theta)
    traced = [part for op in written for part in expand(op)]
    device = qml.device("default.qubit", wires=list(tracer.wires))
    tapes = [qml.tape.QuantumScript(operations, [qml.state()]) for operations in (written, traced)]
    one, other = (np.asarray(state).ravel() for state in qml.execute(tapes, device, diff_method=None))
    if not abs(np.vdot(one, other)) > 1 - 1e-5:
        names = sorted({op.name for op in written})
        raise ValueError(
            f"circuit: its gates {names}, decomposed, give another state than PennyLane's own simulator; expected the "
            f"same: write the gate that is wrong as simpler ones"
        )


def _sparse_response(
    response: Callable[[Float], Float], n_angles: int, n_parameters: int, tolerance: float
) -> sparse.csr_array:
    """The matrix of d angles / d parameters: from two probes if each angle uses one parameter, else one probe each."""
    ones = response(np.ones(n_parameters))
    numbered = response(np.arange(1.0, n_parameters + 1))
    used = np.flatnonzero(ones)
    columns = np.rint(numbered[used] / ones[used]).astype(int) - 1
    if np.all((columns >= 0) & (columns < n_parameters)):
        guess = sparse.csr_array((ones[used], (used, columns)), shape=(n_angles, n_parameters))
        probe = np.random.default_rng(_PROBE_SEED + 1).uniform(-1, 1, n_parameters)
        if np.allclose(response(probe), guess @ probe, rtol=0, atol=tolerance):
            return guess
    basis = [response(column) for column in np.eye(n_parameters)]
    dense = np.array(basis).T if basis else np.zeros((n_angles, 0))
    return sparse.csr_array(dense)

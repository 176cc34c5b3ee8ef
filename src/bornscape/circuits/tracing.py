"""Any PennyLane quantum function, traced once into a circuit of this package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from bornscape.aliases import Float
from bornscape.circuits.gates import AngleMap, Circuit
from bornscape.circuits.recording import Trace, Tracer, named, same_gates
from bornscape.extras import pennylane

_PROBE_SEED = 20230505
_PROBES = 12
"""Points of [-4 pi, 4 pi] at which a circuit is traced: twice around for every angle, also halved ones."""

_SIMULATED = 8
"""Wires up to which PennyLane's own state is compared with that of the gates traced."""


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
        Takes parameters (n_parameters,) in radians and the wires. If it returns ``probs``, ``sample`` or ``counts``,
        then of the measured wires in their order, or of all; anything else that it returns is ignored. A QNode's
        function is taken; its device does not count.
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
        If a gate is not supported or uses other wires, an angle is not affine or not finite, no gate is recorded, other
        wires are returned than measured, or the function fails with so many parameters; the message names the gate, its
        wires and the cure.

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
    tracer = Tracer(qfunc, n_parameters, labels)
    rng = np.random.default_rng(_PROBE_SEED)
    near = rng.uniform(-1, 1, n_parameters)
    expected = tracer.trace(near)
    if not expected.gates:
        raise ValueError(
            "circuit function: records no gates; expected a function that applies PennyLane gates itself (it may be a "
            "QNode, but calling a QNode inside records nothing: call its .func)"
        )
    at_zero = tracer.trace(np.zeros(n_parameters))
    same_gates(at_zero, expected)
    offsets = at_zero.angles

    def response(theta: Float) -> Float:
        traced = tracer.trace(theta)
        same_gates(traced, expected)
        return traced.angles - offsets

    tolerance = expected.tolerance
    mapped = AngleMap(offsets, _sparse_response(response, len(offsets), n_parameters, tolerance))
    far = rng.uniform(-4 * np.pi, 4 * np.pi, (_PROBES if n_parameters else 0, n_parameters))

    # Both signs: an angle such as abs(parameter) is affine on one side of zero.
    for point in (near, -near, *far):
        _check(tracer.trace(point), expected, mapped, point)
    written = _written(tracer, n_parameters, tolerance)

    def check(theta: Float) -> None:
        if not written(theta):
            _check(tracer.trace(theta), expected, mapped, theta)

    if n_qubits <= _SIMULATED:
        _check_state(tracer, near)
    places = None if measured is None else tuple(_place(tracer, label) for label in measured)
    _check_returned(tracer, near, tuple(labels if measured is None else measured))
    return Circuit(n_qubits, n_parameters, expected.gates, angle_map=mapped, measured=places, check=check)


def _written(tracer: Tracer, n_parameters: int, tolerance: float) -> Callable[[Float], bool]:
    """Whether the operations at a point are as written at others, with numbers that are affine functions: a quick test.

    False decides nothing.
    """
    try:
        structure, offsets = tracer.numbers(np.zeros(n_parameters))
        matrix = _sparse_response(
            lambda theta: tracer.numbers(theta)[1] - offsets, len(offsets), n_parameters, tolerance
        )
    except ValueError:
        return lambda theta: False

    def as_written(theta: Float) -> bool:
        try:
            found, numbers = tracer.numbers(theta)
        except ValueError:
            return False
        scale = np.maximum(1.0, np.abs(offsets) + abs(matrix) @ np.abs(theta))
        same = found == structure and len(numbers) == len(offsets)
        return bool(same and (np.abs(numbers - offsets - matrix @ theta) <= tolerance * scale).all())

    return as_written


def _place(tracer: Tracer, label: Any) -> int:
    if label not in tracer.places:
        raise ValueError(f"measured: expected wires of {list(tracer.wires)}, got {label!r}")
    return tracer.places[label]


def _check_returned(tracer: Tracer, theta: Float, measured: tuple[Any, ...]) -> None:
    for wires in tracer.returned(theta):
        if wires not in (measured, tuple(tracer.wires)):
            raise ValueError(
                f"circuit function: returns what is measured on the wires {list(wires)}; expected those of the data, "
                f"{list(measured)}, in this order, or other ones in 'measured' and the number of 'hidden' ones"
            )


def _check(traced: Trace, expected: Trace, mapped: AngleMap, theta: Float) -> None:
    same_gates(traced, expected)
    # A turn by 2 pi of a gate that is not controlled is a global phase.
    difference = np.abs(np.remainder(traced.angles - mapped.offsets - mapped.matrix @ theta + np.pi, 2 * np.pi) - np.pi)
    scale = np.maximum(1.0, np.abs(mapped.offsets) + abs(mapped.matrix) @ np.abs(theta))
    wrong = set(np.flatnonzero(difference > max(traced.tolerance, expected.tolerance) * scale).tolist())
    if wrong:
        place = next(k for k, gate in enumerate(expected.gates) if set(gate.angles) & wrong)
        raise ValueError(
            f"{named(expected.written[place])}: its angle is not an affine function of the parameters; expected angles "
            f"such as 2 * p[0] - p[1] + 0.5: no clip, %, **, sin or product of parameters (limit them where you train)"
        )


def _check_state(tracer: Tracer, theta: Float) -> None:
    """That the gates traced give the state of PennyLane's own simulator, up to a phase."""
    qml = pennylane()

    from bornscape.circuits.expansion import expand

    written = [op for op, _ in tracer.record(theta)]
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

"""What a PennyLane quantum function does at one point: its operations as written, and the gates that they become."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from bornscape.aliases import Float
from bornscape.circuits.gates import Gate
from bornscape.extras import pennylane

DOUBLE, SINGLE = 1e-9, 4e-6
"""Tolerance of angles in double and in single precision, relative to the size of the parameters, at least 1."""


@dataclass(frozen=True)
class Trace:
    """What a function does at one point: gates, whose angles are numbered in order of use, and those angles.

    ``written`` are the name and wires of the operation that each gate came from.
    """

    gates: tuple[Gate, ...]
    written: tuple[tuple[str, tuple[Any, ...]], ...]
    angles: Float
    tolerance: float


def bare_function(qfunc: Callable[..., Any], shape: tuple[int, ...] = ()) -> Callable[..., Any]:
    """A function of (parameters, wires): a QNode's own (its device does not count), or one of the parameters alone.

    It takes the parameters as a vector, and hands them on in a ``shape`` of two or more sides.

    Raises
    ------
    ValueError
        If the QNode has transforms, which would be lost.
    """
    qml = pennylane()

    if isinstance(qfunc, qml.QNode):
        if len(qfunc.compile_pipeline):
            raise ValueError(
                "circuit function: a QNode with transforms; expected the function without them: give qnode.func"
            )
        qfunc = qfunc.func
    alone = not takes_wires(qfunc)
    if not alone and len(shape) < 2:
        return qfunc

    def called(theta: Float, wires: Sequence[Any], **keywords: Any) -> Any:
        given = np.reshape(theta, shape) if len(shape) > 1 else theta
        return qfunc(given, **keywords) if alone else qfunc(given, wires, **keywords)

    return called


def takes_wires(function: Callable[..., Any]) -> bool:
    """Whether a function is to be given wires beside the parameters.

    ``layers`` come as a keyword. Another second argument with a default is something else, unless it is called wires.

    Examples
    --------
    >>> takes_wires(lambda p, w: None), takes_wires(lambda p, state=None: None), takes_wires(lambda p, wires=(0,): None)
    (True, False, True)
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    given = [p for p in signature.parameters.values() if p.kind in places and p.name != "layers"]
    if len(given) < 2:
        return any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in signature.parameters.values())
    return given[1].default is inspect.Parameter.empty or given[1].name == "wires"


class Tracer:
    """A function with its number of parameters and its wires, the most significant bit first, to be run at points."""

    def __init__(self, qfunc: Callable[..., Any], n_parameters: int, wires: Sequence[Any]) -> None:
        self.function, self.n_parameters, self.wires = bare_function(qfunc), n_parameters, wires
        self.places = {label: k for k, label in enumerate(wires)}

    def _script(self, theta: Float) -> Any:
        """What PennyLane records of the function."""
        qml = pennylane()

        try:
            return qml.tape.make_qscript(self.function)(theta, self.wires)
        except Exception as error:  # A user's function can fail in any way.
            advice = ""
            if isinstance(error, IndexError):
                advice = (
                    "; expected a function that uses as many parameters as it is given, a vector unless 'parameters' "
                    "is a shape such as [2, n], and its wires alone"
                )
            raise ValueError(
                f"circuit function: {type(error).__name__}: {error} (with {self.n_parameters} parameters and the "
                f"wires {list(self.wires)}){advice}"
            ) from error

    def returned(self, theta: Float) -> list[tuple[Any, ...]]:
        """Wires, in their order, of every ``probs``, ``sample`` or ``counts`` that the function returns."""
        from pennylane.measurements import CountsMP, ProbabilityMP, SampleMP

        kinds = (CountsMP, ProbabilityMP, SampleMP)
        read = [m for m in self._script(theta).measurements if isinstance(m, kinds) and m.obs is None]
        return [m.wires.labels or tuple(self.wires) for m in read]

    def record(self, theta: Float) -> list[tuple[Any, tuple[Any, ...]]]:
        """PennyLane's operations, as written, each with its wires."""
        # PennyLane works its wires out anew at each asking.
        recorded = [(op, op.wires.labels) for op in self._script(theta).operations]
        for op, labels in recorded:
            if any(label not in self.places for label in labels):
                plain = self.wires == range(len(self.wires))
                expected = f"0..{len(self.wires) - 1}" if plain else str(list(self.wires))
                raise ValueError(
                    f"gate {op.name}: uses wires {list(labels)}; expected wires of {expected} (wires that are not "
                    f"measured come after those that are: hidden=1)"
                )
            if getattr(op, "batch_size", None) not in (None, 1):
                raise ValueError(
                    f"gate {op.name} on wires {list(labels)}: got {op.batch_size} angles at once; expected one "
                    f"number, such as parameters[0]"
                )
        return recorded

    def numbers(self, theta: Float) -> tuple[Any, Float]:
        """The operations as written, as what they are and the numbers in them: far quicker than what they become.

        Raises
        ------
        ValueError
            If a number is no real one.
        """
        from pennylane import pytrees

        leaves, structure = pytrees.flatten([op for op, _ in self.record(theta)])
        parts = [np.ravel(leaf) for leaf in leaves]  # A template holds its angles in an array of its own shape.
        if any(part.dtype.kind not in "biuf" for part in parts):
            raise ValueError("numbers of another kind")
        return structure, np.concatenate([np.zeros(0), *parts]).astype(np.float64)

    def trace(self, theta: Float) -> Trace:
        """The gates that the operations become at ``theta``, (n_parameters,).

        Raises
        ------
        ValueError
            If the function fails, or a gate is not supported or its angle not finite.
        """
        from bornscape.circuits.expansion import expand  # PennyLane is slow to import.

        gates: list[Gate] = []
        written: list[tuple[str, tuple[Any, ...]]] = []
        angles: list[float] = []
        tolerance = DOUBLE
        for op, labels in self.record(theta):
            if any(np.dtype(getattr(value, "dtype", float)).itemsize < 8 for value in op.data):
                tolerance = SINGLE
            try:
                parts = list(expand(op))
            except Exception as error:  # PennyLane's decompositions fail in many ways, not all of which name the gate.
                told = str(error)
                raise ValueError(told if told.startswith("gate ") else f"{named((op.name, labels))}: {told}") from error
            for part in parts:
                inverse = part.name.startswith("Adjoint(")
                base = part.base if inverse else part
                values = [float(np.reshape(value, ())) for value in base.data]
                used = tuple(range(len(angles), len(angles) + len(values)))
                places = tuple(self.places[w] for w in (labels if part is op else part.wires.labels))
                gates.append(Gate(base.name, places, used, inverse))
                written.append((op.name, labels))
                angles += values
        if not np.isfinite(angles).all():
            raise ValueError("circuit: expected finite angles at finite parameters")
        return Trace(tuple(gates), tuple(written), np.array(angles, dtype=np.float64), tolerance)


def named(written: tuple[str, tuple[Any, ...]]) -> str:
    """An operation in words."""
    return f"gate {written[0]} on wires {list(written[1])}"


def same_gates(traced: Trace, expected: Trace) -> None:
    """Refuse other gates than those expected by a ``ValueError`` that names the first."""
    if traced.gates == expected.gates:
        return
    pairs = zip_longest(traced.gates, expected.gates)
    place = next(k for k, (found, wanted) in enumerate(pairs) if found != wanted)
    longer = max(expected, traced, key=lambda trace: len(trace.gates))  # What is there only sometimes.
    first = named(longer.written[place])
    raise ValueError(
        f"circuit: its gates change with the parameters' values; the first that does: {first}. Expected only angles to "
        f"change: apply every gate always, with no 'if' on a parameter's value"
    )

"""A circuit that a person gives, as the settings of a model."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bornscape.circuits import Circuit
from bornscape.circuits.ansatze import FAMILIES
from bornscape.formulas import evaluate
from bornscape.interface.asked import Part, check_keys, held, name_of
from bornscape.my_model.circuits import QASM
from bornscape.my_model.used_parameters import used_parameters

KEYS = (
    "family",
    "generators",
    "layers",
    "file",
    "function",
    "parameters",
    "keywords",
    "inputs",
    "hidden",
    "measured",
    "initial",
)


def circuit_part(circuit: Any, function: str, layers: Any, parameters: Any, sizes: Any) -> Part:
    """The settings ``circuit``, and the sizes that it fixes.

    Raises
    ------
    ValueError
        If it is nothing that a circuit can be made of.
    """
    more = {"layers": layers, "parameters": parameters}
    given = {key: value for key, value in more.items() if value is not None}
    if isinstance(circuit, (str, os.PathLike)):
        path = os.fspath(circuit)
        if path.endswith(QASM):
            return Part({"file": path} | given)
        if Path(path).suffix:
            return Part({"file": path, "function": function} | given)
        if path not in ("product", *FAMILIES):
            known = ["product", *FAMILIES]
            raise ValueError(
                f"circuit: expected one of {known}, a file such as my_circuit.py or a function, got {path!r}"
            )
        return Part({"family": path} | given)
    if isinstance(circuit, Circuit):
        circuit = {circuit.n_measured: circuit}
    if isinstance(circuit, Mapping) and circuit and all(isinstance(key, str) for key in circuit):
        return _settings(circuit, given, sizes)
    if isinstance(circuit, Mapping):
        return Part(held({"circuits": _circuits(circuit)}) | given, sorted(circuit))
    if not callable(circuit):
        raise ValueError(
            f"circuit: expected a family's name, a file, a function of (parameters, wires), a QNode or "
            f"{{n: bs.Circuit}}, got {type(circuit).__name__}"
        )
    fixed = None
    if _takes_parameters_alone(circuit):
        wires = getattr(getattr(circuit, "device", None), "wires", None)
        if not wires and not _is_one(sizes):
            raise ValueError("circuit: a function of the parameters alone has one size: expected sizes=8 or the like")
        if wires and list(wires) != list(range(len(wires))):
            return circuit_part(_labelled(circuit, list(wires), parameters), function, layers, None, sizes)
        fixed = [len(wires)] if wires else None
    functions = {name_of(circuit): circuit}
    if callable(parameters):
        functions["number_of_parameters"] = parameters
        given["parameters"] = {"function": "number_of_parameters"}
    return Part(held(functions) | given, fixed)


def _settings(circuit: Mapping[str, Any], given: Mapping[str, Any], sizes: Any) -> Part:
    """Settings as in a configuration, whose functions may be functions."""
    check_keys("circuit", circuit, KEYS)
    settings = dict(circuit) | dict(given)
    if callable(initial := settings.get("initial")):
        settings["initial"] = held({name_of(initial): initial})
    if not callable(settings.get("function")):
        return Part(settings)
    function, layers, parameters = (settings.pop(key, None) for key in ("function", "layers", "parameters"))
    part = circuit_part(function, "", layers, parameters, sizes)
    return Part(settings | part.settings, None if part.fits is None or "hidden" in settings else part.fits)


def _labelled(node: Any, labels: list[Any], parameters: Any) -> Circuit:
    """The circuit of a QNode of the parameters alone, whose device names its wires."""
    from bornscape.circuits.recording import bare_function
    from bornscape.circuits.tracing import from_pennylane

    n = len(labels)
    count = parameters(n) if callable(parameters) else parameters
    found = used_parameters(bare_function(node), n) if count is None else round(evaluate(count, n))
    return from_pennylane(node, n, found, wires=labels)


def _circuits(circuits: Mapping[Any, Any]) -> dict[int, Circuit]:
    for n, circuit in circuits.items():
        if not isinstance(circuit, Circuit) or circuit.n_measured != n:
            raise ValueError(
                f"circuit: expected {{n: a bs.Circuit that measures n qubits}}, got {n!r}: {type(circuit).__name__}"
            )
    return dict(circuits)


def _takes_parameters_alone(circuit: Any) -> bool:
    """Whether the wires are the function's own: it is called with the parameters and nothing else."""
    try:
        signature = inspect.signature(getattr(circuit, "func", circuit) if hasattr(circuit, "device") else circuit)
    except (TypeError, ValueError):
        return False
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    asked = [p for p in signature.parameters.values() if p.kind in places and p.name != "layers"]
    many = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in signature.parameters.values())
    return len(asked) == 1 and not many


def _is_one(sizes: Any) -> bool:
    return isinstance(sizes, (int, np.integer)) or (isinstance(sizes, (list, tuple)) and len(sizes) == 1)

"""A circuit that a person gives, as the settings of a model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from bornscape.circuits import Circuit
from bornscape.circuits.ansatze import FAMILIES
from bornscape.circuits.recording import bare_function, takes_wires
from bornscape.formulas import evaluate
from bornscape.interface.asked import Part, check_keys, held, name_of
from bornscape.my_model.circuits import QASM, shape_at
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


MORE = ("layers", "parameters", "hidden", "measured")
"""Those that are given beside a circuit."""


def circuit_part(circuit: Any, function: str, sizes: Any, more: Mapping[str, Any]) -> Part:
    """The settings ``circuit``, and the sizes that it fixes; ``more`` has some of ``MORE``, None for what is not said.

    Raises
    ------
    ValueError
        If it is nothing that a circuit can be made of.
    """
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
        if given:
            key, value = next(iter(given.items()))
            raise ValueError(f"{key}: expected none beside a bs.Circuit, which says it itself, got {value!r}")
        return Part(held({"circuits": _circuits(circuit)}), sorted(circuit))
    if not callable(circuit):
        raise ValueError(
            f"circuit: expected a family's name, a file, a function of (parameters, wires), a QNode or "
            f"{{n: bs.Circuit}}, got {type(circuit).__name__}"
        )
    fixed = None
    if not takes_wires(circuit.func if hasattr(circuit, "device") else circuit):
        wires = getattr(getattr(circuit, "device", None), "wires", None)
        if not wires and not _is_one(sizes):
            raise ValueError("circuit: a function of the parameters alone has one size: expected sizes=8 or the like")
        if wires and list(wires) != list(range(len(wires))):
            return circuit_part(_labelled(circuit, list(wires), given), function, sizes, {})
        if wires:
            fixed = [_measured(len(wires), given)]
            if hidden := len(wires) - fixed[0]:
                given["hidden"] = hidden
    functions = {name_of(circuit): circuit}
    if callable(parameters := given.get("parameters")):
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
    function, more = settings.pop("function"), {key: settings.pop(key, None) for key in MORE}
    part = circuit_part(function, "", sizes, more)
    return Part(settings | part.settings, part.fits)


def _measured(wires: int, given: Mapping[str, Any]) -> int:
    """How many of a QNode's ``wires`` are measured: as many as it is said, or all but the hidden ones."""
    if measured := given.get("measured"):
        return max(measured) if isinstance(measured, Mapping) else len(measured)
    if "hidden" not in given:
        return wires
    sizes = [n for n in range(1, wires + 1) if n + evaluate(given["hidden"], n) == wires]
    if not sizes:
        raise ValueError(f"hidden: expected fewer than the QNode's {wires} wires, got {given['hidden']!r}")
    return sizes[-1]


def _labelled(node: Any, labels: list[Any], given: Mapping[str, Any]) -> dict[int, Circuit]:
    """The circuit of a QNode of the parameters alone, whose device names its wires, by its number of measured wires."""
    from bornscape.circuits.tracing import from_pennylane

    n = _measured(len(labels), given)
    count = given.get("parameters")
    count = count(n) if callable(count) else count
    shape = (used_parameters(bare_function(node), len(labels)),) if count is None else shape_at(count, n)
    measured = given.get("measured", labels[:n])
    chosen = measured[n] if isinstance(measured, Mapping) else measured
    return {n: from_pennylane(bare_function(node, shape), len(labels), prod(shape), wires=labels, measured=chosen)}


def _circuits(circuits: Mapping[Any, Any]) -> dict[int, Circuit]:
    for n, circuit in circuits.items():
        if not isinstance(circuit, Circuit) or circuit.n_measured != n:
            raise ValueError(
                f"circuit: expected {{n: a bs.Circuit that measures n qubits}}, got {n!r}: {type(circuit).__name__}"
            )
    return dict(circuits)


def _is_one(sizes: Any) -> bool:
    return isinstance(sizes, (int, np.integer)) or (isinstance(sizes, (list, tuple)) and len(sizes) == 1)

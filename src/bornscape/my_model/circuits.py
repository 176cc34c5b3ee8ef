"""A model's circuit: a built-in family, or a user's PennyLane quantum function, traced once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit, product_circuit
from bornscape.circuits.ansatze import FAMILIES
from bornscape.circuits.iqp import iqp_circuit
from bornscape.circuits.recording import bare_function
from bornscape.formulas import depth_value, evaluate
from bornscape.my_model.register import measured_at, prepared, wires_at
from bornscape.my_model.used_parameters import used_parameters
from bornscape.my_model.user_code import FromPython, UserCodeError, call, user_function

QASM = ".qasm"
"""Ending of a file of OpenQASM."""


def layers_at(settings: Settings, n_qubits: int) -> int | None:
    """Number of layers at n qubits; None where the circuit has no such setting (0 for the product family)."""
    if settings.get("family") == "product":
        return 0
    return depth_value(settings["layers"], n_qubits) if "layers" in settings else None


def _keywords(settings: Settings, layers: int | None) -> dict[str, Any]:
    """Keywords of a user's functions: what ``keywords`` say, as they are, and the number of layers."""
    return settings.get("keywords", {}) | ({} if layers is None else {"layers": layers})


def parameter_shape(settings: Settings, n_qubits: int) -> tuple[int, ...]:
    """Shape in which a user's circuit takes its parameters.

    Formulas of n, or what a function of the same file returns; without them their number is found.

    Raises
    ------
    UserCodeError
        If it is not of whole numbers above 0, or cannot be found.
    """
    keywords = _keywords(settings, layers_at(settings, n_qubits))
    if "parameters" not in settings:
        path, name = settings["file"], settings["function"]
        try:
            function = bare_function(user_function(path, name))
            return (used_parameters(partial(function, **keywords), wires_at(settings, n_qubits)),)
        except UserCodeError:
            raise
        except ValueError as error:
            raise UserCodeError(f"{path}: {name}: {error}") from error
    wanted, source = settings["parameters"], f"formula {settings['parameters']!r}"
    if isinstance(wanted, dict):
        wanted, source = call(settings["file"], wanted["function"], n_qubits, **keywords), wanted["function"]
    try:
        return shape_at(wanted, n_qubits)
    except ValueError as error:
        raise UserCodeError(f"{settings['file']}: {source}: {error}") from error


def shape_at(wanted: Any, n_qubits: int) -> tuple[int, ...]:
    """A number of parameters, or the shape that a function takes them in, each a number or a formula of n.

    Raises
    ------
    ValueError
        If they are no whole numbers above 0.

    Examples
    --------
    >>> shape_at("3*n-1", 4), shape_at([2, "n", 3], 4)
    ((11,), (2, 4, 3))
    """
    sides = wanted if isinstance(wanted, (list, tuple)) and wanted else [wanted]
    found = [evaluate(side, n_qubits) if isinstance(side, str) else side for side in sides]
    for count in found:
        if isinstance(count, bool) or not isinstance(count, (int, float, np.integer)) or count < 1 or count % 1:
            raise ValueError(f"expected a whole number of parameters above 0 at n = {n_qubits}, got {count!r}")
    return tuple(int(count) for count in found)


def model_circuit(settings: Settings, n_qubits: int) -> Circuit:
    """The circuit of a model at n qubits.

    Parameters
    ----------
    settings
        The model's ``circuit``: ``family`` with ``layers`` and ``generators`` (of iqp), or ``file``, ``function``,
        optionally ``parameters`` and, where the function takes the keyword ``layers``, ``layers``; ``keywords`` are
        others, handed on as they are.
        Or a ``file`` of OpenQASM. With any of them ``hidden``, ``measured`` and ``initial`` (``my_model.register``).
    n_qubits
        Wires that are measured.

    Raises
    ------
    UserCodeError
        If a user's circuit cannot be traced, or leaves parameters unused; the message names file and function.
    """
    path = settings.get("file")
    if isinstance(path, FromPython) and isinstance(path.held[settings["function"]], Mapping):
        return path.held[settings["function"]][n_qubits]  # Circuits by size, as a call from Python may give them.
    wires, measured = wires_at(settings, n_qubits), measured_at(settings, n_qubits)
    if "family" in settings:
        circuit = _family(settings, wires, layers_at(settings, n_qubits))
    elif str(path).endswith(QASM):
        circuit = _from_qasm(str(path), wires)
    else:
        circuit = _traced(settings, n_qubits)
    return prepared(circuit if measured is None else replace(circuit, measured=measured), settings, n_qubits)


def _family(settings: Settings, wires: int, layers: int | None) -> Circuit:
    family, depth = settings["family"], 1 if layers is None else layers
    if family == "iqp":
        try:
            return iqp_circuit(wires, depth, settings.get("generators", "complete"))
        except ValueError as error:
            raise UserCodeError(f"circuit: {error}") from error
    return product_circuit(wires) if family == "product" else FAMILIES[family](wires, depth)


def _from_qasm(path: str, wires: int) -> Circuit:
    from bornscape.circuits.converters import from_qasm

    try:
        circuit = from_qasm(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserCodeError(f"{path}: {error}") from error
    if circuit.n_qubits != wires:
        raise UserCodeError(
            f"{path}: expected {wires} qubits, got {circuit.n_qubits}: a file of OpenQASM has one size; say "
            f"'sizes: [{circuit.n_qubits}]', or 'hidden' for wires that are not measured"
        )
    if not circuit.n_parameters:
        raise UserCodeError(f"{path}: expected gates with angles: nothing can be trained")
    return circuit


def _traced(settings: Settings, n_qubits: int) -> Circuit:
    from bornscape.circuits.tracing import from_pennylane  # PennyLane is slow to import, and the families do without.

    path, name = settings["file"], settings["function"]
    function, shape = user_function(path, name), parameter_shape(settings, n_qubits)
    keywords, count = _keywords(settings, layers_at(settings, n_qubits)), prod(shape)
    try:
        function = partial(bare_function(function, shape), **keywords)
        circuit = from_pennylane(
            function, wires_at(settings, n_qubits), count, measured=measured_at(settings, n_qubits)
        )
    except Exception as error:  # A user's function can fail in any way.
        reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise UserCodeError(f"{path}: {name}: at n = {n_qubits} and 'parameters' {count}: {reason}") from error
    assert circuit.angle_map is not None
    used = np.unique(circuit.angle_map.matrix.nonzero()[1])
    if len(used) < count:
        unused = sorted(set(range(count)) - set(used.tolist()))
        raise UserCodeError(
            f"{path}: {name}: at n = {n_qubits} no gate uses the parameters {unused[:8]} of {count}; expected "
            f"'parameters' to be the number that the circuit uses"
        )

    def check(theta: Float) -> None:
        assert circuit.check is not None
        try:
            circuit.check(theta)
        except ValueError as error:
            raise UserCodeError(f"{path}: {name}: at n = {n_qubits}, where training starts: {error}") from error

    return replace(circuit, check=check)

"""A model's circuit: a built-in family, or a user's PennyLane quantum function, traced once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from bornscape.aliases import Settings
from bornscape.circuits import Circuit, product_circuit
from bornscape.circuits.ansatze import FAMILIES
from bornscape.formulas import depth_value, evaluate
from bornscape.my_model.used_parameters import used_parameters
from bornscape.my_model.user_code import FromPython, UserCodeError, call, user_function


def layers_at(settings: Settings, n_qubits: int) -> int | None:
    """Number of layers at n qubits; None where the circuit has no such setting (0 for the product family)."""
    if settings.get("family") == "product":
        return 0
    return depth_value(settings["layers"], n_qubits) if "layers" in settings else None


def parameter_count(settings: Settings, n_qubits: int) -> int:
    """Number of parameters of a user's circuit: a formula of n, what a function of the same file returns, or found.

    Raises
    ------
    UserCodeError
        If it is no whole number above 0, or cannot be found.
    """
    layers = layers_at(settings, n_qubits)
    keywords = {} if layers is None else {"layers": layers}
    if "parameters" not in settings:
        path, name = settings["file"], settings["function"]
        try:
            return used_parameters(partial(user_function(path, name), **keywords), n_qubits)
        except UserCodeError:
            raise
        except ValueError as error:
            raise UserCodeError(f"{path}: {name}: {error}") from error
    wanted = settings["parameters"]
    if isinstance(wanted, dict):
        count, source = call(settings["file"], wanted["function"], n_qubits, **keywords), wanted["function"]
    else:
        count, source = evaluate(wanted, n_qubits), f"formula {wanted!r}"
    if isinstance(count, bool) or not isinstance(count, (int, float, np.integer)) or count < 1 or count != int(count):
        raise UserCodeError(
            f"{settings['file']}: {source}: expected a whole number of parameters above 0 at n = {n_qubits}, "
            f"got {count!r}"
        )
    return int(count)


def model_circuit(settings: Settings, n_qubits: int) -> Circuit:
    """The circuit of a model at n qubits.

    Parameters
    ----------
    settings
        The model's ``circuit``: ``family`` and ``layers``, or ``file``, ``function``, optionally ``parameters`` and,
        where the function takes the keyword ``layers``, ``layers``.

    Raises
    ------
    UserCodeError
        If a user's circuit cannot be traced, or leaves parameters unused; the message names file and function.
    """
    layers = layers_at(settings, n_qubits)
    if "family" in settings:
        if settings["family"] == "product":
            return product_circuit(n_qubits)
        return FAMILIES[settings["family"]](n_qubits, 1 if layers is None else layers)
    return _traced(settings, n_qubits, layers)


def _traced(settings: Settings, n_qubits: int, layers: int | None) -> Circuit:
    from bornscape.circuits.tracing import from_pennylane  # PennyLane is slow to import, and the families do without.

    path, name = settings["file"], settings["function"]
    if isinstance(path, FromPython) and isinstance(path.held[name], Mapping):
        return path.held[name][n_qubits]  # Circuits by size, as a call from Python may give them.
    function = user_function(path, name)
    count = parameter_count(settings, n_qubits)
    keywords: dict[str, Any] = {} if layers is None else {"layers": layers}
    try:
        circuit = from_pennylane(lambda theta, wires: function(theta, wires, **keywords), n_qubits, count)
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
    return circuit

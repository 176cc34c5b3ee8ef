"""A model's wires: how many there are, which are measured, and the state that they start in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Settings
from bornscape.circuits import Circuit, Gate
from bornscape.formulas import evaluate
from bornscape.my_model.user_code import UserCodeError, call_for_vector

MOST_HIDDEN = 1000

DRAW_VECTORS = 18
"""Vectors of 2**wires complex numbers that a draw on state vectors has room for: four losses, a quantum fidelity among
them, held 16.2 at 20 qubits, one MMD 8.3. Each further use of a parameter adds one.
"""


def _of_size(setting: Any, n_qubits: int, key: str, example: str) -> Any:
    """A setting itself, or that of this size where it is {size: setting}; sizes are text once they were JSON."""
    if not isinstance(setting, Mapping):
        return setting
    for size in (n_qubits, str(n_qubits)):
        if size in setting:
            return setting[size]
    raise ValueError(f"{key}: expected an entry for each size, such as {{{n_qubits}: {example}}}, got {dict(setting)}")


def hidden_at(settings: Settings, n_qubits: int) -> int:
    """Wires of a model's ``circuit`` beside those that are measured.

    Raises
    ------
    ValueError
        If it is no whole number of 0 or more.

    Examples
    --------
    >>> hidden_at({"hidden": "n/2"}, 4), hidden_at({}, 4)
    (2, 0)
    """
    if "hidden" not in settings:
        measured = measured_at(settings, n_qubits) if "measured" in settings else None
        return 0 if measured is None else max(measured) + 1 - n_qubits
    count = evaluate(settings["hidden"], n_qubits)
    if count != int(count) or not 0 <= count <= MOST_HIDDEN:
        raise ValueError(
            f"hidden {settings['hidden']!r}: expected a whole number of wires from 0 at n = {n_qubits}, got {count:g}; "
            f"ceil(n/2) is one"
        )
    return int(count)


def wires_at(settings: Settings, n_qubits: int) -> int:
    """All wires of a model's ``circuit`` where n are measured: a state of so many qubits is simulated."""
    return n_qubits + hidden_at(settings, n_qubits)


def measured_at(settings: Settings, n_qubits: int) -> tuple[int, ...] | None:
    """Wires that are measured, those of the data's columns in their order; None for all wires, in theirs.

    Raises
    ------
    ValueError
        If they are not n different wires.

    Examples
    --------
    >>> measured_at({"hidden": 1}, 2), measured_at({"measured": [3, 1, 0]}, 2)
    ((0, 1), (3, 1))
    >>> measured_at({"measured": {2: [0, 4]}}, 2)
    (0, 4)
    """
    if "measured" not in settings:
        return tuple(range(n_qubits)) if hidden_at(settings, n_qubits) else None
    example = str(list(range(n_qubits)))
    chosen = _of_size(settings["measured"], n_qubits, "measured", example)
    if isinstance(settings["measured"], Sequence):
        chosen = chosen[:n_qubits]
    fits = isinstance(chosen, Sequence) and all(type(wire) is int and wire >= 0 for wire in chosen)
    if not fits or len(chosen) != n_qubits or len(set(chosen)) < n_qubits:
        raise ValueError(
            f"measured: expected {n_qubits} different wires at n = {n_qubits}, such as {example}, got {chosen}"
        )
    if "hidden" in settings and max(chosen) >= wires_at({"hidden": settings["hidden"]}, n_qubits):
        last = wires_at({"hidden": settings["hidden"]}, n_qubits) - 1
        raise ValueError(f"measured: expected wires of 0..{last} (n and the hidden ones), got {max(chosen)}")
    return tuple(chosen)


def prepared(circuit: Circuit, settings: Settings, n_qubits: int) -> Circuit:
    """The circuit after the gates that prepare ``initial``, a basis state or "ghz"; itself for any other state.

    Raises
    ------
    ValueError
        If a basis state is not a character 0 or 1 for each wire.
    """
    initial = settings.get("initial")
    if initial is None or (isinstance(initial, Mapping) and "file" in initial):
        return circuit
    wires = circuit.n_qubits
    quoted = '"' + ("01" * wires)[:wires] + '"'
    state = _of_size(initial, n_qubits, "initial", quoted)
    if state == "ghz":
        chain = tuple(Gate("CNOT", (wire, wire + 1)) for wire in range(wires - 1))
        return replace(circuit, gates=(Gate("Hadamard", (0,)), *chain, *circuit.gates), layer_ends=())
    if not isinstance(state, str) or len(state) != wires or set(state) - {"0", "1"}:
        raise ValueError(
            f"initial: expected ghz or {wires} characters 0 and 1 in quotes at n = {n_qubits}, one for each wire, such "
            f"as {quoted} (for several sizes {{{n_qubits}: {quoted}, ...}}), got {state!r}"
        )
    flips = tuple(Gate("PauliX", (wire,)) for wire, bit in enumerate(state) if bit == "1")
    return replace(circuit, gates=(*flips, *circuit.gates), layer_ends=())


def initial_state(settings: Settings, n_qubits: int) -> NDArray[np.complex128] | None:
    """Amplitudes, (2**wires,), of the state that a user's ``initial: {file, function}`` gives; None if there is none.

    The function is called with the number of all wires; the first wire is the most significant bit.

    Raises
    ------
    UserCodeError
        If it returns something else, or a vector of another norm than 1.
    """
    initial = settings.get("initial")
    if not isinstance(initial, Mapping) or "file" not in initial:
        return None
    wires, file, function = wires_at(settings, n_qubits), initial["file"], initial["function"]
    keywords = initial.get("keywords", {})
    what = f"finite amplitudes of shape ({2**wires},)"
    state = call_for_vector(file, function, 2**wires, "amplitudes", what, wires, **keywords)
    norm = float(np.linalg.norm(state))
    if abs(norm - 1) > 1e-6:
        raise UserCodeError(
            f"{file}: {function}: expected a state of norm 1, got {norm:.6g}: divide by np.linalg.norm(state)"
        )
    return (state / norm).astype(np.complex128, copy=False)


def register_problem(settings: Settings, kinds: Mapping[str, str], sizes: Sequence[int]) -> tuple[str, str] | None:
    """(key, what is wrong) of the wires of a model's ``circuit``, by no code of a user's; None if nothing is.

    Parameters
    ----------
    kinds
        Kind of each loss, by its label.
    """
    for n in sizes:
        for key, found in (("hidden", hidden_at), ("measured", measured_at), ("initial", _initial_at)):
            try:
                found(settings, n)
            except ValueError as error:
                return key if key in settings else "measured", str(error)
        label = next((label for label, kind in kinds.items() if kind in ("lqf", "qf")), None)
        if label is not None and (problem := fidelity_problem(settings, n)):
            return problem[0], f"loss {label}: {problem[1]}"
    return None


def _initial_at(settings: Settings, n_qubits: int) -> None:
    prepared(Circuit(wires_at(settings, n_qubits), 0, ()), settings, n_qubits)


def fidelity_problem(settings: Settings, n_qubits: int) -> tuple[str, str] | None:
    """(key, why) a quantum fidelity has no value for such wires; None if it has."""
    if hidden_at(settings, n_qubits):
        key = "hidden" if "hidden" in settings else "measured"
        return key, "a quantum fidelity needs a pure state of the measured wires; with hidden wires take mmd or kld"
    initial = settings.get("initial")
    if isinstance(initial, Mapping) and "file" in initial:
        return "initial", (
            "a quantum fidelity needs a start that gates prepare; expected a basis state, ghz, or the gates in the "
            "circuit function (qml.StatePrep)"
        )
    return None

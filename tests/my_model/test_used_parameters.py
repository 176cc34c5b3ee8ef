"""The number of parameters that a function uses, found by trying it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pennylane as qml
import pytest

from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.used_parameters import PLENTY, used_parameters
from bornscape.my_model.user_code import FromPython, UserCodeError


def indexed(parameters: Any, wires: Any) -> None:
    for k, wire in enumerate(wires):
        qml.RY(parameters[k], wires=wire)
    for k in range(len(wires) - 1):
        qml.CRZ(parameters[len(wires) + k], wires=[wires[k], wires[k + 1]])


def zipped(parameters: Any, wires: Any) -> None:
    for angle, wire in zip(parameters, wires, strict=False):
        qml.RX(angle, wires=wire)


def shared_and_skipped(parameters: Any, wires: Any) -> None:
    """Parameter 1 is used by no gate: tracing, not counting, says so."""
    for wire in wires:
        qml.RX(2 * parameters[0] - parameters[2], wires=wire)


def shaped(parameters: Any, wires: Any) -> None:
    qml.StronglyEntanglingLayers(parameters.reshape(2, len(wires), 3), wires=wires)


def sliced(parameters: Any, wires: Any) -> None:
    n = len(wires)
    qml.BasicEntanglerLayers(parameters[: 2 * n].reshape(2, n), wires=wires)


def unpacked(parameters: Any, wires: Any) -> None:
    first, second, third = parameters
    qml.Rot(first, second, third, wires=wires[0])


def many(parameters: Any, wires: Any) -> None:
    for k in range(PLENTY[0] + 1):
        qml.RZ(parameters[k], wires=wires[0])


@pytest.mark.parametrize(
    ("function", "count"),
    [(indexed, 7), (zipped, 4), (shared_and_skipped, 3), (shaped, 24), (sliced, 8), (unpacked, 3), (many, 1025)],
)
def test_the_number_is_found(function: Callable[..., None], count: int) -> None:
    assert used_parameters(function, 4) == count


def as_many_as_there_are(parameters: Any, wires: Any) -> None:
    for angle in parameters:
        qml.RX(angle, wires=wires[0])


def layers_as_they_come(parameters: Any, wires: Any) -> None:
    qml.BasicEntanglerLayers(parameters.reshape(-1, len(wires)), wires=wires)


def rows_as_they_come(parameters: Any, wires: Any) -> None:
    qml.StronglyEntanglingLayers(parameters.reshape(-1, len(wires), 3), wires=wires)


def none(parameters: Any, wires: Any) -> None:
    qml.Hadamard(wires=wires[0])


def broken(parameters: Any, wires: Any) -> None:
    raise RuntimeError("mine")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (as_many_as_there_are, "its gates use all of 8192; expected 'parameters', a formula of n"),
        (layers_as_they_come, "its gates use all"),
        (rows_as_they_come, "12 and 24 both fit; expected 'parameters'"),
        (none, "no gate uses a parameter"),
        (broken, "RuntimeError: mine; expected 'parameters'"),
    ],
)
def test_what_has_no_one_number_is_said(function: Callable[..., None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        used_parameters(function, 4)


def test_a_circuit_without_the_key_parameters(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import pennylane as qml\n\n\ndef circuit(p, wires, layers):\n"
        "    for k in range(layers * len(wires)):\n        qml.RY(p[k], wires=wires[k % len(wires)])\n",
        encoding="utf-8",
    )
    settings = {"file": str(path), "function": "circuit", "layers": "n"}
    assert model_circuit(settings, 3).n_parameters == 9
    with pytest.raises(UserCodeError, match=r"mine\.py: other: .*function 'other'|expected a function 'other'"):
        model_circuit(settings | {"function": "other"}, 3)
    held = {"file": FromPython({"skipped": shared_and_skipped}), "function": "skipped"}
    with pytest.raises(UserCodeError, match=r"from Python: skipped: at n = 3 no gate uses the parameters \[1\] of 3"):
        model_circuit(held, 3)


def test_circuits_from_python_are_taken_as_they_are() -> None:
    from bornscape.circuits import product_circuit

    circuits = {2: product_circuit(2), 3: product_circuit(3)}
    settings = {"file": FromPython({"circuits": circuits}), "function": "circuits"}
    assert model_circuit(settings, 3) is circuits[3]
    assert np.array_equal([model_circuit(settings, n).n_qubits for n in circuits], [2, 3])

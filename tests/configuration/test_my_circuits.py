"""Keys about a model's wires and circuits: what passes, and one error with the key for what does not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bornscape.configuration import ConfigurationError, Source
from bornscape.configuration.my_model import check_models
from bornscape.my_model.preflight import first_problem
from bornscape.planning.models import Models

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/config.schema.json"
MMD = {"mmd": {"kind": "mmd", "bandwidth": "n/4"}}
CODE = """
import numpy as np
import pennylane as qml

def clipped(p, wires):
    for k, wire in enumerate(wires):
        qml.RX(np.clip(p[k], -3, 3), wires=wire)

def wrapped(p, wires):
    for k, wire in enumerate(wires):
        qml.CRX((p[k] + np.pi) % (2 * np.pi) - np.pi, [wire, wires[k - 1]])

def behind_if(p, wires):
    for k, wire in enumerate(wires):
        qml.RX(p[k], wires=wire)
    p[0] > 2.5 and qml.CNOT([0, 1])

def only_there(p, wires):
    for k, wire in enumerate(wires):
        qml.RX(np.where(abs(p[k] - 40) < 1, 40, p[k]), wires=wire)

def at_40(n_qubits, n_parameters, bitstrings, probabilities, rng):
    return rng.uniform(39.5, 40.5, n_parameters)

def empty(p, wires):
    p[0]

def norm_2(n):
    return np.full(2**n, 2.0 ** (1 - n / 2))
"""


def model(circuit: dict[str, Any], losses: Any = None, **more: Any) -> dict[str, Any]:
    return {"circuit": circuit, "losses": losses or MMD, "data": {"set": "ghz"}, "sizes": [3, 4], "draws": 10} | more


def checked(entry: dict[str, Any]) -> None:
    config = {"models": {"m": entry}}
    check_models(config, [Source("my.yaml", config)], SCHEMA)


LINE = {"family": "line", "layers": 1}


@pytest.mark.parametrize(
    "extra",
    [
        {"hidden": 2},
        {"hidden": "n"},
        {"measured": [1, 3, 0, 2]},
        {"measured": {3: [0, 1, 2], 4: [0, 2, 4, 6]}},
        {"initial": "ghz"},
        {"initial": {3: "010", 4: "0101"}},
        {"initial": {"3": "0101", "4": "01010"}, "hidden": 1},
    ],
)
def test_what_passes(extra: dict[str, Any]) -> None:
    checked(model(LINE | extra))


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"hidden": "n/2"}, r"circuit\.hidden: .*at n = 3, got 1\.5; ceil\(n/2\) is one"),
        ({"measured": [0, 1, 2]}, r"circuit\.measured: measured: expected 4 different wires at n = 4"),
        ({"measured": {"3": [0, 1, 2]}}, r"expected an entry for each size, such as \{4: \[0, 1, 2, 3\]\}"),
        ({"measured": [0, 1, 2, 9], "hidden": 1}, r"expected wires of 0\.\.4"),
        ({"measured": "all"}, r"circuit\.measured"),
        ({"initial": "010"}, r"circuit\.initial: .*ghz or 4 characters 0 and 1 in quotes at n = 4"),
        ({"initial": 10}, r"circuit\.initial: .*in quotes"),
        ({"initial": {"file": "gone.py", "function": "f"}}, r"initial\.file: expected the path of an existing file"),
    ],
)
def test_wires_that_cannot_be(extra: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        checked(model(LINE | extra))


@pytest.mark.parametrize("extra", [{"hidden": 1}, {"measured": [0, 1, 2, 4]}])
def test_a_fidelity_of_hidden_wires_is_refused_before_any_job(extra: dict[str, Any]) -> None:
    with pytest.raises(
        ConfigurationError, match=r"loss near: a quantum fidelity needs a pure state .* take mmd or kld"
    ):
        checked(model(LINE | extra, MMD | {"near": {"kind": "lqf"}}))


def test_openqasm_has_no_function_and_no_parameters(tmp_path: Path) -> None:
    path = tmp_path / "x.qasm"
    path.write_text("OPENQASM 2.0;", encoding="utf-8")
    checked(model({"file": str(path)}))
    for name, value in {"function": "f", "parameters": 3, "layers": 2}.items():
        with pytest.raises(ConfigurationError, match=f"circuit.{name}: does not belong to a file of OpenQASM"):
            checked(model({"file": str(path), name: value}))


@pytest.mark.parametrize(
    ("function", "key", "message"),
    [
        ("clipped", "circuit", r"gate RX on wires \[0\]: its angle is not an affine function .*no clip"),
        ("wrapped", "circuit", r"gate CRX on wires \[\d, \d\]: its angle is not an affine function"),
        ("behind_if", "circuit", r"the first that does: gate CNOT on wires \[0, 1\]\. Expected only angles to change"),
        ("empty", "circuit", "records no gates"),
    ],
)
def test_circuits_that_are_refused_before_any_job(tmp_path: Path, function: str, key: str, message: str) -> None:
    path = tmp_path / "own.py"
    path.write_text(CODE, encoding="utf-8")
    part = {"file": str(path), "function": function, "parameters": "n"}
    problem = first_problem({"m": model(part)}, 1)
    assert problem is not None
    assert problem[0] == ["m", key]
    assert re.search(message, problem[1])


def test_what_shows_only_where_training_starts_is_refused_before_any_job(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(CODE, encoding="utf-8")
    part = {"file": str(path), "function": "only_there", "parameters": "n"}
    assert first_problem({"m": model(part)}, 1) is None
    start = {"file": str(path), "function": "at_40"}
    problem = first_problem({"m": model(part, initialisation=start)}, 1)
    assert problem is not None
    assert "at n = 3, where training starts: gate RX on wires [0]: its angle is not an affine" in problem[1]
    problem = first_problem({"m": model(LINE | {"initial": {"file": str(path), "function": "norm_2"}})}, 1)
    assert problem == (
        ["m", "circuit", "initial"],
        f"{path}: norm_2: expected a state of norm 1, got 2: divide by np.linalg.norm(state)",
    )


def test_jobs_ask_for_memory_of_all_wires() -> None:
    models = Models({"m": model(LINE | {"hidden": "n"}), "plain": model(LINE)}, "results/x", 1)
    assert (models.wires("m", [3, 4]), models.wires("plain", [3, 4])) == (8, 4)
    assert models.memory("m", [14]) > models.memory("plain", [14])

"""A user's circuits: traced, counted, and refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pennylane as qml
import pytest

from bornscape.circuits import product_circuit
from bornscape.circuits.ansatze import FAMILIES
from bornscape.circuits.tracing import from_pennylane
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.user_code import UserCodeError
from bornscape.simulators.state_vector import probabilities

CIRCUIT = """
import pennylane as qml

def circuit(parameters, wires, layers=1):
    for layer in range(layers):
        for k, wire in enumerate(wires):
            qml.RX(parameters[k], wires=wire)
        qml.CNOT(wires=[wires[0], wires[1]])

def count(n, layers):
    return n

def rows(parameters, wires):
    for row in range(2):
        for k, wire in enumerate(wires):
            qml.RX(parameters[row, k], wires=wire)
            qml.RZ(parameters[row][k], wires=wire)


def sides(n):
    return 2, n


def beyond(parameters, wires):
    qml.RX(parameters[0], wires=len(wires))

def measured(parameters, wires):
    qml.RX(parameters[0], wires=0)
    qml.measure(0)

def infinite(parameters, wires):
    qml.RX(parameters[0] / 0.0, wires=0)

def half(n):
    return n / 2
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "circuit.py"
    path.write_text(CIRCUIT, encoding="utf-8")
    return str(path)


# Circuits


def test_traced_circuit_agrees_with_its_gates(own: str) -> None:
    found = model_circuit({"file": own, "function": "circuit", "parameters": "n"}, 3)
    theta = np.array([0.3, 1.1, -0.4])
    zeros = np.cos(theta / 2) ** 2
    q = probabilities(found, theta)
    # CNOT moves 1x to 1(1-x): bits after it are (a, a xor b, c).
    expected = [zeros[0] if a == 0 else 1 - zeros[0] for a in (0, 1)]
    assert q.reshape(2, 2, 2)[1, 0].sum() == pytest.approx(expected[1] * (1 - zeros[1]))
    assert q.reshape(2, 2, 2)[0, :, 1].sum() == pytest.approx(expected[0] * (1 - zeros[2]))


def test_layers_and_counts_come_from_the_users_functions(own: str) -> None:
    part = {"file": own, "function": "circuit", "parameters": {"function": "count"}, "layers": "log2(n)"}
    found = model_circuit(part, 4)
    assert found.n_parameters == 4
    assert [gate.name for gate in found.gates].count("CNOT") == 2


@pytest.mark.parametrize("shape", [[2, "n"], {"function": "sides"}])
def test_parameters_in_a_shape(own: str, shape: Any) -> None:
    """The parameters of a function that reads rows are those of one vector, row by row."""
    found = model_circuit({"file": own, "function": "rows", "parameters": shape}, 3)
    assert found.n_parameters == 6
    theta = np.random.default_rng(5).uniform(0, 2 * np.pi, 6)

    def by_hand(parameters: Any, wires: Any) -> None:
        for k in range(6):
            qml.RX(parameters[k], wires=wires[k % 3])
            qml.RZ(parameters[k], wires=wires[k % 3])

    expected = probabilities(from_pennylane(by_hand, 3, 6), theta)
    np.testing.assert_allclose(probabilities(found, theta), expected, atol=1e-14)


@pytest.mark.parametrize(
    ("function", "parameters", "message"),
    [
        ("beyond", 1, r"gate RX: uses wires \[4\]; expected wires of 0\.\.3"),
        ("measured", 1, r"gate MidMeasureMP on wires \[0\]: not supported; measure at the end"),
        ("infinite", 1, "ZeroDivisionError|finite angles"),
        ("circuit", "n+1", r"no gate uses the parameters \[4\] of 5"),
        ("circuit", "n-1", "IndexError"),
        ("circuit", "n/8", "expected a whole number of parameters above 0 at n = 4, got 0.5"),
        ("circuit", ["n", 0], "expected a whole number of parameters above 0 at n = 4, got 0"),
        ("rows", "2*n", "IndexError: too many indices"),
        ("circuit", {"function": "gone"}, "expected a function 'gone'"),
        ("gone", 1, "expected a function 'gone'"),
    ],
)
def test_circuits_that_cannot_be_used(own: str, function: str, parameters: Any, message: str) -> None:
    with pytest.raises(UserCodeError, match=rf"circuit\.py: .*({message})"):
        model_circuit({"file": own, "function": function, "parameters": parameters}, 4)


@pytest.mark.parametrize("family", ["product", *FAMILIES])
def test_families(family: str) -> None:
    part = {"family": family} if family == "product" else {"family": family, "layers": 2}
    expected = product_circuit(4) if family == "product" else FAMILIES[family](4, 2)
    assert model_circuit(part, 4).gates == expected.gates

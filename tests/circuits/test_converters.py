"""OpenQASM and Qiskit circuits: the same probabilities where the converters are installed, and one line where not."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from bornscape.circuits.converters import from_qasm, from_qiskit
from bornscape.simulators.state_vector import probabilities
from support.reference import probabilities_node

INSTALLED = importlib.util.find_spec("pennylane_qiskit") is not None
needed = pytest.mark.skipif(not INSTALLED, reason="pennylane-qiskit is not installed")

TEXT = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[3];
h q[0];
rx(pi/4) q[1];
cx q[0],q[1];
cu1(pi/8) q[1],q[2];
ry(-1.5) q[2];
barrier q;
measure q -> c;
"""


@pytest.mark.skipif(INSTALLED, reason="pennylane-qiskit is installed")
@pytest.mark.parametrize("convert", [from_qasm, from_qiskit])
def test_without_the_converters_one_line_says_what_to_install(convert: object) -> None:
    with pytest.raises(ValueError, match=r'^Qiskit and OpenQASM circuits: expected .* pip install "pennylane-qiskit"$'):
        convert(TEXT)  # type: ignore[operator]


@needed
def test_every_angle_of_openqasm_is_a_parameter() -> None:
    import pennylane as qml

    circuit = from_qasm(TEXT)
    assert (circuit.n_qubits, circuit.n_parameters, circuit.check) == (3, 3, None)

    def body(t: np.ndarray) -> None:
        qml.Hadamard(0)
        qml.RX(t[0], wires=1)
        qml.CNOT([0, 1])
        qml.ControlledPhaseShift(t[1], wires=[1, 2])
        qml.RY(t[2], wires=2)

    for theta in ([np.pi / 4, np.pi / 8, -1.5], [2.0, -4.0, 5.0]):
        expected = probabilities_node(3, body)(np.array(theta))
        np.testing.assert_allclose(probabilities(circuit, theta), expected, rtol=0, atol=1e-13)


@needed
def test_parameters_of_qiskit_are_parameters_and_numbers_stay() -> None:
    import pennylane as qml
    from qiskit.circuit import Parameter, QuantumCircuit

    a, b = Parameter("a"), Parameter("b")
    own = QuantumCircuit(2)
    own.ry(2 * a + b, 0)
    own.rx(0.3, 1)
    own.cp(b, 0, 1)
    own.ry(a, [0, 1])
    own.measure_all()

    def body(t: np.ndarray) -> None:
        qml.RY(2 * t[0] + t[1], wires=0)
        qml.RX(0.3, wires=1)
        qml.ControlledPhaseShift(t[1], wires=[0, 1])
        qml.RY(t[0], wires=0)
        qml.RY(t[0], wires=1)

    theta = np.array([1.1, -2.7])
    circuit = from_qiskit(own, measured=[1])
    assert circuit.n_parameters == 2
    expected = probabilities_node(2, body)(theta).reshape(2, 2).sum(axis=0)
    np.testing.assert_allclose(probabilities(circuit, theta), expected, rtol=0, atol=1e-13)


@needed
def test_what_is_no_openqasm_says_so() -> None:
    with pytest.raises(ValueError, match=r"expected OpenQASM: .*foo"):
        from_qasm("OPENQASM 2.0; foo")

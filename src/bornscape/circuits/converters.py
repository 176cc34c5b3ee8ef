"""OpenQASM and Qiskit circuits, by PennyLane's converters where these are installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from bornscape.circuits.gates import Circuit
from bornscape.circuits.tracing import from_pennylane
from bornscape.extras import pennylane

_BASIS = (
    *("rx", "ry", "rz", "p", "u", "rxx", "ryy", "rzz", "crx", "cry", "crz", "h", "x", "y", "z", "s", "sdg", "t", "tdg"),
    *("sx", "cx", "cy", "cz", "swap", "ccx", "cswap"),
)
"""Qiskit's gates that PennyLane has by the same name; others become these, with the same parameters."""


def _qiskit(module: str = "qiskit") -> Any:
    try:
        import_module("pennylane_qiskit")
        return import_module(module)
    except ImportError as error:
        raise ValueError(
            'Qiskit and OpenQASM circuits: expected the package pennylane-qiskit: pip install "pennylane-qiskit"'
        ) from error


def from_qasm(text: str, measured: Sequence[int] | None = None) -> Circuit:
    """The circuit of a text in OpenQASM; every angle in it is a parameter, in the order in which they stand.

    Qubit 0 is wire 0, the most significant bit. Measurements at the end are left out.

    Parameters
    ----------
    text
        OpenQASM 2; OpenQASM 3, whose free inputs are the parameters, where ``qiskit-qasm3-import`` is installed.
    measured
        As for ``from_pennylane``.

    Raises
    ------
    ValueError
        If pennylane-qiskit is not installed, or the text is no OpenQASM.
    """
    qiskit = _qiskit()
    words = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("//")]
    third = bool(words) and words[0].replace(" ", "").startswith("OPENQASM3")
    try:
        circuit = _qiskit("qiskit.qasm3").loads(text) if third else qiskit.QuantumCircuit.from_qasm_str(text)
    except Exception as error:  # Qiskit and its parsers have several classes of errors.
        advice = ' (OpenQASM 3: pip install "qiskit-qasm3-import")' if third else ""
        raise ValueError(f"expected OpenQASM: {type(error).__name__}: {error}{advice}") from error
    return from_qiskit(circuit, measured)


def from_qiskit(circuit: Any, measured: Sequence[int] | None = None) -> Circuit:
    """The circuit of a ``qiskit.QuantumCircuit``.

    Its parameters are Qiskit's own, in the order of ``circuit.parameters``, and other angles stay as they are; without
    any, every angle is a parameter, in the order in which they stand. Qubit 0 is wire 0, the most significant bit.
    Measurements at the end are left out.

    Parameters
    ----------
    measured
        As for ``from_pennylane``.

    Raises
    ------
    ValueError
        If pennylane-qiskit is not installed, or ``from_pennylane`` refuses the circuit.
    """
    qiskit = _qiskit()
    bare = circuit.remove_final_measurements(inplace=False)
    if not bare.parameters:
        bare = _freed(bare)
    bare = qiskit.transpile(bare, basis_gates=list(_BASIS), optimization_level=0)
    parameters = list(bare.parameters)

    def function(theta: Any, wires: Any) -> None:
        qml = pennylane()

        bound = bare.assign_parameters(dict(zip(parameters, map(float, theta), strict=True)))
        qml.from_qiskit(bound, measurements=[])(wires=list(wires))

    traced = from_pennylane(function, bare.num_qubits, len(parameters), measured=measured)
    return replace(traced, check=None)  # Qiskit's angles are expressions, which no value changes.


def _freed(circuit: Any) -> Any:
    """The circuit with a parameter in place of every angle, named so that their order is that of the gates."""
    parameter = import_module("qiskit.circuit").Parameter
    free = circuit.copy_empty_like()
    count = 0
    for instruction in circuit.data:
        operation = instruction.operation
        if operation.params and all(isinstance(value, (int, float)) for value in operation.params):
            operation = operation.copy()
            operation.params = [parameter(f"angle_{count + k:06d}") for k in range(len(operation.params))]
            count += len(operation.params)
        free.append(operation, instruction.qubits, instruction.clbits)
    return free

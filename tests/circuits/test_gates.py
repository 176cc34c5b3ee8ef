"""Circuits as data: sizes, order of gates and angles, inverses."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from bornscape.circuits import AngleMap, Circuit, Gate, adjoint, line_circuit, primitives, product_circuit


@pytest.mark.parametrize(("n", "layers"), [(1, 0), (1, 4), (2, 1), (5, 3), (16, 4)])
def test_line_circuit_has_the_paper_s_number_of_parameters(n: int, layers: int) -> None:
    circuit = line_circuit(n, layers)
    assert circuit.n_parameters == 3 * n + layers * (n - 1 + 3 * n)
    assert circuit.n_angles == circuit.n_parameters
    assert [a for gate in circuit.gates for a in gate.angles] == list(range(circuit.n_parameters))


def test_line_circuit_order_of_gates() -> None:
    assert line_circuit(3, 1).gates == (
        Gate("Rot", (0,), (0, 1, 2)),
        Gate("Rot", (1,), (3, 4, 5)),
        Gate("Rot", (2,), (6, 7, 8)),
        Gate("CNOT", (0, 1)),
        Gate("RY", (0,), (9,)),
        Gate("CNOT", (0, 1)),
        Gate("CNOT", (1, 2)),
        Gate("RY", (1,), (10,)),
        Gate("CNOT", (1, 2)),
        Gate("Rot", (0,), (11, 12, 13)),
        Gate("Rot", (1,), (14, 15, 16)),
        Gate("Rot", (2,), (17, 18, 19)),
    )


@pytest.mark.parametrize("n", [1, 2, 4])
def test_layer_ends_cut_the_shallower_circuits(n: int) -> None:
    deep = line_circuit(n, 5)
    assert len(deep.layer_ends) == 6
    for layers, end in enumerate(deep.layer_ends):
        assert deep.gates[:end] == line_circuit(n, layers).gates


def test_product_circuits() -> None:
    assert product_circuit(4).gates == line_circuit(4, 0).gates
    ry = product_circuit(4, "ry")
    assert ry.n_parameters == 4
    assert ry.gates == tuple(Gate("RY", (i,), (i,)) for i in range(4))


@pytest.mark.parametrize("call", [lambda: line_circuit(0, 1), lambda: product_circuit(0), lambda: product_circuit(-1)])
def test_no_qubits_is_an_error(call: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="n_qubits: expected at least 1"):
        call()


def test_bad_sizes_are_named() -> None:
    with pytest.raises(ValueError, match="n_layers: expected at least 0, got -1"):
        line_circuit(2, -1)
    with pytest.raises(ValueError, match="single_qubit: expected 'rot' or 'ry', got 'rx'"):
        product_circuit(2, "rx")


@pytest.mark.parametrize("theta", [[], [0.0], [0.0] * 4, [[0.0, 0.0, 0.0]], 0.0])
def test_theta_of_another_shape_is_an_error(theta: Any) -> None:
    with pytest.raises(ValueError, match=r"theta: expected shape \(3,\)"):
        line_circuit(1, 0).angles(theta)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_theta_that_is_not_finite_is_an_error(value: float) -> None:
    with pytest.raises(ValueError, match="theta: expected finite values"):
        line_circuit(1, 0).angles([0.1, value, 0.2])


def test_angle_map_is_affine() -> None:
    matrix = sparse.csr_array(np.array([[2.0, 0.0], [0.0, 0.0], [-1.0, 0.5]]))
    gates = tuple(Gate("RY", (0,), (k,)) for k in range(3))
    circuit = Circuit(1, 2, gates, angle_map=AngleMap(np.array([0.0, 0.7, 1.0]), matrix))
    assert circuit.n_angles == 3
    np.testing.assert_array_equal(circuit.angles([3.0, 4.0]), [6.0, 0.7, 0.0])


def test_adjoint_reverses_and_inverts() -> None:
    circuit = line_circuit(2, 1)
    inverse = adjoint(circuit)
    assert [(g.name, g.wires, g.angles) for g in inverse.gates] == [
        (g.name, g.wires, g.angles) for g in reversed(circuit.gates)
    ]
    assert all(gate.inverse for gate in inverse.gates)
    assert inverse.n_parameters == circuit.n_parameters
    assert adjoint(inverse).gates == circuit.gates


def test_primitives_of_a_rot_and_of_its_inverse() -> None:
    gate = Gate("Rot", (3,), (5, 6, 7))
    assert primitives(gate) == (Gate("RZ", (3,), (5,)), Gate("RY", (3,), (6,)), Gate("RZ", (3,), (7,)))
    assert primitives(Gate("Rot", (3,), (5, 6, 7), inverse=True)) == (
        Gate("RZ", (3,), (7,), True),
        Gate("RY", (3,), (6,), True),
        Gate("RZ", (3,), (5,), True),
    )
    assert primitives(Gate("CNOT", (0, 1))) == (Gate("CNOT", (0, 1)),)

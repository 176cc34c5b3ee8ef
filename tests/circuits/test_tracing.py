"""PennyLane quantum functions traced into circuits: same probabilities and gradients, and clear errors."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp

from bornscape.circuits import line_circuit
from bornscape.circuits.tracing import from_pennylane
from bornscape.simulators.state_vector import probabilities, probability_gradient
from support.reference import apply_line, probabilities_node

N = 4
POINTS = np.random.default_rng(30).uniform(-2 * np.pi, 2 * np.pi, (2, 3))

SUPPORTED = {
    "RX": lambda t: qml.RX(t[0], wires=2),
    "Rot": lambda t: qml.Rot(*t, wires=1),
    "U2": lambda t: qml.U2(t[0], t[1], wires=1),
    "U3": lambda t: qml.U3(*t, wires=1),
    "PhaseShift": lambda t: qml.PhaseShift(t[1], wires=3),
    "CRX": lambda t: qml.CRX(t[0], wires=[3, 1]),
    "CRY": lambda t: qml.CRY(t[0], wires=[0, 1]),
    "CRZ": lambda t: qml.CRZ(t[0], wires=[0, 1]),
    "CRot": lambda t: qml.CRot(*t, wires=[2, 0]),
    "ControlledPhaseShift": lambda t: qml.ControlledPhaseShift(t[2], wires=[0, 3]),
    "IsingXX": lambda t: qml.IsingXX(t[0], wires=[0, 2]),
    "IsingXY": lambda t: qml.IsingXY(t[0], wires=[0, 1]),
    "IsingYY": lambda t: qml.IsingYY(t[0], wires=[3, 1]),
    "IsingZZ": lambda t: qml.IsingZZ(t[0], wires=[1, 2]),
    "MultiRZ": lambda t: qml.MultiRZ(t[0], wires=[0, 1, 3]),
    "PauliRot": lambda t: qml.PauliRot(t[0], "XYZ", wires=[3, 0, 1]),
    "SingleExcitation": lambda t: qml.SingleExcitation(t[0], wires=[1, 2]),
    "DoubleExcitation": lambda t: qml.DoubleExcitation(t[0], wires=[0, 1, 2, 3]),
    "PSWAP": lambda t: qml.PSWAP(t[0], wires=[0, 1]),
    "Toffoli": lambda t: qml.Toffoli(wires=[3, 0, 2]),
    "CSWAP": lambda t: qml.CSWAP(wires=[1, 0, 2]),
    "ISWAP": lambda t: qml.ISWAP(wires=[0, 1]),
    "Hadamard": lambda t: qml.Hadamard(wires=2),
    "PauliX": lambda t: qml.PauliX(wires=0),
    "QFT": lambda t: qml.QFT(wires=[0, 1, 2]),
    "MultiControlledX": lambda t: qml.MultiControlledX(wires=[0, 1, 2, 3]),
    "constant QubitUnitary": lambda t: qml.QubitUnitary(qml.RX(0.4, wires=0).matrix(), wires=1),
    "adjoint S": lambda t: qml.adjoint(qml.S)(wires=1),
    "adjoint T": lambda t: qml.adjoint(qml.T)(wires=1),
    "adjoint SX": lambda t: qml.adjoint(qml.SX)(wires=1),
    "adjoint Rot": lambda t: qml.adjoint(qml.Rot)(*t, wires=1),
    "adjoint CRX": lambda t: qml.adjoint(qml.CRX)(t[0], wires=[3, 1]),
    "adjoint SingleExcitation": lambda t: qml.adjoint(qml.SingleExcitation)(t[0], wires=[1, 2]),
    "adjoint of a function": lambda t: qml.adjoint(lambda: (qml.RX(t[0], wires=0), qml.CRZ(t[1], wires=[0, 1])))(),
    "control of RX": lambda t: qml.ctrl(qml.RX, control=2)(t[0], wires=0),
    "control on 0": lambda t: qml.ctrl(qml.RY, control=2, control_values=0)(t[0], wires=0),
    "control of Hadamard": lambda t: qml.ctrl(qml.Hadamard, control=3)(wires=0),
    "control of IsingXX": lambda t: qml.ctrl(qml.IsingXX, control=2)(t[0], wires=[0, 1]),
    "control of GlobalPhase": lambda t: qml.ctrl(qml.GlobalPhase, control=2)(t[0]),
    "power": lambda t: qml.pow(qml.RX(t[0], wires=0), 2),
    "evolution": lambda t: qml.evolve(qml.PauliX(0) @ qml.PauliY(3), t[0] / 2),
    "StronglyEntanglingLayers": lambda t: qml.StronglyEntanglingLayers(np.resize(t, (2, N, 3)), wires=range(N)),
    "BasicEntanglerLayers": lambda t: qml.BasicEntanglerLayers(np.resize(t, (3, N)), wires=range(N)),
    "AngleEmbedding": lambda t: qml.AngleEmbedding(t, wires=range(3)),
    "shared and scaled": lambda t: (
        qml.RX(2 * t[0], wires=0),
        qml.CRX(-0.3 * t[0] + t[1] - 1.2, wires=[0, 1]),
        qml.RY(t[0] - t[1], wires=1),
        qml.RY(t[1] + 1e-6 * t[2], wires=2),
        qml.RZ(np.pi / 3, wires=2),
    ),
}
IGNORED = {
    "Barrier": lambda t: qml.Barrier(wires=range(N)),
    "Identity": lambda t: qml.Identity(wires=0),
    "GlobalPhase": lambda t: qml.GlobalPhase(t[0]),
    "Snapshot": lambda t: qml.Snapshot(),
}


def around(operation: Callable[[Any], object]) -> Callable[[Any, Any], None]:
    """The operation between two layers of rotations, so that its phases show."""

    def body(theta: Any, wires: Any) -> None:
        for i in range(N):
            qml.Rot(0.3 + i, 0.5 * i + 0.2, 0.7, wires=i)
        operation(theta)
        for i in range(N):
            qml.Rot(0.1 + i, 0.4 * i + 0.2, 0.9, wires=i)

    return body


@pytest.mark.parametrize("name", [*SUPPORTED, *IGNORED])
def test_traced_circuits_agree_with_pennylane(name: str) -> None:
    body = around((SUPPORTED | IGNORED)[name])
    circuit = from_pennylane(body, N, 3)
    node = probabilities_node(N, lambda t: body(t, range(N)))
    silent = probabilities(from_pennylane(around(lambda t: None), N, 0), [])
    changed = 0.0
    for theta in POINTS:
        expected = node(theta)
        np.testing.assert_allclose(probabilities(circuit, theta), expected, rtol=0, atol=1e-13)
        changed = max(changed, float(np.abs(expected - silent).max()))
    assert (changed > 1e-6) == (name in SUPPORTED)


@pytest.mark.parametrize(
    "name",
    ["CRX", "CRot", "SingleExcitation", "IsingXY", "MultiRZ", "adjoint CRX", "control of IsingXX", "shared and scaled"],
)
def test_gradients_of_traced_circuits_agree_with_backpropagation(name: str) -> None:
    body = around(SUPPORTED[name])
    circuit = from_pennylane(body, N, 3)
    cotangent = np.random.default_rng(31).normal(size=2**N)
    node = probabilities_node(N, lambda t: body(t, range(N)))
    theta = POINTS[0]
    expected = qml.grad(lambda t: pnp.sum(cotangent * node(t)))(pnp.array(theta, requires_grad=True))
    found = probability_gradient(circuit, theta, cotangent)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(found, np.asarray(expected), rtol=0, atol=1e-12)


def test_the_paper_s_circuit_traced_is_the_paper_s_circuit() -> None:
    own = line_circuit(3, 2)
    traced = from_pennylane(lambda theta, wires: apply_line(theta, 3, 2), 3, own.n_parameters)
    assert traced.gates == own.gates
    theta = np.random.default_rng(32).uniform(0, 2 * np.pi, own.n_parameters)
    np.testing.assert_array_equal(probabilities(traced, theta), probabilities(own, theta))


def test_the_function_gets_the_parameters_and_the_wires() -> None:
    seen = []

    def body(theta: Any, wires: Any) -> None:
        seen.append((theta.shape, tuple(wires)))
        qml.RY(theta[4], wires=wires[-1])

    from_pennylane(body, 3, 5)
    assert set(seen) == {((5,), (0, 1, 2))}


def test_what_the_function_returns_is_ignored() -> None:
    def body(theta: Any, wires: Any) -> Any:
        qml.RY(theta[0], wires=0)
        return qml.expval(qml.PauliZ(0)), qml.probs(wires=wires)

    assert [gate.name for gate in from_pennylane(body, 2, 1).gates] == ["RY"]


def test_angles_are_the_affine_map_of_the_parameters() -> None:
    def body(theta: Any, wires: Any) -> None:
        qml.RX(0.5 * theta[1] - 2 * theta[0] + 0.25, wires=0)
        qml.RY(theta[1], wires=0)
        qml.RZ(1.5, wires=0)

    circuit = from_pennylane(body, 1, 2)
    np.testing.assert_allclose(circuit.angle_map.offsets, [0.25, 0, 1.5], rtol=0, atol=1e-15)
    expected = np.array([[-2, 0.5], [0, 1], [0, 0]])
    np.testing.assert_allclose(circuit.angle_map.matrix.toarray(), expected, rtol=0, atol=1e-15)


def test_a_tiny_coefficient_beside_a_large_one_is_kept() -> None:
    circuit = from_pennylane(lambda theta, wires: qml.RX(theta[0] + 1e-6 * theta[1], wires=0), 1, 2)
    np.testing.assert_allclose(circuit.angle_map.matrix.toarray(), [[1, 1e-6]], rtol=0, atol=1e-15)


def test_no_parameters() -> None:
    bell = from_pennylane(lambda theta, wires: (qml.Hadamard(0), qml.CNOT([0, 1])), 2, 0)
    np.testing.assert_allclose(probabilities(bell, []), [0.5, 0, 0, 0.5], rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "angle",
    [
        pytest.param(lambda x: x**2, id="square"),
        pytest.param(np.sin, id="sine"),
        pytest.param(abs, id="absolute value"),
        pytest.param(lambda x: max(x, 0.0), id="positive part"),
    ],
)
@pytest.mark.parametrize("n_parameters", [1, 12])
def test_an_angle_that_is_not_affine_is_an_error(angle: Callable[[float], float], n_parameters: int) -> None:
    for curved in range(n_parameters):

        def body(theta: Any, wires: Any, curved: int = curved) -> None:
            for k in range(n_parameters):
                (qml.RX if k == curved else qml.RZ)(angle(theta[k]) if k == curved else theta[k], wires=1)

        with pytest.raises(ValueError, match=r"gate RX on wires \[1\]: its angle is not an affine function"):
            from_pennylane(body, 2, n_parameters)


def test_a_product_of_parameters_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"gate IsingXX on wires \[0, 1\]: its angle is not an affine function"):
        from_pennylane(lambda theta, wires: qml.IsingXX(theta[0] * theta[1], wires=[0, 1]), 2, 2)


@pytest.mark.parametrize("n_parameters", [1, 12])
@pytest.mark.parametrize("sign", [1, -1])
def test_gates_that_depend_on_the_values_are_an_error(sign: int, n_parameters: int) -> None:
    for k in range(n_parameters):

        def body(theta: Any, wires: Any, k: int = k) -> None:
            (qml.RX if sign * theta[k] > 0 else qml.RY)(theta[k], wires=0)

        with pytest.raises(ValueError, match="its gates change with the parameters' values"):
            from_pennylane(body, 1, n_parameters)


def test_a_number_of_gates_that_depends_on_the_values_is_an_error() -> None:
    def body(theta: Any, wires: Any) -> None:
        for _ in range(int(abs(theta[0]) + 1)):
            qml.RX(theta[0], wires=0)

    with pytest.raises(ValueError, match="its gates change with the parameters' values"):
        from_pennylane(body, 1, 1)


@pytest.mark.parametrize(
    ("curved", "named"),
    [
        (lambda t: qml.RX(np.clip(t[0], -3, 3), 0), "RX on wires [0]: its angle"),
        (lambda t: qml.CRX((t[0] + np.pi) % (2 * np.pi) - np.pi, [0, 1]), "CRX on wires [0, 1]: its angle"),
        (lambda t: qml.ctrl(qml.RZ, [0, 1])(t[0] % 7, 2), "C(RZ) on wires [0, 1, 2]: its angle"),
        (lambda t: t[0] > 2.5 and qml.CNOT([0, 1]), "the first that does: gate CNOT on wires [0, 1]"),
        (lambda t: t[0] < -9 or qml.CNOT([0, 1]), "the first that does: gate CNOT on wires [0, 1]"),
        (lambda t: qml.RY(t[0], 0) if t[0] < 3 else qml.RX(t[0], 0), "gate RY on wires [0]"),
        (lambda t: (qml.cond(t[0] > -9, qml.RX)(t[0], 1), qml.RZ(t[0], 0)), "gate RX on wires [1]"),
    ],
)
@pytest.mark.parametrize("n_parameters", [1, 5])
def test_what_shows_only_far_from_zero_is_an_error(curved: Any, named: str, n_parameters: int) -> None:
    def body(theta: Any, wires: Any) -> None:
        for wire in wires:
            qml.RY(theta[-1], wires=wire)
        curved(theta)

    with pytest.raises(ValueError, match=re.escape(named)) as caught:
        from_pennylane(body, 3, n_parameters)
    assert re.search("expected angles such as|apply every gate always", str(caught.value))


def test_a_circuit_says_where_it_is_not_its_function() -> None:
    circuit = from_pennylane(lambda t, wires: qml.RX(np.clip(t[0], -20, 20), 0), 1, 1)
    assert circuit.check is not None
    circuit.check(np.array([19.0]))
    with pytest.raises(ValueError, match=r"gate RX on wires \[0\]: its angle is not an affine function"):
        circuit.check(np.array([21.0]))


def test_whole_turns_of_a_gate_without_control_are_no_error() -> None:
    body = around(lambda t: qml.RX((t[0] + np.pi) % (2 * np.pi) - np.pi, wires=1))
    circuit, node = from_pennylane(body, N, 3), probabilities_node(N, lambda t: body(t, range(N)))
    for theta in POINTS:
        np.testing.assert_allclose(probabilities(circuit, theta), node(theta), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("wire", "shown"), [(2, r"\[2\]"), (-1, r"\[-1\]"), ("a", r"\['a'\]"), (0.5, r"\[0.5\]")])
def test_other_wires_are_an_error(wire: Any, shown: str) -> None:
    with pytest.raises(ValueError, match=rf"gate RX: uses wires {shown}; expected wires of 0\.\.1"):
        from_pennylane(lambda theta, wires: qml.RX(theta[0], wires=wire), 2, 1)


@pytest.mark.filterwarnings("ignore:Operator .* does not define a decomposition")
def test_mid_circuit_measurements_are_an_error() -> None:
    def measured(theta: Any, wires: Any) -> None:
        qml.RX(theta[0], wires=0)
        qml.measure(0)

    def conditioned(theta: Any, wires: Any) -> None:
        qml.RX(theta[0], wires=0)
        qml.cond(qml.measure(0), qml.PauliX)(wires=1)

    for body in (measured, conditioned):
        with pytest.raises(ValueError, match=r"gate MidMeasure.*: not supported; measure at the end"):
            from_pennylane(body, 2, 1)


@pytest.mark.filterwarnings("ignore:Operator .* does not define a decomposition")
def test_channels_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"AmplitudeDamping on wires \[0\]: not supported; leave it out"):
        from_pennylane(lambda theta, wires: qml.AmplitudeDamping(0.3, wires=0), 1, 0)


def test_a_unitary_built_from_the_parameters_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"not an affine function|gates change"):
        from_pennylane(lambda theta, wires: qml.QubitUnitary(qml.Rot(*theta, wires=0).matrix(), wires=0), 1, 3)


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_angles_that_are_not_finite_are_an_error() -> None:
    with pytest.raises(ValueError, match="expected finite angles"):
        from_pennylane(lambda theta, wires: qml.RX(1 / theta[0], wires=0), 1, 1)


# What the function is


def two_layers(theta: Any, wires: Any) -> None:
    for k, wire in enumerate(wires):
        qml.RY(theta[k], wires=wire)
    for a, b in pairwise(wires):
        qml.CRZ(theta[len(wires)], wires=[a, b])
    for wire in wires:
        qml.RX(theta[0], wires=wire)


def test_a_qnode_is_its_function_whatever_its_device() -> None:
    @qml.qnode(qml.device("default.qubit", wires=["x", "y"]))
    def node(theta: Any, wires: Any) -> Any:
        two_layers(theta, wires)
        return qml.probs(wires=wires)

    assert from_pennylane(node, 3, 4).gates == from_pennylane(two_layers, 3, 4).gates


def test_a_function_of_the_parameters_alone() -> None:
    alone = from_pennylane(lambda theta: two_layers(theta, range(3)), 3, 4)
    assert alone.gates == from_pennylane(two_layers, 3, 4).gates
    node = qml.QNode(lambda theta: (two_layers(theta, "abc"), qml.probs())[1], qml.device("default.qubit"))
    assert from_pennylane(node, 3, 4, wires="abc").gates == alone.gates


def test_a_qnode_with_transforms_is_refused() -> None:
    @qml.transforms.cancel_inverses
    @qml.qnode(qml.device("default.qubit"))
    def node(theta: Any, wires: Any) -> Any:
        two_layers(theta, wires)
        return qml.probs(wires=wires)

    with pytest.raises(ValueError, match=r"a QNode with transforms; .* give qnode\.func"):
        from_pennylane(node, 3, 4)


def test_angles_of_a_template_in_an_array_of_their_own_shape() -> None:
    def template(parameters: Any, wires: Any) -> None:
        qml.StronglyEntanglingLayers(np.reshape(parameters, (2, 2, 3)), wires=wires)

    circuit = from_pennylane(template, 2, 12)
    theta = np.random.default_rng(4).uniform(0, 2 * np.pi, 12)
    device = qml.device("default.qubit", wires=2)

    @qml.qnode(device)
    def expected() -> Any:
        template(theta, range(2))
        return qml.probs(wires=range(2))

    assert probabilities(circuit, theta) == pytest.approx(np.asarray(expected()), abs=1e-12)
    assert circuit.check is not None
    circuit.check(theta)


def test_no_gates_are_an_error() -> None:
    node = qml.QNode(lambda theta, wires: (qml.RX(theta[0], 0), qml.probs(wires=[0]))[1], qml.device("default.qubit"))
    for body in (lambda theta, wires: None, lambda theta, wires: qml.Barrier(wires=wires), lambda t, w: node(t, w)):
        with pytest.raises(ValueError, match=r"records no gates; .* call its \.func"):
            from_pennylane(body, 2, 1)


def test_labels_stand_for_the_wires_in_the_order_given() -> None:
    theta = np.random.default_rng(36).uniform(0, 2 * np.pi, 4)

    def body(theta: Any, wires: Any) -> None:
        two_layers(theta, ["a", "b", 7])

    plain = probabilities(from_pennylane(two_layers, 3, 4), theta).reshape(2, 2, 2)
    turned = from_pennylane(body, 3, 4, wires=[7, "a", "b"])
    np.testing.assert_allclose(probabilities(turned, theta), plain.transpose(2, 0, 1).ravel(), rtol=0, atol=1e-15)
    part = from_pennylane(body, 3, 4, wires=["a", "b", 7], measured=[7, "a"])
    np.testing.assert_allclose(probabilities(part, theta), plain.sum(axis=1).T.ravel(), rtol=0, atol=1e-15)
    with pytest.raises(ValueError, match=r"uses wires \[7\]; expected wires of \['a', 'b', 'c'\]"):
        from_pennylane(body, 3, 4, wires=["a", "b", "c"])
    with pytest.raises(ValueError, match=r"measured: expected wires of \['a', 'b', 7\], got 'c'"):
        from_pennylane(body, 3, 4, wires=["a", "b", 7], measured=["c"])
    for labels in (["a", "b"], ["a", "a", "b"]):
        with pytest.raises(ValueError, match="wires: expected 3 different labels"):
            from_pennylane(body, 3, 4, wires=labels)


@pytest.mark.parametrize("n_parameters", [1, 40])
def test_angles_in_single_precision(n_parameters: int) -> None:
    def body(theta: Any, wires: Any) -> None:
        small = np.asarray(theta, dtype=np.float32)
        for k in range(n_parameters):
            qml.RX(np.float32(0.3) * small[k] + small[-1] + np.float32(1.7), wires=wires[k % 2])
            qml.ctrl(qml.RY, control=wires[0])(small[k], wires=wires[1])

    circuit = from_pennylane(body, 2, n_parameters)
    theta = np.random.default_rng(37).uniform(-6, 6, n_parameters)
    node = probabilities_node(2, lambda t: body(t, range(2)))
    np.testing.assert_allclose(probabilities(circuit, theta), node(theta), rtol=0, atol=2e-4)
    with pytest.raises(ValueError, match="not an affine function"):
        from_pennylane(lambda t, wires: qml.RX(np.float32(t[0]) ** 2, wires=0), 1, 1)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            lambda t, w: qml.RX(t[5], 0),
            r"IndexError: .* \(with 3 parameters and the wires \[0, 1\]\); expected a function",
        ),
        (lambda t, w: qml.RX(t, 0), r"gate RX on wires \[0\]: got 3 angles at once; expected one number"),
        (lambda t, w: qml.RX(t.reshape(3, 1), 0), "RX: wrong number.s. of dimensions"),
        (lambda t, w: qml.StronglyEntanglingLayers(t.reshape(1, 3), w), r"ValueError: .* \(with 3 parameters"),
        (lambda t, w: qml.RX("a", 0), "circuit function: |could not convert"),
        (lambda t, w: t.gone, "circuit function: AttributeError: .*'gone'"),
        (lambda t, w: qml.QubitUnitary(qml.RX(t[0], 0).matrix(), 0), "QubitUnitary on wires .*its angle|gates change"),
        (lambda t, w: qml.ApproxTimeEvolution(qml.dot(t[:2], [qml.X(0), qml.Z(1)]), t[2], 1), "not an affine"),
        (
            lambda t, w: (qml.Hamiltonian([1.0, 0.5], [qml.X(0), qml.Z(1)]), qml.RX(t[0], 0)),
            r"gate LinearCombination on wires \[0, 1\]: not supported; build the Hamiltonian outside",
        ),
        (
            lambda t, w: qml.evolve(qml.dot([1.0, 0.5], [qml.X(0), qml.Z(0)]), t[0]),
            r"gate Evolution on wires \[0\]: not supported; the terms do not commute: use qml\.TrotterProduct",
        ),
    ],
)
def test_what_is_refused_says_why(body: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_pennylane(body, 2, 3)


def test_a_wrong_decomposition_is_noticed() -> None:
    class Wrong(qml.operation.Operation):
        num_params, num_wires = 1, 1

        @staticmethod
        def compute_matrix(angle: float) -> Any:
            return qml.RX.compute_matrix(angle)

        @staticmethod
        def compute_decomposition(angle: float, wires: Any) -> Any:
            return [qml.RX(2 * angle, wires=wires)]

    with pytest.raises(ValueError, match=r"gates \['Wrong'\], decomposed, give another state"):
        from_pennylane(lambda t, wires: Wrong(t[0], wires=wires[0]), 1, 1)

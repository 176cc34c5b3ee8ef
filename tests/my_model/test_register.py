"""A model's wires: hidden ones, those that are measured and their order, and the state that they start in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bornscape.circuits import Circuit, Gate, inert_uses
from bornscape.datasets import Target
from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.circuits import model_circuit, parameter_shape
from bornscape.my_model.draws import SizedModel
from bornscape.my_model.losses import model_loss
from bornscape.my_model.probe import Probe
from bornscape.my_model.register import hidden_at, initial_state, measured_at, register_problem, wires_at
from bornscape.my_model.settings import complete
from bornscape.my_model.starts import started
from bornscape.my_model.user_code import UserCodeError
from bornscape.simulators.state_vector import batch_probabilities, probabilities, probability_gradient, statevector
from support.reference import apply_gates, central_differences, probabilities_node, random_state

CODE = """
import numpy as np
import pennylane as qml

def circuit(p, wires):
    for k, wire in enumerate(wires):
        qml.RY(p[k], wires=wire)
    for a, b in zip(wires[:-1], wires[1:]):
        qml.CRX(p[len(wires)], wires=[a, b])
    qml.RX(p[len(wires) + 1], wires=wires[-1])

@qml.qnode(qml.device("default.qubit", wires=9))
def node(p, wires):
    circuit(p, wires)
    return qml.probs()

def kinked(p, wires):
    qml.RY(np.clip(p[0], -20, 20), wires=wires[0])
    qml.RY(p[1], wires=wires[1])

def w_state(n):
    state = np.zeros(2**n)
    state[[1 << k for k in range(n)]] = n**-0.5
    return state

def twice(n):
    return 2 * w_state(n)
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.py"
    path.write_text(CODE, encoding="utf-8")
    return str(path)


def marginal(q: Any, n: int, measured: tuple[int, ...]) -> Any:
    """By hand: every outcome of all wires adds to the outcome of the measured ones."""
    found = np.zeros(2 ** len(measured))
    for outcome, value in enumerate(q):
        bits = f"{outcome:0{n}b}"
        found[int("".join(bits[wire] for wire in measured), 2)] += value
    return found


@pytest.mark.parametrize("measured", [(0, 1), (2, 0), (3, 1, 2, 0), (1,), (0, 1, 2, 3)])
def test_probabilities_are_marginals_in_the_order_of_the_measured_wires(measured: tuple[int, ...]) -> None:
    rng = np.random.default_rng(40)
    gates = [Gate("RY", (k,), (k,)) for k in range(4)]
    gates += [Gate("CNOT", (0, 1)), Gate("CNOT", (3, 2)), Gate("RX", (1,), (4,)), Gate("CNOT", (1, 3))]
    whole, part = Circuit(4, 5, tuple(gates)), Circuit(4, 5, tuple(gates), measured=measured)
    thetas = rng.uniform(0, 2 * np.pi, (3, 5))
    expected = [marginal(probabilities_node(4, lambda t: apply_gates(whole, t))(t), 4, measured) for t in thetas]
    np.testing.assert_allclose([probabilities(part, t) for t in thetas], expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(batch_probabilities(part, thetas), expected, rtol=0, atol=1e-13)
    slope = rng.normal(size=2 ** len(measured))
    wanted = central_differences(lambda t: float(slope @ probabilities(part, t)), thetas[0], 1e-5)
    np.testing.assert_allclose(probability_gradient(part, thetas[0], slope), wanted, rtol=0, atol=1e-8)
    p = rng.dirichlet(np.ones(2 ** len(measured)))
    loss = MMDLoss(p, 0.7)
    wanted = central_differences(lambda t: loss(probabilities(part, t)), thetas[0], 1e-5)
    np.testing.assert_allclose(gradient(part, thetas[0], loss), wanted, rtol=0, atol=1e-8)


@pytest.mark.parametrize("measured", [(), (0, 0), (2,), (-1,)])
def test_measured_wires_that_there_are_not(measured: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"measured: expected different wires of 0\.\.1"):
        Circuit(2, 0, (), measured=measured)


def test_rotations_that_change_nothing_measured() -> None:
    gates = (
        Gate("PauliX", (0,)),
        Gate("RZ", (0,), (0,)),  # On a basis state: a phase.
        Gate("RY", (1,), (1,)),
        Gate("CNOT", (1, 2)),
        Gate("RX", (2,), (2,)),  # Nothing joins wire 2 to a measured one after this.
        Gate("RY", (0,), (3,)),
        Gate("RZ", (0,), (4,)),
        Gate("CNOT", (0, 1)),  # Takes outcomes to outcomes: the phase before it does not show.
    )
    circuit = Circuit(3, 5, gates, measured=(0, 1))
    assert inert_uses(circuit) == {(1, 0), (4, 0), (6, 0)}
    assert Probe(circuit, None).active_parameters() == [1, 3]
    theta = np.random.default_rng(41).uniform(0, 6, 5)
    slope = np.random.default_rng(42).normal(size=4)
    moved = np.abs(probability_gradient(circuit, theta, slope)) > 1e-12
    assert np.flatnonzero(moved).tolist() == [1, 3]
    assert Probe(Circuit(3, 5, gates), None).active_parameters() == [1, 2, 3]


def test_numbers_of_wires() -> None:
    assert (hidden_at({}, 4), wires_at({"hidden": "n/2"}, 4)) == (0, 6)
    assert (hidden_at({"measured": [0, 2, 4]}, 3), wires_at({"measured": [0, 2, 4, 6]}, 3)) == (2, 5)
    assert measured_at({}, 3) is None
    assert measured_at({"measured": {"2": [1, 0]}}, 2) == (1, 0)
    assert measured_at({"measured": [2, 0], "hidden": 3}, 2) == (2, 0)


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        (
            {"hidden": "n/2"},
            "hidden",
            r"hidden 'n/2': expected a whole number .* at n = 3, got 1.5; ceil\(n/2\) is one",
        ),
        ({"hidden": -1}, "hidden", "expected a whole number of wires from 0"),
        ({"measured": [0, 1]}, "measured", r"expected 3 different wires at n = 3, such as \[0, 1, 2\], got \[0, 1\]"),
        ({"measured": [0, 1, 1]}, "measured", "expected 3 different wires"),
        ({"measured": {"4": [0, 1, 2, 3]}}, "measured", r"expected an entry for each size, such as {3: \[0, 1, 2\]}"),
        ({"measured": [0, 1, 5], "hidden": 1}, "measured", r"expected wires of 0\.\.3"),
        ({"initial": "01"}, "initial", 'ghz or 3 characters 0 and 1 in quotes at n = 3, .* such as "010"'),
        ({"initial": 101}, "initial", "in quotes"),
        ({"initial": "01", "hidden": 1}, "initial", "expected ghz or 4 characters"),
        ({"initial": {"4": "0101"}}, "initial", 'expected an entry for each size, such as {3: "010"}'),
    ],
)
def test_wires_that_cannot_be(settings: dict[str, Any], key: str, message: str) -> None:
    problem = register_problem(settings, {"mmd": "mmd"}, [3])
    assert problem is not None
    assert problem[0] == key
    assert re.search(message, problem[1])


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"hidden": 1}, "hidden"),
        ({"measured": [0, 2, 3]}, "measured"),
        ({"initial": {"file": "a", "function": "b"}}, "initial"),
    ],
)
def test_fidelities_that_are_not_defined_say_what_to_take(settings: dict[str, Any], key: str) -> None:
    problem = register_problem(settings, {"near": "lqf", "mmd": "mmd"}, [3])
    assert problem is not None
    assert problem[0] == key
    assert problem[1].startswith("loss near: a quantum fidelity needs a")
    assert register_problem(settings, {"mmd": "mmd"}, [3]) is None
    target = Target(np.array([[0, 0, 0]], dtype=np.uint8), np.array([1.0]))
    hidden = Circuit(4, 1, (Gate("RY", (0,), (0,)),), measured=(0, 1, 2))
    with pytest.raises(ValueError, match="a quantum fidelity needs a circuit without hidden wires"):
        model_loss("near", {"kind": "lqf"}, hidden, target)


def _settings(circuit: dict[str, Any], kinds: list[str], n: int) -> dict[str, Any]:
    losses = {kind: {"kind": kind} | ({"bandwidth": "n/4"} if kind == "mmd" else {}) for kind in kinds}
    return complete({"circuit": circuit, "losses": losses, "data": {"set": "ghz"}, "sizes": [n], "draws": 10})


TARGET = Target(np.array([[0, 0, 1], [1, 1, 0], [1, 1, 1]], dtype=np.uint8), np.array([0.2, 0.5, 0.3]))


@pytest.mark.parametrize("extra", [{"hidden": 2}, {"measured": [4, 0, 2]}, {"hidden": 1, "initial": "1010"}])
@pytest.mark.parametrize("function", ["circuit", "node"])
def test_losses_of_models_with_hidden_wires(own: str, extra: dict[str, Any], function: str) -> None:
    part = {"file": own, "function": function} | extra
    model = SizedModel.of(_settings(part, ["mmd", "kld", "tvd"], 3), 3, TARGET)
    n = wires_at(part, 3)
    measured = measured_at(part, 3)
    assert measured is not None
    assert parameter_shape(part, 3) == (n + 2,)
    theta = np.random.default_rng(43).uniform(0, 2 * np.pi, n + 2)
    q = _by_pennylane(own, theta, n, measured, extra.get("initial"))
    np.testing.assert_allclose(probabilities(model.circuit, theta), q, rtol=0, atol=1e-13)
    chunk = model.chunk(10, np.random.default_rng(44)).draws
    assert np.isfinite(chunk["value"]).all()
    assert (chunk.groupby("loss")["gradient"].std() > 0).all()
    for loss in model.losses:
        goal = loss.objective.loss
        expected = central_differences(
            lambda t, goal=goal: goal(_by_pennylane(own, t, n, measured, extra.get("initial"))), theta, 1e-5
        )
        slope = goal.derivative(q)
        np.testing.assert_allclose(probability_gradient(model.circuit, theta, slope), expected, rtol=0, atol=1e-6)


def _by_pennylane(own: str, theta: Any, n: int, measured: tuple[int, ...], bits: str | None) -> Any:
    import pennylane as qml

    from bornscape.my_model.user_code import user_function

    def body(t: Any) -> None:
        for wire, bit in enumerate(bits or ""):
            if bit == "1":
                qml.PauliX(wire)
        user_function(own, "circuit")(t, range(n))

    return marginal(probabilities_node(n, body)(theta), n, measured)


@pytest.mark.parametrize("kind", ["lqf", "qf"])
@pytest.mark.parametrize(
    "extra", [{}, {"measured": [2, 0, 1]}, {"initial": "101"}, {"initial": "ghz"}, {"initial": {3: "011"}}]
)
def test_fidelities_with_an_order_of_wires_and_an_initial_state(own: str, kind: str, extra: dict[str, Any]) -> None:
    """By matrices: 1 - |<data|psi>|^2, and its local form by the prepared circuit's inverse."""
    part = {"file": own, "function": "circuit"} | extra
    circuit = model_circuit(part, 3)
    theta = np.random.default_rng(45).uniform(0, 2 * np.pi, 5)
    order = extra.get("measured", [0, 1, 2])
    data = np.zeros(8)
    for bits, p in zip(TARGET.bitstrings, TARGET.probabilities, strict=True):
        data[sum(int(bit) << (2 - wire) for bit, wire in zip(bits, order, strict=True))] = np.sqrt(p)
    columns = np.array([statevector(circuit, theta, initial=row) for row in np.eye(8, dtype=complex)]).T
    back = columns.conj().T @ data
    loss = model_loss(kind, {"kind": kind}, circuit, TARGET)
    found = loss.objective.loss(probabilities(loss.objective.circuit, theta, initial=loss.objective.initial))
    if kind == "qf":
        expected = 1 - abs(np.vdot(data, statevector(circuit, theta))) ** 2
    else:
        ones = np.array([bin(k).count("1") / 3 for k in range(8)])
        expected = float(ones @ np.abs(back) ** 2)
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_state_of_the_user_s_own(own: str) -> None:
    part = {"file": own, "function": "circuit", "initial": {"file": own, "function": "w_state"}, "hidden": 1}
    model = SizedModel.of(_settings(part, ["mmd"], 3), 3, TARGET)
    state = initial_state(part, 3)
    assert state is not None
    np.testing.assert_allclose(np.flatnonzero(state), [1, 2, 4, 8])
    theta = np.random.default_rng(46).uniform(0, 2 * np.pi, 6)
    node = probabilities_node(4, lambda t: apply_gates(model.circuit, model.circuit.angles(t)), state)
    probe, psi = model._forward, model._forward.state(theta)
    expected = marginal(node(theta), 4, (0, 1, 2))
    np.testing.assert_allclose(probe.distribution(psi), expected, rtol=0, atol=1e-12)
    slope = np.random.default_rng(47).normal(size=8)
    wanted = central_differences(lambda t: float(slope @ marginal(node(t), 4, (0, 1, 2))), theta, 1e-5)
    np.testing.assert_allclose(probability_gradient(model.circuit, theta, slope, psi), wanted, rtol=0, atol=1e-7)


@pytest.mark.parametrize(("name", "message"), [("twice", "norm 1, got 2"), ("gone", "expected a function 'gone'")])
def test_a_state_that_is_none(own: str, name: str, message: str) -> None:
    with pytest.raises(UserCodeError, match=message):
        initial_state({"initial": {"file": own, "function": name}}, 3)


def test_a_start_from_amplitudes_is_no_start_from_zeros() -> None:
    circuit = Circuit(2, 1, (Gate("RZ", (0,), (0,)), Gate("Hadamard", (0,))))
    assert Probe(circuit, None).active_parameters() == []
    assert Probe(circuit, random_state(2, np.random.default_rng(48))).active_parameters() == [0]


def test_every_start_is_tried_on_the_user_s_function(own: str) -> None:
    circuit = model_circuit({"file": own, "function": "kinked"}, 3)
    near = started(lambda rng: np.array([19.0, 0.1]), circuit)
    assert near(np.random.default_rng(0)).tolist() == [19.0, 0.1]
    far = started(lambda rng: np.array([21.0, 0.1]), circuit)
    with pytest.raises(
        UserCodeError, match=r"own\.py: kinked: at n = 3, where training starts: gate RY on wires \[0\]"
    ):
        far(np.random.default_rng(0))

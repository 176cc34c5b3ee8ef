"""What PennyLane has, traced: probabilities against default.qubit, gradients against finite differences and shifts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pennylane as qml
import pytest

from bornscape.circuits.tracing import from_pennylane
from bornscape.my_model.gradient_noise import component
from bornscape.my_model.probe import Probe
from bornscape.simulators.state_vector import probabilities, probability_gradient, statevector
from support.reference import central_differences, probabilities_node

N, P = 4, 3
POINTS = np.random.default_rng(33).uniform(-2 * np.pi, 2 * np.pi, (2, P))
COTANGENT = np.random.default_rng(34).normal(size=2**N)
WEIGHTS = np.random.default_rng(35).uniform(0.2, 1, 64)
Body = Callable[[Any], object]


def spread(t: Any, *shape: int) -> Any:
    """Angles for a template: each a multiple of one parameter, or of the sum of two."""
    count = int(np.prod(shape))
    return np.array([WEIGHTS[k] * t[k % P] + 0.3 * t[0] * (k % 2) for k in range(count)]).reshape(shape)


TURNS: dict[str, Callable[[Any, list[int]], object]] = {
    "RX": lambda t, w: qml.RX(t[0], wires=w[0]),
    "RY": lambda t, w: qml.RY(t[0], wires=w[0]),
    "RZ": lambda t, w: qml.RZ(t[0], wires=w[0]),
    "PhaseShift": lambda t, w: qml.PhaseShift(t[1], wires=w[0]),
    "U1": lambda t, w: qml.U1(t[1], wires=w[0]),
    "Rot": lambda t, w: qml.Rot(*t, wires=w[0]),
    "U2": lambda t, w: qml.U2(t[0], t[1], wires=w[0]),
    "U3": lambda t, w: qml.U3(*t, wires=w[0]),
    "IsingXX": lambda t, w: qml.IsingXX(t[0], wires=w[:2]),
    "IsingYY": lambda t, w: qml.IsingYY(t[0], wires=w[:2]),
    "IsingZZ": lambda t, w: qml.IsingZZ(t[0], wires=w[:2]),
    "IsingXY": lambda t, w: qml.IsingXY(t[0], wires=w[:2]),
    "CRX": lambda t, w: qml.CRX(t[0], wires=w[:2]),
    "CRY": lambda t, w: qml.CRY(t[0], wires=w[:2]),
    "CRZ": lambda t, w: qml.CRZ(t[0], wires=w[:2]),
    "CRot": lambda t, w: qml.CRot(*t, wires=w[:2]),
    "ControlledPhaseShift": lambda t, w: qml.ControlledPhaseShift(t[2], wires=w[:2]),
    "MultiRZ": lambda t, w: qml.MultiRZ(t[0], wires=w[:2]),
    "PauliRot XY": lambda t, w: qml.PauliRot(t[0], "XY", wires=w[:2]),
    "PauliRot IZ": lambda t, w: qml.PauliRot(t[0], "IZ", wires=w[:2]),
    "SingleExcitation": lambda t, w: qml.SingleExcitation(t[0], wires=w[:2]),
    "PSWAP": lambda t, w: qml.PSWAP(t[0], wires=w[:2]),
}
"""Gates with angles on one or two wires."""

FIXED: dict[str, Callable[[list[int]], object]] = {
    "Hadamard": lambda w: qml.Hadamard(w[0]),
    "PauliX": lambda w: qml.PauliX(w[0]),
    "PauliY": lambda w: qml.PauliY(w[0]),
    "PauliZ": lambda w: qml.PauliZ(w[0]),
    "S": lambda w: qml.S(w[0]),
    "T": lambda w: qml.T(w[0]),
    "SX": lambda w: qml.SX(w[0]),
    "CNOT": lambda w: qml.CNOT(wires=w[:2]),
    "CY": lambda w: qml.CY(wires=w[:2]),
    "CZ": lambda w: qml.CZ(wires=w[:2]),
    "CH": lambda w: qml.CH(wires=w[:2]),
    "SWAP": lambda w: qml.SWAP(wires=w[:2]),
    "ISWAP": lambda w: qml.ISWAP(wires=w[:2]),
    "SISWAP": lambda w: qml.SISWAP(wires=w[:2]),
    "ECR": lambda w: qml.ECR(wires=w[:2]),
    "QubitUnitary": lambda w: qml.QubitUnitary(qml.Rot(0.4, 0.9, -0.3, wires=0).matrix(), wires=w[0]),
}
"""Gates without an angle."""

LARGER: dict[str, Body] = {
    "CPhaseShift00": lambda t: qml.CPhaseShift00(t[0], wires=[0, 3]),
    "CPhaseShift01": lambda t: qml.CPhaseShift01(t[0], wires=[0, 3]),
    "CPhaseShift10": lambda t: qml.CPhaseShift10(t[0], wires=[0, 3]),
    "SingleExcitationPlus": lambda t: qml.SingleExcitationPlus(t[0], wires=[0, 2]),
    "SingleExcitationMinus": lambda t: qml.SingleExcitationMinus(t[0], wires=[0, 2]),
    "DoubleExcitation": lambda t: qml.DoubleExcitation(t[0], wires=[0, 1, 2, 3]),
    "DoubleExcitationPlus": lambda t: qml.DoubleExcitationPlus(t[0], wires=[0, 1, 2, 3]),
    "DoubleExcitationMinus": lambda t: qml.DoubleExcitationMinus(t[0], wires=[0, 1, 2, 3]),
    "OrbitalRotation": lambda t: qml.OrbitalRotation(t[0], wires=[0, 1, 2, 3]),
    "FermionicSWAP": lambda t: qml.FermionicSWAP(t[0], wires=[1, 2]),
    "FermionicSingleExcitation": lambda t: qml.FermionicSingleExcitation(t[0], wires=[1, 2, 3]),
    "FermionicDoubleExcitation": lambda t: qml.FermionicDoubleExcitation(t[0], wires1=[0, 1], wires2=[2, 3]),
    "MultiRZ of 4": lambda t: qml.MultiRZ(t[0], wires=range(4)),
    "PauliRot of 4": lambda t: qml.PauliRot(t[0], "XIYZ", wires=range(4)),
    "PCPhase 1": lambda t: qml.PCPhase(t[0], dim=1, wires=[0, 1, 2]),
    "PCPhase 3": lambda t: qml.PCPhase(t[0], dim=3, wires=[0, 1]),
    "PCPhase 5": lambda t: qml.PCPhase(t[0], dim=5, wires=[1, 2, 3]),
    "SelectPauliRot Z": lambda t: qml.SelectPauliRot(spread(t, 4), control_wires=[0, 1], target_wire=2),
    "SelectPauliRot X": lambda t: qml.SelectPauliRot(spread(t, 4), [3, 1], target_wire=0, rot_axis="X"),
    "SelectPauliRot Y": lambda t: qml.SelectPauliRot(spread(t, 8), [0, 1, 2], target_wire=3, rot_axis="Y"),
    "Select": lambda t: qml.Select([qml.RX(t[0], 2), qml.RY(t[1], 2), qml.CRZ(t[2], [2, 3])], control=[0, 1]),
    "Select of all": lambda t: qml.Select([qml.Rot(*t, wires=3) for _ in range(4)], control=[2, 1]),
    "Toffoli": lambda t: qml.Toffoli(wires=[3, 0, 2]),
    "CSWAP": lambda t: qml.CSWAP(wires=[1, 0, 2]),
    "CCZ": lambda t: qml.CCZ(wires=[1, 0, 2]),
    "MultiControlledX": lambda t: qml.MultiControlledX(wires=[0, 1, 2, 3]),
    "MultiControlledX on 010": lambda t: qml.MultiControlledX(wires=[0, 1, 2, 3], control_values=[0, 1, 0]),
    "QFT": lambda t: qml.QFT(wires=range(4)),
    "GroverOperator": lambda t: qml.GroverOperator(wires=range(4)),
    "FlipSign": lambda t: qml.FlipSign([1, 0, 1], wires=[0, 1, 2]),
    "Permute": lambda t: qml.Permute([2, 0, 1], wires=[0, 1, 2]),
    "DiagonalQubitUnitary": lambda t: qml.DiagonalQubitUnitary(np.exp(1j * WEIGHTS[:8]), wires=[0, 1, 2]),
    "QubitUnitary of 2": lambda t: qml.QubitUnitary(qml.IsingXY(0.7, [0, 1]).matrix(), wires=[2, 0]),
    "ControlledQubitUnitary": lambda t: qml.ControlledQubitUnitary(qml.RX(0.7, 0).matrix(), wires=[2, 0, 3]),
    "PhaseAdder": lambda t: qml.PhaseAdder(3, x_wires=[0, 1, 2]),
    "BasisRotation": lambda t: qml.BasisRotation(wires=range(2), unitary_matrix=qml.RY(0.7, 0).matrix()),
    "pow 2 of RX": lambda t: qml.pow(qml.RX(t[0], wires=0), 2),
    "pow 0.5 of RX": lambda t: qml.pow(qml.RX(t[0], wires=0), 0.5),
    "pow -1 of RZ": lambda t: qml.pow(qml.RZ(t[0], wires=0), -1),
    "pow 3 of CRY": lambda t: qml.pow(qml.CRY(t[0], wires=[2, 0]), 3),
    "pow 2 of Rot": lambda t: qml.pow(qml.Rot(*t, wires=0), 2),
    "pow 2 of IsingXX": lambda t: qml.pow(qml.IsingXX(t[0], wires=[0, 3]), 2),
    "pow 2 of a controlled RY": lambda t: qml.pow(qml.ctrl(qml.RY(t[0], wires=2), control=[0, 1]), 2),
    "pow 3 of S": lambda t: qml.pow(qml.S(1), 3),
    "pow 0.3 of T": lambda t: qml.pow(qml.T(1), 0.3),
    "pow -1 of SX": lambda t: qml.pow(qml.SX(1), -1),
    "prod": lambda t: qml.prod(qml.RX(t[0], 0), qml.CRZ(t[1], [0, 1]), qml.RY(t[2], 1)),
    "operators multiplied": lambda t: qml.RX(t[0], 0) @ qml.RZ(t[1], 0) @ qml.RX(t[2], 2),
    "exp": lambda t: qml.exp(qml.PauliX(0) @ qml.PauliY(3), -0.5j * t[0]),
    "evolve a word": lambda t: qml.evolve(qml.PauliX(0) @ qml.PauliY(3), t[0] / 2),
    "evolve a sum that commutes": lambda t: qml.evolve(COMMUTING, t[1]),
    "evolve an Ising model": lambda t: qml.evolve(qml.dot([0.3, 0.8], [ISING, qml.Z(3)]), t[2]),
    "evolve a projector": lambda t: qml.evolve(qml.Projector([1, 0], wires=[0, 2]), t[0]),
    "evolve a matrix": lambda t: qml.evolve(qml.Hermitian(np.diag([1.0, -0.3]), 1), t[0]),
    "BlockEncode": lambda t: qml.BlockEncode(np.array([[0.1, 0.2], [0.3, 0.4]]), wires=[0, 1]),
    "control of a sum": lambda t: qml.ctrl(qml.evolve(qml.dot([0.3, 0.8], [ISING, qml.I(3)]), t[2]), control=2),
    "adjoint of a function": lambda t: qml.adjoint(lambda: (qml.RX(t[0], 0), qml.CRZ(t[1], [0, 1])))(),
    "control of a function": lambda t: qml.ctrl(lambda: (qml.RX(t[0], 0), qml.RZ(t[1], 0)), [2, 3])(),
    "adjoint of a controlled RY": lambda t: qml.adjoint(qml.ctrl(qml.RY, control=[0, 1]))(t[0], wires=2),
    "adjoint of an adjoint": lambda t: qml.adjoint(qml.adjoint(qml.CRY))(t[0], wires=[1, 2]),
    "control of an adjoint": lambda t: qml.ctrl(qml.adjoint(qml.Rot(*t, wires=2)), control=[0, 1]),
    "control of adjoint S": lambda t: qml.ctrl(qml.adjoint(qml.S(2)), control=[0, 1]),
    "control of a power": lambda t: qml.ctrl(qml.pow(qml.RX(t[0], wires=2), 2), control=[0, 1]),
    "control of a control on 0": lambda t: qml.ctrl(qml.ctrl(qml.RX(t[0], 2), 1, control_values=[0]), 0),
    "control of GlobalPhase": lambda t: qml.ctrl(qml.GlobalPhase(t[0], wires=3), control=[1, 2]),
    "change of basis": lambda t: (qml.Hadamard(0), qml.MultiRZ(t[0], [0, 1, 2]), qml.adjoint(qml.Hadamard(0))),
    "TrotterProduct": lambda t: qml.TrotterProduct(MIXED, t[0], n=2, order=2),
    "ApproxTimeEvolution": lambda t: qml.ApproxTimeEvolution(MIXED, t[0], 2),
    "CommutingEvolution": lambda t: qml.CommutingEvolution(COMMUTING, t[0]),
    "StronglyEntanglingLayers": lambda t: qml.StronglyEntanglingLayers(spread(t, 2, N, 3), wires=range(N)),
    "BasicEntanglerLayers": lambda t: qml.BasicEntanglerLayers(spread(t, 3, N), wires=range(N)),
    "SimplifiedTwoDesign": lambda t: qml.SimplifiedTwoDesign(spread(t, N), spread(t, 2, N - 1, 2), wires=range(N)),
    "RandomLayers": lambda t: qml.RandomLayers(spread(t, 2, 5), wires=range(N), seed=3),
    "AngleEmbedding X": lambda t: qml.AngleEmbedding(t, wires=range(3)),
    "AngleEmbedding Y": lambda t: qml.AngleEmbedding(t, wires=range(3), rotation="Y"),
    "QAOAEmbedding": lambda t: qml.QAOAEmbedding(t, spread(t, 2, 6), wires=range(3)),
    "ParticleConservingU1": lambda t: qml.ParticleConservingU1(spread(t, 1, N - 1, 2), wires=range(N), init_state=BITS),
    "ParticleConservingU2": lambda t: qml.ParticleConservingU2(
        spread(t, 1, 2 * N - 1), wires=range(N), init_state=BITS
    ),
    "GateFabric": lambda t: qml.GateFabric(spread(t, 1, 1, 2), wires=range(N), init_state=BITS),
    "AllSinglesDoubles": lambda t: qml.AllSinglesDoubles(spread(t, 2), range(N), BITS, [[0, 2]], [[0, 1, 2, 3]]),
    "UCCSD": lambda t: qml.UCCSD(spread(t, 2), range(N), [[0, 1, 2]], [[[0, 1], [2, 3]]], init_state=BITS),
    "kUpCCGSD": lambda t: qml.kUpCCGSD(spread(t, 1, 6), wires=range(N), k=1, delta_sz=0, init_state=BITS),
    "ArbitraryStatePreparation": lambda t: qml.ArbitraryStatePreparation(spread(t, 6), wires=[0, 1]),
    "ArbitraryUnitary": lambda t: qml.ArbitraryUnitary(spread(t, 15), wires=[0, 1]),
    "MPS": lambda t: qml.MPS(range(N), 2, block, 2, spread(t, 3, 2)),
    "TTN": lambda t: qml.TTN(range(N), 2, block, 2, spread(t, 3, 2)),
    "MERA": lambda t: qml.MERA(range(N), 2, block, 2, spread(t, 5, 2)),
    "IQP": lambda t: qml.IQP(spread(t, 4), N, [[[0]], [[1]], [[0, 3]], [[1, 2, 3]]]),
    "Interferometer-like": lambda t: qml.layer(lambda a: qml.IsingXY(a, [1, 2]), 3, t),
    "layer": lambda t: qml.layer(lambda a: (qml.RX(a, 0), qml.CNOT([0, 1])), 3, t),
    "broadcast by hand": lambda t: [qml.RY(t[k % P], wires=k) for k in range(N)],
    "basis state first": lambda t: qml.BasisState(np.array(BITS), wires=range(N)),
    "U2 and its inverse": lambda t: (qml.U2(t[0], t[1], 1), qml.adjoint(qml.U2)(t[1], t[2], 1)),
    "shared, scaled, shifted": lambda t: (
        qml.RX(2 * t[0] - t[1] + 1, 0),
        qml.CRX(0.5 * t[0], [0, 1]),
        qml.RY(-t[2], 1),
    ),
}
BITS = np.array([1, 1, 0, 0])
ISING = qml.Z(0) @ qml.Z(1)
COMMUTING = qml.dot([0.7, -0.4, 0.2], [qml.X(0) @ qml.X(1), qml.Y(0) @ qml.Y(1), qml.Z(3)])
MIXED = qml.dot([1.0, 0.5], [qml.X(0) @ qml.X(1), qml.Z(1)])


def block(weights: Any, wires: Any) -> None:
    qml.RX(weights[0], wires=wires[0])
    qml.RY(weights[1], wires=wires[1])
    qml.CNOT(wires=wires)


def _controlled(gate: Callable[..., object], controls: list[int], values: list[int], turn: bool) -> Body:
    rest = [wire for wire in range(N) if wire not in controls]
    made: Callable[[Any], object] = (lambda t: gate(t, rest)) if turn else (lambda t: gate(rest))
    return lambda t: qml.ctrl(lambda: made(t), control=controls, control_values=values)()


def catalogue() -> dict[str, Body]:
    """All circuits by name."""
    found: dict[str, Body] = {}
    for name, gate in TURNS.items():
        found[name] = lambda t, gate=gate: gate(t, [2, 0])  # type: ignore[misc]
        found[f"adjoint {name}"] = lambda t, gate=gate: qml.adjoint(lambda: gate(t, [2, 0]))()  # type: ignore[misc]
        found[f"control of {name}"] = _controlled(gate, [3], [1], True)
        found[f"two controls of {name}"] = _controlled(gate, [3, 1], [1, 0], True)
    for name, plain in FIXED.items():
        found[name] = lambda t, plain=plain: plain([2, 0])  # type: ignore[misc]
        found[f"adjoint {name}"] = lambda t, plain=plain: qml.adjoint(lambda: plain([2, 0]))()  # type: ignore[misc]
        found[f"two controls of {name}"] = _controlled(plain, [3, 1], [1, 0], False)
    for name in ("RX", "RY", "RZ", "PhaseShift", "Rot"):
        found[f"three controls of {name}"] = _controlled(TURNS[name], [3, 1, 0], [0, 1, 1], True)
    return found | LARGER


CATALOGUE = catalogue()


def test_the_catalogue_has_150_circuits() -> None:
    assert len(CATALOGUE) >= 150


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("name", CATALOGUE)
def test_probabilities_and_gradients_are_those_of_pennylane(name: str) -> None:
    def body(t: Any, wires: Any) -> None:
        if not name.startswith("basis state"):
            for k, wire in enumerate(wires):
                qml.Rot(0.3 + k, 0.5 * k + 0.2, t[k % P], wires=wire)
        CATALOGUE[name](t)
        for k, wire in enumerate(wires):
            qml.Rot(0.1 + k, 0.4 * k + 0.2, 0.9, wires=wire)

    circuit = from_pennylane(body, N, P)
    node = probabilities_node(N, lambda t: body(t, range(N)))
    for theta in POINTS:
        np.testing.assert_allclose(probabilities(circuit, theta), node(theta), rtol=0, atol=1e-12)
    theta = POINTS[0]
    expected = central_differences(lambda t: float(COTANGENT @ probabilities(circuit, t)), theta, 1e-5)
    found = probability_gradient(circuit, theta, COTANGENT)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)
    # The parameter-shift rule as a device would follow it: every use of an angle turned by plus and minus pi/2.
    probe = Probe(circuit, None)
    psi = statevector(circuit, theta)
    shifted = [component(COTANGENT, probe.shifts(theta, k, psi)) for k in range(P)]
    np.testing.assert_allclose(shifted, found, rtol=0, atol=1e-12)

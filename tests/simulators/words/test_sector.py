"""Words on the strings of one weight against state vectors, and one and two free fermions on 100 wires."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from math import comb

import numpy as np
import pennylane as qml
import pytest
from numpy.typing import NDArray

from bornscape.circuits import Circuit, Gate, separate_uses
from bornscape.circuits.ansatze import hamming_weight_circuit
from bornscape.circuits.tracing import from_pennylane
from bornscape.simulators.state_vector import probabilities
from bornscape.simulators.words import sector as module
from bornscape.simulators.words.gate_matrices import FIXED, gate_matrix
from bornscape.simulators.words.protocol import DoesNotFitError
from bornscape.simulators.words.sector import SectorEngine
from bornscape.simulators.words.sector_strings import Strings
from bornscape.simulators.words.state_vector import StateVectorEngine


def excitations(theta: NDArray, wires: range) -> None:
    """PennyLane's gates that keep the weight, also on wires far apart and after one another on one wire."""
    qml.PauliX(wires[1])
    qml.PauliX(wires[4])
    qml.SingleExcitation(theta[0], wires=[wires[1], wires[2]])
    qml.IsingXY(theta[1], wires=[wires[2], wires[0]])
    qml.SingleExcitationPlus(theta[2], wires=[wires[4], wires[3]])
    qml.SingleExcitation(2 * theta[0] - theta[3], wires=[wires[0], wires[4]])
    qml.SingleExcitation(theta[4], wires=[wires[4], wires[0]])
    qml.RZ(theta[3], wires=wires[0])
    qml.CZ(wires=[wires[1], wires[3]])
    qml.SWAP(wires=[wires[1], wires[4]])
    qml.IsingZZ(theta[1], wires=[wires[2], wires[3]])
    qml.IsingXY(theta[4], wires=[wires[3], wires[2]])
    qml.adjoint(qml.SingleExcitation(theta[1], wires=[wires[1], wires[3]]))


CIRCUITS = {
    "half": hamming_weight_circuit(6, 2),
    "one": hamming_weight_circuit(5, 3, 1),
    "two": hamming_weight_circuit(7, 1, 2),
    "excitations": from_pennylane(excitations, 5, 5),
    "hidden, another order": replace(hamming_weight_circuit(6, 2), measured=(4, 0, 3)),
}


@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize("name", CIRCUITS)
def test_every_word_probability_and_derivative_is_that_of_the_state_vector(name: str, shifted: bool) -> None:
    """Also where a use is shifted by itself, so that other weights are reached."""
    circuit = separate_uses(CIRCUITS[name])
    rng = np.random.default_rng(8)
    rows = np.array(list(product([0, 1], repeat=circuit.n_measured)), dtype=np.uint8)
    weights, engine = rng.standard_normal(len(rows)), SectorEngine(circuit)
    plain = replace(circuit, angle_map=None, n_parameters=circuit.n_angles)
    angles = circuit.angles(rng.uniform(0, 2 * np.pi, circuit.n_parameters))
    reached = set()
    for moved in range(circuit.n_angles) if shifted else [None]:
        here = angles.copy()
        here[moved] += np.pi / 2 if shifted else 0.0
        state, exact = engine.at(here), StateVectorEngine(circuit).at(here)
        reached.update(state.state)
        np.testing.assert_allclose(state.means(rows, rng), exact.means(rows, rng), rtol=0, atol=1e-12)
        np.testing.assert_allclose(state.probabilities(rows), probabilities(plain, here), rtol=0, atol=1e-12)
        expected = exact.gradient(rows, weights, rng)
        assert np.abs(expected).max() > 1e-2
        np.testing.assert_allclose(state.gradient(rows, weights, rng), expected, rtol=0, atol=1e-11)
        assert not state.error(rows).any()
    assert (len(reached) > 1) is shifted


def one_particle(circuit: Circuit, angles: NDArray) -> NDArray[np.complex128]:
    """What one particle does on n sites, (n, n), up to a phase."""
    found = np.eye(circuit.n_qubits, dtype=complex)
    for gate in circuit.gates:
        if gate.name == "IsingXX":
            a, (u, v) = angles[gate.angles[0]], gate.wires
            hop = np.array([[np.cos(a), -1j * np.sin(a)], [-1j * np.sin(a), np.cos(a)]])
            found[[u, v]] = hop @ found[[u, v]]
        elif gate.name == "RZ":
            found[gate.wires[0]] *= np.exp(1j * angles[gate.angles[0]])
    return found


@pytest.mark.parametrize("weight", [1, 2])
def test_free_fermions_on_a_hundred_wires(weight: int) -> None:
    n = 100
    circuit = separate_uses(hamming_weight_circuit(n, 2, weight))
    rng = np.random.default_rng(weight)
    angles = circuit.angles(rng.uniform(0, 2 * np.pi, circuit.n_parameters))
    engine = SectorEngine(circuit, shifts=False)
    state, v = engine.at(angles), one_particle(circuit, angles)
    start = np.flatnonzero(engine.start)
    places = np.array(list(combinations(range(n), weight)))
    minors = np.linalg.det(v[places[:, :, None], start])
    chances = np.abs(minors) ** 2
    strings = np.zeros((len(places), n), dtype=np.uint8)
    np.put_along_axis(strings, places, 1, axis=1)
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(state.probabilities(strings), chances, rtol=0, atol=1e-13)
    words = np.zeros((3, n), dtype=np.uint8)
    words[0, start[0]] = words[1, start[0] : start[0] + 2] = words[2] = 1
    signs = 1.0 - 2.0 * (strings.astype(int) @ words.T % 2)
    np.testing.assert_allclose(state.means(words, rng), chances @ signs, rtol=0, atol=1e-13)
    assert state.means(words, rng)[2] == pytest.approx((-1) ** weight)
    # The derivative by a hopping angle, both of whose uses move together, from finite differences of the closed form.
    moved = np.array([k for k, gate in enumerate(circuit.gates) if start[0] in gate.wires and gate.name == "IsingXX"])
    pair = [circuit.gates[moved[0] + step].angles[0] for step in (0, 1)]
    means = []
    for step in (1e-5, -1e-5):
        here = angles.copy()
        here[pair] += step
        means.append(np.abs(np.linalg.det(one_particle(circuit, here)[places[:, :, None], start])) ** 2 @ signs[:, 0])
    slope = state.gradient(words[:1], np.ones(1), rng)
    assert abs(slope[pair].sum()) > 1e-3
    assert slope[pair].sum() == pytest.approx((means[0] - means[1]) / 2e-5, rel=1e-6)


def test_strings_are_numbered_once_each_and_agree_on_the_other_wires() -> None:
    strings = Strings(6, comb(6, 3))
    for weight in range(7):
        columns = strings.columns(weight)
        assert columns.sum(axis=0).tolist() == [weight] * strings.size(weight)
        assert strings.numbers(columns.T).tolist() == list(range(strings.size(weight)))
    one, other = (strings.places((4, 1), local, 2) for local in ((0, 1), (1, 0)))
    left, right = (strings.columns(3)[:, places] for places in (one, other))
    rest = [0, 2, 3, 5]
    assert len(one) == comb(4, 2)
    assert (left[rest] == right[rest]).all()
    assert (left[[4, 1]] == [[0], [1]]).all()


def test_matrices_are_pennylanes() -> None:
    for name in FIXED:
        wires = range(int(np.log2(len(FIXED[name]))))
        for inverse in (False, True):
            op = getattr(qml, name)(wires=wires)
            expected = qml.matrix(qml.adjoint(op) if inverse else op, wire_order=wires)
            np.testing.assert_allclose(gate_matrix(Gate(name, tuple(wires), (), inverse)), expected, atol=1e-15)
    for name in ("RX", "RY", "RZ", "IsingXX", "IsingYY", "IsingZZ"):
        wires = range(2 if "Ising" in name else 1)
        found = gate_matrix(Gate(name, tuple(wires), (0,)), 0.7)
        np.testing.assert_allclose(found, qml.matrix(getattr(qml, name)(0.7, wires=wires)), atol=1e-15)


def refused(*gates: Gate) -> str:
    count = 1 + max((a for gate in gates for a in gate.angles), default=0)
    with pytest.raises(DoesNotFitError) as caught:
        SectorEngine(Circuit(3, count, (Gate("PauliX", (0,)), *gates)))
    return str(caught.value)


def test_what_changes_the_weight_is_refused() -> None:
    xx, yy = Gate("IsingXX", (0, 1), (0,)), Gate("IsingYY", (0, 1), (1,))
    assert "IsingXX, IsingYY on wires [0, 1] change the number of ones" in refused(xx, yy)
    # By the same angle they would be taken: the refusal is not of the gates.
    SectorEngine(separate_uses(Circuit(3, 1, (Gate("PauliX", (0,)), xx, replace(yy, angles=(0,))))))
    assert "Hadamard on wires [0]" in refused(Gate("Hadamard", (0,)))
    assert "CNOT" in refused(Gate("CNOT", (0, 1)), Gate("CNOT", (1, 2)))
    assert "Toffoli" in refused(Gate("Toffoli", (0, 1, 2)))
    # An X behind another gate is no part of the start.
    assert "PauliX" in refused(Gate("RZ", (1,), (0,)), Gate("PauliX", (1,)))


def test_too_many_strings_are_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = separate_uses(hamming_weight_circuit(100, 1, 2))
    with pytest.raises(DoesNotFitError, match="strings of weight 2 and the weights that a shifted angle reaches"):
        SectorEngine(circuit)
    with pytest.raises(DoesNotFitError, match=r"1\.01e\+29 strings of weight 50"):
        SectorEngine(separate_uses(hamming_weight_circuit(100, 1, 50)), shifts=False)
    small = separate_uses(hamming_weight_circuit(8, 1, 2))
    monkeypatch.setattr(module, "LARGEST", 40)
    engine = SectorEngine(small, shifts=False)
    shifted = small.angles(np.full(small.n_parameters, 0.3))
    shifted[0] += np.pi / 2
    with pytest.raises(DoesNotFitError, match="a shift reaches the"):
        engine.at(shifted).means(np.eye(8, dtype=np.uint8), np.random.default_rng(0))

"""Families of circuits: what each keeps, and what each is equal to."""

from math import comb

import numpy as np
import pytest

from bornscape.circuits import line_circuit
from bornscape.circuits.ansatze import (
    FAMILIES,
    hamming_weight_circuit,
    iqp_circuit,
    ladder_circuit,
    real_circuit,
)
from bornscape.simulators.state_vector import probabilities, statevector


def angles(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 2 * np.pi, count)


def test_a_brick_wall_has_the_gates_of_the_line_in_another_order() -> None:
    wall, line = FAMILIES["brickwork"](5, 2), line_circuit(5, 2)
    assert wall.n_parameters == line.n_parameters
    assert sorted(g.wires for g in wall.gates) == sorted(g.wires for g in line.gates)
    assert [g.wires for g in wall.gates if g.name == "CNOT"][::2][:4] == [(0, 1), (2, 3), (1, 2), (3, 4)]


def test_all_pairs_are_entangled_once_a_layer() -> None:
    pairs = [g.wires for g in FAMILIES["all_to_all"](4, 1).gates if g.name == "CNOT"][::2]
    assert pairs == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def test_the_real_circuit_has_real_amplitudes() -> None:
    circuit = real_circuit(4, 3)
    state = statevector(circuit, angles(circuit.n_parameters))
    assert np.abs(state.imag).max() < 1e-15
    assert np.abs(np.abs(state) - 0.25).max() > 1e-3


@pytest.mark.parametrize(("n", "weight"), [(1, 0), (1, 1), (2, 1), (5, 2), (6, 3), (6, 6), (7, None)])
def test_the_hamming_weight_is_kept(n: int, weight: int | None) -> None:
    circuit = hamming_weight_circuit(n, 4, weight)
    q = probabilities(circuit, angles(circuit.n_parameters))
    ones = np.array([x.bit_count() for x in range(2**n)])
    kept = n // 2 if weight is None else weight
    assert q[ones == kept].sum() == pytest.approx(1, abs=1e-12)
    assert np.count_nonzero(q[ones == kept] > 1e-12) > min(comb(n, kept), 2) - 1


def test_one_pair_of_the_hamming_weight_circuit_by_hand() -> None:
    # exp(-i a (XX + YY) / 2) turns |01> into cos(a) |01> - i sin(a) |10>.
    circuit = hamming_weight_circuit(2, 1, 1)
    q = probabilities(circuit, [0.3, 0.0, 0.0])
    start = int(np.argmax(probabilities(circuit, [0.0, 0.0, 0.0])))
    assert q[start] == pytest.approx(np.cos(0.3) ** 2)
    assert q[3 - start] == pytest.approx(np.sin(0.3) ** 2)


def test_an_iqp_circuit_by_hand() -> None:
    # One qubit: H RZ(a) H gives q(0) = cos(a / 2)^2.
    assert probabilities(iqp_circuit(1), [0.7]) == pytest.approx([np.cos(0.35) ** 2, np.sin(0.35) ** 2])
    # Two qubits, RZZ alone: q = cos^2 on 00 and sin^2 on 11.
    assert probabilities(iqp_circuit(2), [0, 0, 0.7]) == pytest.approx([np.cos(0.35) ** 2, 0, 0, np.sin(0.35) ** 2])


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_uses_each_parameter(name: str) -> None:
    circuit = FAMILIES[name](4, 2)
    assert {a for gate in circuit.gates for a in gate.angles} == set(range(circuit.n_parameters))
    assert probabilities(circuit, angles(circuit.n_parameters)).sum() == pytest.approx(1)


@pytest.mark.parametrize("weight", [-1, 5])
def test_an_impossible_weight_is_an_error(weight: int) -> None:
    with pytest.raises(ValueError, match=r"weight: expected a number between 0 and 4"):
        hamming_weight_circuit(4, 1, weight)


def test_a_ladder_by_hand() -> None:
    # CX from the first wire on: |1000> becomes |1111>.
    circuit = ladder_circuit(4, 1)
    theta = np.zeros(circuit.n_parameters)
    theta[1] = np.pi
    assert probabilities(circuit, theta).argmax() == 0b1111
    assert circuit.n_parameters == 2 * 3 * 4

"""Exact chains against state vectors on random gates, light cones and closed forms at n = 100 and 1000."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from bornscape.circuits import FIXED_GATES, ROTATION_PAULIS, Circuit, Gate, adjoint, product_circuit, separate_uses
from bornscape.circuits.ansatze import all_to_all_circuit, brickwork_circuit, ladder_circuit, line_circuit, real_circuit
from bornscape.circuits.orders import reordered
from bornscape.datasets import Target
from bornscape.simulators.state_vector import probabilities, probability_gradient
from bornscape.simulators.words import chain as module
from bornscape.simulators.words import chain_contractions
from bornscape.simulators.words.chain import ChainEngine
from bornscape.simulators.words.chain_sites import Pair, bonds, fused, met
from bornscape.simulators.words.light_cone import LightConeEngine
from bornscape.simulators.words.protocol import DoesNotFitError
from bornscape.simulators.words.state_vector import StateVectorEngine

ONE_WIRE = sorted(name for name in FIXED_GATES if name in ("Hadamard", "PauliX", "PauliY", "PauliZ", "S", "SX", "T"))
TWO_WIRES = ["CNOT", "CY", "CZ", "IsingXX", "IsingYY", "IsingZZ", "SWAP"]


def any_gates(n: int, seed: int) -> Circuit:
    """Every gate on one or two wires, also inverted and on wires far apart, with turns of all wires in between."""
    rng = np.random.default_rng(seed)
    gates, used = [], 0
    for name in rng.permutation(TWO_WIRES)[:2].tolist():
        for wire in range(n):
            for turn in ("RX", "RY", str(rng.choice(ONE_WIRE)), "PhaseShift"):
                angled = turn in ROTATION_PAULIS
                gates.append(Gate(turn, (wire,), (used,) if angled else (), bool(rng.integers(2))))
                used += angled
        pair = tuple(rng.choice(n, 2, replace=False).tolist())
        angled = name in ROTATION_PAULIS
        gates.append(Gate(name, pair, (used,) if angled else (), bool(rng.integers(2))))
        used += angled
        cnot = tuple(rng.choice(n, 2, replace=False).tolist())
        turn = Gate(str(rng.choice(["RX", "RY", "RZ"])), (int(rng.choice(cnot)),), (used,), bool(rng.integers(2)))
        gates += [Gate("CNOT", cnot), turn, Gate("CNOT", cnot)]
        used += 1
    gates += [Gate("RX", (wire,), (used + wire,)) for wire in range(n)]
    return Circuit(n, used + n, tuple(gates))


CIRCUITS = {f"any gates {seed}": any_gates(4, seed) for seed in range(12)} | {
    "brickwork": brickwork_circuit(6, 2),
    "line": line_circuit(5, 3),
    "ladder": ladder_circuit(5, 2),
    "real": real_circuit(6, 3),
    "one wire": product_circuit(1),
    "back": adjoint(brickwork_circuit(5, 2)),
    "hidden, another order": replace(brickwork_circuit(6, 1), measured=(4, 0, 3)),
}


def agree(circuit: Circuit, seed: int) -> None:
    """All words, all probabilities and all derivatives are those of the state vector."""
    circuit = separate_uses(circuit)
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    rows = np.array(list(product([0, 1], repeat=circuit.n_measured)), dtype=np.uint8)
    weights = rng.standard_normal(len(rows))
    state, exact = ChainEngine(circuit).at(angles), StateVectorEngine(circuit).at(angles)
    plain = replace(circuit, angle_map=None, n_parameters=circuit.n_angles)
    np.testing.assert_allclose(state.means(rows, rng), exact.means(rows, rng), rtol=0, atol=1e-13)
    np.testing.assert_allclose(state.probabilities(rows), probabilities(plain, angles), rtol=0, atol=1e-13)
    expected = exact.gradient(rows, weights, rng)
    assert np.abs(expected).max() > 1e-2
    np.testing.assert_allclose(state.gradient(rows, weights, rng), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        state.probability_gradient(rows, weights), probability_gradient(plain, angles, weights), rtol=0, atol=1e-12
    )
    assert not state.error(rows).any()


@pytest.mark.parametrize("name", CIRCUITS)
def test_every_word_probability_and_derivative_is_that_of_the_state_vector(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_BOND", 256)
    agree(CIRCUITS[name], 3)


def test_a_cnot_turn_cnot_is_one_bond_only_where_nothing_comes_between() -> None:
    def turned(*between: Gate) -> list[Gate | Pair]:
        return fused([Gate("CNOT", (0, 1)), *between, Gate("CNOT", (0, 1))])

    control, target = Gate("RY", (0,), (0,)), Gate("RZ", (1,), (0,), inverse=True)
    assert turned(control) == [Pair("", (0, 1), "YX", 0, 1.0)]
    assert turned(target) == [Pair("", (0, 1), "ZZ", 0, -1.0)]
    assert turned(control, Gate("Hadamard", (2,))) == [Gate("Hadamard", (2,)), Pair("", (0, 1), "YX", 0, 1.0)]
    for blocked in ((control, target), (control, Gate("CZ", (1, 2))), (Gate("RZ", (0,), (0,)),), ()):
        assert len(turned(*blocked)) == 2 + len(blocked)
    swapped = [Gate("CNOT", (0, 1)), control, Gate("CNOT", (1, 0))]
    assert len(fused(swapped)) == 3


def test_wires_may_come_in_any_order() -> None:
    """Hidden wires stand behind all measured ones, whatever they are joined to."""
    rng = np.random.default_rng(4)
    order = [0, 6, 1, 7, 2, 8, 3, 9, 4, 5]
    place = {wire: k for k, wire in enumerate(order)}
    straight = reordered(brickwork_circuit(10, 2), [place[wire] for wire in range(10)])
    assert max(bonds(met(separate_uses(straight)), 10)) > 64
    hidden = replace(straight, measured=(0, 1, 2, 3, 4))
    agree(hidden, 5)
    circuit = separate_uses(straight)
    bits = rng.integers(0, 2, (3, 10)).astype(np.uint8)
    target = Target(bits, np.array([0.5, 0.25, 0.25]))
    angles, words = rng.uniform(0, 6, circuit.n_angles), rng.integers(0, 2, (20, 10)).astype(np.uint8)
    chain, cones = (of(circuit, target).at(angles) for of in (ChainEngine, LightConeEngine))
    np.testing.assert_allclose(chain.means(words, rng), cones.means(words, rng), rtol=0, atol=1e-13)


def test_bonds_count_the_gates_across_each_cut() -> None:
    assert bonds(met(separate_uses(brickwork_circuit(6, 3))), 6) == [8] * 5 + [1]
    ring = Circuit(4, 1, (Gate("RX", (0,), (0,)), Gate("Hadamard", (3,)), Gate("CNOT", (3, 0)), Gate("SWAP", (1, 2))))
    assert bonds(met(ring), 4) == [2, 8, 2, 1]


def test_a_hundred_wires_of_a_brick_wall_are_those_of_light_cones() -> None:
    circuit = separate_uses(brickwork_circuit(100, 2))
    rng = np.random.default_rng(11)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    words = (rng.random((40, 100)) < 0.01).astype(np.uint8)
    weights = rng.standard_normal(40)
    chain, cones = ChainEngine(circuit).at(angles), LightConeEngine(circuit).at(angles)
    np.testing.assert_allclose(chain.means(words, rng), cones.means(words, rng), rtol=0, atol=1e-13)
    slope = chain.gradient(words, weights, rng)
    np.testing.assert_allclose(slope, cones.gradient(words, weights, rng), rtol=0, atol=1e-12)
    assert np.abs(slope).max() > 1e-3


def test_few_rows_at_a_time_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = separate_uses(brickwork_circuit(8, 2))
    rng = np.random.default_rng(2)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    words, weights = rng.integers(0, 2, (30, 8)).astype(np.uint8), rng.standard_normal(30)
    whole = ChainEngine(circuit).at(angles)
    expected = whole.means(words, rng), whole.gradient(words, weights, rng)
    monkeypatch.setattr(chain_contractions, "MEMORY", 200)
    parts = ChainEngine(circuit).at(angles)
    np.testing.assert_allclose(parts.means(words, rng), expected[0], rtol=0, atol=1e-14)
    np.testing.assert_allclose(parts.gradient(words, weights, rng), expected[1], rtol=0, atol=1e-13)


def test_a_thousand_wires_of_a_product_circuit_in_closed_form() -> None:
    n = 1000
    engine, rng = ChainEngine(separate_uses(product_circuit(n, "ry"))), np.random.default_rng(3)
    angles = rng.uniform(0, 2 * np.pi, n)
    words = (rng.random((10, n)) < 0.005).astype(np.uint8)
    state = engine.at(angles)
    means = np.where(words == 1, np.cos(angles), 1.0).prod(axis=1)
    np.testing.assert_allclose(state.means(words, rng), means, rtol=0, atol=1e-13)
    expected = np.where(words == 1, -np.tan(angles), 0.0).T @ means
    np.testing.assert_allclose(state.gradient(words, np.ones(10), rng), expected, rtol=0, atol=1e-11)
    strings = (rng.random((3, n)) < np.sin(angles / 2) ** 2).astype(np.uint8)
    logs = np.log(np.where(strings == 1, np.sin(angles / 2) ** 2, np.cos(angles / 2) ** 2)).sum(axis=1)
    np.testing.assert_allclose(np.log(state.probabilities(strings)), logs, rtol=1e-12)


def test_more_terms_than_a_machine_number_counts_are_too_many() -> None:
    """2^1600 is no machine number: its remainder is 0."""
    circuit = separate_uses(all_to_all_circuit(40, 4))
    assert max(bonds(met(circuit), circuit.n_qubits)) > 2**1000
    with pytest.raises(DoesNotFitError, match=r"chain: 2\^\d{4} terms cross the cut"):
        ChainEngine(circuit)


def test_a_circuit_that_does_not_fit_is_refused_before_its_sites_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The complete graph of 1000 qubits has 166 million steps, each gate passing by a third of the wires."""
    monkeypatch.setattr("bornscape.simulators.words.chain.sites", lambda *what: pytest.fail("sites were made"))
    with pytest.raises(DoesNotFitError, match="terms cross the cut"):
        ChainEngine(separate_uses(all_to_all_circuit(20, 1)))


def test_a_gate_outside_all_cones_has_derivative_zero_exactly() -> None:
    circuit = separate_uses(brickwork_circuit(30, 1))
    rng = np.random.default_rng(0)
    word = np.zeros((1, 30), dtype=np.uint8)
    word[0, 15] = 1
    slope = ChainEngine(circuit).at(rng.uniform(0, 6, circuit.n_angles)).gradient(word, np.ones(1), rng)
    assert 10 < np.count_nonzero(slope) < 30


def test_too_many_terms_and_gates_on_three_wires_are_named() -> None:
    with pytest.raises(DoesNotFitError, match="64 terms cross the cut between the wires 0 and 1, and 32 would fit"):
        ChainEngine(separate_uses(brickwork_circuit(20, 6)))
    with pytest.raises(DoesNotFitError, match=r"gate Toffoli on wires \[0, 1, 2\]"):
        ChainEngine(Circuit(3, 0, (Gate("Toffoli", (0, 1, 2)), Gate("Hadamard", (2,)))))

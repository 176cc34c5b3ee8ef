"""Light cones by hand, and against gates found to matter by changing them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bornscape.circuits import Circuit, Gate, separate_uses
from bornscape.circuits.ansatze import brickwork_circuit
from bornscape.circuits.cones import Cones
from bornscape.simulators.words.state_vector import StateVectorEngine
from tests.support.random_circuits import random_circuit


def test_a_brick_walls_cone_grows_by_two_wires_a_row() -> None:
    cones = Cones(separate_uses(brickwork_circuit(12, 1)))
    assert cones.cone(frozenset({5})).wires == (4, 5, 6, 7)
    assert cones.cone(frozenset({0})).wires == (0, 1)
    assert cones.cone(frozenset({5, 6})).width == 4
    assert cones.cone(frozenset()).gates == ()


def test_diagonal_gates_before_the_end_change_no_word_until_another_gate_meets_them() -> None:
    rz, zz = Gate("RZ", (0,), (0,)), Gate("IsingZZ", (0, 1), (1,))
    turn = Gate("RX", (0,), (2,))
    assert Cones(Circuit(3, 3, (turn, rz, zz))).cone(frozenset({0})).gates == (0,)
    assert Cones(Circuit(3, 3, (rz, zz, turn))).cone(frozenset({0})).gates == (0, 1, 2)
    # A gate on wire 1 alone does not change what wire 0 gives, though a diagonal gate joins them before the end.
    assert Cones(Circuit(3, 3, (Gate("RX", (1,), (2,)), zz))).cone(frozenset({0})).wires == (0,)


def test_diagonal_gates_bring_no_more_than_z_to_their_other_wires() -> None:
    """A chain of them between Hadamards: a word reaches its wires' neighbours, and no farther."""
    hadamards = [Gate("Hadamard", (wire,)) for wire in range(5)]
    chain = [Gate("IsingZZ", (wire, wire + 1), (wire,)) for wire in range(4)]
    cones = Cones(Circuit(5, 4, (*hadamards, *chain, *hadamards)))
    assert cones.cone(frozenset({2})).wires == (1, 2, 3)
    # What turns a neighbour before them is a part of the word's cone all the same.
    turned = Cones(Circuit(5, 5, (*hadamards, Gate("IsingXX", (3, 4), (4,)), *chain, *hadamards)))
    assert turned.cone(frozenset({2})).wires == (1, 2, 3, 4)


@given(seed=st.integers(0, 2**32 - 1))
def test_what_lies_outside_a_cone_moves_no_word_of_any_circuit(seed: int) -> None:
    """And a union's cone is the union of the cones."""
    rng = np.random.default_rng(seed)
    circuit = separate_uses(random_circuit(6, 18, rng))
    cones = Cones(circuit)
    parts = [frozenset(rng.choice(6, 2, replace=False).tolist()) for _ in range(2)]
    both = cones.cone(parts[0] | parts[1])
    assert set(both.wires) == {wire for part in parts for wire in cones.cone(part).wires}
    assert set(both.gates) == {gate for part in parts for gate in cones.cone(part).gates}
    inside = {a for k in both.gates for a in circuit.gates[k].angles}
    angles = rng.uniform(0, 7, circuit.n_angles)
    moved = angles + np.array([0.0 if a in inside else 1.0 for a in range(circuit.n_angles)])
    word = np.array([[wire in parts[0] | parts[1] for wire in range(6)]], dtype=np.uint8)
    engine = StateVectorEngine(circuit)
    means = [engine.at(at).means(word, rng)[0] for at in (angles, moved)]
    assert abs(means[0] - means[1]) < 1e-12


def test_a_gate_outside_the_cone_moves_nothing_and_most_inside_do() -> None:
    circuit = separate_uses(brickwork_circuit(8, 1))
    engine, cones = StateVectorEngine(circuit), Cones(circuit)
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    for wires in ({0}, {3}, {2, 6}):
        word = np.array([[wire in wires for wire in range(8)]], dtype=np.uint8)
        slope = engine.at(angles).gradient(word, np.ones(1), rng)
        inside = {a for k in cones.cone(frozenset(wires)).gates for a in circuit.gates[k].angles}
        outside = sorted(set(range(circuit.n_angles)) - inside)
        assert np.abs(slope[outside]).max() < 1e-14
        # First and last turns about Z do nothing; all others move the word at nearly all angles.
        assert np.mean(np.abs(slope[sorted(inside)]) > 1e-6) > 0.6

"""Orders of wires: a scrambled line is found again, and the circuit is the same one."""

from __future__ import annotations

import numpy as np
import pytest

from bornscape.circuits import Circuit, Gate
from bornscape.circuits.ansatze import line_circuit
from bornscape.circuits.orders import narrow_order, reordered
from bornscape.simulators.state_vector import probabilities


def test_a_scrambled_line_has_neighbours_side_by_side_again() -> None:
    rng = np.random.default_rng(0)
    scrambled = reordered(line_circuit(9, 1), rng.permutation(9).tolist())
    found = reordered(scrambled, narrow_order(scrambled))
    assert any(abs(a - b) > 1 for a, b in (gate.wires for gate in scrambled.gates if len(gate.wires) == 2))
    assert all(abs(a - b) == 1 for a, b in (gate.wires for gate in found.gates if len(gate.wires) == 2))


def test_what_is_measured_stays_as_it_is() -> None:
    circuit, rng = line_circuit(4, 2), np.random.default_rng(1)
    theta = rng.uniform(0, 6, circuit.n_parameters)
    other = reordered(circuit, [2, 0, 3, 1])
    np.testing.assert_allclose(probabilities(other, theta), probabilities(circuit, theta), atol=1e-14)


def test_an_order_has_every_wire_once() -> None:
    circuit = Circuit(3, 0, (Gate("CNOT", (0, 1)),))
    assert sorted(narrow_order(circuit)) == [0, 1, 2]
    with pytest.raises(ValueError, match=r"expected all wires 0\.\.2, got \[0, 0, 1\]"):
        reordered(circuit, [0, 0, 1])

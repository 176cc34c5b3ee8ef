"""Tangent states from two tables of windows, against those that pass through the gates."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bornscape.circuits import line_circuit
from bornscape.simulators.line import Precision
from bornscape.simulators.line_tangents import LineTangents, few_layers, few_outcomes
from bornscape.simulators.state_vector import shifted_blocks, statevector

SIZES = [(1, 0), (1, 2), (2, 1), (3, 2), (4, 4), (7, 5), (6, 0), (9, 1)]


def angles(n: int, layers: int) -> NDArray:
    return np.random.default_rng([n, layers]).uniform(-7, 7, line_circuit(n, layers).n_parameters)


def from_gates(n: int, layers: int, theta: NDArray) -> NDArray:
    """(n_angles, 2**n), by Lightning's gates: sign of the angle and tangent state."""
    circuit = line_circuit(n, layers)
    found = np.zeros((circuit.n_angles, 2**n), dtype=complex)
    for block in shifted_blocks(circuit, theta, register_wires=1):
        found[block.angles] = block.signs[:, None] * block.tangents
    return found


@pytest.mark.parametrize(("n", "layers"), SIZES)
@pytest.mark.parametrize(("precision", "close"), [("double", 1e-14), ("single", 3e-6)])
def test_amplitudes_are_those_of_the_gates(n: int, layers: int, precision: Precision, close: float) -> None:
    theta = angles(n, layers)
    tangents, expected = LineTangents(n, layers, theta, precision), from_gates(n, layers, theta)
    np.testing.assert_allclose(tangents.state(), statevector(line_circuit(n, layers), theta), atol=close)
    found = np.zeros_like(expected)
    for block in tangents.blocks():
        assert not found[block.angles].any()
        found[block.angles] = block.signs[:, None] * block.tangents
    np.testing.assert_allclose(found, expected, atol=close)


@pytest.mark.parametrize(("n", "layers"), SIZES)
def test_some_outcomes_have_the_same_amplitudes(n: int, layers: int) -> None:
    theta, rng = angles(n, layers), np.random.default_rng(n)
    outcomes = rng.permutation(2**n)[:5]
    skip = frozenset(rng.permutation(len(theta))[:2].tolist())
    expected = from_gates(n, layers, theta)[:, outcomes]
    found = np.full_like(expected, np.nan)
    for block in LineTangents(n, layers, theta, "double", skip).blocks_at(outcomes):
        found[block.angles] = block.signs[:, None] * block.tangents
    kept = np.setdiff1d(np.arange(len(theta)), list(skip))
    assert np.isnan(found[list(skip)]).all()
    np.testing.assert_allclose(found[kept], expected[kept], atol=1e-14)


def test_blocks_share_their_room_and_are_whole_at_each_turn() -> None:
    """Many small blocks: a block is read before the next one is asked for."""
    n, layers = 10, 2
    theta = angles(n, layers)
    seen = [block.angles.copy() for block in LineTangents(n, layers, theta).blocks()]
    assert len(seen) > 3
    assert sorted(np.concatenate(seen).tolist()) == list(range(len(theta)))


def test_where_it_is_chosen() -> None:
    assert few_layers(16, 4)
    assert few_layers(16, 6)
    assert few_layers(11, 3)
    assert not few_layers(16, 7)
    assert not few_layers(11, 4)
    assert not few_layers(12, 12)
    assert not few_layers(9, 3)
    assert not few_layers(9, 1)
    assert few_outcomes(16, 4, 15)
    assert not few_outcomes(16, 4, 2**15)

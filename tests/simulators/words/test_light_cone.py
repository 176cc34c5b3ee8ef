"""Words from light cones against the whole state vector, closed forms at n = 100, and what does not fit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from bornscape.circuits import Circuit, Gate, product_circuit, separate_uses
from bornscape.circuits.ansatze import brickwork_circuit, iqp_circuit, line_circuit, real_circuit
from bornscape.datasets import Target
from bornscape.simulators.words import light_cone as module
from bornscape.simulators.words.light_cone import LightConeEngine
from bornscape.simulators.words.protocol import DoesNotFitError
from bornscape.simulators.words.state_vector import StateVectorEngine

SCATTERED = Circuit(
    6,
    4,
    (
        Gate("RY", (0,), (0,)),
        Gate("RX", (4,), (1,)),
        Gate("CNOT", (0, 3)),
        Gate("IsingXX", (3, 1), (2,), inverse=True),
        Gate("Hadamard", (2,)),
        Gate("CZ", (2, 5)),
        Gate("Toffoli", (4, 2, 5)),
        Gate("RY", (2,), (3,)),
        Gate("IsingZZ", (0, 5), (3,)),
    ),
)
CIRCUITS = {
    "brickwork": brickwork_circuit(9, 1),
    "two layers": brickwork_circuit(10, 2),
    "line": line_circuit(7, 1),
    "real": real_circuit(8, 2),
    "iqp": iqp_circuit(5),
    "product": product_circuit(6),
    "scattered": SCATTERED,
    "hidden": replace(brickwork_circuit(8, 1), measured=(6, 0, 3)),
    "another order": replace(SCATTERED, measured=(5, 0, 2, 1)),
}


@pytest.mark.parametrize("name", CIRCUITS)
def test_every_word_and_every_derivative_are_those_of_the_state_vector(name: str) -> None:
    circuit = separate_uses(CIRCUITS[name])
    rng = np.random.default_rng(7)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    words = np.array(list(product([0, 1], repeat=circuit.n_measured)), dtype=np.uint8)
    weights = rng.standard_normal(len(words))
    state, exact = LightConeEngine(circuit).at(angles), StateVectorEngine(circuit).at(angles)
    np.testing.assert_allclose(state.means(words, rng), exact.means(words, rng), rtol=0, atol=1e-13)
    expected = exact.gradient(words, weights, rng)
    assert np.abs(expected).max() > 1e-2
    np.testing.assert_allclose(state.gradient(words, weights, rng), expected, rtol=0, atol=1e-11)
    assert not state.error(words).any()


def test_a_hundred_wires_of_a_product_circuit_in_closed_form() -> None:
    n = 100
    engine = LightConeEngine(separate_uses(product_circuit(n, "ry")))
    rng = np.random.default_rng(3)
    angles = rng.uniform(0, 2 * np.pi, n)
    words = (rng.random((20, n)) < 0.05).astype(np.uint8)
    words[0] = 0
    factors = np.where(words == 1, np.cos(angles), 1.0)
    state = engine.at(angles)
    np.testing.assert_allclose(state.means(words, rng), factors.prod(axis=1), rtol=0, atol=1e-14)
    slopes = np.array(
        [[-np.sin(angles[k]) * np.delete(row, k).prod() if word[k] else 0.0 for k in range(n)]
         for row, word in zip(factors, words, strict=True)]
    )  # fmt: skip
    np.testing.assert_allclose(
        state.gradient(words, np.arange(20.0), rng), np.arange(20.0) @ slopes, rtol=0, atol=1e-12
    )


def test_a_derivative_at_a_hundred_wires_is_that_of_finite_differences() -> None:
    circuit = separate_uses(brickwork_circuit(100, 1))
    rng = np.random.default_rng(5)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    words = np.zeros((3, 100), dtype=np.uint8)
    words[0, [3, 50]] = words[1, [48, 51, 99]] = words[2, [49]] = 1
    weights = np.array([1.0, -2.0, 0.5])
    engine = LightConeEngine(circuit)
    slope = engine.at(angles).gradient(words, weights, rng)
    for angle in np.argsort(-np.abs(slope))[:4]:
        step = np.zeros(len(angles))
        step[angle] = np.pi / 2
        plus, minus = (engine.at(angles + sign * step).means(words, rng) @ weights for sign in (1, -1))
        assert slope[angle] == pytest.approx((plus - minus) / 2, abs=1e-13)


def test_shifts_of_one_angle_reuse_all_other_cones(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = separate_uses(brickwork_circuit(40, 1))
    engine, rng = LightConeEngine(circuit), np.random.default_rng(0)
    angles = rng.uniform(0, 2 * np.pi, circuit.n_angles)
    words = np.eye(40, dtype=np.uint8)
    engine.at(angles).means(words, rng)
    calls: list[int] = []
    real = module.statevector
    monkeypatch.setattr(module, "statevector", lambda *a, **k: (calls.append(1), real(*a, **k))[1])
    shifted = angles.copy()
    shifted[100] += np.pi / 2
    engine.at(shifted).means(words, rng)
    assert 0 < len(calls) <= 3


def test_too_wide_a_cone_is_named_with_its_width() -> None:
    with pytest.raises(DoesNotFitError, match="depends on 20 wires, and 16 would fit"):
        LightConeEngine(separate_uses(brickwork_circuit(40, 5)))
    engine = LightConeEngine(separate_uses(brickwork_circuit(100, 3)))
    near, far = (np.zeros((1, 100), dtype=np.uint8) for _ in range(2))
    near[0, [50, 56]] = far[0, [20, 80]] = 1
    assert engine.fits(far) is None
    assert "wires 50, 56 of 100 give depends on 18 wires" in str(engine.fits(near))
    # One wire more than in these words would be 24 wires wide.
    two = LightConeEngine(separate_uses(brickwork_circuit(100, 2)))
    assert two.fits(np.eye(100, dtype=np.uint8)) is None
    assert two.fits(near) is None
    near[0, [50, 56, 57]] = 0, 1, 1
    near[0, 50:52] = 1
    assert "give depends on 16 wires, and 14 would fit" in str(two.fits(near))
    wide = np.zeros((1, 100), dtype=np.uint8)
    wide[0, [40, 50, 60]] = 1
    with pytest.raises(DoesNotFitError, match="and 22 would fit"):
        engine.at(np.zeros(engine.circuit.n_angles)).means(wide, np.random.default_rng(0))


def test_cones_and_spectra_are_given_up_together_where_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same means and derivatives, whatever is kept."""
    rng = np.random.default_rng(6)
    circuit = separate_uses(brickwork_circuit(8, 1))
    bits = np.unique(rng.integers(0, 2, (60, 8)).astype(np.uint8), axis=0)
    target, words = Target(bits, np.full(len(bits), 1 / len(bits))), np.eye(8, dtype=np.uint8)
    angles, found = rng.uniform(0, 6, (3, circuit.n_angles)), []
    for most in (module.KEPT, 1):
        monkeypatch.setattr(module, "KEPT", most)
        engine = LightConeEngine(circuit, target)
        states = [engine.at(one) for one in (*angles, angles[0])]
        found.append([[state.means(words, rng), state.gradient(words, np.ones(8), rng)] for state in states])
        assert (len(engine._by_wires) == 1) == (most == 1)
    for kept, given_up in zip(*found, strict=True):
        np.testing.assert_array_equal(kept[0], given_up[0])
        np.testing.assert_allclose(kept[1], given_up[1], rtol=0, atol=1e-15)

"""The LQF on words against state vectors, and in closed form at n = 100."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bornscape.circuits import Circuit, product_circuit, separate_uses
from bornscape.circuits.ansatze import brickwork_circuit, line_circuit, real_circuit
from bornscape.datasets import Target
from bornscape.losses.fidelity import (
    data_state,
    local_fidelity_values,
    local_quantum_fidelity_loss,
    one_qubit_bloch_vectors,
)
from bornscape.losses.word_estimates import ShiftedStates
from bornscape.losses.word_fidelity import inverse_circuit, local_fidelity_words
from bornscape.simulators.state_vector import probabilities, probability_gradient, statevector
from bornscape.simulators.words.chain import ChainEngine
from bornscape.simulators.words.light_cone import LightConeEngine
from bornscape.simulators.words.protocol import DoesNotFitError, Engine

CIRCUITS = {
    "brickwork": brickwork_circuit(7, 1),
    "line": line_circuit(5, 2),
    "real": real_circuit(6, 2),
    "product": product_circuit(4),
}
ENGINES = [ChainEngine, LightConeEngine]


def some_data(n: int, strings: int, seed: int) -> Target:
    """Strings near one another, so that some share what lies outside a cone and some do not."""
    rng = np.random.default_rng(seed)
    bits = np.unique((rng.random((4 * strings, n)) < 0.3).astype(np.uint8), axis=0)[:strings]
    return Target(bits, rng.dirichlet(np.ones(len(bits))))


@pytest.mark.parametrize(("engine_of", "strings"), [(ChainEngine, 6), (LightConeEngine, 6), (LightConeEngine, 60)])
@pytest.mark.parametrize("name", CIRCUITS)
def test_value_gradient_and_noise_are_those_of_the_state_vector(
    name: str, engine_of: Callable[[Circuit, Target], Engine], strings: int
) -> None:
    circuit = separate_uses(CIRCUITS[name])
    n, rng = circuit.n_qubits, np.random.default_rng(4)
    target, angles = some_data(n, strings, 1), rng.uniform(0, 2 * np.pi, circuit.n_angles)
    plain = replace(circuit, angle_map=None, n_parameters=circuit.n_angles)
    loss, engine = local_fidelity_words(n), engine_of(inverse_circuit(circuit), target)
    assert engine.fits(loss.likely_words(100, rng)) is None
    found = loss.halves(engine.at(angles), engine.kind, rng)
    expected = local_quantum_fidelity_loss(plain, angles, target.dense())
    np.testing.assert_allclose(found.values, expected, rtol=0, atol=1e-13)
    back, start = inverse_circuit(plain), data_state(target.dense())
    psi = statevector(back, angles, initial=start)
    slope = probability_gradient(back, angles, local_fidelity_values(n), psi)
    np.testing.assert_allclose(found.gradients[0], slope, rtol=0, atol=1e-12)
    assert np.abs(slope).max() > 1e-3
    # One shot of each shifted circuit: A = (Var at +pi/2 + Var at -pi/2) / 4.
    values, step = local_fidelity_values(n), np.zeros(len(angles))
    step[int(np.argmax(np.abs(slope)))] = np.pi / 2
    sides = [probabilities(back, angles + sign * step, initial=start) for sign in (1, -1)]
    variance = sum(q @ values**2 - (q @ values) ** 2 for q in sides) / 4
    shift = ShiftedStates(1.0, engine.at(angles + step), engine.at(angles - step))
    assert loss.noise(engine.at(angles), [shift], rng) == pytest.approx((variance, 0.0), abs=1e-12)


@pytest.mark.parametrize("engine_of", ENGINES)
def test_a_hundred_wires_of_a_product_circuit_in_closed_form(
    engine_of: Callable[[Circuit, Target], Engine],
) -> None:
    n, rng = 100, np.random.default_rng(0)
    circuit, angles = separate_uses(product_circuit(n, "ry")), rng.uniform(0, 2 * np.pi, n)
    bits = np.tile(rng.integers(0, 2, n).astype(np.uint8), (3, 1))
    bits[1, 40] ^= 1
    bits[2, 70] ^= 1
    target = Target(bits, np.array([0.5, 0.3, 0.2]))
    r_x, r_z = one_qubit_bloch_vectors(target.bitstrings, target.probabilities).T
    assert r_x[40] == pytest.approx(2 * np.sqrt(0.15))
    engine = engine_of(inverse_circuit(circuit), target)
    found = local_fidelity_words(n).halves(engine.at(angles), engine.kind, rng)
    expected = 0.5 - (np.cos(angles) * r_z + np.sin(angles) * r_x).mean() / 2
    assert found.values == pytest.approx([expected, expected], abs=1e-13)
    slope = (np.sin(angles) * r_z - np.cos(angles) * r_x) / (2 * n)
    np.testing.assert_allclose(found.gradients[0], slope, rtol=0, atol=1e-14)


def test_any_data_will_do_where_cones_are_narrow() -> None:
    """Samples of a hundred bits, no two of which agree on what a cone leaves out: the same closed form."""
    n, rng = 100, np.random.default_rng(7)
    circuit, angles = separate_uses(product_circuit(n, "ry")), rng.uniform(0, 2 * np.pi, n)
    bits = rng.integers(0, 2, (500, n)).astype(np.uint8)
    bits[:250, 0] = bits[250:, 0] ^ 1
    bits[:250, 1:] = bits[250:, 1:]
    target = Target(bits, rng.dirichlet(np.ones(500)))
    engine, loss = LightConeEngine(inverse_circuit(circuit), target), local_fidelity_words(n)
    assert engine.fits(loss.likely_words(1000, rng)) is None
    r_x, r_z = one_qubit_bloch_vectors(target.bitstrings, target.probabilities).T
    assert r_x[0] > 0.5
    expected = 0.5 - (np.cos(angles) * r_z + np.sin(angles) * r_x).mean() / 2
    found = loss.halves(engine.at(angles), engine.kind, rng)
    assert found.values == pytest.approx([expected, expected], abs=1e-13)
    slope = (np.sin(angles) * r_z - np.cos(angles) * r_x) / (2 * n)
    np.testing.assert_allclose(found.gradients[0], slope, rtol=0, atol=1e-14)


def test_both_engines_agree_at_a_hundred_wires() -> None:
    n, rng = 100, np.random.default_rng(5)
    circuit = separate_uses(brickwork_circuit(n, 2))
    ghz = Target(np.array([[0] * n, [1] * n], dtype=np.uint8), np.array([0.5, 0.5]))
    angles, loss = rng.uniform(0, 2 * np.pi, circuit.n_angles), local_fidelity_words(n)
    chain, cones = (of(inverse_circuit(circuit), ghz) for of in ENGINES)
    one, other = (loss.halves(engine.at(angles), engine.kind, rng) for engine in (chain, cones))
    assert one.values == pytest.approx(other.values, abs=1e-13)
    np.testing.assert_allclose(one.gradients, other.gradients, rtol=0, atol=1e-13)
    assert np.abs(one.gradients).max() > 1e-4


def test_hidden_wires_and_wide_data_are_refused() -> None:
    circuit = separate_uses(brickwork_circuit(30, 3))
    with pytest.raises(ValueError, match="without hidden wires"):
        inverse_circuit(replace(circuit, measured=(0, 1)))
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, (200, 30)).astype(np.uint8)
    target = Target(bits, np.full(200, 1 / 200))
    with pytest.raises(DoesNotFitError, match=r"chain: the data state takes 8 terms .* and 4 would fit"):
        ChainEngine(inverse_circuit(circuit), target)
    cones = LightConeEngine(inverse_circuit(circuit), target)
    refused = str(cones.fits(np.eye(30, dtype=np.uint8)[14:15]))
    assert refused.startswith("light_cone: the data state takes 192 terms on the 12 wires that [14] depend on, and 32")
    with pytest.raises(DoesNotFitError, match="192 terms"):
        cones.host(frozenset({14}))
    few = LightConeEngine(inverse_circuit(circuit), Target(bits[:10], np.full(10, 0.1)))
    assert few.fits(np.eye(30, dtype=np.uint8)) is None

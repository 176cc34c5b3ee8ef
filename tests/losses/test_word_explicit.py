"""Explicit losses from q on the data: by hand at one to three wires, dense forms, truncation, a closed form at 100."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bornscape.bitstrings.walsh import spectrum_of_transform, walsh_hadamard
from bornscape.circuits import Circuit, Gate, product_circuit, separate_uses
from bornscape.circuits.ansatze import brickwork_circuit
from bornscape.datasets import Target
from bornscape.losses.explicit import ExplicitLoss
from bornscape.losses.word_explicit import OF_DATA, SupportLoss
from bornscape.simulators.words.chain import ChainEngine
from bornscape.simulators.words.choice import Choices
from bornscape.simulators.words.mps import MpsEngine
from bornscape.simulators.words.protocol import DoesNotFitError
from bornscape.simulators.words.state_vector import StateVectorEngine

ANGLE = 1.1


def ghz_by_one_angle(n: int) -> Circuit:
    """cos(a/2) |0...0> + sin(a/2) |1...1>."""
    gates = (Gate("RY", (0,), (0,)), *(Gate("CNOT", (k, k + 1)) for k in range(n - 1)))
    return separate_uses(Circuit(n, 1, gates))


def target(n: int, size: int, seed: int) -> Target:
    """Random strings with random probabilities."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(2**n, size, replace=False)
    bits = (chosen[:, None] >> np.arange(n - 1, -1, -1)) & 1
    return Target(bits.astype(np.uint8), rng.dirichlet(np.ones(size)))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_one_angle_by_hand(n: int) -> None:
    state = ChainEngine(ghz_by_one_angle(n)).at(np.array([ANGLE]))
    zero, one = np.cos(ANGLE / 2) ** 2, np.sin(ANGLE / 2) ** 2
    first = Target(np.zeros((1, n), dtype=np.uint8), np.ones(1))
    both = Target(np.array([[0] * n, [1] * n], dtype=np.uint8), np.array([0.5, 0.5]))
    # d zero / d angle = - sin(angle) / 2.
    drop = np.sin(ANGLE) / 2
    expected = {
        "kld": (-np.log(zero), drop / zero),
        "tvd": (2 - 2 * zero, 2 * drop),
        "classical_fidelity": (1 - np.sqrt(zero), drop / np.sqrt(zero) / 2),
        "renyi_2": (-np.log(zero), drop / zero),
        "renyi_0.5": (-np.log(zero), drop / zero),
        "jsd": (-np.log(1 + zero) + zero * np.log(zero / (1 + zero)), -drop * np.log(zero / (1 + zero))),
    }
    for name, (value, slope) in expected.items():
        loss = SupportLoss(name, first)
        assert loss.value(state.probabilities(first.bitstrings)) == pytest.approx(value, rel=1e-12), name
        assert loss.gradient(state) == pytest.approx(slope, rel=1e-12), name
    # On both strings the KLD is -log|sin a|, and its slope -cot a.
    loss = SupportLoss("kld", both)
    assert loss.value(state.probabilities(both.bitstrings)) == pytest.approx(
        -np.log(2 * np.sqrt(zero * one)), rel=1e-12
    )
    assert loss.gradient(state) == pytest.approx(-1 / np.tan(ANGLE), rel=1e-12)


@pytest.mark.parametrize("name", OF_DATA)
def test_values_slopes_and_orders_are_those_of_all_strings(name: str) -> None:
    n, rng = 6, np.random.default_rng(3)
    data = target(n, 9, 1)
    q = rng.dirichlet(np.ones(2**n))
    q[data.indices[0]] = 1e-9
    q /= q.sum()
    here, dense = SupportLoss(name, data, 1e-6), ExplicitLoss(name, data.dense(), 1e-6)
    inside = q[data.indices]
    assert here.value(inside) == pytest.approx(dense(q), rel=1e-13)
    slope = dense.derivative(q)
    outside = np.delete(slope, data.indices)
    assert np.ptp(outside) == 0
    np.testing.assert_allclose(here.slopes(inside), slope[data.indices] - outside[0], rtol=1e-13)
    spectrum = spectrum_of_transform(walsh_hadamard(slope - slope.mean()))
    orders = here.orders(inside)
    np.testing.assert_allclose(orders[1:] / orders.sum(), spectrum[1:] / spectrum[1:].sum(), rtol=1e-9, atol=1e-12)
    assert orders[0] == 0
    # A string that is not the data's: the comparison can fail.
    other = q[(data.indices + 1) % 2**n]
    assert here.value(other) != pytest.approx(dense(q), rel=1e-6)


def test_orders_of_one_string_of_a_hundred_bits_are_those_of_a_point() -> None:
    """Every word has the same square: order l has C(n, l) of them."""
    from scipy.stats import binom

    n = 100
    loss = SupportLoss("tvd", Target(np.ones((1, n), dtype=np.uint8), np.ones(1)))
    orders = loss.orders(np.array([1e-30]))
    np.testing.assert_allclose(orders[1:] / orders.sum(), binom.pmf(np.arange(1, n + 1), n, 0.5), rtol=1e-9)


def test_a_product_circuit_of_a_hundred_wires_in_closed_form() -> None:
    n, rng = 100, np.random.default_rng(7)
    angles, bits = rng.uniform(0.3, 2.8, n), rng.integers(0, 2, (3, n)).astype(np.uint8)
    data = Target(bits, np.array([0.5, 0.3, 0.2]))
    state = ChainEngine(separate_uses(product_circuit(n, "ry"))).at(angles)
    logs = np.log(np.where(bits == 1, np.sin(angles / 2) ** 2, np.cos(angles / 2) ** 2)).sum(axis=1)
    turns = np.where(bits == 1, 1 / np.tan(angles / 2), -np.tan(angles / 2))
    p, q = data.probabilities, np.exp(logs)
    assert q.max() < 1e-20
    inside = state.probabilities(bits)
    np.testing.assert_allclose(inside, q, rtol=1e-11)
    kld, tvd = SupportLoss("kld", data, 1e-300), SupportLoss("tvd", data)
    assert kld.value(inside) == pytest.approx(p @ (np.log(p) - logs), rel=1e-13)
    np.testing.assert_allclose(kld.gradient(state), -p @ turns, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(tvd.gradient(state), -2 * q @ turns, rtol=1e-10)
    # Clipped at 1e-6 the KLD is flat there, and every estimate is its fixed point.
    flat = SupportLoss("kld", data, 1e-6)
    assert flat.value(inside) == pytest.approx(flat.fixed_point, rel=1e-15)
    assert not flat.gradient(state).any()


@pytest.mark.parametrize("name", OF_DATA)
def test_truncated_states_are_off_by_no_more_than_they_say(name: str) -> None:
    n = 8
    circuit = separate_uses(brickwork_circuit(n, 3))
    engine, data = MpsEngine(circuit, largest_bond=4), target(n, 3, 5)
    assert engine.kind == "truncated"
    off = []
    for scale in (0.3, 1.0):
        angles = scale * np.random.default_rng(2).standard_normal(circuit.n_angles)
        state, exact = engine.at(angles), StateVectorEngine(circuit).at(angles)
        right, cut = exact.probabilities(data.bitstrings), state.probabilities(data.bitstrings)
        assert abs(right.sum() - cut.sum()) <= state.probability_error()
        loss = SupportLoss(name, data, 1e-6)
        bound = loss.error(cut, state.probability_error())
        assert bound > 0
        off.append(abs(loss.value(right) - loss.value(cut)) / bound)
    assert max(off) <= 1
    assert max(off) > 1e-5


def test_auto_takes_a_truncated_state_only_where_the_data_are_not_lost_in_its_error() -> None:
    circuit, data = separate_uses(brickwork_circuit(8, 3)), np.zeros((1, 8), dtype=np.uint8)
    choices = Choices(circuit)
    choices._found.update({"chain": "chain: no", "sector": "sector: no", "mps": MpsEngine(circuit, largest_bond=4)})
    start = np.random.default_rng(2).standard_normal(circuit.n_angles)
    assert choices.of_strings(data, 1e-3 * start).engine.kind == "truncated"
    with pytest.raises(DoesNotFitError, match=r"mps: it would cut the data's chance of .* by up to .*, 0\.1 of it"):
        choices.of_strings(data, 3 * start)
    forced = Choices(circuit, "mps")
    forced._found["mps"] = MpsEngine(circuit, largest_bond=4)
    assert forced.of_strings(data, 3 * start).engine.kind == "truncated"


def test_engines_without_probabilities_say_which_have_them() -> None:
    circuit, data = separate_uses(brickwork_circuit(30, 1)), np.zeros((1, 30), dtype=np.uint8)
    angles = np.ones(circuit.n_angles)
    with pytest.raises(DoesNotFitError, match="light_cone: has no probabilities of whole strings; chain, sector, mps"):
        Choices(circuit, "light_cone").of_strings(data, angles)
    assert Choices(circuit).of_strings(data, angles).why.startswith("chain (exact), the first that is exact")


def test_misread_bits_and_hidden_wires_against_state_vectors() -> None:
    from dataclasses import replace

    whole = brickwork_circuit(6, 1)
    for circuit, misread in ((whole, 0.1), (replace(whole, measured=(4, 0, 3)), 0.0)):
        separate = separate_uses(circuit)
        angles = np.random.default_rng(1).uniform(0, 6, separate.n_angles)
        rows = np.array(list(product([0, 1], repeat=separate.n_measured)), dtype=np.uint8)
        weights = np.random.default_rng(2).standard_normal(len(rows))
        exact = StateVectorEngine(separate).at(angles)
        for engine in (ChainEngine(separate), MpsEngine(separate)):
            state = engine.at(angles)
            right = exact.probabilities(rows, misread)
            assert right.sum() == pytest.approx(1, abs=1e-12)
            np.testing.assert_allclose(state.probabilities(rows, misread), right, atol=1e-12)
            slope = exact.probability_gradient(rows, weights, misread)
            np.testing.assert_allclose(state.probability_gradient(rows, weights, misread), slope, atol=1e-11)

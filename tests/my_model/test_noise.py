"""A user's model with noise of gates and readout."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import separate_uses
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.jobs import model_at
from bornscape.my_model.noise import NoisyProbe, ReadoutProbe, noise_at, noise_problem, probe_of
from bornscape.my_model.word_draws import WordModel
from bornscape.simulators.mixed_states import Noise, NoisyCircuit, flipped
from bornscape.simulators.state_vector import probabilities
from bornscape.simulators.words.readout import ReadoutEngine
from bornscape.simulators.words.state_vector import StateVectorEngine
from support.small_model import settings, sized

LOSSES: dict[str, Any] = {"mmd": {"kind": "mmd", "bandwidth": 1}, "kld": {"kind": "kld"}, "lqf": {"kind": "lqf"}}
LINE: dict[str, Any] = {"circuit": {"family": "line", "layers": 1}, "losses": LOSSES}
BOTH = {"readout": 0.03, "depolarising": "0.1/n", "amplitude_damping": 0.05}


def test_chances_are_formulas() -> None:
    assert noise_at(BOTH, 5) == Noise(0.02, 0.05, 0.03)
    assert noise_at(None, 5) == Noise()


@pytest.mark.parametrize(
    ("noise", "kind", "message"),
    [
        ({"readout": "n/8"}, "readout", "at n = 4: expected a chance from 0 to below 0.5, got 0.5"),
        ({"depolarising": -1}, "depolarising", "expected a chance from 0 to below 0.75, got -1"),
        ({"bitflip": 0.1}, "bitflip", "expected some of readout, depolarising, amplitude_damping, as {readout: 0.02}"),
        ({"amplitude_damping": "m"}, "amplitude_damping", "formula 'm': expected numbers"),
    ],
)
def test_a_chance_outside_is_named(noise: dict[str, Any], kind: str, message: str) -> None:
    problem = noise_problem(settings(noise=noise), 4)
    assert problem is not None
    assert problem[0] == kind
    assert message in problem[1]


def test_noisy_gates_have_a_largest_size_and_readout_has_none() -> None:
    problem = noise_problem(settings(noise={"readout": 0.1, "amplitude_damping": 0.1}), 11)
    assert problem is not None
    assert problem[0] == "amplitude_damping"
    assert "at most 10 wires" in problem[1]
    assert noise_problem(settings(noise={"readout": 0.1, "amplitude_damping": 0}), 20) is None


@pytest.mark.parametrize("noise", [{"readout": 0.03}, BOTH])
def test_draws_are_those_of_the_noisy_distribution(noise: dict[str, Any]) -> None:
    model = sized(3, noise=noise, **LINE)
    chunk = model.chunk(3, np.random.default_rng(3))
    theta = model.start(np.random.default_rng(3))
    noisy = NoisyCircuit(model.circuit, noise_at(noise, 3))
    q, p = noisy.distribution(noisy.state(theta)), model.target.dense()
    first = chunk.draws[chunk.draws["draw"] == 0].set_index("loss")
    assert first.loc["mmd", "value"] == pytest.approx(MMDLoss(p, 1.0)(q))
    assert first.loc["mmd", "mass"] == pytest.approx(q[0] + q[-1])
    components = noisy.gradient(theta, MMDLoss(p, 1.0).derivative(q))
    assert first.loc["mmd", "signal"] == pytest.approx(np.mean(components[model.parameters] ** 2))


def test_no_noise_gives_the_draws_without_it() -> None:
    plain, zero = (sized(3, noise=noise, **LINE) for noise in (None, {"readout": 0, "depolarising": 0.0}))
    first, second = (model.chunk(4, np.random.default_rng(1)) for model in (plain, zero))
    assert all(one.equals(other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("noise", [Noise(readout=0.1), Noise(0.02, 0.03, 0.1)])
def test_single_components_by_shifts_and_by_one_pass(noise: Noise) -> None:
    """Of the model's circuit, and of its inverse from the data's amplitudes as for the fidelities."""
    rng = np.random.default_rng(5)
    circuit = replace(sized(3, **LINE).circuit, measured=(2, 0))
    psi = rng.normal(size=8) + 1j * rng.normal(size=8)
    for initial in (None, psi / np.linalg.norm(psi)):
        probe = probe_of(circuit, initial, noise)
        assert isinstance(probe, NoisyProbe if noise.of_gates else ReadoutProbe)
        theta, slope = rng.uniform(0, 7, circuit.n_parameters), rng.normal(size=4)
        state = probe.state(theta)
        gradient = probe.gradient(theta, slope, state)
        for k in range(circuit.n_parameters):
            by_shifts = sum(s.factor * slope @ (s.plus - s.minus) / 2 for s in probe.shifts(theta, k, state))
            assert by_shifts == pytest.approx(gradient[k], abs=1e-12)
            if k not in probe.active_parameters():
                assert gradient[k] == pytest.approx(0, abs=1e-12)


def test_readout_alone_agrees_with_noisy_gates_of_no_chance() -> None:
    model = sized(4, **LINE)
    theta = model.start(np.random.default_rng(2))
    probe = probe_of(model.circuit, None, Noise(readout=0.2))
    q = flipped(probabilities(model.circuit, theta), 0.2)
    np.testing.assert_allclose(probe.distribution(probe.state(theta)), q, atol=1e-14)


def test_noisy_gates_are_no_business_of_other_engines() -> None:
    problem = noise_problem(settings(noise={"depolarising": 0.1}, engine="light_cone"), 4)
    assert problem is not None
    assert problem[1].startswith("engine light_cone has no such noise of gates; expected engine: auto or pauli_exact")
    assert noise_problem(settings(noise={"depolarising": 0.1}, engine="pauli"), 30) is None
    damped = noise_problem(settings(noise={"amplitude_damping": 0.1}, engine="pauli"), 4)
    assert damped is not None
    assert "engine: auto or state_vector" in damped[1]
    vectors = noise_problem(settings(noise={"depolarising": 0.1}, engine="state_vector"), 12)
    assert vectors is not None
    assert vectors[1].endswith("expected engine: auto, or smaller sizes")


def test_depolarised_words_are_those_of_mixed_states() -> None:
    """By exact Pauli propagation at a size that both take, with readout on top: values, one component and its noise."""
    observable = {"kind": "observable", "words": {"0": 1.0, "1,2": -0.5}}
    chances = {"depolarising": 0.05, "readout": 0.1}
    entry = settings(circuit=LINE["circuit"], losses={"own": observable}, noise=chances)
    words, mixed = (model_at(entry | {"engine": engine}, 3, 1) for engine in ("pauli_exact", "auto"))
    assert isinstance(words, WordModel)
    by_words, by_mixed = (model.chunk(4, np.random.default_rng(1)).draws for model in (words, mixed))
    assert set(by_words["engine"]) == {"pauli_exact"}
    for column in ("value", "signal", "gradient", "first", "noise"):
        # The first draw of both has the same start and parameter.
        assert by_words[column].iloc[0] == pytest.approx(by_mixed[column].iloc[0], rel=1e-9), column
    clean = model_at(entry | {"noise": None}, 3, 1).chunk(4, np.random.default_rng(1)).draws
    assert abs(clean["value"].iloc[0] - by_mixed["value"].iloc[0]) > 1e-3


def test_depolarised_sizes_beyond_mixed_states_take_pauli_words() -> None:
    losses = {"own": {"kind": "observable", "words": {"0": 1.0}}, "kld": {"kind": "kld"}}
    model = model_at(settings(losses=losses, circuit=LINE["circuit"], noise={"depolarising": 0.05}), 14, 1)
    assert isinstance(model, WordModel)
    assert [task.engine is None for task in model.tasks] == [False, True]
    with pytest.raises(ValueError, match="no amplitude damping"):
        model_at(settings(losses=losses, noise={"amplitude_damping": 0.05}), 14, 1)


def test_readout_of_words_is_that_of_the_distribution() -> None:
    """Draws of the same starts by words and by state vectors."""
    losses = {"mmd": {"kind": "mmd", "bandwidth": 1}, "lqf": {"kind": "lqf"}}
    entry = settings(circuit=LINE["circuit"], losses=losses, noise={"readout": 0.1}, engine="light_cone")
    words, vectors = (model_at(entry | {"engine": engine}, 4, 1) for engine in ("light_cone", "state_vector"))
    by_words, by_vectors = (model.chunk(3, np.random.default_rng(1)).draws for model in (words, vectors))
    assert isinstance(words, WordModel)
    lqf = [draws[draws["loss"] == "lqf"] for draws in (by_words, by_vectors)]
    assert lqf[0]["value"].iloc[0] == pytest.approx(lqf[1]["value"].iloc[0], abs=1e-10)
    clean = model_at(entry | {"noise": None}, 4, 1).chunk(3, np.random.default_rng(1)).draws
    assert abs(clean[clean["loss"] == "lqf"]["value"].iloc[0] - lqf[0]["value"].iloc[0]) > 1e-3


def test_readout_scales_words_and_their_gradient() -> None:
    circuit = separate_uses(sized(3, **LINE).circuit)
    engine = StateVectorEngine(circuit)
    read = ReadoutEngine(engine, 0.1)
    rng = np.random.default_rng(0)
    angles, words, weights = (
        rng.uniform(0, 7, circuit.n_angles),
        np.array([[1, 0, 1], [0, 1, 0]]),
        np.array([2.0, -1.0]),
    )
    state, true = read.at(angles), engine.at(angles)
    q = flipped(walsh_hadamard(true.means(np.array(list(np.ndindex(2, 2, 2))), rng)) / 8, 0.1)
    expected = walsh_hadamard(q)[[5, 2]]
    np.testing.assert_allclose(state.means(words, rng), expected, atol=1e-14)
    assert expected == pytest.approx(np.array([0.64, 0.8]) * true.means(words, rng))
    step = np.eye(circuit.n_angles)[7] * 1e-6
    moved = [weights @ read.at(angles + side * step).means(words, rng) for side in (1, -1)]
    assert state.gradient(words, weights, rng)[7] == pytest.approx((moved[0] - moved[1]) / 2e-6, abs=1e-8)

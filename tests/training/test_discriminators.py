"""Discriminators as observables, and adversarial training."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from bornscape.bitstrings.correlations import order_shares, parity_target
from bornscape.circuits import line_circuit
from bornscape.simulators.state_vector import probability_gradient
from bornscape.training.adversarial import Round, adversarial, adversarial_step, supervise
from bornscape.training.born_machine import BornMachine
from bornscape.training.discriminators import Discriminator, Kind, features, linear_answers, threshold_accuracy
from bornscape.training.generative import train
from bornscape.training.quantum_adversarial import QuantumAdversarialNetwork

UNIFORM = np.full(16, 1 / 16)
PARITY = parity_target(4, 15)


def judge(kind: Kind, seed: int = 1) -> Discriminator:
    return Discriminator(4, kind, width=16, rate=0.01, batch=32, seed=seed)


def lesson(kind: Kind, steps: int, p: np.ndarray = PARITY) -> list[Round]:
    return list(supervise(judge(kind), p, UNIFORM, steps, 32, np.random.default_rng(5)))


def test_features_by_hand() -> None:
    strings = np.array([[0, 1, 1], [0, 0, 1]], dtype=np.uint8)
    np.testing.assert_array_equal(features(strings, "network"), [[1, -1, -1], [1, 1, -1]])
    np.testing.assert_array_equal(features(strings, "marginals")[0], [1, -1, -1, -1, -1, 1])
    with pytest.raises(ValueError, match="discriminator"):
        features(strings, "oracle")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["network", "marginals"])
def test_the_observable_is_the_library_s_log_odds(kind: Kind) -> None:
    learner = judge(kind)
    strings = np.arange(16).repeat(2)
    learner.learn(strings, strings[::-1])
    expected = learner._model.predict_proba(learner._all)[:, 1]
    np.testing.assert_allclose(expit(learner.observable()), expected, atol=1e-12)


def test_the_first_observable_is_that_of_the_weights_that_training_starts_from() -> None:
    slow = Discriminator(4, "network", width=16, rate=1e-12, batch=32, seed=1)
    first = slow.observable()
    np.testing.assert_array_equal(first, judge("network").observable())
    slow.learn(np.zeros(32, dtype=np.int64), np.arange(32) % 16)
    np.testing.assert_allclose(slow.observable(), first, atol=1e-9)
    assert np.abs(judge("network", seed=2).observable() - first).max() > 0.01


def test_a_batch_has_its_size() -> None:
    with pytest.raises(ValueError, match="batch"):
        judge("network").learn(np.arange(32), np.arange(31))
    with pytest.raises(ValueError, match="multiple of 32"):
        judge("network").learn(np.arange(0), np.arange(0))


@pytest.mark.parametrize("kind", ["network", "marginals"])
def test_steps_in_one_call_are_steps_one_by_one(kind: Kind) -> None:
    strings = np.random.default_rng(2).integers(16, size=(2, 3 * 32))
    together, apart = judge(kind), judge(kind)
    together.learn(*strings)
    for step in range(3):
        apart.learn(*strings[:, 32 * step : 32 * (step + 1)])
    np.testing.assert_allclose(together.observable(), apart.observable(), atol=1e-12)
    # The order of the batches is kept, so that another order is another training.
    backwards = judge(kind)
    backwards.learn(*strings[:, ::-1])
    assert np.abs(backwards.observable() - together.observable()).max() > 1e-6


def test_a_lesson_yields_where_it_is_asked_to() -> None:
    states = list(supervise(judge("network"), PARITY, UNIFORM, 7, 32, np.random.default_rng(5), every=3))
    assert [state.epoch for state in states] == [0, 3, 6, 7]


def test_the_marginals_discriminator_stays_two_bodied_and_blind() -> None:
    for state in lesson("marginals", 30)[::10]:
        assert order_shares(state.observable)[3:].sum() < 1e-20
        assert (PARITY - UNIFORM) @ state.observable == pytest.approx(0, abs=1e-12)


def test_the_network_learns_the_parity() -> None:
    first, *_, last = lesson("network", 300)
    assert threshold_accuracy(first.observable, PARITY, UNIFORM) < 0.65
    assert threshold_accuracy(last.observable, PARITY, UNIFORM) > 0.7
    assert order_shares(last.observable)[4] > order_shares(first.observable)[4]


def test_the_marginals_discriminator_does_learn_what_it_can_see() -> None:
    pair = parity_target(4, 3)
    assert threshold_accuracy(lesson("marginals", 100, pair)[-1].observable, pair, UNIFORM) > 0.7


def test_threshold_accuracy_by_hand() -> None:
    observable = np.where(PARITY > 0, 1.0, -1.0)
    assert threshold_accuracy(observable, PARITY, UNIFORM) == 0.75
    assert threshold_accuracy(-observable, PARITY, UNIFORM) == 0.25


def test_a_threshold_can_see_what_its_observable_cannot() -> None:
    # Z_0 + Z_1 + Z_2 is one-body; its sign, the majority, correlates with the parity of three bits.
    signs = 1.0 - 2.0 * ((np.arange(8)[:, None] >> np.arange(3)) & 1)
    votes, p, uniform = signs.sum(axis=1), parity_target(3, 7), np.full(8, 1 / 8)
    assert (p - uniform) @ votes == pytest.approx(0)
    assert threshold_accuracy(votes, p, uniform) == pytest.approx(0.375)


def test_linear_answers_are_linear() -> None:
    """Rates of the answers for fixed strings; false alarm 1e-4."""
    observable, shots = np.array([3.0, 1.0, 1.0, -1.0]), 20_000
    rng = np.random.default_rng(3)
    for string, expected in enumerate([1.0, 0.5, 0.5, 0.0]):
        answers = linear_answers(observable, np.full(shots, string), rng)
        assert stats.binomtest(int(answers.sum()), shots, expected).pvalue > 1e-4 / 4


@pytest.mark.parametrize("value", [0.0, -1.4])
def test_a_constant_observable_answers_at_even_odds(value: float) -> None:
    answers = linear_answers(np.full(4, value), np.zeros(20_000, dtype=np.int64), np.random.default_rng(4))
    assert stats.binomtest(int(answers.sum()), len(answers), 0.5).pvalue > 1e-4


def duel(seed: int) -> Iterator[Round]:
    model = line_circuit(4, 1)
    rng = np.random.default_rng(seed)
    theta = rng.uniform(0, 2 * np.pi, model.n_parameters)
    return adversarial(model, theta, judge("network"), PARITY, 3, 2, 32, 5, rng)


def test_adversarial_rounds() -> None:
    rounds = list(duel(7))
    assert [state.epoch for state in rounds] == [0, 1, 2, 3]
    for state in rounds:
        assert state.q.sum() == pytest.approx(1)
    for again, state in zip(duel(7), rounds, strict=True):
        np.testing.assert_array_equal(again.q, state.q)
        np.testing.assert_array_equal(again.observable, state.observable)


class Fixed:
    """A discriminator that does not learn."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def learn(self, data: np.ndarray, generated: np.ndarray) -> None:
        pass

    def observable(self) -> np.ndarray:
        return self.values


def test_the_generator_climbs_the_observable() -> None:
    values = np.random.default_rng(8).normal(size=16)
    model = line_circuit(4, 1)
    rng = np.random.default_rng(9)
    theta = rng.uniform(0, 2 * np.pi, model.n_parameters)
    fixed = Fixed(values)
    means = [s.q @ values for s in adversarial(model, theta, fixed, PARITY, 20, 1, 8, 5, rng)]  # type: ignore[arg-type]
    assert means[-1] > means[0] + 0.2


class Recorder(Discriminator):
    """A discriminator that says D = 1 - 2 x_0, and keeps what it is shown."""

    def __init__(self) -> None:
        super().__init__(2, "network", 2, 0.01, 50, 1)
        self.shown: list[np.ndarray] = []

    def learn(self, data: np.ndarray, generated: np.ndarray) -> None:
        self.shown += [data, generated]

    def observable(self) -> np.ndarray:
        return np.array([1.0, 1.0, -1.0, -1.0])


def test_an_adversarial_step_is_an_estimate_of_the_slope_of_minus_d() -> None:
    model, recorder, rng = BornMachine(line_circuit(2, 1)), Recorder(), np.random.default_rng(6)
    theta = model.start(rng)
    step = adversarial_step(model, recorder, np.array([0.0, 0.0, 0.0, 1.0]), 3, 50, rng)
    estimates = [step(theta) for _ in range(300)]
    assert (recorder.shown[0] == 3).all()
    assert len(recorder.shown[0]) == len(recorder.shown[1]) == 150
    assert estimates[0].samples == 150 + 2 * 50 * int(model.active.sum())
    exact = probability_gradient(model.circuit, theta, -recorder.observable())
    np.testing.assert_allclose(np.mean([e.gradient for e in estimates], axis=0), exact, atol=0.03)
    assert np.abs(exact).max() > 0.1


def test_a_qgan_learns_from_samples_alone_and_differs_from_a_born_machine_by_its_training() -> None:
    model, p = QuantumAdversarialNetwork(line_circuit(3, 1), judge_steps=5), np.eye(8)[[0, 7]].mean(axis=0)
    rng = np.random.default_rng(8)
    first = model.start(rng)
    *_, last = train(model, first, model.native(p, 200, rng), 60, lambda step: 0.1)
    start, end = (np.abs(p - model.probabilities(theta)).sum() for theta in (first, last.theta))
    assert end < 0.3 < 1.0 < start
    born = BornMachine(line_circuit(3, 1))
    np.testing.assert_array_equal(born.probabilities(first), model.probabilities(first))
    assert (born.name, model.name, model.explicit) == ("qcbm", "qgan", False)

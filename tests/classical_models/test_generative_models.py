"""Models of the map: probabilities that sum to 1, scores against finite differences, slopes without a bias."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from bornscape.bitstrings.sampling import to_bits
from bornscape.circuits import line_circuit
from bornscape.classical_models import recurrent, transformer
from bornscape.classical_models.diffusion import FLIP, Diffusion
from bornscape.classical_models.networks import nearest_width
from bornscape.classical_models.tree_tensor_network import tree_tensor_network
from bornscape.experiments.model_classes import MODELS
from bornscape.training.born_machine import BornMachine
from bornscape.training.generative import baseline_weights, gradient_of, train

N, SHOTS = 3, 50
EXPLICIT = ("recurrent", "transformer", "matrix_product", "tree_tensor_network")
NAMES = [name for name in MODELS if name not in ("qgan", "quantum_boltzmann")]


@cache
def model(name: str) -> Any:
    return MODELS[name](line_circuit(N, 1))


@pytest.fixture(params=NAMES)
def made(request: pytest.FixtureRequest) -> Any:
    return model(request.param)


def test_contract(made: Any) -> None:
    rng = np.random.default_rng(0)
    theta = made.start(rng)
    assert theta.shape == made.active.shape == (made.n_parameters,)
    assert made.n_bits == N
    assert made.explicit == (made.name in EXPLICIT)
    q = made.probabilities(theta)
    assert q.shape == (2**N,)
    assert q.sum() == pytest.approx(1.0, abs=1e-12)
    seen = np.bincount(made.sample(theta, 20_000, rng), minlength=2**N)
    # A chi-squared value of 7 degrees of freedom is above 30 once in 10 000.
    assert ((seen - 20_000 * q) ** 2 / (20_000 * q)).sum() < 30
    assert np.array_equal(made.start(np.random.default_rng(3)), made.start(np.random.default_rng(3)))


def test_score_is_the_derivative(made: Any) -> None:
    rng = np.random.default_rng(1)
    theta = made.start(rng)
    strings, weights = np.array([0, 5, 5, 7]), np.array([1.0, -2.0, 0.5, 0.3])
    score = made.score(theta, strings, weights)
    for k in rng.choice(made.n_parameters, 6, replace=False):
        step = np.zeros(made.n_parameters)
        step[k] = 1e-5
        up, down = (np.log(made.probabilities(theta + sign * step))[strings] for sign in (1, -1))
        assert score[k] == pytest.approx(weights @ (up - down) / 2e-5, abs=1e-6)


def test_slope_has_no_bias(made: Any) -> None:
    rng = np.random.default_rng(2)
    theta, values = made.start(rng), rng.normal(size=2**N)
    exact = made.score(theta, np.arange(2**N), values * made.probabilities(theta))
    estimates = np.array([made.slope(theta, values, SHOTS, rng).gradient for _ in range(200)])
    error = estimates.std(axis=0, ddof=1) / np.sqrt(len(estimates))
    moved = error > 1e-12
    assert np.abs((estimates.mean(axis=0) - exact)[moved] / error[moved]).max() < 4.5
    assert np.abs(exact[~moved]).max(initial=0.0) < 1e-9
    # The control: with the values of other strings it is another gradient.
    wrong = made.score(theta, np.arange(2**N), values[::-1] * made.probabilities(theta))
    assert np.abs((estimates.mean(axis=0) - wrong)[moved] / error[moved]).max() > 4.5


def test_no_hit_no_gradient(made: Any) -> None:
    rng = np.random.default_rng(4)
    estimate = made.slope(made.start(rng), np.zeros(2**N), SHOTS, rng)
    assert not estimate.gradient.any()
    assert estimate.samples >= SHOTS


@pytest.mark.parametrize("name", EXPLICIT)
def test_explicit_models_learn_a_pair_of_strings(name: str) -> None:
    made = MODELS[name](line_circuit(N, 4))
    p = np.zeros(2**N)
    p[[0, -1]] = 0.5
    rng = np.random.default_rng(5)
    gradient = gradient_of(made, "kld_exact", p, SHOTS, (1.0,), 0.01, rng)
    *_, state = train(made, made.start(rng), gradient, 400, lambda step: 0.05)
    assert np.abs(made.probabilities(state.theta) - p).sum() < 0.2
    assert state.samples == 0


def test_baseline_takes_the_mean_of_the_others() -> None:
    values = np.array([1.0, 4.0, -2.0])
    others = np.array([1.0, -0.5, 2.5])
    assert baseline_weights(values) == pytest.approx((values - others) / 3)


@pytest.mark.parametrize("module", [recurrent, transformer])
def test_logits_see_earlier_bits_only(module: Any) -> None:
    made = model(module.__name__.rsplit(".", 1)[-1])
    layers = made.weights.layers(made.start(np.random.default_rng(6)))
    every = to_bits(np.arange(2**N), N).astype(float)
    logits = np.asarray(module._logits(layers, every))
    for bit in range(N):
        later = every.copy()
        later[:, bit:] = 1 - later[:, bit:]
        changed = np.asarray(module._logits(layers, later))
        assert np.array_equal(changed[:, : bit + 1], logits[:, : bit + 1])
        # The control: bits that come later do see it.
        assert bit == N - 1 or not np.allclose(changed[:, bit + 1 :], logits[:, bit + 1 :])


def test_tree_of_copies_is_uniform_and_one_by_hand() -> None:
    tree = tree_tensor_network(2, budget=8)
    assert tree.n_parameters == 5  # Bond 1: two leaves of two entries and the root.
    assert tree.probabilities(np.zeros(5)) == pytest.approx(np.full(4, 0.25))
    # Leaves (1, 3) and (1, 1): psi = 1, 1, 3, 3, and squares 1, 1, 9, 9 of 20.
    assert tree.probabilities(np.array([0.0, 2.0, 0.0, 0.0, 0.0])) == pytest.approx(np.array([1, 1, 9, 9]) / 20)


def test_noise_of_a_diffusion_flips_bits_as_often_as_it_says() -> None:
    made = model("diffusion")
    assert isinstance(made, Diffusion)
    data = to_bits(np.zeros(20_000, dtype=np.int64), N).astype(float)
    path = made.noised(data, np.random.default_rng(7))
    assert np.array_equal(path[-1], data)
    assert path[-2].mean() == pytest.approx(FLIP, abs=0.01)
    assert path[0].mean() == pytest.approx((1 - (1 - 2 * FLIP) ** made.steps) / 2, abs=0.01)


def test_inert_angles_of_a_circuit_do_not_count() -> None:
    machine = BornMachine(line_circuit(2, 0))
    # Of Rot = RZ RY RZ on |0> only RY changes what is measured; the first RZ gives a phase, the last one too.
    assert machine.active.tolist() == [False, True, False] * 2


def test_nearest_width_takes_the_nearer_side() -> None:
    assert [nearest_width(lambda width: 10 * width, budget) for budget in (1, 14, 16, 20)] == [1, 1, 2, 2]

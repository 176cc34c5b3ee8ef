"""Losses on Z-words against sums over all bitstrings, and against closed forms at sizes without 2^n vectors.

The estimates are unbiased: with other seeds |z| > 4.5 in 1 of 150,000 tests, so that all tests of this file together
raise a false alarm at about one seed in a thousand. The controls show that a bias of the kind looked for is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from bornscape.aliases import Bits, Float
from bornscape.circuits import Circuit, separate_uses
from bornscape.circuits.ansatze import FAMILIES
from bornscape.datasets import Target, synthetic_target
from bornscape.losses.fidelity import LinearLoss
from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss, mmd
from bornscape.losses.word_data import CardinalityWords, ListedWords
from bornscape.losses.word_estimates import ShiftedStates
from bornscape.losses.word_mmd import WordMMD
from bornscape.losses.word_observable import WordObservable, written_terms
from bornscape.losses.word_samples import WordSampler
from bornscape.my_model.gradient_noise import Kernel, Shift, mmd_noise, shift_noise
from bornscape.simulators.state_vector import probabilities
from bornscape.simulators.words.protocol import Kind, WordState
from bornscape.simulators.words.state_vector import StateVectorEngine

WORST = 4.5


@dataclass(frozen=True)
class Noisy:
    """Means and gradients of another state with independent errors of standard deviation ``spread``, as if sampled."""

    state: WordState
    spread: float = 0.3

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        return self.state.means(words, rng) + rng.normal(0, self.spread, len(words))

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        exact = self.state.gradient(words, weights, rng)
        return exact + rng.normal(0, self.spread, len(exact))

    def error(self, words: Bits) -> Float:
        return np.zeros(len(words))


def z_score(estimates: Float, exact: float) -> float:
    spread = float(np.std(estimates, ddof=1)) / np.sqrt(len(estimates))
    return abs(float(np.mean(estimates)) - exact) / spread if spread > 1e-14 else abs(float(np.mean(estimates)) - exact)


def small(n: int = 4) -> tuple[Circuit, Float, Target]:
    """A circuit at n qubits, random angles and random data."""
    rng = np.random.default_rng(n)
    circuit = separate_uses(FAMILIES["line"](n, 1))
    data = np.random.default_rng(5).integers(0, 2, (3, n))
    strings = np.unique(data, axis=0).astype(np.uint8)
    target = Target(strings, np.full(len(strings), 1 / len(strings)))
    return circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters), target


def shifted(engine: StateVectorEngine, angles: Float, angle: int, noisy: bool = False) -> list[ShiftedStates]:
    sides = [engine.at(angles + sign * np.pi / 2 * np.eye(1, len(angles), angle).ravel()) for sign in (1, -1)]
    plus, minus = (Noisy(side) for side in sides) if noisy else sides
    return [ShiftedStates(0.7, plus, minus)]  # type: ignore[arg-type]


def exact_shifts(circuit: Circuit, angles: Float, angle: int) -> list[Shift]:
    bare = replace(circuit, angle_map=None, n_parameters=circuit.n_angles)
    sides = [probabilities(bare, angles + sign * np.pi / 2 * np.eye(1, len(angles), angle).ravel()) for sign in (1, -1)]
    return [Shift(0.7, *sides)]


@pytest.mark.parametrize("bandwidth", [1.0, 0.2, [0.1, 2.0]])
@pytest.mark.parametrize("kind", ["exact", "sampled"])
def test_the_mmd_and_the_square_of_its_gradient_have_no_bias(bandwidth: float | list[float], kind: Kind) -> None:
    circuit, theta, target = small()
    engine, angles = StateVectorEngine(circuit), circuit.angles(theta)
    loss = WordMMD(bandwidth, ListedWords(target), words=4)
    state = engine.at(angles)
    seen: WordState = Noisy(state) if kind == "sampled" else state
    rng = np.random.default_rng(11)
    found = [loss.halves(seen, kind, rng) for _ in range(400)]
    dense = MMDLoss(target.dense(), bandwidth)
    exact = gradient(circuit, theta, dense)
    for half in (0, 1):
        assert z_score(np.array([part.values[half] for part in found]), dense(probabilities(circuit, theta))) < WORST
    components = np.array([[circuit.to_parameters(half) for half in part.gradients] for part in found]).transpose(
        1, 2, 0
    )
    k = int(np.argmax(np.abs(exact)))
    assert z_score(components[0, k], exact[k]) < WORST
    assert z_score((components[0] * components[1]).mean(axis=0), np.mean(exact**2)) < WORST
    # Control: the square of one half is too large by its variance.
    assert z_score((components[0] ** 2).mean(axis=0), np.mean(exact**2)) > WORST


@pytest.mark.parametrize("bandwidth", [1.0, [0.1, 2.0]])
@pytest.mark.parametrize("kind", ["exact", "sampled"])
def test_the_noise_of_a_component_of_the_mmd_has_no_bias(bandwidth: float | list[float], kind: Kind) -> None:
    circuit, theta, target = small()
    engine, angles, angle = StateVectorEngine(circuit), circuit.angles(theta), 3
    loss = WordMMD(bandwidth, ListedWords(target), pairs=64)
    noisy = kind == "sampled"
    shifts = shifted(engine, angles, angle, noisy)
    state = Noisy(engine.at(angles)) if noisy else engine.at(angles)
    rng = np.random.default_rng(12)
    found = np.array([loss.noise(state, shifts, rng) for _ in range(400)])  # type: ignore[arg-type]
    q, dense = probabilities(circuit, theta), MMDLoss(target.dense(), bandwidth)
    exact = mmd_noise(Kernel.of(dense), dense.derivative(q), q, exact_shifts(circuit, angles, angle))
    assert z_score(found[:, 0], exact.first) < WORST
    assert z_score(found[:, 1], exact.second) < WORST
    # Control: the noise of the shifted circuits alone is less.
    alone = shift_noise(dense.derivative(q), exact_shifts(circuit, angles, angle))
    assert z_score(found[:, 0], alone) > WORST or abs(alone - exact.first) < 0.02 * exact.first


def test_an_observable_is_exact_and_so_is_its_noise() -> None:
    circuit, theta, _ = small()
    engine, angles, angle = StateVectorEngine(circuit), circuit.angles(theta), 3
    loss = WordObservable.of([((0, 1), 2.0), ((1,), [0, 1]), ((2, 1), [0.5, 0, 0, 1]), ((), 0.25)], 4)
    q, values = probabilities(circuit, theta), loss.diagonal()
    bits = (np.arange(16)[:, None] >> np.arange(3, -1, -1)) & 1
    signs = 1 - 2 * bits
    by_hand = 2.0 * signs[:, 0] * signs[:, 1] + bits[:, 1] + 0.25
    by_hand = by_hand + 0.5 * (1 - bits[:, 2]) * (1 - bits[:, 1]) + bits[:, 2] * bits[:, 1]
    assert values == pytest.approx(by_hand)
    rng = np.random.default_rng(0)
    found = loss.halves(engine.at(angles), "exact", rng)
    assert found.values == pytest.approx([values @ q] * 2)
    assert circuit.to_parameters(found.gradients[0]) == pytest.approx(gradient(circuit, theta, LinearLoss(values)))
    noise = loss.noise(engine.at(angles), shifted(engine, angles, angle), rng)
    assert noise == pytest.approx((shift_noise(values, exact_shifts(circuit, angles, angle)), 0.0))


def test_many_words_have_their_noise_estimated_without_bias() -> None:
    circuit, theta, _ = small(7)
    engine, angles, angle = StateVectorEngine(circuit), circuit.angles(theta), 3
    rng = np.random.default_rng(3)
    loss = WordObservable.of([(tuple(np.flatnonzero(rng.integers(0, 2, 7))), rng.normal()) for _ in range(110)], 7)
    assert len(loss.words) > 64
    found = [loss.noise(engine.at(angles), shifted(engine, angles, angle), rng)[0] for _ in range(200)]
    assert z_score(np.array(found), shift_noise(loss.diagonal(), exact_shifts(circuit, angles, angle))) < WORST


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ([((0, 4), 1.0)], "different wires of 0..3"),
        ([((0, 0), 1.0)], "different wires of 0..3"),
        ([((0, 1), [1.0, 2.0])], "4 values of a function"),
        ([((0,), float("nan"))], "finite"),
        ([0.5], "terms"),
    ],
)
def test_terms_that_are_none_are_refused(terms: list[object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        WordObservable.of(terms, 4)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="apart by commas"):
        written_terms({"0;1": 1.0})


def test_data_words_are_those_of_the_listed_strings() -> None:
    rng = np.random.default_rng(4)
    target = synthetic_target("cardinality", 7, rng)
    words = rng.integers(0, 2, (40, 7)).astype(np.uint8)
    by_hand = np.array([target.probabilities @ (-1.0) ** (target.bitstrings @ word) for word in words])
    assert ListedWords(target).means(words) == pytest.approx(by_hand)
    assert CardinalityWords(7, 3).means(words) == pytest.approx(by_hand, abs=1e-12)
    few = np.zeros((3, 1000), dtype=np.uint8)
    few[1, 3] = few[2, 3] = few[2, 500] = 1
    # z_i = 0 and z_ij = -1/(n-1) by the hypergeometric distribution.
    assert CardinalityWords(1000, 500).means(few) == pytest.approx([1, 0, -1 / 999], abs=1e-12)


def test_pairs_have_the_kernel_s_weights() -> None:
    """Sums over all pairs of words of 3 wires, against their weighted samples; and both kinds of pairs are needed."""
    p = 0.3
    weights = np.array([0.7**3, 3 * 0.3 * 0.49, 3 * 0.09 * 0.7, 0.027])
    words = np.array([[(k >> j) & 1 for j in range(3)] for k in range(1, 8)], dtype=np.uint8)
    alone = p ** words.sum(axis=1) * (1 - p) ** (3 - words.sum(axis=1))
    rng = np.random.default_rng(9)
    values = rng.normal(size=(8, 8))
    exact = sum(
        alone[i] * alone[j] * values[int(a @ [4, 2, 1]), int(b @ [4, 2, 1])]
        for i, a in enumerate(words)
        for j, b in enumerate(words)
    )
    drawn = [WordSampler(weights).pairs(40, rng) for _ in range(1000)]
    sums = [part.weights @ values[part.first @ [4, 2, 1], part.second @ [4, 2, 1]] for part in drawn]
    assert z_score(np.array(sums), exact) < WORST
    apart = [(part.first & part.second).sum(axis=1) == 0 for part in drawn]
    lost = [
        (part.weights * ~away) @ values[part.first @ [4, 2, 1], part.second @ [4, 2, 1]]
        for part, away in zip(drawn, apart, strict=True)
    ]
    assert z_score(np.array(lost), exact) > WORST


@dataclass(frozen=True)
class Rotations:
    """A product of RY rotations at any n: z_A is a product of cosines."""

    angles: Float

    def means(self, words: Bits, rng: np.random.Generator) -> Float:
        return np.prod(np.where(words, np.cos(self.angles), 1.0), axis=1)

    def gradient(self, words: Bits, weights: Float, rng: np.random.Generator) -> Float:
        ratio = -np.tan(self.angles)
        return (weights * self.means(words, rng)) @ (words * ratio)

    def error(self, words: Bits) -> Float:
        return np.zeros(len(words))


@pytest.mark.parametrize("n", [100, 1000])
def test_a_product_circuit_has_its_closed_form_at_any_size(n: int) -> None:
    """Against |0...0>: E_A[(z_A - 1)^2] is a product over wires, and so is its derivative."""
    rng = np.random.default_rng(n)
    angles = rng.uniform(0.1, 0.6, n)
    target = Target(np.zeros((1, n), dtype=np.uint8), np.ones(1))
    p = -np.expm1(-2 / n) / 2
    c = np.cos(angles)
    squares, singles = 1 - p + p * c**2, 1 - p + p * c
    exact = np.prod(squares) - 2 * np.prod(singles) + 1
    slope = -2 * p * np.sin(angles) * (c / squares * np.prod(squares) - np.prod(singles) / singles)
    found = [WordMMD(n / 4, ListedWords(target)).halves(Rotations(angles), "exact", rng) for _ in range(40)]
    assert z_score(np.array([part.values.mean() for part in found]), exact) < WORST
    products = np.array([part.gradients[0] @ part.gradients[1] / n for part in found])
    assert z_score(products, float(np.mean(slope**2))) < WORST
    one = WordMMD(n / 4, ListedWords(target))
    shift = np.pi / 2 * np.eye(1, n, 3).ravel()
    sides = ShiftedStates(1.0, Rotations(angles + shift), Rotations(angles - shift))
    noise = np.array([one.noise(Rotations(angles), [sides], rng) for _ in range(40)])
    assert (noise.mean(axis=0) > 0).all()


def test_the_mmd_of_few_qubits_is_the_sum_over_words() -> None:
    """The definition itself, which everything above rests on."""
    circuit, theta, target = small()
    q, p = probabilities(circuit, theta), target.dense()
    flip = -np.expm1(-0.5) / 2
    total = 0.0
    for place in range(16):
        word = (place >> np.arange(3, -1, -1)) & 1
        signs = np.array([(-1.0) ** bin(place & x).count("1") for x in range(16)])
        total += flip ** word.sum() * (1 - flip) ** (4 - word.sum()) * (signs @ (q - p)) ** 2
    assert total == pytest.approx(mmd(q, p, 1.0))

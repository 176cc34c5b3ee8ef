"""Closed forms against exact arithmetic, sums over all subsets of wires, and Monte Carlo.

Monte Carlo checks use fixed seeds and z-tests whose chance of a false alarm was 1e-4 a test when the seeds were chosen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bornscape import theory
from bornscape.statistics import simultaneous_z
from bornscape.theory.product import SingleQubit

Float = NDArray[np.float64]
SECOND = {"haar": Fraction(1, 3), "ry": Fraction(1, 2)}
FOURTH = {"haar": Fraction(1, 5), "ry": Fraction(3, 8)}
ENSEMBLES: tuple[SingleQubit, SingleQubit] = ("haar", "ry")
FALSE_ALARM = 1e-4


def exact_flip(bandwidth: float, digits: int = 80) -> Fraction:
    with localcontext() as context:
        context.prec = digits
        return Fraction((1 - (Decimal(-1) / (2 * Decimal(bandwidth))).exp()) / 2)


def subsets(n: int) -> list[tuple[int, ...]]:
    return [wires for size in range(1, n + 1) for wires in itertools.combinations(range(n), size)]


def parity(wires: tuple[int, ...], strings: NDArray[np.uint8], p: list[Fraction]) -> Fraction:
    return sum((w * (-1) ** int(x[list(wires)].sum()) for x, w in zip(strings, p, strict=True)), Fraction(0))


def brute_mmd(
    n: int, bandwidths: list[float], strings: NDArray[np.uint8], p: list[Fraction], single_qubit: SingleQubit
) -> tuple[Fraction, Fraction]:
    """Mean and variance of the MMD over product circuits, by covariances of all pairs of subsets, exactly."""
    flips = [exact_flip(s) for s in bandwidths]
    second, fourth = SECOND[single_qubit], FOURTH[single_qubit]
    weight = {
        a: sum(((1 - f) ** (n - len(a)) * f ** len(a) for f in flips), Fraction(0)) / len(flips) for a in subsets(n)
    }
    z = {a: parity(a, strings, p) for a in weight}
    mean = sum((weight[a] * (second ** len(a) + z[a] ** 2) for a in weight), Fraction(0))
    linear = sum((4 * weight[a] ** 2 * second ** len(a) * z[a] ** 2 for a in weight), Fraction(0))
    quadratic = Fraction(0)
    for a, b in itertools.product(weight, repeat=2):
        both, one = len(set(a) & set(b)), len(set(a) ^ set(b))
        quadratic += weight[a] * weight[b] * (fourth**both * second**one - second ** (len(a) + len(b)))
    return mean, linear + quadratic


def distances(n: int) -> NDArray[np.int64]:
    index = np.arange(2**n)
    return np.bitwise_count(index[:, None] ^ index[None, :]).astype(np.int64)


def random_strings(rng: np.random.Generator, m: int, n: int) -> NDArray[np.uint8]:
    return rng.integers(0, 2, (m, n)).astype(np.uint8)


def relative(value: float, reference: Fraction) -> float:
    return float(abs(Fraction(value) / reference - 1))


# bodyness


@pytest.mark.parametrize("bandwidth", [0.01, 0.5, 1.0, 25.0, 250.0, 1e6])
def test_flip_probability_is_right_to_rounding(bandwidth: float) -> None:
    assert relative(theory.flip_probability(bandwidth), exact_flip(bandwidth)) < 1e-15


def test_flip_probability_at_zero_is_the_limit() -> None:
    assert theory.flip_probability(0.0) == 0.5
    assert theory.bodyness_weights(3, 0.0) == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8], rel=1e-14)


@pytest.mark.parametrize(("n", "bandwidth"), [(1, 1.0), (3, 0.2), (50, 12.5), (1000, 1.0), (1000, 250.0)])
def test_bodyness_weights_in_high_precision(n: int, bandwidth: float) -> None:
    weights = theory.bodyness_weights(n, bandwidth)
    logs = theory.log_subset_weights(n, bandwidth)
    with localcontext() as context:
        context.prec = 60
        flip = (1 - (Decimal(-1) / (2 * Decimal(bandwidth))).exp()) / 2
        exact_logs = [(n - size) * (1 - flip).ln() + size * flip.ln() for size in range(n + 1)]
        exact = [math.comb(n, size) * log.exp() for size, log in enumerate(exact_logs)]
    assert logs == pytest.approx([float(log) for log in exact_logs], rel=1e-13)
    assert weights == pytest.approx([float(weight) for weight in exact], rel=1e-10, abs=1e-300)
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("bandwidth", [0.3, 5.0, [0.05, 2.0, 10.0]])
def test_bodyness_moments_are_those_of_the_weights(bandwidth: float | list[float]) -> None:
    n = 12
    weights, bodyness = theory.bodyness_weights(n, bandwidth), 2 * np.arange(n + 1)
    mean = weights @ bodyness
    assert theory.mean_bodyness(n, bandwidth) == pytest.approx(mean, rel=1e-12)
    assert theory.bodyness_variance(n, bandwidth) == pytest.approx(weights @ (bodyness - mean) ** 2, rel=1e-12)


def test_bodyness_is_theta_n_at_fixed_bandwidth_and_bounded_at_proportional_bandwidth() -> None:
    assert theory.mean_bodyness(1000, 1.0) == pytest.approx(100 * theory.mean_bodyness(10, 1.0))
    assert theory.mean_bodyness(1000, 250.0) == pytest.approx(2, rel=0.01)


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 60), ratio=st.floats(0.01, 10), data=st.data())
def test_truncation_bounds_hold_and_are_ordered(n: int, ratio: float, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    bound = theory.truncation_bound(n, ratio * n, k)
    assert bound == pytest.approx(4 * theory.bodyness_weights(n, ratio * n)[k + 1 :].sum(), rel=1e-9, abs=1e-14)
    assert bound <= theory.truncation_bound_closed(n, ratio * n, k) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("n", "s", "k", "star"), [(20, 5.0, 3, 3), (20, 1.0, 3, 5), (20, 1.0, 8, 8), (6, 2.0, 0, 0.75)]
)
def test_closed_truncation_bound_as_printed(n: int, s: float, k: int, star: float) -> None:
    expected = 4 * (n - k) * (n * np.e / (4 * s * star)) ** k
    assert theory.truncation_bound_closed(n, s, k) == pytest.approx(expected, rel=1e-12)


# data


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 6), m=st.integers(1, 12), seed=st.integers(0, 2**32 - 1), uniform=st.booleans())
def test_marginal_weights_equal_the_sum_over_subsets(n: int, m: int, seed: int, uniform: bool) -> None:
    rng = np.random.default_rng(seed)
    strings, integers = random_strings(rng, m, n), [int(w) for w in rng.integers(0, 5, m) + (np.arange(m) == 0)]
    p = [Fraction(1, m)] * m if uniform else [Fraction(w, sum(integers)) for w in integers]
    logs = theory.log_marginal_weights(strings, None if uniform else [float(w) for w in p])
    for size in range(1, n + 1):
        exact = sum((parity(a, strings, p) ** 2 for a in subsets(n) if len(a) == size), Fraction(0))
        assert np.exp(logs[size]) == pytest.approx(float(exact), rel=1e-12, abs=1e-15)
    assert logs[0] == 0


def test_pair_weights_do_not_depend_on_chunks_or_on_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    strings, p = random_strings(rng, 300, 40), rng.dirichlet(np.ones(300))
    whole = theory.hamming_pair_weights(strings, p)
    monkeypatch.setattr("bornscape.theory.data._CHUNK_PAIRS", 2100)
    assert theory.hamming_pair_weights(strings, p) == whole
    # Twice the same string at p/2 each is the string at p; halving shifts the fixed point by at most one unit.
    doubled, total = theory.hamming_pair_weights(np.tile(strings, (2, 1)), np.tile(p, 2) / 2)
    assert np.allclose([c / total for c in doubled], [c / whole[1] for c in whole[0]], rtol=1e-12)
    assert sum(whole[0]) == whole[1]


def test_pair_weights_of_a_tiny_case_by_hand() -> None:
    assert theory.hamming_pair_weights([[0, 0], [0, 1], [1, 1]]) == ([3, 4, 2], 9)


@pytest.mark.parametrize("n", [1, 5, 9])
def test_pairs_of_large_sets_of_equal_weight(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sums over subsets against all pairs, in whole numbers; the cardinality set at 20 wires has 184756 strings."""
    rng = np.random.default_rng(n)
    strings = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    strings = strings[rng.random(2**n) < 0.6] if n > 1 else strings
    p = np.full(len(strings), 1 / len(strings))
    whole = theory.hamming_pair_weights(strings, p)
    monkeypatch.setattr(theory.data, "_MAX_STRINGS", 0)
    assert theory.hamming_pair_weights(strings, p) == whole
    uneven = np.append(p[:-1] * (1 - 1e-3), p[-1] + 1e-3 * p[:-1].sum())
    for large in ((strings, uneven), (np.eye(25, dtype=np.uint8), None)):
        with pytest.raises(ValueError, match="at most 0 different strings, or of equal probability and 24 bits"):
            theory.hamming_pair_weights(*large)


def test_parity_strings_hide_in_their_marginals_and_the_printed_ones_do_not() -> None:
    assert np.array_equal(theory.log_marginal_weights(theory.parity_strings()), [0, -np.inf, -np.inf, 0])
    # 001, 011, 101, 110: the third bit has z = -1/2.
    assert theory.log_marginal_weights(theory.paper_printed_strings())[1] == pytest.approx(np.log(1 / 4))
    assert {tuple(x) for x in theory.parity_strings()} != {tuple(x) for x in theory.paper_printed_strings()}
    assert np.all(theory.parity_strings().sum(axis=1) % 2 == 0)


# product circuits


def test_single_qubit_variance_by_hand() -> None:
    # n = 1, target |0>: MMD = p_s (z - 1)^2, z uniform on [-1, 1]: E = 4/3 p_s, E^2 = 16/5 p_s^2.
    flip = theory.flip_probability(0.7)
    zero = np.zeros((1, 1), dtype=np.uint8)
    assert theory.product_mmd_mean(1, 0.7, zero) == pytest.approx(4 / 3 * flip, rel=1e-13)
    assert theory.product_mmd_variance(1, 0.7, zero) == pytest.approx((16 / 5 - 16 / 9) * flip**2, rel=1e-13)


def test_theorem_2_as_printed() -> None:
    n, s = 6, 1.3
    k, flip = np.exp(-1 / (2 * s)), theory.flip_probability(s)
    own = ((7 + 6 * k + 2 * k**2) / 15) ** n - ((4 + 4 * k + k**2) / 9) ** n
    a, b = (1 - flip) ** 2, flip**2 / 3
    value = theory.product_mmd_variance(n, s, np.zeros((1, n), dtype=np.uint8))
    assert value == pytest.approx(own + 4 * ((a + b) ** n - a**n), rel=1e-11)


@pytest.mark.parametrize("single_qubit", ENSEMBLES)
@pytest.mark.parametrize("bandwidths", [[0.1], [1.0], [7.0], [0.06, 1.5, 6.0]])
@pytest.mark.parametrize(("n", "m"), [(1, 2), (2, 3), (3, 5), (5, 9)])
def test_product_moments_against_the_sum_over_subsets(
    n: int, m: int, bandwidths: list[float], single_qubit: SingleQubit
) -> None:
    rng = np.random.default_rng([n, m])
    strings = random_strings(rng, m, n)
    integers = [int(w) for w in rng.integers(1, 9, m)]
    p = [Fraction(w, sum(integers)) for w in integers]
    mean, variance = brute_mmd(n, bandwidths, strings, p, single_qubit)
    arguments = (n, bandwidths, strings, [float(w) for w in p], single_qubit)
    assert relative(theory.product_mmd_mean(*arguments), mean) < 1e-12
    assert relative(theory.product_mmd_variance(*arguments), variance) < 1e-12


def test_parity_data_keeps_its_precision_where_pairs_cancel() -> None:
    # a^3 + ... cancels to (b/a)^3 of itself, about 1e-21 at s = 1000: floating-point pair sums lose every digit.
    flip = exact_flip(1000.0)
    strings, p = theory.parity_strings(), [Fraction(1, 4)] * 4
    logs = 2 * theory.log_subset_weights(3, 1000.0)[1:] + theory.log_marginal_weights(strings)[1:]
    assert relative(float(np.exp(logs).sum()), flip**6) < 1e-12
    assert (
        relative(theory.product_mmd_variance(3, 1000.0, strings), brute_mmd(3, [1000.0], strings, p, "haar")[1]) < 1e-12
    )


def exact_variance(n: int, bandwidth: float, pairs: dict[int, Fraction], single_qubit: SingleQubit) -> Fraction:
    """Eq. 235 as a plain sum over pairs of strings, in 900 digits."""
    with localcontext() as context:
        context.prec = 900
        flip = (1 - (Decimal(-1) / (2 * Decimal(bandwidth))).exp()) / 2
        m2, m4 = (Decimal(f[single_qubit].numerator) / f[single_qubit].denominator for f in (SECOND, FOURTH))
        a, b = (1 - flip) ** 2, flip**2 * m2
        own = (a + 2 * flip * (1 - flip) * m2 + flip**2 * m4) ** n - (1 - flip + flip * m2) ** (2 * n)
        data = sum(Decimal(c.numerator) / c.denominator * (a - b) ** h * (a + b) ** (n - h) for h, c in pairs.items())
        return Fraction(own + 4 * (data - a**n))


@pytest.mark.parametrize("single_qubit", ENSEMBLES)
@pytest.mark.parametrize(
    ("n", "bandwidth"), [(20, 5.0), (100, 25.0), (1000, 250.0), (1000, 1.0), (1000, 0.5), (700, 0.3)]
)
@pytest.mark.parametrize("ghz", [False, True])
def test_product_variance_to_1e_9_down_to_1e_200(
    n: int, bandwidth: float, ghz: bool, single_qubit: SingleQubit
) -> None:
    strings = np.array([[0] * n, [1] * n][: 1 + ghz], dtype=np.uint8)
    pairs = {0: Fraction(1, 2), n: Fraction(1, 2)} if ghz else {0: Fraction(1)}
    value = theory.product_mmd_variance(n, bandwidth, strings, single_qubit=single_qubit)
    assert relative(value, exact_variance(n, bandwidth, pairs, single_qubit)) < 1e-9
    assert value > 1e-205


def test_haar_and_ry_are_told_apart() -> None:
    zero = np.zeros((1, 20), dtype=np.uint8)
    assert theory.product_mmd_variance(20, 5.0, zero) == pytest.approx(0.0107, abs=5e-5)
    assert theory.product_mmd_variance(20, 5.0, zero, single_qubit="ry") == pytest.approx(0.0167, abs=1e-4)


def draw_z(rng: np.random.Generator, shape: tuple[int, int], single_qubit: SingleQubit) -> Float:
    if single_qubit == "haar":
        return rng.uniform(-1, 1, shape)
    return np.cos(rng.uniform(0, 2 * np.pi, shape))


@pytest.mark.parametrize("single_qubit", ENSEMBLES)
def test_product_moments_by_exact_quadrature_over_the_circuits(single_qubit: SingleQubit) -> None:
    # Nothing is assumed of the two terms here: their covariance is part of the quadrature.
    n, s = 3, 0.9
    if single_qubit == "haar":
        nodes, weights = np.polynomial.legendre.leggauss(8)
    else:
        nodes, weights = np.cos(2 * np.pi * (np.arange(16) + 0.5) / 16), np.ones(16)
    z = np.stack(np.meshgrid(*[nodes] * n, indexing="ij"), axis=-1).reshape(-1, n)
    weight = np.prod(np.stack(np.meshgrid(*[weights / weights.sum()] * n, indexing="ij"), axis=-1), axis=-1).reshape(-1)
    strings = np.array(list(itertools.product((0, 1), repeat=n)), dtype=np.uint8)
    q = np.prod((1 + (1.0 - 2 * strings[None]) * z[:, None, :]) / 2, axis=2)
    p = np.random.default_rng(8).dirichlet(np.ones(8))
    values = np.einsum("di,di->d", (q - p) @ np.exp(-distances(n) / (2 * s)), q - p)
    mean = weight @ values
    assert theory.product_mmd_mean(n, s, strings, p, single_qubit) == pytest.approx(mean, rel=1e-12)
    variance = weight @ (values - mean) ** 2
    assert theory.product_mmd_variance(n, s, strings, p, single_qubit) == pytest.approx(variance, rel=1e-12)


def moment_scores(values: Float, mean: float, variance: float) -> list[float]:
    """z-scores of a sample's mean and variance; the variance's error comes from the sample's fourth moment."""
    centred = values - values.mean()
    error = np.sqrt(np.var(centred**2) / len(values))
    return [
        (values.mean() - mean) / (values.std() / np.sqrt(len(values))),
        (values.var(ddof=1) - variance) / error,
    ]


def assert_within_noise(scores: list[float]) -> None:
    assert np.max(np.abs(scores)) < simultaneous_z(len(scores), FALSE_ALARM)


def test_product_mmd_against_monte_carlo_and_the_wrong_ensemble_fails() -> None:
    n, s, draws = 8, 2.0, 200_000
    rng = np.random.default_rng(11)
    strings, p = random_strings(rng, 6, n), rng.dirichlet(np.ones(6))
    kernel = np.exp(-(strings[:, None] != strings[None]).sum(axis=2) / (2 * s))
    flip = theory.flip_probability(s)
    scores: list[float] = []
    wrong: list[float] = []
    for index, single_qubit in enumerate(ENSEMBLES):
        z = draw_z(rng, (draws, n), single_qubit)
        own = np.prod(1 - flip + flip * z**2, axis=1)
        cross = sum(w * np.prod(1 - flip + flip * (1.0 - 2 * x) * z, axis=1) for w, x in zip(p, strings, strict=True))
        values = own - 2 * cross + p @ kernel @ p
        for kind, target in ((single_qubit, scores), (ENSEMBLES[1 - index], wrong)):
            arguments = (n, s, strings, p, kind)
            mean, variance = theory.product_mmd_mean(*arguments), theory.product_mmd_variance(*arguments)
            target.extend(moment_scores(values, mean, variance))
    assert_within_noise(scores)
    assert np.min(np.abs(wrong)) > 20


@pytest.mark.parametrize("single_qubit", ENSEMBLES)
def test_product_kld_variance_against_monte_carlo(single_qubit: SingleQubit) -> None:
    rng = np.random.default_rng(12)
    strings, p = random_strings(rng, 5, 6), rng.dirichlet(np.ones(5))
    z = draw_z(rng, (400_000, 6), single_qubit)
    values = -sum(w * np.log((1 + (1.0 - 2 * x) * z) / 2).sum(axis=1) for w, x in zip(p, strings, strict=True))
    variance = theory.product_kld_variance(strings, p, single_qubit)
    assert_within_noise(moment_scores(values, values.mean(), variance)[1:])


def test_product_kld_variance_is_the_papers_formula() -> None:
    pairs, total = theory.hamming_pair_weights(theory.parity_strings())
    mean_distance = sum(h * c for h, c in enumerate(pairs)) / total
    expected = 3 - np.pi**2 / 6 * mean_distance
    assert theory.product_kld_variance(theory.parity_strings()) == pytest.approx(expected, rel=1e-13)


# deep circuits


def dirichlet_moments(kernel: Float, p: Float) -> tuple[float, float]:
    """Mean and variance of (q - p)^T K (q - p) by summing Dirichlet(1, ..., 1) moments over all index tuples."""
    size = len(p)

    def moment(indices: tuple[int, ...]) -> float:
        repeats = math.prod(math.factorial(indices.count(i)) for i in set(indices))
        return repeats / math.prod(range(size, size + len(indices)))

    # Polynomial in q: constant, linear and quadratic coefficients.
    terms: list[tuple[tuple[int, ...], float]] = [((), float(p @ kernel @ p))]
    terms += [((i,), -2 * float((kernel @ p)[i])) for i in range(size)]
    terms += [((i, j), float(kernel[i, j])) for i in range(size) for j in range(size)]
    mean = math.fsum(c * moment(i) for i, c in terms)
    square = math.fsum(c * d * moment(i + j) for i, c in terms for j, d in terms)
    return mean, square - mean**2


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("bandwidth", [0.2, 2.0, [0.1, 1.0]])
def test_deep_mmd_against_all_dirichlet_moments(n: int, bandwidth: float | list[float]) -> None:
    p = np.random.default_rng(n).dirichlet(np.ones(2**n))
    kernel = np.mean([np.exp(-distances(n) / (2 * s)) for s in np.atleast_1d(bandwidth)], axis=0)
    mean, variance = dirichlet_moments(kernel, p)
    assert theory.deep_mmd_mean(n, bandwidth, p) == pytest.approx(mean, rel=1e-10)
    assert theory.deep_mmd_variance(n, bandwidth, p) == pytest.approx(variance, rel=1e-8)


def test_deep_moments_against_haar_states_and_the_papers_kld_only_in_the_limit() -> None:
    n, s, draws = 5, 1.25, 60_000
    rng = np.random.default_rng(13)
    p = rng.dirichlet(np.full(2**n, 0.3)) + 1e-12
    p /= p.sum()
    q = (rng.standard_normal((draws, 2**n, 2)) ** 2).sum(axis=2)
    q /= q.sum(axis=1, keepdims=True)
    kernel = np.exp(-distances(n) / (2 * s))
    values = np.einsum("di,di->d", (q - p) @ kernel, q - p)
    scores = moment_scores(values, theory.deep_mmd_mean(n, s, p), theory.deep_mmd_variance(n, s, p))
    kld = -np.log(q) @ p
    scores += moment_scores(kld, kld.mean(), theory.deep_kld_variance_exact(p))[1:]
    assert_within_noise(scores)
    assert abs(moment_scores(kld, kld.mean(), theory.deep_kld_variance(p))[1]) > 20


def test_deep_kld_variance_formulas_meet_for_a_concentrated_target() -> None:
    p = np.zeros(2**12)
    p[0] = 1
    assert theory.deep_kld_variance(p) == pytest.approx(np.pi**2 / 6)
    assert theory.deep_kld_variance_exact(p) == pytest.approx(np.pi**2 / 6, rel=2e-4)
    assert theory.deep_kld_variance_exact([1.0]) == pytest.approx(0, abs=1e-12)


def test_deep_mmd_does_not_depend_on_the_order_of_wires() -> None:
    p = np.random.default_rng(3).dirichlet(np.ones(16)).reshape(2, 2, 2, 2)
    flipped = p.transpose(3, 2, 1, 0).reshape(-1)
    value = theory.deep_mmd_variance(4, 1.0, p.reshape(-1))
    assert theory.deep_mmd_variance(4, 1.0, flipped) == pytest.approx(value, rel=1e-13)


# fixed points


def test_fixed_points_of_corollary_2() -> None:
    p, q, epsilon = [0.5, 0.25, 0.25, 0.0], [0.9, 0.1], 1e-6
    entropy_p, entropy_q = 1.5 * np.log(2), -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    expected = {
        "kl_divergence": np.log(1 / epsilon) - entropy_p,
        "reverse_kl_divergence": np.log(1 / epsilon) - entropy_q,
        "jensen_shannon_divergence": 0.0,
        "total_variation": 2.0,
        "classical_fidelity": 1.0,
    }
    assert set(expected) == set(theory.PAIRWISE_LOSSES)
    for loss, value in expected.items():
        assert theory.fixed_point(loss, p, q, epsilon) == pytest.approx(value, rel=1e-12, abs=1e-12), loss
    assert theory.kld_fixed_point(p, epsilon) == pytest.approx(expected["kl_divergence"])
    assert theory.reverse_kld_fixed_point(q, epsilon) == pytest.approx(expected["reverse_kl_divergence"])
    assert theory.kld_fixed_point([1.0], 1e-14) == pytest.approx(32.2, abs=0.05)


def test_fixed_points_equal_the_losses_on_disjoint_supports() -> None:
    p, q, epsilon = np.array([0.7, 0.3, 0, 0, 0]), np.array([0, 0, 0.2, 0.2, 0.6]), 1e-4
    for loss, (constant, term) in theory.PAIRWISE_LOSSES.items():
        direct = constant + np.sum(term(p, q, epsilon))
        assert theory.fixed_point(loss, p, q, epsilon) == pytest.approx(direct, rel=1e-12, abs=1e-12), loss
    assert theory.pairwise_fixed_point(lambda a, b: (a - b) ** 2, p, q) == pytest.approx(0.58 + 0.44)


def test_renyi_fixed_point_tends_to_the_kld_one() -> None:
    p = [0.6, 0.3, 0.1]
    limit = theory.kld_fixed_point(p, 1e-6)
    assert theory.renyi_fixed_point(p, 1 + 1e-6, 1e-6) == pytest.approx(limit, rel=1e-6)
    assert theory.renyi_fixed_point(p, 2.0, 1e-6) == pytest.approx(np.log(0.46 / 1e-6))


@settings(deadline=None)
@given(n_samples=st.integers(0, 10**6), exponent=st.integers(0, 1000))
def test_hit_probability_lies_below_the_union_bound(n_samples: int, exponent: int) -> None:
    mass = 2.0**-exponent
    value = theory.hit_probability(n_samples, mass)
    assert 0 <= value <= min(1.0, n_samples * mass) * (1 + 1e-12)
    if 0 < n_samples * mass < 1e-6:
        assert value == pytest.approx(n_samples * mass, rel=1e-6)


def test_hit_probability_by_hand() -> None:
    assert theory.hit_probability(3, 0.5) == pytest.approx(7 / 8)
    assert (theory.hit_probability(0, 1.0), theory.hit_probability(1, 1.0)) == (0.0, 1.0)


# malformed input

ZERO = np.zeros((1, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "call",
    [
        lambda: theory.flip_probability(-1.0),
        lambda: theory.bodyness_weights(0, 1.0),
        lambda: theory.bodyness_weights(3, [1.0, float("nan")]),
        lambda: theory.bodyness_weights(3, []),
        lambda: theory.truncation_bound(3, 1.0, 4),
        lambda: theory.truncation_bound_closed(3, 0.0, 1),
        lambda: theory.product_mmd_variance(2, 1.0, ZERO),
        lambda: theory.product_mmd_variance(3, 1.0, ZERO + 2),
        lambda: theory.product_mmd_variance(3, 1.0, ZERO, [0.5]),
        lambda: theory.product_mmd_variance(3, 1.0, ZERO, single_qubit="rx"),  # type: ignore[arg-type]
        lambda: theory.product_kld_variance(ZERO, [1.5, -0.5]),
        lambda: theory.deep_mmd_variance(3, 1.0, np.full(4, 0.25)),
        lambda: theory.deep_kld_variance([0.5, float("nan")]),
        lambda: theory.fixed_point("mmd", [1.0], [1.0], 1e-6),
        lambda: theory.kld_fixed_point([1.0], 0.0),
        lambda: theory.renyi_fixed_point([1.0], 1.0, 1e-6),
        lambda: theory.hit_probability(-1, 0.5),
    ],
)
def test_malformed_input_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        call()

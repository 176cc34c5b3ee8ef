"""Product circuits: closed forms against sums over all subsets of wires, quadrature and Monte Carlo."""

from __future__ import annotations

import itertools
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
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

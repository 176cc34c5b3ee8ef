"""The MMD through the spectrum, through its kernel matrix and from samples."""

from collections.abc import Callable, Sequence
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bornscape.bitstrings.sampling import sample_indices, to_bits
from bornscape.bitstrings.walsh import bodyness_spectrum, walsh_hadamard
from bornscape.losses.mmd import (
    MMDLoss,
    kernel_values,
    mmd,
    mmd_from_samples,
    mmd_of_spectra,
    spectrum_weights,
)
from bornscape.losses.sampled_spectrum import sampled_spectrum
from support.reference import Z_LIMIT, all_strings, central_differences, kernel_matrix, outcomes, z_score

BANDWIDTHS = [0.01, 0.25, 1.0, 4.0, 1e3, (0.01, 1.0, 7.0)]


def two_distributions(n: int, seed: int) -> NDArray:
    return np.random.default_rng(seed).dirichlet(np.ones(2**n), size=2)


@pytest.mark.parametrize("s", [0.1, 1.0, 10.0])
def test_by_hand(s: float) -> None:
    k = np.exp(-1 / (2 * s))
    assert mmd([0.75, 0.25], [0.25, 0.75], s) == pytest.approx(2 * 0.25 * (1 - k), rel=1e-13)
    assert mmd([1, 0, 0, 0], [0, 1, 0, 0], s) == pytest.approx(2 - 2 * k, rel=1e-13)
    assert mmd([1, 0, 0, 0], [0, 0, 0, 1], s) == pytest.approx(2 - 2 * k**2, rel=1e-13)
    assert mmd([0.5, 0, 0, 0.5], [0, 0.5, 0.5, 0], s) == pytest.approx((1 - k) ** 2, rel=1e-13)


def test_the_bandwidth_is_a_variance() -> None:
    s = 3.0
    found = mmd([1, 0], [0, 1], s)
    assert found == pytest.approx(2 - 2 * np.exp(-1 / 6), rel=1e-13)
    assert found != pytest.approx(2 - 2 * np.exp(-1 / 18), rel=1e-2)  # the convention exp(-H / 2 s^2)


@pytest.mark.parametrize("bandwidth", BANDWIDTHS)
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_spectrum_agrees_with_the_kernel_matrix(n: int, bandwidth: Any) -> None:
    q, p = two_distributions(n, 60 + n)
    difference = q - p
    expected = difference @ kernel_matrix(n, bandwidth) @ difference
    # The matrix product cancels to this; the spectrum does not.
    assert mmd(q, p, bandwidth) == pytest.approx(expected, rel=1e-12, abs=1e-16)


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(0, 10**6), st.floats(0.01, 100))
def test_range_symmetry_and_faithfulness(n: int, seed: int, s: float) -> None:
    q, p = two_distributions(n, seed)
    value = mmd(q, p, s)
    assert 0 < value <= 2
    assert value == mmd(p, q, s)
    assert mmd(q, q, s) == 0


def test_several_bandwidths_mean_the_mean() -> None:
    q, p = two_distributions(3, 61)
    parts = [mmd(q, p, s) for s in (0.1, 1.0, 9.0)]
    assert mmd(q, p, [0.1, 1.0, 9.0]) == pytest.approx(np.mean(parts), rel=1e-14)
    assert mmd(q, p, np.array([0.1, 1.0, 9.0])) == pytest.approx(np.mean(parts), rel=1e-14)
    assert mmd(q, p, [1.0]) == mmd(q, p, 1.0)
    np.testing.assert_allclose(
        spectrum_weights(3, (0.1, 9.0)), (spectrum_weights(3, 0.1) + spectrum_weights(3, 9.0)) / 2, rtol=1e-14
    )


@pytest.mark.parametrize("bandwidth", [1e-3, 0.25, 1.0, 250.0, 1e6])
@pytest.mark.parametrize("n", [1, 7, 50, 200])
def test_weights_of_all_subsets_sum_to_1(n: int, bandwidth: Any) -> None:
    weights = spectrum_weights(n, bandwidth)
    assert weights.shape == (n + 1,)
    total = sum(comb(n, size) * float(weight) for size, weight in enumerate(weights))
    assert total == pytest.approx(1, rel=1e-12)


def test_weights_by_hand() -> None:
    flip = (1 - np.exp(-0.5)) / 2
    expected = [(1 - flip) ** 2, (1 - flip) * flip, flip**2]
    np.testing.assert_allclose(spectrum_weights(2, 1.0), expected, rtol=1e-14)
    np.testing.assert_allclose(spectrum_weights(2, 1e-3), [0.25, 0.25, 0.25], rtol=1e-14)


def test_kernel_values_by_hand() -> None:
    np.testing.assert_allclose(kernel_values(2, 1.0), [1, np.exp(-0.5), np.exp(-1)], rtol=1e-15)
    expected = [1, (np.exp(-0.5) + np.exp(-0.1)) / 2]
    np.testing.assert_allclose(kernel_values(1, (1.0, 5.0)), expected, rtol=1e-15)


@pytest.mark.parametrize("bandwidth", [0.25, 1.0, (0.25, 3.0)])
def test_truncations(bandwidth: Any) -> None:
    """MMD_k keeps the subsets of at most k wires; each bandwidth's truncations come from one spectrum."""
    n = 4
    q, p = two_distributions(n, 62)
    strings = all_strings(n).astype(int)
    truncated = np.cumsum(spectrum_weights(n, bandwidth) * bodyness_spectrum(q - p))
    for k in range(n + 1):
        expected = 0.0
        for s in np.atleast_1d(bandwidth):
            flip = (1 - np.exp(-0.5 / s)) / 2
            for subset in strings[strings.sum(axis=1) <= k]:
                size = subset.sum()
                z = np.sum((q - p) * (-1.0) ** (strings @ subset))
                expected += (1 - flip) ** (n - size) * flip**size * z**2 / np.size(bandwidth)
        assert truncated[k] == pytest.approx(expected, rel=1e-12, abs=1e-18)
    assert truncated[n] == pytest.approx(mmd(q, p, bandwidth), rel=1e-14)
    assert np.all(np.diff(truncated) > 0)


def test_a_truncated_mmd_sees_marginals_only() -> None:
    """Prop. 5: the parity set and the uniform distribution agree on two bits, not on three."""
    parity = np.zeros(8)
    parity[[0b000, 0b011, 0b101, 0b110]] = 0.25
    truncated = np.cumsum(spectrum_weights(3, 0.75) * bodyness_spectrum(np.full(8, 1 / 8) - parity))
    flip = (1 - np.exp(-0.5 / 0.75)) / 2
    assert truncated[2] == 0
    assert truncated[3] == pytest.approx(flip**3, rel=1e-14)


def empirical_of(drawn: Sequence[int] | NDArray, size: int) -> NDArray:
    return np.bincount(drawn, minlength=size) / len(drawn)


@pytest.mark.parametrize("bandwidth", BANDWIDTHS)
@pytest.mark.parametrize("n", [1, 3, 6])
def test_biased_estimate_is_the_mmd_of_the_samples(n: int, bandwidth: Any) -> None:
    rng = np.random.default_rng(63)
    x, y = rng.integers(0, 2**n, size=40), rng.integers(0, 2 ** max(1, n - 1), size=25)
    expected = mmd(empirical_of(x, 2**n), empirical_of(y, 2**n), bandwidth)
    found = mmd_from_samples(to_bits(x, n), to_bits(y, n), bandwidth, "biased")
    assert found == pytest.approx(expected, rel=0, abs=1e-14)


def test_the_two_estimators_differ_by_the_pairs_with_themselves() -> None:
    rng = np.random.default_rng(64)
    x, y = rng.integers(0, 2, (6, 3)), rng.integers(0, 2, (4, 3))

    def mean_kernel(a: NDArray, b: NDArray, skip: bool) -> float:
        pairs = [(i, j) for i in range(len(a)) for j in range(len(b)) if not (skip and i == j)]
        return np.mean([np.exp(-np.sum(a[i] != b[j]) / 2.4) for i, j in pairs])

    for estimator, skip in (("biased", False), ("unbiased", True)):
        expected = mean_kernel(x, x, skip) - 2 * mean_kernel(x, y, False) + mean_kernel(y, y, skip)
        assert mmd_from_samples(x, y, 1.2, estimator) == pytest.approx(expected, rel=0, abs=1e-14)
    assert mmd_from_samples(x, y, 1.2) == mmd_from_samples(x, y, 1.2, "unbiased")


@pytest.mark.parametrize(("n", "shots_x", "shots_y"), [(1, 2, 3), (1, 4, 2), (2, 2, 2)])
def test_unbiased_estimate_has_the_exact_mean(n: int, shots_x: int, shots_y: int) -> None:
    """The expectation over every sequence of samples, as a finite sum; the biased estimate's is another."""
    q, p = two_distributions(n, 65)
    means = dict.fromkeys(("unbiased", "biased"), 0.0)
    for x, weight_x in outcomes(q, shots_x):
        for y, weight_y in outcomes(p, shots_y):
            for estimator in means:
                value = mmd_from_samples(to_bits(x, n), to_bits(y, n), 0.7, estimator)
                means[estimator] += weight_x * weight_y * value
    assert means["unbiased"] == pytest.approx(mmd(q, p, 0.7), rel=0, abs=1e-14)
    assert abs(means["biased"] - mmd(q, p, 0.7)) > 0.01


def test_unbiased_estimate_at_more_samples() -> None:
    """A z-test; its limit fails a correct estimator with probability 6e-7."""
    n = 4
    q, p = two_distributions(n, 66)
    rng = np.random.default_rng(67)
    batches = [(to_bits(sample_indices(q, 30, rng), n), to_bits(sample_indices(p, 20, rng), n)) for _ in range(1000)]
    exact = mmd(q, p, 1.0)
    assert abs(z_score([mmd_from_samples(x, y, 1.0) for x, y in batches], exact)) < Z_LIMIT
    assert z_score([mmd_from_samples(x, y, 1.0, "biased") for x, y in batches], exact) > Z_LIMIT


def test_samples_of_a_thousand_bits() -> None:
    x, y = np.zeros((3, 1000), dtype=np.uint8), np.zeros((2, 1000), dtype=np.uint8)
    y[:, :10] = 1
    assert mmd_from_samples(x, y, 250.0) == pytest.approx(2 - 2 * np.exp(-10 / 500), rel=1e-12)


@pytest.mark.parametrize("shots", [2, 3])
def test_sampled_spectrum_has_the_exact_mean(shots: int) -> None:
    n = 2
    q, p = two_distributions(n, 68)
    target = walsh_hadamard(p)
    unbiased, plain = np.zeros(n + 1), np.zeros(n + 1)
    for drawn, weight in outcomes(q, shots):
        transform = walsh_hadamard(empirical_of(drawn, 2**n))
        unbiased += weight * sampled_spectrum(transform, target, shots)
        plain += weight * bodyness_spectrum(empirical_of(drawn, 2**n) - p)
    np.testing.assert_allclose(unbiased, bodyness_spectrum(q - p), rtol=0, atol=1e-14)
    assert np.abs(plain - bodyness_spectrum(q - p)).max() > 0.1


def test_sampled_spectrum_leaves_out_the_pairs_of_a_shot_with_itself() -> None:
    """Its MMD is the U-statistic in q with the exact p."""
    n, shots = 3, 12
    q, p = two_distributions(n, 69)
    drawn = sample_indices(q, shots, np.random.default_rng(70))
    found = spectrum_weights(n, 0.9) @ sampled_spectrum(
        walsh_hadamard(empirical_of(drawn, 8)), walsh_hadamard(p), shots
    )
    kernel = kernel_matrix(n, 0.9)
    own = (kernel[np.ix_(drawn, drawn)].sum() - shots) / (shots * (shots - 1))
    assert found == pytest.approx(own - 2 * kernel[drawn].mean(axis=0) @ p + p @ kernel @ p, rel=0, abs=1e-14)


def test_sampled_spectrum_needs_two_shots() -> None:
    with pytest.raises(ValueError, match="shots: expected at least 2, got 1"):
        sampled_spectrum(np.ones(4), np.ones(4), 1)


@pytest.mark.parametrize("bandwidth", BANDWIDTHS)
@pytest.mark.parametrize("n", [4, 8, 9])
def test_derivative_agrees_with_the_kernel_matrix_and_finite_differences(n: int, bandwidth: Any) -> None:
    """By the matrix itself up to 8 qubits, by transforms beyond."""
    q, p = two_distributions(n, 71)
    loss = MMDLoss(p, bandwidth)
    assert loss(q) == mmd(q, p, bandwidth)
    found = loss.derivative(q)
    np.testing.assert_allclose(found, 2 * kernel_matrix(n, bandwidth) @ (q - p), rtol=0, atol=1e-14)
    # The loss is quadratic: central differences are exact but for rounding, 1e-16 / 1e-3.
    np.testing.assert_allclose(found, central_differences(loss, q, 1e-3), rtol=0, atol=1e-12)
    # q - p has entries of about 2**-n.
    assert np.abs(found - MMDLoss(p, 0.5).derivative(q)).max() > 1e-3 * 2**4 / 2**n


@pytest.mark.parametrize("bandwidth", [0, -1.0, np.nan, np.inf, [], [1.0, 0.0], [1.0, -2.0]])
@pytest.mark.parametrize(
    "call",
    [
        lambda s: mmd([1, 0], [0, 1], s),
        lambda s: mmd_from_samples([[0], [1]], [[0], [1]], s),
        lambda s: spectrum_weights(3, s),
        lambda s: kernel_values(3, s),
        lambda s: MMDLoss(np.array([0.5, 0.5]), s).derivative(np.array([1.0, 0.0])),
    ],
)
def test_bad_bandwidths_are_an_error(call: Callable[..., object], bandwidth: Any) -> None:
    with pytest.raises(ValueError, match="bandwidth: expected finite numbers above 0"):
        call(bandwidth)


@pytest.mark.parametrize(("q", "p"), [([1, 0], [1, 0, 0, 0]), ([[1, 0]], [[0, 1]]), (1.0, 1.0)])
def test_bad_shapes_are_an_error(q: Any, p: Any) -> None:
    with pytest.raises(ValueError, match="q and p: expected two vectors of one length"):
        mmd(q, p, 1.0)


def test_a_length_that_is_no_power_of_two_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"length 2\*\*n, got length 3"):
        mmd([1, 0, 0], [0, 1, 0], 1.0)


@pytest.mark.parametrize(
    ("x", "y", "estimator", "message"),
    [
        ([[0, 1], [1, 1]], [[0], [1]], "unbiased", "expected \\(N, n\\) and \\(M, n\\)"),
        ([[0, 2], [1, 1]], [[0, 1], [1, 1]], "unbiased", "expected bitstrings of zeros and ones"),
        ([[0, 1], [1, 1]], [[0.5, 1], [1, 1]], "unbiased", "expected bitstrings of zeros and ones"),
        ([[0, -1], [1, 1]], [[0, 1], [1, 1]], "biased", "expected bitstrings of zeros and ones"),
        ([[0, 1], [1, 1]], [[0, 1], [1, 1]], "u", "expected 'unbiased' or 'biased', got 'u'"),
        ([[0, 1]], [[0, 1], [1, 1]], "unbiased", "expected at least 2 samples each, got 1 and 2"),
        ([[0, 1], [1, 1]], [[0, 1]], "unbiased", "expected at least 2 samples each, got 2 and 1"),
        (np.zeros((0, 2)), [[0, 1]], "biased", "expected at least 1 samples each, got 0 and 1"),
        (np.zeros((2, 2, 2)), [[0, 1]], "biased", "expected \\(N, n\\) and \\(M, n\\)"),
    ],
)
def test_bad_samples_are_an_error(x: Any, y: Any, estimator: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mmd_from_samples(x, y, 1.0, estimator)


RNG = np.random.default_rng(0)


def test_one_spectrum_serves_every_bandwidth() -> None:
    q, p = RNG.dirichlet(np.ones(16)), RNG.dirichlet(np.ones(16))
    found = mmd_of_spectra(bodyness_spectrum(q - p)[None, :], np.array([0.3, 1.0, 5.0]))
    assert found[0] == pytest.approx([mmd(q, p, s) for s in (0.3, 1.0, 5.0)], rel=1e-12)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([np.nan, 1.0], "sum nan"),
        ([np.inf, 0.0], "sum inf"),
        ([0.5, 0.4], "sum 0.9"),
        ([3, 1], r"sum 4 .*; q / q\.sum\(\) makes them of counts"),
        ([1.5, -0.5], "smallest -0.5"),
    ],
)
def test_what_is_no_distribution_is_an_error(values: list[float], message: str) -> None:
    good = [0.25, 0.75]
    with pytest.raises(ValueError, match=f"^q: expected probabilities .*{message}"):
        mmd(values, good, 1.0)
    with pytest.raises(ValueError, match=r"^p: expected probabilities"):
        mmd(good, values, 1.0)
    with pytest.raises(ValueError, match=r"^p: expected probabilities"):
        MMDLoss(np.array(values))


def test_a_loss_takes_lists_and_says_what_it_does_not_take() -> None:
    loss = MMDLoss([0.0, 1.0], bandwidth=0.5)  # type: ignore[arg-type]
    assert loss(np.array([1.0, 0.0])) == mmd([1, 0], [0, 1], 0.5)
    # A finite difference leaves the distributions.
    q, step = np.array([0.4, 0.6]), np.array([1e-6, 0.0])
    assert (loss(q + step) - loss(q - step)) / 2e-6 == pytest.approx(loss.derivative(q)[0], rel=1e-6)
    with pytest.raises(ValueError, match=r"^p: expected a vector of length 2\*\*n, got shape \(1, 2\)"):
        MMDLoss(np.array([[0.5, 0.5]]))
    with pytest.raises(ValueError, match=r"length 2\*\*n, got length 3"):
        MMDLoss(np.full(3, 1 / 3))
    with pytest.raises(ValueError, match="bandwidth: expected finite numbers above 0, got 0"):
        MMDLoss(np.array([0.5, 0.5]), bandwidth=0)

"""The maximum mean discrepancy with the kernel K_s(x, y) = exp(-H(x, y) / 2s), H the Hamming distance.

The bandwidth s is a variance (others write exp(-H / 2 s^2)); several bandwidths mean the mean of their kernels
(Eq. 50), not the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.distances import hamming_histogram
from bornscape.bitstrings.walsh import qubits_of, spectrum_of_transform, subset_sizes, walsh_hadamard
from bornscape.losses.inputs import distribution


def _bandwidths(bandwidth: float | Sequence[float]) -> Float:
    values = np.atleast_1d(np.asarray(bandwidth, dtype=np.float64))
    if values.size == 0 or not np.all(np.isfinite(values)) or np.any(values <= 0):
        raise ValueError(f"bandwidth: expected finite numbers above 0, got {bandwidth}")
    return values


def spectrum_weights(n_qubits: int, bandwidth: float | Sequence[float]) -> Float:
    """Weights (1-p_s)^(n-l) p_s^l, (n+1,), with p_s = (1 - exp(-1/2s))/2; their mean over several bandwidths.

    Raises
    ------
    ValueError
        If a bandwidth is not a finite number above 0.
    """
    flip = -np.expm1(-0.5 / _bandwidths(bandwidth)) / 2
    sizes = np.arange(n_qubits + 1)
    logs = (n_qubits - sizes) * np.log1p(-flip)[:, None] + sizes * np.log(flip)[:, None]
    return np.exp(logs).mean(axis=0)


def kernel_values(n_qubits: int, bandwidth: float | Sequence[float]) -> Float:
    """Kernel at every Hamming distance 0..n, (n+1,): exp(-H / 2s), or its mean over several bandwidths."""
    distances = np.arange(n_qubits + 1)
    return np.exp(-distances / (2 * _bandwidths(bandwidth)[:, None])).mean(axis=0)


def mmd(q: ArrayLike, p: ArrayLike, bandwidth: float | Sequence[float]) -> float:
    """Exact MMD_s of two distributions, by one Walsh-Hadamard transform (Eqs. 31-37).

    Parameters
    ----------
    q, p
        (2**n,) probabilities.
    bandwidth
        s > 0 of the kernel exp(-H / 2s); a sequence means the mean over the kernels.

    Returns
    -------
    The loss, in [0, 2].

    Raises
    ------
    ValueError
        If the shapes differ or are no power of two, q or p is no distribution, or a bandwidth is not above 0.

    Examples
    --------
    0 and 1 on one wire: K(0, 0) + K(1, 1) - 2 K(0, 1), where s = 1 / (2 log 2) makes the kernel halve with every flip.

    >>> import math
    >>> import bornscape as bs
    >>> round(bs.mmd([1, 0], [0, 1], bandwidth=1 / (2 * math.log(2))), 12)
    1.0
    >>> bs.mmd([0.5, 0.5], [0.5, 0.5], bandwidth=[0.25, 1.0])
    0.0
    """
    if np.shape(q) != np.shape(p) or np.ndim(q) != 1:
        raise ValueError(f"q and p: expected two vectors of one length, got shapes {np.shape(q)} and {np.shape(p)}")
    return _of_difference(distribution("q", q) - distribution("p", p), bandwidth)


def _of_difference(difference: Float, bandwidth: float | Sequence[float]) -> float:
    """The MMD from q - p, (2**n,): a derivative by differences needs no distributions."""
    weights = spectrum_weights(qubits_of(difference.size), bandwidth)
    return float(weights @ spectrum_of_transform(walsh_hadamard(difference)))


def mmd_from_samples(
    x: ArrayLike,
    y: ArrayLike,
    bandwidth: float | Sequence[float],
    estimator: Literal["unbiased", "biased"] = "unbiased",
) -> float:
    """MMD_s estimated from samples, at any n, by histograms of pairwise Hamming distances.

    Parameters
    ----------
    x, y
        (N, n) and (M, n) bitstrings, zeros and ones.
    bandwidth
        s > 0 of the kernel exp(-H / 2s); a sequence means the mean over the kernels.
    estimator
        ``"unbiased"`` leaves out pairs of a sample with itself (U-statistic; can be negative; needs two samples of
        each), ``"biased"`` keeps them (V-statistic: the MMD of the two empirical distributions).

    Raises
    ------
    ValueError
        If the shapes or values are not as above.

    Examples
    --------
    Two samples of 0 and two of 1; with s = 1 / (2 log 2) the kernel halves with every flip.

    >>> import math
    >>> import bornscape as bs
    >>> s = 1 / (2 * math.log(2))
    >>> round(bs.mmd_from_samples([[0], [0]], [[1], [1]], bandwidth=s), 12)
    1.0

    The unbiased estimate can be negative; the biased one is the MMD of the empirical distributions.

    >>> x = [[0], [1]]
    >>> round(bs.mmd_from_samples(x, x, s), 12)
    -0.5
    >>> abs(bs.mmd_from_samples(x, x, s, estimator="biased")) < 1e-12
    True
    """
    x, y = np.atleast_2d(np.asarray(x)), np.atleast_2d(np.asarray(y))
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
        raise ValueError(f"x and y: expected (N, n) and (M, n), got {x.shape} and {y.shape}")
    if any(not ((v == 0) | (v == 1)).all() for v in (x, y)):
        raise ValueError("x and y: expected bitstrings of zeros and ones")
    if estimator not in ("unbiased", "biased"):
        raise ValueError(f"estimator: expected 'unbiased' or 'biased', got {estimator!r}")
    left_out = 1 if estimator == "unbiased" else 0
    if min(len(x), len(y)) < 1 + left_out:
        raise ValueError(f"x and y: expected at least {1 + left_out} samples each, got {len(x)} and {len(y)}")
    kernel = kernel_values(x.shape[1], bandwidth)

    def within(v: NDArray) -> float:
        pairs = hamming_histogram(v, v)
        pairs[0] -= left_out * len(v)
        return float(kernel @ pairs) / (len(v) * (len(v) - left_out))

    across = float(kernel @ hamming_histogram(x, y)) / (len(x) * len(y))
    return within(x) - 2 * across + within(y)


def mmd_of_samples_and_target(
    samples: NDArray,
    bitstrings: NDArray,
    probabilities: Float,
    bandwidth: float | Sequence[float],
    pairs: Float | None = None,
) -> float:
    """Unbiased MMD_s, at any n, of the distribution behind ``samples`` (N, n), N >= 2, and a known target.

    The target is given by its support (M, n) and its probabilities (M,); the kernel is exp(-H / 2s). ``pairs`` is
    ``hamming_histogram(samples, samples)``, (n+1,), where several targets share it.
    """
    own = hamming_histogram(samples, samples) if pairs is None else pairs
    across = hamming_histogram(samples, bitstrings, probabilities)
    within = hamming_histogram(bitstrings, bitstrings, probabilities, probabilities)
    return mmd_of_histograms(len(samples), own, across, within, bandwidth)


def mmd_of_histograms(
    shots: int, own: Float, across: Float, within: Float, bandwidth: float | Sequence[float]
) -> float:
    """Unbiased MMD_s from histograms of Hamming distances, (n+1,) each, which several bandwidths can share.

    Parameters
    ----------
    shots
        N, at least 2.
    own
        Pairs of samples, each sample with itself as well.
    across, within
        Pairs of a sample and a string of the target, weighted by its probability; pairs of such strings.
    """
    kernel = kernel_values(len(own) - 1, bandwidth)
    apart = np.array(own)
    apart[0] -= shots
    return float(kernel @ apart / (shots * (shots - 1)) - 2 * kernel @ across / shots + kernel @ within)


_MATRIX_TO = 256
"""Outcomes up to which one product with the kernel's matrix takes less time than two transforms."""


@dataclass(frozen=True, eq=False)
class MMDLoss:
    """The exact MMD with its target: call it with q, (2**n,), for the value; ``derivative`` gives dL/dq.

    Attributes
    ----------
    p
        Target distribution, (2**n,).
    bandwidth
        s > 0 of the kernel exp(-H / 2s); a sequence means the mean over the kernels. Both are checked.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> import bornscape as bs
    >>> loss = bs.MMDLoss(np.array([0.0, 1.0]), bandwidth=1 / (2 * math.log(2)))
    >>> q = np.array([1.0, 0.0])
    >>> round(loss(q), 12), loss.derivative(q).round(12).tolist()
    (1.0, [1.0, -1.0])
    """

    p: Float
    bandwidth: float | Sequence[float] = field(default=1.0)

    def __post_init__(self) -> None:
        """Check both."""
        object.__setattr__(self, "p", distribution("p", self.p))
        _bandwidths(self.bandwidth)

    @cached_property
    def _weights(self) -> Float:
        n = qubits_of(self.p.size)
        return spectrum_weights(n, self.bandwidth)[subset_sizes(n)]

    def __call__(self, q: Float) -> float:
        """Loss at the model's probabilities q, (2**n,)."""
        return _of_difference(q - self.p, self.bandwidth)

    def derivative(self, q: Float) -> Float:
        """dL/dq = 2 K (q - p), (2**n,), by two Walsh-Hadamard transforms, or by the matrix where that is small."""
        if self.p.size <= _MATRIX_TO:
            return np.asarray(self._matrix @ (q - self.p))
        return 2.0 * walsh_hadamard(self._weights * walsh_hadamard(q - self.p))

    @cached_property
    def _matrix(self) -> Float:
        """2 K, (2**n, 2**n)."""
        strings = np.arange(self.p.size)
        return 2.0 * self._kernel[np.bitwise_count(strings[:, None] ^ strings)]

    @cached_property
    def _kernel(self) -> Float:
        """Kernel at every Hamming distance, (n+1,)."""
        return kernel_values(qubits_of(self.p.size), self.bandwidth)

    @cached_property
    def _across(self) -> Float:
        """Kernel means of the target at every string, (2**n,)."""
        return walsh_hadamard(self._weights * walsh_hadamard(self.p))

    @cached_property
    def _within(self) -> float:
        """Kernel mean of the target with itself."""
        return float(self.p @ self._across)

    def of_samples(self, indices: NDArray[np.int64]) -> float:
        """Loss at the empirical distribution of measured strings, indices of basis states, (N,): a V-statistic."""
        own = self._kernel[np.bitwise_count(indices[:, None] ^ indices)].mean()
        return float(own - 2 * self._across[indices].mean() + self._within)


def mmd_of_spectra(spectra: Float, bandwidths: Float) -> Float:
    """Exact MMD_s of each spectrum, (draws, n+1), at each bandwidth, (k,): (draws, k)."""
    n = spectra.shape[1] - 1
    return spectra @ np.array([spectrum_weights(n, s) for s in bandwidths]).T

"""The MMD at sizes without 2^n vectors: one-body terms exactly, the rest from samples, without bias.

MMD_s = sum_A w(|A|) (z_A(q) - z_A(p))^2, w(l) = (1-p_s)^(n-l) p_s^l. The terms of one qubit each carry most of the
variance, and <Z_i> is exact in a sequential state. The other terms have the kernel
R(H) = K(H) - w(0) - w(1) (n - 2 H) of the Hamming distance H, of which samples give an unbiased mean (U-statistic).
Bandwidths are those of exp(-H / 2s), H the Hamming distance: variances.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from bornscape.aliases import Bits, Float
from bornscape.bitstrings.distances import hamming_histogram
from bornscape.datasets import Target
from bornscape.losses.mmd import kernel_values, spectrum_weights
from bornscape.simulators.line import SequentialState

EXACT_STRINGS = 2
"""Targets of so few strings have E_qp K contracted exactly: theirs is the term that samples would blur most."""


class Data(Protocol):
    """What the MMD needs to know of a target, whatever describes it."""

    @property
    def exact(self) -> tuple[Bits, Float] | None:
        """Strings (M, n) and probabilities where E_qp K is contracted exactly; None where it is sampled."""

    @property
    def one_body(self) -> Float:
        """z_i of every qubit, (n,)."""

    def mean_kernel(self, samples: Bits, kernel: Float) -> float:
        """Mean of a kernel, (n+1,) by Hamming distance, over the samples (N, n) and the target."""

    def own_kernel(self, kernel: Float) -> float:
        """Mean of the kernel over two independent strings of the target."""


@dataclass(frozen=True, eq=False)
class Strings:
    """A target that is listed."""

    target: Target

    @property
    def exact(self) -> tuple[Bits, Float] | None:
        """The strings and their probabilities if they are few."""
        few = len(self.target.probabilities) <= EXACT_STRINGS
        return (self.target.bitstrings, self.target.probabilities) if few else None

    @cached_property
    def one_body(self) -> Float:
        """z_i of every qubit, (n,)."""
        return 1 - 2 * (self.target.probabilities @ self.target.bitstrings)

    def mean_kernel(self, samples: Bits, kernel: Float) -> float:
        """Mean of a kernel, (n+1,) by Hamming distance, over the samples (N, n) and the target."""
        pairs = hamming_histogram(samples, self.target.bitstrings, self.target.probabilities)
        return float(kernel @ pairs) / len(samples)

    def own_kernel(self, kernel: Float) -> float:
        """Mean of the kernel over two independent strings of the target."""
        strings, p = self.target.bitstrings, self.target.probabilities
        return float(kernel @ hamming_histogram(strings, strings, p, p))


@dataclass(frozen=True)
class Cardinality:
    """All strings of n bits with ``weight`` ones, uniformly: never listed, as only the number of ones matters."""

    n_qubits: int
    weight: int

    @property
    def exact(self) -> tuple[Bits, Float] | None:
        """Too many strings for that."""
        return None

    @property
    def one_body(self) -> Float:
        """z_i of every qubit, (n,)."""
        return np.full(self.n_qubits, 1 - 2 * self.weight / self.n_qubits)

    def _by_weight(self, kernel: Float, ones: int) -> float:
        """Mean of the kernel over the target, at a string with this number of ones."""
        chance, distance = _distances(self.n_qubits, self.weight, ones)
        return float(chance @ kernel[distance])

    def mean_kernel(self, samples: Bits, kernel: Float) -> float:
        """Mean of a kernel, (n+1,) by Hamming distance, over the samples (N, n) and the target."""
        weights, counts = np.unique(samples.sum(axis=1, dtype=np.int64), return_counts=True)
        return float(counts @ [self._by_weight(kernel, int(ones)) for ones in weights]) / len(samples)

    def own_kernel(self, kernel: Float) -> float:
        """Mean of the kernel over two independent strings of the target."""
        return self._by_weight(kernel, self.weight)


@cache
def _distances(n_qubits: int, weight: int, ones: int) -> tuple[Float, NDArray[np.int64]]:
    """Distances from a string with this number of ones to those with ``weight`` ones: their chances, and they."""
    shared = np.arange(min(ones, weight) + 1)
    distance = ones + weight - 2 * shared
    possible = distance <= n_qubits
    return hypergeom.pmf(shared, n_qubits, weight, ones)[possible], distance[possible]


class SplitMMD:
    """MMD_s against several targets, for sequential states of n qubits.

    Parameters
    ----------
    n_qubits
        n.
    bandwidth
        s > 0 of the kernel exp(-H / 2s).
    data
        Targets by name.
    """

    def __init__(self, n_qubits: int, bandwidth: float, data: Mapping[str, Data]) -> None:
        weights = spectrum_weights(n_qubits, bandwidth)
        distances = np.arange(n_qubits + 1)
        self.bandwidth = bandwidth
        self.data = dict(data)
        self._constant, self._single = weights[:2]
        self._kernel = kernel_values(n_qubits, bandwidth)
        self._rest = self._kernel - self._constant - self._single * (n_qubits - 2 * distances)
        self._own = {name: part.own_kernel(self._rest) for name, part in self.data.items()}

    @property
    def _contracted(self) -> dict[str, tuple[Bits, Float]]:
        return {name: part.exact for name, part in self.data.items() if part.exact is not None}

    def _exact(self, state: SequentialState) -> tuple[Float, dict[str, float]]:
        """<Z_i>, and E_qp K of the targets that are few strings."""
        strings = {row.tobytes(): row for rows, _ in self._contracted.values() for row in rows}
        near, far = self._kernel[:2]
        diagonals = np.array([np.where(row[:, None] == [0, 1], near, far) for row in strings.values()])
        values, single = state.moments(diagonals.reshape(-1, state.n_qubits, 2))
        mean_kernels = dict(zip(strings, values, strict=True))
        means = {
            name: float(p @ [mean_kernels[row.tobytes()] for row in rows])
            for name, (rows, p) in self._contracted.items()
        }
        return single, means

    def estimates(self, state: SequentialState, shots: int, rng: np.random.Generator) -> tuple[Float, Float]:
        """Two unbiased estimates for each target, from samples of their own.

        Parameters
        ----------
        state
            The model.
        shots
            Samples of each half, at least 2.
        rng
            Source of the samples.

        Returns
        -------
        Two arrays (targets,). Given the state they are independent, so their covariance over random states is free of
        sampling noise.
        """
        single, contracted = self._exact(state)
        halves = [self._half(state.samples(shots, rng), single, contracted) for _ in range(2)]
        return np.array(halves[0]), np.array(halves[1])

    def _half(self, samples: Bits, single: Float, contracted: Mapping[str, float]) -> list[float]:
        shots = len(samples)
        pairs = hamming_histogram(samples, samples)
        pairs[0] -= shots
        itself = float(self._rest @ pairs) / (shots * (shots - 1))
        return [
            self._single * float(np.sum((single - part.one_body) ** 2))
            + itself
            - 2 * self._cross(name, samples, single, contracted)
            + self._own[name]
            for name, part in self.data.items()
        ]

    def _cross(self, name: str, samples: Bits, single: Float, contracted: Mapping[str, float]) -> float:
        """E_qp of the kernel without its constant and its one-body part."""
        part = self.data[name]
        if name in contracted:
            return contracted[name] - self._constant - self._single * float(single @ part.one_body)
        return part.mean_kernel(samples, self._rest)

"""Random Z-words with the weights of an MMD's kernel, alone and in pairs.

A kernel gives every word A of one size the same weight, so a word is drawn by its size and then uniformly. Weights of
sizes, (n+1,), are ``kernel_weights.wire_by_wire_weights``: those of a mean of kernels are a mixture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from bornscape.aliases import Bits, Float, Indices

_NEGLIGIBLE = 1e-12
"""Share of the pairs' weight below which a kind of pair is left out."""


def words_of_sizes(sizes: Indices, n_qubits: int, rng: np.random.Generator) -> Bits:
    """A uniformly random word of each size, (len(sizes), n)."""
    words = np.zeros((len(sizes), n_qubits), dtype=np.uint8)
    for word, size in zip(words, sizes.tolist(), strict=True):
        word[rng.choice(n_qubits, size, replace=False, shuffle=False)] = 1
    return words


def singles(n_qubits: int) -> Bits:
    """All words of one wire, (n, n)."""
    return np.eye(n_qubits, dtype=np.uint8)


class WeightedPairs(NamedTuple):
    """Pairs of words (K, n) each, whose weighted sum (K,) stands for sum_AB w_A w_B f(A, B)."""

    first: Bits
    second: Bits
    weights: Float


def joined(parts: Sequence[WeightedPairs]) -> WeightedPairs:
    """Several kinds of pairs as one."""
    return WeightedPairs(
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.second for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


@dataclass(frozen=True, eq=False)
class WordSampler:
    """Words of an MMD's kernel at n qubits.

    Attributes
    ----------
    weights
        Weight of all words of each size, (n+1,), sum 1.
    """

    weights: Float

    @property
    def n_qubits(self) -> int:
        """Number of wires."""
        return len(self.weights) - 1

    @cached_property
    def rest(self) -> float:
        """Weight of the words of two wires and more."""
        return float(self.weights[2:].sum())

    def words(self, count: int, rng: np.random.Generator) -> Bits:
        """Words of two wires and more, (count, n), with their weights; (0, n) where these have no weight."""
        if not self.rest > 0:
            return np.zeros((0, self.n_qubits), dtype=np.uint8)
        # Evenly spaced quantiles of the sizes: their chances are the same, and data may depend on a word's parity.
        chances = np.cumsum(self.weights[2:]) / self.rest
        sizes = np.searchsorted(chances, (np.arange(count) + rng.random()) / count) + 2
        sizes = np.minimum(sizes, self.n_qubits)
        return words_of_sizes(sizes, self.n_qubits, rng)

    @cached_property
    def _pair_sizes(self) -> tuple[Float, Float]:
        """Weights of the sizes of two words, (n, n) from size 1 on: of pairs that share a wire, and of those apart."""
        n = self.n_qubits
        size = np.arange(1, n + 1)
        apart = size[:, None] + size[None, :] <= n
        left = np.where(apart, n - size[:, None] - size[None, :], 0)
        logs = gammaln(n - size[:, None] + 1) - gammaln(left + 1)
        logs = logs + gammaln(n - size[None, :] + 1) - gammaln(n + 1)
        disjoint = np.where(apart, np.exp(np.minimum(logs, 0.0)), 0.0)
        both = self.weights[1:, None] * self.weights[None, 1:]
        return both * (1 - disjoint), both * disjoint

    def pairs(self, count: int, rng: np.random.Generator) -> WeightedPairs:
        """Pairs of words with at least one wire each, half of them sharing a wire.

        Distant wires are hardly correlated: pairs that share a wire carry most of a variance, and are rare among
        independent words.
        """
        kinds = self._pair_sizes
        total = float(kinds[0].sum() + kinds[1].sum())
        used = [k for k, kind in enumerate(kinds) if kind.sum() > _NEGLIGIBLE * total]
        parts = []
        for k in used:
            weight = float(kinds[k].sum())
            each = count // len(used)
            chosen = rng.choice(kinds[k].size, each, p=kinds[k].ravel() / weight)
            one, other = np.divmod(chosen, self.n_qubits)
            first = words_of_sizes(one + 1, self.n_qubits, rng)
            shared = self._shared(one + 1, other + 1, rng) if k == 0 else np.zeros(each, dtype=np.int64)
            second = _partners(first, shared, other + 1, rng)
            parts.append(WeightedPairs(first, second, np.full(each, weight / each)))
        return joined(parts)

    def _shared(self, one: Indices, other: Indices, rng: np.random.Generator) -> Indices:
        """How many wires two words of such sizes share, at least one."""
        count = np.arange(1, np.minimum(one, other).max() + 1)
        # Here, because it takes a second, which every start of the workflow would wait for.
        from scipy.stats import hypergeom

        chances = np.cumsum(hypergeom.pmf(count, self.n_qubits, one[:, None], other[:, None]), axis=1)
        below = chances < rng.random((len(one), 1)) * chances[:, -1:]
        return np.asarray(1 + below.sum(axis=1), dtype=np.int64)


def _partners(words: Bits, shared: Indices, sizes: Indices, rng: np.random.Generator) -> Bits:
    """For each word a uniformly random one of the given size that shares so many wires with it."""
    partners = np.zeros_like(words)
    for word, partner, common, size in zip(words, partners, shared.tolist(), sizes.tolist(), strict=True):
        inside, outside = np.flatnonzero(word), np.flatnonzero(word == 0)
        partner[rng.choice(inside, common, replace=False, shuffle=False)] = 1
        partner[rng.choice(outside, size - common, replace=False, shuffle=False)] = 1
    return partners

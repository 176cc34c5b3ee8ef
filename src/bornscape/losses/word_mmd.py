"""The MMD at sizes without 2^n vectors, from means of Z-words.

MMD = sum_A w_A (z_A(q) - z_A(p))^2, with w_A the chance of A if every wire is in it with probability p_s. Words of one
wire are summed, the empty word adds 0, and the others are sampled with the weight that is left. Values, squares of
derivatives and the noise of shots are estimated without bias; the estimator's own noise shows in two halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammaln

from bornscape.aliases import Bits, Float
from bornscape.losses.kernel_weights import wire_by_wire_weights
from bornscape.losses.word_data import WordData
from bornscape.losses.word_estimates import Halves, ShiftedStates
from bornscape.losses.word_samples import WeightedPairs, WordSampler, singles
from bornscape.simulators.words.protocol import Kind, WordState

WORDS = 64
"""Words of two wires and more in each half. With them, at other seeds, one draw's square of the gradient had a standard
deviation of 6 % at n = 100 and 7 % at n = 1000 (line-graph IQP, s = n/4), less than that over the starts."""

PAIRS = 256
"""Pairs of words for the noise of a component: 50 % for one draw, 5 % for the mean of 100."""


@dataclass(frozen=True, eq=False)
class WordMMD:
    """MMD_s of a circuit's words against data; bandwidths s of exp(-H/2s), H the Hamming distance, are variances.

    Attributes
    ----------
    bandwidth
        s > 0, or several for the mean of their kernels.
    data
        The data's words.
    words, pairs
        How many are sampled for each half, and for the noise of one component.
    """

    bandwidth: float | Sequence[float]
    data: WordData
    words: int = WORDS
    pairs: int = PAIRS

    @property
    def estimated(self) -> bool:
        """Whether words of two wires and more have any weight."""
        return self._sampler.rest > 0

    @cached_property
    def _sampler(self) -> WordSampler:
        return WordSampler(wire_by_wire_weights(self.data.n_qubits, self.bandwidth))

    @cached_property
    def _singles(self) -> Bits:
        return singles(self.data.n_qubits)

    @cached_property
    def _single_data(self) -> Float:
        return self.data.means(self._singles)

    def likely_words(self, count: int, rng: np.random.Generator) -> Bits:
        """Words like those that the loss asks for, (K, n): of one wire, sampled ones, and products of pairs."""
        pairs = self._sampler.pairs(count, rng)
        return np.concatenate([self._singles, self._sampler.words(count, rng), pairs.first ^ pairs.second])

    def halves(self, state: WordState, kind: Kind, rng: np.random.Generator) -> Halves:
        """Value and gradient at a state, in two halves with words of their own.

        Words of one wire are shared by both halves where the engine does not sample.
        """
        words = [self._sampler.words(self.words, rng) for _ in range(2)]
        if kind == "sampled":
            sums = [self._sum(state, kind, np.concatenate([self._singles, some]), rng) for some in words]
        else:
            shared = self._sum(state, kind, self._singles, rng)
            sums = [_added(shared, self._sum(state, kind, some, rng)) for some in words]
        return Halves(
            np.array([part.values[0] for part in sums]),
            np.array([part.gradients[0] for part in sums]),
            np.mean([part.orders for part in sums], axis=0),
            float(np.mean([part.error for part in sums])),
        )

    def _weights(self, sizes: np.ndarray) -> Float:
        """What each word of a sum counts: its own weight if it has one wire, else its share of those sampled."""
        sampled = max(1, int((sizes > 1).sum()))
        return np.where(sizes == 1, self._sampler.weights[1] / self.data.n_qubits, self._sampler.rest / sampled)

    def _sum(self, state: WordState, kind: Kind, words: Bits, rng: np.random.Generator) -> Halves:
        """The part of the loss that these words stand for, in one half."""
        sizes = words.sum(axis=1, dtype=np.int64)
        weights, p = self._weights(sizes), self._single_data if words is self._singles else self.data.means(words)
        first = state.means(words, rng) - p
        # A square of one estimate would be too large by its variance.
        second = state.means(words, rng) - p if kind == "sampled" else first
        gradient = state.gradient(words, 2 * weights * first, rng)
        error = state.error(words)
        orders = np.bincount(sizes, weights=weights * first * second, minlength=self.data.n_qubits + 1)
        return Halves(
            np.array([weights @ (first * second)]),
            gradient[None],
            orders * self._relative,
            float(weights @ (2 * np.abs(first) * error + error**2)),
        )

    @cached_property
    def _relative(self) -> Float:
        """Weight of one word of each size over the largest, (n+1,); 0 for the empty word."""
        n = self.data.n_qubits
        size = np.arange(n + 1)
        with np.errstate(divide="ignore"):
            logs = np.log(self._sampler.weights) - (gammaln(n + 1) - gammaln(size + 1) - gammaln(n - size + 1))
        logs[0] = -np.inf
        return np.exp(logs - logs.max())

    def noise(self, state: WordState, shifts: Sequence[ShiftedStates], rng: np.random.Generator) -> tuple[float, float]:
        """A and B of the variance A/N + B/N^2 of a component, where q, q+ and q- have N shots each.

        Notes
        -----
        With c(A, B) = z_AB - z_A z_B, AB the product of the words, and D_A = sum_j f_j (z_A(q+) - z_A(q-)) over the
        uses j of the parameter:
        A = sum_AB w_A w_B [Delta_A Delta_B sum_j f_j^2 (c(q+) + c(q-)) + D_A D_B c(q)],
        B = sum_AB w_A w_B c(q) sum_j f_j^2 (c(q+) + c(q-)).
        The means of A and of B come from calls of their own, so that products of estimates have no bias.
        """
        pairs = self._sampler.pairs(self.pairs, rng)
        here = _Moments.of(state, pairs, rng)
        moved = [np.zeros(len(pairs.weights)), np.zeros(len(pairs.weights))]
        spread = np.zeros(len(pairs.weights))
        for shift in shifts:
            plus, minus = (_Moments.of(side, pairs, rng) for side in (shift.plus, shift.minus))
            spread += shift.factor**2 * (plus.covariance + minus.covariance)
            moved[0] += shift.factor * (plus.first - minus.first)
            moved[1] += shift.factor * (plus.second - minus.second)
        gaps = (here.first - self.data.means(pairs.first)) * (here.second - self.data.means(pairs.second))
        first = pairs.weights @ (gaps * spread + moved[0] * moved[1] * here.covariance)
        return float(first), float(pairs.weights @ (here.covariance * spread))


def _added(one: Halves, other: Halves) -> Halves:
    return Halves(
        one.values + other.values,
        one.gradients + other.gradients,
        one.orders + other.orders,
        one.error + other.error,
    )


@dataclass(frozen=True, eq=False)
class _Moments:
    """Means of the words of pairs, (K,) each, those of first and second independent of each other."""

    first: Float
    second: Float
    product: Float

    @classmethod
    def of(cls, state: WordState, pairs: WeightedPairs, rng: np.random.Generator) -> _Moments:
        count = len(pairs.weights)
        together = state.means(np.concatenate([pairs.first, pairs.first ^ pairs.second]), rng)
        return cls(together[:count], state.means(pairs.second, rng), together[count:])

    @property
    def covariance(self) -> Float:
        """z_AB - z_A z_B, (K,)."""
        return self.product - self.first * self.second

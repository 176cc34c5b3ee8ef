"""Explicit losses at sizes without 2^n vectors, from the model's probabilities of the data's strings.

All but the reverse KLD treat the strings outside the data alike: they depend on the probabilities q(x) of the data's
strings and on 1 - q(data) alone, exactly. So these M + 1 outcomes stand for all 2^n, in the loss and in what shots see.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import binom

from bornscape.aliases import Bits, Float
from bornscape.datasets import Target
from bornscape.losses.explicit import DEFINITIONS, EPSILON, ExplicitLoss
from bornscape.simulators.words.protocol import StringState

OF_DATA = tuple(name for name in DEFINITIONS if name != "reverse_kld")
"""Explicit losses that q on the data decides; the reverse KLD holds the model's own entropy."""

MULTIPLE = 8
"""The number of outcomes is a multiple, as ``bitstrings.sampling`` lays them out in a table of so many rows."""

_PAIRS_AT_ONCE = 2**24


@dataclass(frozen=True, eq=False)
class SupportLoss:
    """An explicit loss of the data's strings.

    Attributes
    ----------
    name
        One of ``OF_DATA``.
    target
        The data, M strings.
    epsilon
        Clipping value of q.

    Examples
    --------
    Two strings of a hundred bits, each with a quarter of the model's shots: the KLD is log 2.

    >>> bits = np.array([[0] * 100, [1] * 100])
    >>> loss = SupportLoss("kld", Target(bits, np.array([0.5, 0.5])))
    >>> round(loss.value(np.array([0.25, 0.25])), 6), loss.slopes(np.array([0.25, 0.25])).tolist()
    (0.693147, [-2.0, -2.0])
    """

    name: str
    target: Target
    epsilon: float = EPSILON

    @property
    def bitstrings(self) -> Bits:
        """The data's strings, (M, n)."""
        return self.target.bitstrings

    @cached_property
    def loss(self) -> ExplicitLoss:
        """The loss of the outcomes: the data's strings, all others as one, and some that never come."""
        p = self.target.probabilities
        return ExplicitLoss(self.name, np.append(p, np.zeros(MULTIPLE - len(p) % MULTIPLE)), self.epsilon)

    def outcomes(self, inside: Float) -> Float:
        """Probabilities of the outcomes from those of the data's strings, (M,)."""
        found = np.zeros(len(self.loss.p))
        found[: len(inside)] = np.maximum(inside, 0.0)
        found[len(inside)] = max(0.0, 1.0 - float(found.sum()))
        return found

    def value(self, inside: Float) -> float:
        """The loss at q(x) of the data's strings, (M,)."""
        return self.loss(self.outcomes(inside))

    @cached_property
    def fixed_point(self) -> float:
        """What it is estimated to be if no shot hits the data (Theorem 1)."""
        return self.value(np.zeros(len(self.bitstrings)))

    def slopes(self, inside: Float) -> Float:
        """DL/dq of the data's strings less that of all others, (M,): what every q has in common moves nothing."""
        slope = self.loss.derivative(self.outcomes(inside))
        return np.asarray(slope[: len(inside)] - slope[len(inside)])

    def gradient(self, state: StringState, inside: Float | None = None) -> Float:
        """Derivatives by the angles (radians), (n_angles,), at a state whose q(x) of the data is ``inside``, (M,)."""
        slopes = self.slopes(state.probabilities(self.bitstrings) if inside is None else inside)
        moving = np.flatnonzero(slopes)
        return state.probability_gradient(self.bitstrings[moving], slopes[moving])

    def error(self, inside: Float, bound: float) -> float:
        """How far the value is off at most if each q(x), (M,), is, and q of any set of strings, by ``bound``."""
        if not bound:
            return 0.0
        if self.name == "tvd":
            return 2 * bound
        # Each of the others falls as any q(x) rises.
        here, low, high = (self.value_inside(inside + step) for step in (0.0, -bound, bound))
        return max(low - here, here - high)

    def value_inside(self, inside: Float) -> float:
        """The loss from the data's strings alone, whose q need not sum to 1 at most; not of the TVD."""
        q = np.zeros(len(self.loss.p))
        q[: len(inside)] = np.clip(inside, 0.0, 1.0)
        return self.loss(q)

    def orders(self, inside: Float) -> Float:
        """Sum of squared coefficients of dL/dq by order l = 0..n of its words, up to a factor, (n+1,); 0 at l = 0.

        The squares of order l sum to sum_xy s_x s_y K_l(H(x, y)) with Krawtchouk's polynomial K_l, H the Hamming
        distance.
        """
        slopes, n = self.slopes(inside), self.target.n_qubits
        scale = float(np.abs(slopes).max())
        if scale == 0:
            return np.zeros(n + 1)
        found = self._means @ self._by_distance(slopes / scale)
        found[0] = 0.0
        return np.maximum(found, 0.0)

    @cached_property
    def _means(self) -> Float:
        """K_l(d) / 2^n, (n+1, n+1): the words' share of size l times their mean of (-1)^(ones on d wires).

        By the three-term recurrence up to l = n/2, and mirrored from there.
        """
        n = self.target.n_qubits
        distance = np.arange(n + 1)
        found = np.ones((n + 1, n + 1))
        found[1] = 1 - 2 * distance / n
        for size in range(1, n // 2):
            found[size + 1] = ((n - 2 * distance) * found[size] - size * found[size - 1]) / (n - size)
        half = n // 2 + 1
        found[half:] = found[n - half :: -1] * (1.0 - 2.0 * (distance % 2))
        return np.asarray(binom.pmf(distance, n, 0.5)[:, None] * found)

    def _by_distance(self, slopes: Float) -> Float:
        """Sum of s_x s_y over the strings at each Hamming distance, (n+1,)."""
        signs = 1.0 - 2.0 * np.asarray(self.bitstrings, dtype=np.float32)
        n, found = signs.shape[1], np.zeros(signs.shape[1] + 1)
        step = max(1, _PAIRS_AT_ONCE // len(signs))
        for k in range(0, len(signs), step):
            distances = np.rint((n - signs[k : k + step] @ signs.T) / 2).astype(np.int64)
            weights = np.outer(slopes[k : k + step], slopes)
            found += np.bincount(distances.ravel(), weights=weights.ravel(), minlength=n + 1)
        return found

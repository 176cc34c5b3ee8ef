"""How many measurements the sign of a loss difference costs, for product states of R_y gates.

Two neighbours differ in one angle by pi/2. Explicit losses are sampled: only the counts on the training strings matter,
so any number of shots is one multinomial draw. The MMD's and the LQF's estimates are means of many terms, for which the
normal approximation with exact variances is used.

Differences of the MMD leave out what the two states share: E_pp K, and the factors of all wires whose angle is the
same. At s = 1 they are below 1e-16 of either loss from n = 512 on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import rel_entr

from bornscape.aliases import Float
from bornscape.losses import compiled_explicit as compiled

CONFIDENCE = 0.95
"""How often the sign has to come out right."""

QUANTILE = float(stats.norm.ppf(CONFIDENCE))
"""Standard errors that a difference of that confidence is away from 0."""

IN_A_ROW = 3
"""Doublings at which the sign has to be right, so that one lucky number of shots does not count."""

ROUNDING = 1e-12
"""Differences below it count as none."""

LOSSES = ("kld", "jsd", "tvd", "classical_fidelity", "renyi_2")
"""Explicit losses that depend on the counts of the training strings alone."""

_PLACES = [compiled.KLD, compiled.JSD, compiled.TVD, compiled.FIDELITY, compiled.RENYI_2]
"""Columns of the compiled losses that are ``LOSSES``."""


class Noise(NamedTuple):
    """Coefficients of an estimate's variance, first / N + second / (N (N - 1)), N its shots."""

    first: float
    second: float


def neighbours(n_qubits: int, rng: np.random.Generator) -> tuple[Float, Float]:
    """Marginals z = cos(angle), (n,), of a random state, and of the same with one random angle turned by pi/2.

    Not turned by +pi/2 and -pi/2: those have opposite marginals on that wire, and the same KLD to a target such as GHZ.
    """
    angles = rng.uniform(0, 2 * np.pi, n_qubits)
    turned = angles.copy()
    turned[rng.integers(n_qubits)] += np.pi / 2
    return np.cos(angles), np.cos(turned)


def exact_signs(sides: tuple[Float, Float], p: Float) -> Float:
    """Sign of the exact difference of each of ``LOSSES``, (5,), between two states.

    ``sides`` are both states' probabilities of the training strings, (M,) each, ``p`` the target's.
    """
    first, second = (_exact(q, p) for q in sides)
    return np.sign(first - second)


def _exact(q: Float, p: Float) -> Float:
    """``LOSSES``, (5,), at the probabilities ``q`` of the training strings, (M,); the rest lies outside."""
    clipped = np.maximum(q, 1e-300)
    return np.array(
        [
            rel_entr(p, clipped).sum(),
            (rel_entr(p, p + q) + rel_entr(q, p + q)).sum(),
            np.abs(p - q).sum() + 1 - q.sum(),
            1 - np.sqrt(p * q).sum(),
            np.log((p**2 / clipped).sum()),
        ]
    )


def _chances(q: Float) -> Float:
    """Probabilities of the training strings and of everything else, (M + 1,), whose sum is 1."""
    rest = max(0.0, 1.0 - float(q.sum()))
    return np.append(q, rest) / (q.sum() + rest)


def explicit_successes(
    chances: tuple[Float, Float],
    signs: Float,
    p: Float,
    shots: int,
    repeats: int,
    epsilon: float,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """In how many of ``repeats`` the estimated difference of each of ``LOSSES`` has the sign of the exact one, (5,).

    ``chances`` are both states' probabilities of the training strings and of everything else, (M + 1,) each, ``signs``
    the ``exact_signs``, ``p`` the target's probabilities, (M,). A difference that comes out 0 has no sign.
    """
    counts = [rng.multinomial(shots, q, size=repeats)[:, :-1] for q in chances]
    seen = compiled.losses_of_rows(p, np.concatenate(counts) / shots, epsilon)[:, _PLACES]
    gaps = seen[:repeats] - seen[repeats:]
    return np.count_nonzero((np.sign(gaps) == signs) & (np.abs(gaps) > ROUNDING), axis=0)


def explicit_shots(
    sides: tuple[Float, Float], p: Float, largest: int, repeats: int, epsilon: float, rng: np.random.Generator
) -> dict[str, float]:
    """Smallest number of shots 2^k, k = 0, 1, ..., at which and at ``IN_A_ROW`` - 1 doublings beyond the sign is right.

    Right in ``CONFIDENCE`` of the repeats; infinity where that needs more than 2^``largest``.
    """
    first, second = (_chances(q) for q in sides)
    signs = exact_signs(sides, p)
    streak, needed = np.zeros(len(LOSSES), dtype=np.int64), np.full(len(LOSSES), np.inf)
    for k in range(largest + IN_A_ROW):
        right = explicit_successes((first, second), signs, p, 2**k, repeats, epsilon, rng) >= CONFIDENCE * repeats
        streak = np.where(right, streak + 1, 0)
        needed[(streak == IN_A_ROW) & np.isinf(needed)] = 2.0 ** (k + 1 - IN_A_ROW)
        if not np.isinf(needed).any():
            break
    return dict(zip(LOSSES, needed.tolist(), strict=True))


def _tilted(bandwidth: float) -> tuple[float, float]:
    k = float(np.exp(-0.5 / bandwidth))
    return (1 + k) / 2, (1 - k) / 2


class _Factors(NamedTuple):
    """A function of a bitstring: the sum over k terms of a weight, (k,), times a factor at each wire, (k, n)."""

    weights: Float
    at_zero: Float
    at_one: Float

    def mean(self, zero: Float, one: Float) -> float:
        """Sum over all strings of the function times a product of ``zero`` and ``one``, (n,) each."""
        return float(self.weights @ np.prod(zero * self.at_zero + one * self.at_one, axis=1))

    def mean_square(self, zero: Float, one: Float) -> float:
        """The same of the square of the function."""
        pairs = (zero * self.at_zero)[:, None] * self.at_zero + (one * self.at_one)[:, None] * self.at_one
        # Term by term: the difference of such sums may be close to 0, and its last digits are those of their order.
        terms = (w * float(self.weights @ row) for w, row in zip(self.weights, np.prod(pairs, axis=2), strict=True))
        return float(sum(terms))


def _kernels(bandwidths: Sequence[float]) -> list[tuple[float, float, float]]:
    """Weight, even and odd part of each kernel, of which one wire's factor is even + odd y y' for signs y and y'."""
    return [(1 / len(bandwidths), *_tilted(s)) for s in bandwidths]


def _smoothed(signs: Float, p: Float, kernels: Sequence[tuple[float, float, float]]) -> _Factors:
    """The kernels' mean over one of their strings: over products with marginals ``signs``, (M, n), and weights (M,)."""
    return _Factors(
        np.concatenate([w * p for w, _, _ in kernels]),
        np.concatenate([even + odd * signs for _, even, odd in kernels]),
        np.concatenate([even - odd * signs for _, even, odd in kernels]),
    )


class ProductMMD:
    """The MMD of product states against a target, at any n: noise of its estimate, and differences.

    Parameters
    ----------
    bitstrings, p
        The target: (M, n) and (M,).
    bandwidths
        s of the kernels exp(-H / 2s), whose mean is taken.
    """

    def __init__(self, bitstrings: NDArray, p: Float, bandwidths: Sequence[float]) -> None:
        self._signs, self._p = _signs(bitstrings), p
        self._kernels = _kernels(bandwidths)
        self._data = _smoothed(self._signs, p, self._kernels)
        weights, even, odd = np.array(self._kernels).T
        # Of products of two kernels.
        self._pairs = [v * w for v in weights.tolist() for w in weights.tolist()]
        self._apart = (1 - np.multiply.outer(even - odd, even - odd)).reshape(-1, 1)

    def noise(self, z: Float) -> Noise:
        """Noise of the unbiased MMD (U-statistic against the exact target) at the marginals z, (n,), exact.

        By Hoeffding's decomposition the variance is 4 Var[h(x)] / N + 2 Var[K(x, y) - K(x) - K(y)] / (N (N-1)), with
        K(x) the mean of K(x, y) over y and h(x) = K(x) - sum_m p_m K(x, y_m). Every mean is a product over the wires.
        """
        zero, one = (1 + z) / 2, (1 - z) / 2
        means = _smoothed(z[None, :], np.ones(1), self._kernels)
        model, cross = means.mean(zero, one), self._data.mean(zero, one)
        squares = np.prod(1 - 2 * zero * one * self._apart, axis=1).tolist()
        square_k = sum(weight * value for weight, value in zip(self._pairs, squares, strict=True))
        both = (means, self._data._replace(weights=-self._data.weights))
        deviation = _Factors(*(np.concatenate(parts) for parts in zip(*both, strict=True)))
        first = 4 * max(deviation.mean_square(zero, one) - (model - cross) ** 2, 0.0)
        second = 2 * max(square_k - 2 * means.mean_square(zero, one) + model**2, 0.0)
        return Noise(first, second)

    def difference(self, z: Float, other: Float) -> float:
        """The loss at the marginals ``z`` less that at ``other``, (n,) each, precise however large n if few differ.

        What the two share is a factor, not a summand: E_qq K and E_qp K are products over the wires.

        Examples
        --------
        The target |0...0> and s -> 0: on one wire the MMD is (1 - z)^2 / 2, and each wire more with z = 0 halves it.

        >>> import numpy as np
        >>> even = np.zeros(1001)
        >>> certain = np.eye(1, 1001)[0]
        >>> loss = ProductMMD(np.zeros((1, 1001)), np.ones(1), [1e-3])
        >>> round(loss.difference(even, certain) * 2.0**1000, 12)
        0.5
        """
        moved = z != other

        def change(ours: Float, theirs: Float) -> Float:
            shared = np.prod(np.where(moved, 1.0, ours), axis=-1)
            return np.asarray(shared * (np.prod(ours[..., moved], axis=-1) - np.prod(theirs[..., moved], axis=-1)))

        gap = 0.0
        for w, even, odd in self._kernels:
            within = change(even + odd * z**2, even + odd * other**2)
            across = self._p @ change(even + odd * self._signs * z, even + odd * self._signs * other)
            gap += w * float(within - 2 * across)
        return gap


def lqf_noise(z: Float, bitstring: NDArray) -> Noise:
    """Noise of the LQF measured on one training string: a shot's value is the share of wires that are found flipped."""
    flipped = (1 - _signs(bitstring) * z) / 2
    return Noise(float(np.sum(flipped * (1 - flipped))) / len(z) ** 2, 0.0)


def lqf_difference(z: Float, other: Float, bitstring: NDArray) -> float:
    """LQF at the marginals ``z`` less that at ``other``, (n,) each, for one training string."""
    return float(_signs(bitstring) @ (other - z)) / (2 * len(z))


def _signs(bits: NDArray) -> Float:
    return np.asarray(1.0 - 2.0 * np.asarray(bits, dtype=np.float64))


def normal_shots(gap: float, plus: Noise, minus: Noise) -> float:
    """Shots of each side, at least 2, at which a normal estimate of the difference has the right sign often enough.

    Parameters
    ----------
    gap
        The exact difference; at 0 no number of shots does.
    plus, minus
        Noise of the two estimates.
    """
    if gap == 0:
        return float("inf")
    wanted = (gap / QUANTILE) ** 2
    a, b = (plus.first + minus.first) / wanted, (plus.second + minus.second) / wanted
    # a / N + b / (N (N - 1)) = 1, a quadratic in N; written without cancellation.
    return max(2.0, (1 + a + float(np.hypot(1 - a, 2 * np.sqrt(b)))) / 2)

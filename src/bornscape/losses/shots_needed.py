"""How many measurements the sign of a loss difference costs, for product states of R_y gates.

Two neighbours differ in one angle by pi/2. Explicit losses are sampled: only the counts on the training strings matter,
so any number of shots is one multinomial draw. The MMD's and the LQF's estimates are means of many terms, for which the
normal approximation with exact variances is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import rel_entr

from bornscape.aliases import Float

CONFIDENCE = 0.95
"""How often the sign has to come out right."""

IN_A_ROW = 3
"""Doublings at which the sign has to be right, so that one lucky number of shots does not count."""

ROUNDING = 1e-12
"""Differences below it count as none."""

LOSSES = ("kld", "jsd", "tvd", "classical_fidelity", "renyi_2")
"""Explicit losses that depend on the counts of the training strings alone."""


class Moments(NamedTuple):
    """Mean of an estimate, and the coefficients of its variance first / shots + second / shots^2."""

    mean: float
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


def _estimates(seen: Float, p: Float, epsilon: float) -> dict[str, Float]:
    """Explicit losses, (repeats,), of frequencies on the training strings, (repeats, M); the rest lies outside."""
    clipped = np.maximum(seen, epsilon)
    return {
        "kld": rel_entr(p, clipped).sum(axis=1),
        "jsd": (rel_entr(p, p + seen) + rel_entr(seen, p + seen)).sum(axis=1),
        "tvd": np.abs(p - seen).sum(axis=1) + 1 - seen.sum(axis=1),
        "classical_fidelity": 1 - np.sqrt(p * seen).sum(axis=1),
        "renyi_2": np.log((p**2 / clipped).sum(axis=1)),
    }


def explicit_successes(
    sides: tuple[Float, Float], p: Float, shots: int, repeats: int, epsilon: float, rng: np.random.Generator
) -> dict[str, int]:
    """In how many of ``repeats`` the estimated difference of each explicit loss has the sign of the exact one.

    ``sides`` are both states' probabilities of the training strings, (M,) each, ``p`` the target's. A difference that
    comes out 0 has no sign.
    """
    exact = [_estimates(q[None, :], p, 1e-300) for q in sides]
    seen = []
    for q in sides:
        rest = max(0.0, 1.0 - float(q.sum()))
        counts = rng.multinomial(shots, np.append(q, rest) / (q.sum() + rest), size=repeats)[:, :-1]
        seen.append(_estimates(counts / shots, p, epsilon))
    gaps = {loss: seen[0][loss] - seen[1][loss] for loss in LOSSES}
    signs = {loss: np.sign(exact[0][loss][0] - exact[1][loss][0]) for loss in LOSSES}
    return {loss: int(np.sum((np.sign(gap) == signs[loss]) & (np.abs(gap) > ROUNDING))) for loss, gap in gaps.items()}


def explicit_shots(
    sides: tuple[Float, Float], p: Float, largest: int, repeats: int, epsilon: float, rng: np.random.Generator
) -> dict[str, float]:
    """Smallest number of shots 2^k, k = 0, 1, ..., at which and at ``IN_A_ROW`` - 1 doublings beyond the sign is right.

    Right in ``CONFIDENCE`` of the repeats; infinity where that needs more than 2^``largest``.
    """
    streak, needed = dict.fromkeys(LOSSES, 0), dict.fromkeys(LOSSES, float("inf"))
    for k in range(largest + IN_A_ROW):
        right = explicit_successes(sides, p, 2**k, repeats, epsilon, rng)
        for loss in LOSSES:
            streak[loss] = streak[loss] + 1 if right[loss] >= CONFIDENCE * repeats else 0
            if streak[loss] == IN_A_ROW and np.isinf(needed[loss]):
                needed[loss] = float(2 ** (k + 1 - IN_A_ROW))
        if not any(np.isinf(shots) for shots in needed.values()):
            break
    return needed


def _tilted(bandwidth: float) -> tuple[float, float]:
    k = float(np.exp(-0.5 / bandwidth))
    return (1 + k) / 2, (1 - k) / 2


def mmd_moments(z: Float, bitstrings: NDArray, p: Float, bandwidths: Sequence[float]) -> Moments:
    """Moments of the unbiased MMD (U-statistic against the exact target) of a product state, exact at any n.

    By Hoeffding's decomposition the variance is 4 Var[h(x)] / N + 2 Var[K(x, y) - K(x) - K(y)] / (N (N-1)), with K(x)
    the mean of K(x, y) over y and h(x) = K(x) - sum_m p_m K(x, y_m). Every mean is a product over the wires.

    Parameters
    ----------
    z
        Marginals, (n,).
    bitstrings, p
        The target: (M, n) and (M,).
    bandwidths
        s of the kernels exp(-H / 2s), whose mean is taken.
    """
    signs = 1.0 - 2.0 * np.asarray(bitstrings, dtype=np.float64)
    zero, one = (1 + z) / 2, (1 - z) / 2
    kernels = [(1 / len(bandwidths), *_tilted(s)) for s in bandwidths]
    means = [(w, even + odd * z, even - odd * z) for w, even, odd in kernels]
    data = [
        (w * pm, even + odd * y, even - odd * y) for w, even, odd in kernels for pm, y in zip(p, signs, strict=True)
    ]
    deviation = means + [(-weight, at_zero, at_one) for weight, at_zero, at_one in data]

    def mean_of(at_zero: Float, at_one: Float) -> float:
        return float(np.prod(zero * at_zero + one * at_one))

    def square_of(terms: Sequence[tuple[float, Float, Float]]) -> float:
        return sum(c * d * mean_of(a * e, b * f) for c, a, b in terms for d, e, f in terms)

    model = sum(c * mean_of(a, b) for c, a, b in means)
    cross = sum(c * mean_of(a, b) for c, a, b in data)
    apart = 2 * zero * one
    square_k = sum(
        v * w * float(np.prod(1 - apart * (1 - (e - o) * (f - q)))) for v, e, o in kernels for w, f, q in kernels
    )
    target = sum(
        w * float(p @ np.prod(even + odd * signs[:, None, :] * signs[None, :, :], axis=2) @ p)
        for w, even, odd in kernels
    )
    first = 4 * max(square_of(deviation) - (model - cross) ** 2, 0.0)
    second = 2 * max(square_k - 2 * square_of(means) + model**2, 0.0)
    return Moments(model - 2 * cross + target, first, second)


def lqf_moments(z: Float, bitstring: NDArray) -> Moments:
    """Moments of the LQF measured on one training string: the mean share of wires that are found flipped."""
    flipped = (1 - (1.0 - 2.0 * np.asarray(bitstring, dtype=np.float64)) * z) / 2
    n = len(z)
    return Moments(float(flipped.mean()), float(np.sum(flipped * (1 - flipped))) / n**2, 0.0)


def normal_shots(plus: Moments, minus: Moments) -> float:
    """Shots of each side, at least 2, at which a normal estimate of the difference has the right sign often enough."""
    gap = abs(plus.mean - minus.mean)
    if gap == 0:
        return float("inf")
    quantile = float(stats.norm.ppf(CONFIDENCE))
    a, b = plus.first + minus.first, plus.second + minus.second
    # a / N + b / N^2 = (gap / quantile)^2, a quadratic in 1 / N; written without cancellation.
    wanted = (gap / quantile) ** 2
    return max(2.0, float((a + np.sqrt(a * a + 4 * b * wanted)) / (2 * wanted)))

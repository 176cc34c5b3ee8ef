"""CMA-ES on a single layer of R_y rotations with the target |0...0>, from sampled losses only, at any n (Fig. 6b).

The target's one string makes the estimate cheap: it needs the shots' Hamming weights and their pairwise distances.
The kernel is exp(-H / 2s), H the Hamming distance: the bandwidth s is a variance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float

_BLOCK = 128
"""Rows of a block of pairs: a block of distances then stays in the cache."""


@dataclass(frozen=True)
class Generation:
    """Where a run stands before its next generation.

    Attributes
    ----------
    generation, evaluations
        Updates of the search distribution, and sampled losses, so far.
    mean
        Angles at its mean, (n,), in radians.
    step_size
        Its overall standard deviation sigma, in radians.
    estimate
        Median of the last generation's sampled losses; NaN before the first.
    """

    generation: int
    evaluations: int
    mean: Float
    step_size: float
    estimate: float


def ry_ones(theta: NDArray) -> Float:
    """Probability of a one of each qubit, sin^2(theta / 2), for angles in radians of any shape."""
    return np.sin(np.asarray(theta, dtype=np.float64) / 2) ** 2


def sample_signs(ones: Float, shots: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """``shots`` measurements as signs, (shots, n): -1 for a one, which has probability ``ones`` (n,), +1 for a zero."""
    points = rng.random((shots, len(ones)), dtype=np.float32)
    points -= ones.astype(np.float32)
    return np.copysign(np.float32(1), points, out=points)


def sampled_zero_mmd(signs: NDArray[np.float32], bandwidth: float) -> float:
    """Unbiased MMD_s (U-statistic) of the distribution behind ``signs``, (N, n), N >= 2, and the target |0...0>.

    Equal to ``losses.mmd.mmd_of_samples_and_target`` up to single precision of each kernel value, at a third of its
    cost; relative differences of losses far below 1 therefore survive.
    """
    shots, n = signs.shape
    scale = np.float32(1 / (4 * bandwidth))
    pairs = 0.0
    for start in range(0, shots, _BLOCK):
        block = signs[start : start + _BLOCK] @ signs[start:].T
        block -= np.float32(n)
        block *= scale
        # H = (n - x.y) / 2 for signs, so that this is the kernel.
        np.exp(block, out=block)
        pairs += 2 * block.sum(dtype=np.float64) - block[:, : len(block)].sum(dtype=np.float64)
    self_term = (pairs - shots) / (shots * (shots - 1))
    weights = (n - signs.sum(axis=1, dtype=np.float64)) / 2
    return float(self_term - 2 * np.exp(-weights / (2 * bandwidth)).mean() + 1)


def exact_zero_mmd(theta: NDArray, bandwidth: float) -> NDArray:
    """Exact MMD_s of R_y layers with angles (..., n) in radians and the target |0...0>, (...)."""
    ones, gap = ry_ones(theta), -np.expm1(-0.5 / bandwidth)
    log_self = np.log1p(-gap * 2 * ones * (1 - ones)).sum(axis=-1)
    log_across = np.log1p(-gap * ones).sum(axis=-1)
    return np.exp(log_self) - 2 * np.exp(log_across) + 1


def zero_fidelity(theta: NDArray) -> NDArray:
    """Fidelity with |0...0>, prod_i cos^2(theta_i / 2), of angles (..., n) in radians, (...)."""
    return np.prod(1 - ry_ones(theta), axis=-1)


def evolve(
    theta: Float, bandwidth: float, shots: int, generations: int, step_size: float, rng: np.random.Generator
) -> Iterator[Generation]:
    """Train with CMA-ES from ``theta``, (n,), and yield the run before each generation and at its end.

    The covariance matrix is diagonal at every n (cma's ``CMA_diagonal``; a full one has n^2 entries to learn), the
    population is cma's own, 4 + floor(3 ln n), and cma's criteria to stop are ignored. All random numbers, cma's too,
    come from ``rng``.

    Parameters
    ----------
    theta
        First mean, radians.
    bandwidth, shots
        s of the kernel exp(-H / 2s), and measurements of every loss, at least 2.
    generations
        How many.
    step_size
        First standard deviation, radians.
    """
    import cma

    options = {
        "CMA_diagonal": True,
        "randn": lambda *shape: rng.standard_normal(shape),
        # NaN: cma leaves numpy's global generator alone.
        "seed": np.nan,
        "verbose": -9,
        "verb_log": 0,
    }
    search = cma.CMAEvolutionStrategy(np.array(theta), step_size, options)
    estimate, evaluations = float("nan"), 0
    for generation in range(generations + 1):
        yield Generation(generation, evaluations, np.array(search.mean), float(search.sigma), estimate)
        if generation == generations:
            return
        candidates = search.ask()
        losses = [sampled_zero_mmd(sample_signs(ry_ones(angles), shots, rng), bandwidth) for angles in candidates]
        search.tell(candidates, losses)
        estimate, evaluations = float(np.median(losses)), evaluations + len(losses)

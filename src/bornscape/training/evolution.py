"""CMA-ES on a single layer of R_y rotations with the target |0...0>, from sampled losses only, at any n (Fig. 6b).

The target's one string makes the estimate cheap: it needs the shots' Hamming weights and their pairwise distances.
The kernel is exp(-H / 2s), H the Hamming distance: the bandwidth s is a variance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.compiled_distances import packed
from bornscape.bitstrings.distances import hamming_histogram
from bornscape.extras import extra
from bornscape.losses.mmd import kernel_values

Estimator = Literal["u", "v"]
"""Of a mean over pairs of shots: without a shot's pair with itself (unbiased), or with it (1/N too much at most)."""


@dataclass(frozen=True)
class Generation:
    """A generation of a run, before its update of the search distribution.

    Attributes
    ----------
    generation, evaluations
        Updates of the search distribution, and sampled losses, before it.
    mean
        Angles at its mean, (n,), in radians.
    step_size
        Its overall standard deviation sigma, in radians.
    estimate
        Sampled loss of its first candidate.
    """

    generation: int
    evaluations: int
    mean: Float
    step_size: float
    estimate: float


def ry_ones(theta: NDArray) -> Float:
    """Probability of a one of each qubit, sin^2(theta / 2), for angles in radians of any shape."""
    return np.sin(np.asarray(theta, dtype=np.float64) / 2) ** 2


def measured_bits(ones: Float, points: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Measurements (shots, n) of qubits whose ones have the probabilities ``ones``, (n,): where points are below them.

    ``points`` are uniform on [0, 1), (shots, n). Angles that share them differ in few bits, as with a fixed seed.
    """
    return points < ones.astype(np.float32)


def sampled_zero_mmd(bits: NDArray[np.bool_], bandwidth: float, estimator: Estimator = "u") -> float:
    """MMD_s of the distribution behind ``bits``, (N, n), N >= 2, and the target |0...0>.

    Equal to ``losses.mmd.mmd_of_samples_and_target`` at a third of its cost. With the ``estimator`` "v" shots that
    differ in far more than s bits give 1 + 1/N.
    """
    shots = len(bits)
    kernel = _kernel(bits.shape[1], bandwidth)
    pairs = float(kernel @ hamming_histogram(bits, bits))
    self_term = pairs / shots**2 if estimator == "v" else (pairs - shots) / (shots * (shots - 1))
    # Ones of whole words: to add up the bits of a string one by one takes longer than to pack them.
    ones = np.bitwise_count(packed(bits)).sum(axis=1)
    return self_term - 2 * float(kernel[ones].mean()) + 1


@cache
def _kernel(n_qubits: int, bandwidth: float) -> Float:
    return kernel_values(n_qubits, bandwidth)


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
    theta: Float,
    losses: Callable[[Sequence[Float]], list[float]],
    generations: int,
    step_size: float,
    rng: np.random.Generator,
    population: int | None = None,
) -> Iterator[Generation]:
    """Train with CMA-ES from ``theta``, (n,), and yield each generation before its update, and the one after the last.

    The covariance matrix is diagonal at every n (cma's ``CMA_diagonal``; a full one has n^2 entries to learn), and
    cma's criteria to stop are ignored. Candidates whose losses are equal keep their order. All random numbers of cma
    come from ``rng``.

    Parameters
    ----------
    theta
        First mean, radians.
    losses
        Of a generation's candidates, each (n,) angles. CMA-ES uses their order alone.
    generations
        How many updates.
    step_size
        First standard deviation, radians.
    population
        Candidates of a generation; cma's own number is 4 + floor(3 ln n).
    """
    with extra("experiments"):
        import cma

    options = {
        "CMA_diagonal": True,
        "randn": lambda *shape: rng.standard_normal(shape),
        # NaN: cma leaves numpy's global generator alone.
        "seed": np.nan,
        "verbose": -9,
        "verb_log": 0,
    } | ({"popsize": population} if population else {})
    search = cma.CMAEvolutionStrategy(np.array(theta), step_size, options)
    evaluations = 0
    for generation in range(generations + 1):
        candidates = search.ask()
        found = losses(candidates)
        yield Generation(generation, evaluations, np.array(search.mean), float(search.sigma), found[0])
        search.tell(candidates, found)
        evaluations += len(found)

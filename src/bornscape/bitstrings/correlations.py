"""Correlations by order: of what a model still misses of its target, and of a diagonal observable such as a
discriminator. Parity targets, whose only correlation is of one high order.

The order of a correlation z_A = E[(-1)^(sum of x_i over i in A)] is |A|; wire 0 is the most significant bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import comb

from bornscape.aliases import Float
from bornscape.bitstrings.walsh import qubits_of, spectrum_of_transform, subset_sizes, walsh_hadamard


def parity_target(n_qubits: int, subset: int) -> Float:
    """The uniform distribution on all strings with an even number of ones on ``subset``, (2**n,).

    Its only correlations that are not 0 are those of no wire and of the whole subset, which are 1: it agrees with the
    uniform distribution on every marginal that lacks a wire of the subset.

    Parameters
    ----------
    subset
        Index of a set of wires, read as a bitstring, in [1, 2**n).

    Raises
    ------
    ValueError
        If it is not in that range.
    """
    if not 1 <= subset < 2**n_qubits:
        raise ValueError(f"subset: expected a number in [1, {2**n_qubits}), got {subset}")
    within = np.bitwise_count(np.arange(2**n_qubits, dtype=np.uint64) & np.uint64(subset))
    return (within % 2 == 0) / 2.0 ** (n_qubits - 1)


def random_subset(n_qubits: int, order: int, rng: np.random.Generator) -> int:
    """Index of a uniformly random set of ``order`` wires, 1 <= order <= n."""
    candidates = np.flatnonzero(subset_sizes(n_qubits) == order)
    return int(candidates[rng.integers(len(candidates))])


class Deviations(NamedTuple):
    """Differences of the correlations of two distributions, by order, (n+1,) each, in [0, 2].

    ``rms`` is sqrt(S_l / C(n, l)) with the bodyness spectrum S_l, ``largest`` the largest absolute difference.
    """

    rms: Float
    largest: Float


def deviations(difference: ArrayLike) -> Deviations:
    """How the correlations of q differ from those of p, order by order, from q - p, (2**n,)."""
    transform = walsh_hadamard(difference)
    n = qubits_of(transform.size)
    counts = comb(n, np.arange(n + 1))
    largest = np.zeros(n + 1)
    np.maximum.at(largest, subset_sizes(n), np.abs(transform))
    return Deviations(np.sqrt(spectrum_of_transform(transform) / counts), largest)


def is_constant(observable: ArrayLike) -> bool:
    """Whether a diagonal observable, (2**n,), has the same value on all strings, up to rounding.

    Examples
    --------
    >>> is_constant([0.1, 0.1 + 1e-16]), is_constant([0.0, 1e-16])
    (True, False)
    """
    values = np.asarray(observable, dtype=np.float64)
    return bool(np.abs(values - values.mean()).max() <= 1e-13 * np.abs(values).max())


def order_shares(observable: ArrayLike) -> Float:
    """Share of each order 1..n in a diagonal observable's variance over uniform strings, (n+1,); order 0 counts 0.

    The observable is D = sum_A d_A Z_A; the share of order l is the sum of d_A^2 over |A| = l, over that over all
    non-empty A. Its constant part tells no two distributions apart, and is left out.

    Parameters
    ----------
    observable
        Its values D(x) on all strings, (2**n,).

    Raises
    ------
    ValueError
        If it is constant up to rounding.
    """
    values = np.asarray(observable, dtype=np.float64)
    if is_constant(values):
        raise ValueError("observable: expected values that are not all equal")
    spectrum = spectrum_of_transform(walsh_hadamard(values - values.mean()))
    spectrum[0] = 0.0
    return spectrum / spectrum.sum()


def mean_bodyness(observable: ArrayLike) -> float:
    """Mean number of wires that the terms of a diagonal observable act on, weighted by ``order_shares``; in [1, n]."""
    shares = order_shares(observable)
    return float(shares @ np.arange(len(shares)))

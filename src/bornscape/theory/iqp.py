"""IQP Born machines at uniform angles: second moments of words and of their derivatives, and what follows for the MMD.

A generator is a set of wires whose product of Z is turned by an angle of its own, a word A a set of measured wires. Of
A only the generators count that meet it in an odd number of wires. With sigma their signs at a uniform string,
z_A = E cos(sum of theta sigma). In E[z_A^2] a uniform angle leaves only pairs of strings whose signs all agree, or all
differ; those that differ are as many, as the strings s and s + A have opposite signs. So E[z_A^2] = 2^-r, with r the
rank over GF(2) of those generators as rows of bits, and E[(dz_A/dtheta_k)^2] = 2^-r too for each k of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom


def gf2_rank(rows: Iterable[int]) -> int:
    """Rank over GF(2) of rows, each a number whose bits are its entries.

    Examples
    --------
    >>> gf2_rank([0b110, 0b011, 0b101])
    2
    """
    basis: dict[int, int] = {}
    for row in rows:
        rest = row
        while rest and rest.bit_length() in basis:
            rest ^= basis[rest.bit_length()]
        if rest:
            basis[rest.bit_length()] = rest
    return len(basis)


def iqp_word_rank(generators: Sequence[Sequence[int]], word: Iterable[int]) -> int:
    """Rank over GF(2) of the generators that meet a word in an odd number of wires.

    Parameters
    ----------
    generators
        Wires of each, different within one.
    word
        Wires of the word.

    Examples
    --------
    Three qubits with all pairs: Z_0 meets its own generator and the pairs (0, 1) and (0, 2).

    >>> iqp_word_rank([(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)], [0])
    3
    """
    held = set(word)
    return gf2_rank(sum(1 << wire for wire in wires) for wires in generators if len(held.intersection(wires)) % 2)


def iqp_graph_rank(n_qubits: int, pairs: NDArray[np.integer], word: NDArray[np.integer]) -> int:
    """``iqp_word_rank`` of all single qubits and some pairs, by the connected parts of a graph.

    The pairs that join the word to other wires make a graph. Rows of the pairs of one part have the rank of its wires
    less one, and the single qubit of a wire of the word adds one; every part holds such a wire. So r is the number of
    wires of the word and of their neighbours outside it.

    Parameters
    ----------
    pairs
        (n_pairs, 2), wires.
    word
        Zeros and ones, (n_qubits,).

    Examples
    --------
    A line of four: Z_1 has the neighbours 0 and 2.

    >>> iqp_graph_rank(4, np.array([[0, 1], [1, 2], [2, 3]]), np.array([0, 1, 0, 0]))
    3
    """
    held = np.asarray(word, dtype=bool)
    if held.shape != (n_qubits,):
        raise ValueError(f"word must have shape ({n_qubits},), got {held.shape}")
    ends = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    across = ends[held[ends[:, 0]] != held[ends[:, 1]]]
    met = held.copy()
    met[across.ravel()] = True
    return int(met.sum())


def iqp_mean_square(rank: float | NDArray[np.floating]) -> NDArray[np.floating]:
    """E[z_A^2], and E[(dz_A/dtheta_k)^2] of each generator k that meets A oddly, of words of a rank: 2^-rank.

    The empty word has rank 0 and mean square 1. Angles are uniform on a full turn, radians.
    """
    return np.asarray(2.0 ** -np.asarray(rank, dtype=np.float64))


def iqp_log_square(rank: float) -> tuple[float, float]:
    """Mean and variance of log z_A^2 for a word of one wire at uniform angles: -2 r ln 2 and r pi^2/3.

    Such a word is a product of r cosines of independent angles, and log cos^2 has the mean -2 ln 2 and the variance
    pi^2/3. Natural logarithms.
    """
    return -2 * math.log(2) * rank, rank * math.pi**2 / 3


def iqp_mmd_gradient_bounds(
    weights: NDArray[np.floating], data: NDArray[np.floating], ranks: NDArray[np.integer] | NDArray[np.floating]
) -> tuple[float, float]:
    """Bounds of the variance of one component of the MMD's gradient over uniform angles.

    The MMD is sum_A w_A (z_A - d_A)^2. A shift of a single qubit's angle by pi changes the sign of the words that hold
    it, which leaves of the variance 4 sum w_A^2 d_A^2 2^-r_A, from the data, and the mean square of
    sum_A w_A d(z_A^2)/dtheta, which is at most 4 W sum w_A 2^-r_A, W = sum w_A. Sums go over the words that the
    component's generator meets oddly.

    Parameters
    ----------
    weights, data, ranks
        w_A, d_A and r_A of those words, (K,). Every single qubit must be a generator. Means over graphs have ranks
        of ``iqp_random_graph_rank``.

    Returns
    -------
    lower, upper
        The data's part, which is exact, and that plus the bound of the rest.
    """
    square = iqp_mean_square(ranks.astype(np.float64))
    lower = 4 * float(np.sum(weights**2 * data**2 * square))
    return lower, lower + 4 * float(np.sum(weights)) * float(np.sum(weights * square))


LARGEST_ENUMERATED = 20
"""Qubits up to which all words are gone through."""


def iqp_collisions(n_qubits: int, pairs: NDArray[np.integer]) -> float:
    """E[2^n sum_x q(x)^2] at uniform angles, which is sum_A 2^-r_A over all words; 1 for uniform outputs.

    q(x) is one over 2^n times the sum of the z_A with signs, so that 2^n sum q^2 = sum_A z_A^2.

    Parameters
    ----------
    pairs
        (n_pairs, 2), wires; every single qubit is a generator too.

    Raises
    ------
    ValueError
        Above ``LARGEST_ENUMERATED`` qubits.

    Examples
    --------
    Without pairs words fall as 2^-wires, and the sum is (1 + 1/2)^n.

    >>> iqp_collisions(3, np.empty((0, 2), dtype=int)), 1.5**3
    (3.375, 3.375)
    """
    if n_qubits > LARGEST_ENUMERATED:
        raise ValueError(f"n_qubits: expected at most {LARGEST_ENUMERATED}, got {n_qubits}")
    near = [1 << wire for wire in range(n_qubits)]
    for one, other in np.asarray(pairs, dtype=np.int64).reshape(-1, 2).tolist():
        near[one] |= 1 << other
        near[other] |= 1 << one
    met = np.zeros(1, dtype=np.int64)
    for wires in near:
        met = np.concatenate([met, met | wires])
    return float(iqp_mean_square(np.bitwise_count(met).astype(np.float64)).sum())


def iqp_collisions_at_least(n_qubits: int, pairs: NDArray[np.integer]) -> float:
    """A lower bound of ``iqp_collisions`` at any n: 2^(sum over the wires of 2^-(1 + number of neighbours)).

    sum_A 2^-r_A counts pairs of sets A and S of which S meets neither A nor its neighbours, over 2^n: it is the mean,
    over uniform S, of 2^u with u the wires that have no wire of S at or beside them. Jensen's inequality does the rest.
    A graph with at most d neighbours a wire has 2^(n 2^-(1+d)) or more.
    """
    ends = np.asarray(pairs, dtype=np.int64).ravel()
    neighbours = np.bincount(ends, minlength=n_qubits)
    return float(2.0 ** np.sum(2.0 ** -(1.0 + neighbours)))


def iqp_line_collisions(n_qubits: int) -> float:
    """``iqp_collisions`` of neighbours on an open line, wire by wire.

    Examples
    --------
    >>> iqp_line_collisions(3), iqp_collisions(3, np.array([[0, 1], [1, 2]]))
    (2.125, 2.125)
    """
    # By whether the last two wires are in the word: a wire counts 1/2 if it or a neighbour is.
    sums = np.array([[1.0, 1.0], [0.0, 0.0]])
    one_of_three = 0.5 ** np.minimum(1, np.add.outer(np.add.outer([0, 1], [0, 1]), [0, 1]))
    for _ in range(n_qubits - 1):
        sums = np.einsum("ab,abc->bc", sums, one_of_three)
    return float(np.sum(sums * one_of_three[:, :, 0]))


def iqp_random_graph_rank(n_qubits: int, probability: float, wires: int) -> float:
    """The rank r at which 2^-r is the mean of 2^-rank over graphs with each pair by chance, for a word of k wires.

    A wire outside the word raises the rank unless none of its k pairs with the word is there: the mean is
    2^-k ((1 + (1-p)^k) / 2)^(n-k).

    Examples
    --------
    All pairs: every word but the empty one has the rank n.

    >>> iqp_random_graph_rank(5, 1.0, 2), iqp_random_graph_rank(5, 0.0, 2)
    (5.0, 2.0)
    """
    return wires - (n_qubits - wires) * math.log2((1 + (1 - probability) ** wires) / 2)


def iqp_random_graph_collisions(n_qubits: int, probability: float) -> float:
    """``iqp_collisions`` in the mean over graphs with each pair by chance.

    Examples
    --------
    All pairs, 2 - 2^-n, and none, (3/2)^n.

    >>> round(iqp_random_graph_collisions(5, 1.0), 12), round(iqp_random_graph_collisions(5, 0.0), 12)
    (1.96875, 7.59375)
    """
    size = np.arange(n_qubits + 1)
    ranks = np.array([iqp_random_graph_rank(n_qubits, probability, int(wires)) for wires in size])
    return float(np.sum(binom.pmf(size, n_qubits, 0.5) * 2.0 ** (n_qubits - ranks)))


def iqp_random_graph_collisions_at_least(n_qubits: int, probability: float) -> float:
    """``iqp_collisions_at_least``, a lower bound of its mean over graphs with each pair by chance."""
    return float(2.0 ** (n_qubits * 2.0 ** -iqp_random_graph_rank(n_qubits, probability, 1)))

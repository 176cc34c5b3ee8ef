"""Lemma 1: the variance of an observable over product states of Haar-random gates, from its Pauli terms alone.

O = sum_P c_P P over different Pauli words, none of them the identity; letters are 0, 1, 2, 3 for I, X, Y, Z. The
expectation of a word in a product state is the product of the wires' Bloch components r, and a Haar-random r is
uniform on the sphere: E[r_a r_b] = delta_ab / 3, so that words do not correlate and each gives c_P^2 / 3^|support|.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from bornscape.aliases import Float, Indices


def product_observable_variance(words: ArrayLike, coefficients: ArrayLike) -> float:
    """Return sum_P c_P^2 / 3^|support of P|, Lemma 1's variance of the expectation.

    Parameters
    ----------
    words
        (k, n) letters 0 to 3, rows different and none of them all 0.
    coefficients
        (k,) real numbers c_P.

    Raises
    ------
    ValueError
        If the shapes do not fit, a letter is not 0 to 3, a row is all 0, or two rows are equal.

    Examples
    --------
    Z on one wire: the variance of a number uniform on [-1, 1]; Z and X there: twice that; ZZ on two: a ninth.

    >>> [round(product_observable_variance(words, np.ones(len(words))), 4) for words in ([[3]], [[3], [1]], [[3, 3]])]
    [0.3333, 0.6667, 0.1111]
    """
    letters, c = _checked(words, coefficients)
    return float(np.sum(c**2 / 3.0 ** np.count_nonzero(letters, axis=1)))


def product_observable_fourth_moment(words: ArrayLike, coefficients: ArrayLike) -> float:
    """Return E[<O>^4] over product states of Haar-random gates: what the error of a sampled variance needs.

    On the sphere E[r_a r_b r_c r_d] = (d_ab d_cd + d_ac d_bd + d_ad d_bc) / 15, wire by wire; O(k^4 n) time.

    Parameters
    ----------
    words, coefficients
        As product_observable_variance.

    Raises
    ------
    ValueError
        As product_observable_variance.

    Examples
    --------
    Z on one wire: the fourth moment of a number uniform on [-1, 1].

    >>> product_observable_fourth_moment([[3]], [1.0])
    0.2
    """
    letters, c = _checked(words, coefficients)
    table = _fourth_moments()
    moments = np.ones((len(c),) * 4)
    for wire in letters.T:
        moments *= table[np.ix_(wire, wire, wire, wire)]
    return float(np.einsum("abcd,a,b,c,d->", moments, c, c, c, c, optimize=True))


def _fourth_moments() -> Float:
    """E[r_a r_b r_c r_d] with r_0 = 1, (4, 4, 4, 4)."""
    table = np.zeros((4, 4, 4, 4))
    for letters in product(range(4), repeat=4):
        counts = np.bincount([letter for letter in letters if letter], minlength=4)
        if np.any(counts % 2):
            continue
        # Moments of the sphere: E[x^2a y^2b z^2c] = (2a-1)!! (2b-1)!! (2c-1)!! / (3 5 ... (2(a+b+c)+1)).
        table[letters] = np.prod([3.0 if count == 4 else 1.0 for count in counts]) / {0: 1, 2: 3, 4: 15}[counts.sum()]
    return table


def _checked(words: ArrayLike, coefficients: ArrayLike) -> tuple[Indices, Float]:
    letters, c = np.asarray(words, dtype=np.int64), np.asarray(coefficients, dtype=np.float64)
    if letters.ndim != 2 or c.shape != (len(letters),):
        raise ValueError(f"expected words (k, n) and coefficients (k,), got {letters.shape} and {c.shape}")
    if letters.size and (letters.min() < 0 or letters.max() > 3):
        raise ValueError("letters must be 0, 1, 2 or 3")
    if not np.all(letters.any(axis=1)) or len(np.unique(letters, axis=0)) < len(letters):
        raise ValueError("words must be different, and none of them the identity")
    return letters, c

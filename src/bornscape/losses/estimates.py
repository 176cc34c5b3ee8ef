"""Explicit losses estimated from samples at any n: from the strings seen alone, no vector over 2**n outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from bornscape.aliases import Float
from bornscape.losses.explicit import EPSILON
from bornscape.losses.supports import SparseTarget

_WORD = 8
"""Bytes of an integer, which numpy sorts much faster than bytes."""


@dataclass(frozen=True, eq=False)
class SeenStrings:
    """The empirical distribution q~ of samples; made by ``seen_strings``.

    Attributes
    ----------
    shares
        Key of a string -> its share of the samples; the shares sum to 1.
    negative_entropy
        Sum of q~ log q~, in nats.
    """

    shares: Mapping[int | bytes, float]
    negative_entropy: float

    @property
    def frequencies(self) -> Float:
        """Shares of the different strings, in no order that means anything."""
        return np.array(list(self.shares.values()))

    def inside(self, bitstrings: NDArray) -> Float:
        """Share of each of the bitstrings (M, n) among the samples, (M,)."""
        return np.array([self.shares.get(key, 0.0) for key in _keys(bitstrings).tolist()])


def seen_strings(samples: NDArray) -> SeenStrings:
    """The empirical distribution of ``samples``, (N, n) bitstrings with N at least 1."""
    keys, counts = np.unique(_keys(samples), return_counts=True)
    shares = counts / len(samples)
    return SeenStrings(dict(zip(keys.tolist(), shares.tolist(), strict=True)), float(xlogy(shares, shares).sum()))


def estimated_losses(
    seen: SeenStrings, bitstrings: NDArray, probabilities: Float, epsilon: float = EPSILON
) -> tuple[dict[str, float], dict[str, float]]:
    """Every explicit loss of q~ against a target, and its fixed point L0 (Thm. 1).

    Parameters
    ----------
    seen
        The samples' empirical distribution.
    bitstrings, probabilities
        The target: (M, n) distinct strings and (M,).
    epsilon
        Clipping value.

    Returns
    -------
    Loss -> estimate, and loss -> its value if no sample lay in the target's support.
    """
    sparse = SparseTarget(np.arange(len(bitstrings)), probabilities)
    return (
        sparse.losses_inside(seen.inside(bitstrings), seen.negative_entropy, epsilon),
        sparse.fixed_points(1.0, seen.negative_entropy, epsilon),
    )


def _keys(bitstrings: NDArray) -> NDArray:
    """One key a row of bitstrings (M, n), equal for equal rows: integers up to 64 bits, bytes beyond."""
    packed = np.packbits(np.asarray(bitstrings, dtype=np.uint8), axis=1)
    width = max(_WORD, packed.shape[1])
    rows = np.zeros((len(packed), width), dtype=np.uint8)
    rows[:, : packed.shape[1]] = packed
    return rows.view(np.uint64 if width == _WORD else f"S{width}").ravel()

"""Checking the distributions that a caller hands to a loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bornscape.aliases import Float
from bornscape.bitstrings.walsh import qubits_of

SUM_TOLERANCE = 1e-3
"""How far from 1 probabilities may sum and how far below 0 they may be: what single precision leaves."""


def distribution(name: str, values: ArrayLike) -> Float:
    """Probabilities of all basis states as an array, (2**n,).

    Raises
    ------
    ValueError
        If the shape is another, the sum not 1, or a value below 0 or not finite; the message begins with ``name``.

    Examples
    --------
    >>> distribution("q", [0.25, 0.75]).tolist()
    [0.25, 0.75]
    """
    vector = np.asarray(values, dtype=np.float64)
    if vector.ndim != 1:
        raise ValueError(f"{name}: expected a vector of length 2**n, got shape {vector.shape}")
    qubits_of(vector.size)
    total = float(vector.sum())  # NaN and infinity show in it.
    if not abs(total - 1) <= SUM_TOLERANCE or vector.min() < -SUM_TOLERANCE:
        raise ValueError(
            f"{name}: expected probabilities with sum 1, none below 0, got sum {total:.6g} and smallest "
            f"{vector.min():.6g}; {name} / {name}.sum() makes them of counts"
        )
    return vector

"""The bodyness spectrum of q - p estimated from shots without bias, from which the MMD of every bandwidth follows."""

from __future__ import annotations

from math import comb

import numpy as np

from bornscape.aliases import Float
from bornscape.bitstrings.walsh import products_by_size, spectrum_of_transform


def sampled_spectrum(transform: Float, target_transform: Float, shots: int) -> Float:
    """Unbiased bodyness spectrum of q - p, (n+1,), from ``shots`` measurements of q and the exact p.

    Parameters
    ----------
    transform
        Walsh-Hadamard transform of the empirical distribution of the shots, (2**n,).
    target_transform
        That of p, (2**n,).
    shots
        At least 2. A pair of a shot with itself adds 1/shots to every z_A^2: it is left out (U-statistic).
    """
    own = spectrum_of_transform(transform)
    across = products_by_size(transform, target_transform)
    return unbiased_spectrum(own, across, spectrum_of_transform(target_transform), shots)


def unbiased_spectrum(own: Float, across: Float, target: Float, shots: int) -> Float:
    """As ``sampled_spectrum``, from sums over the subsets of each size, (n+1,) each, which several estimates can share.

    Parameters
    ----------
    own, across, target
        Sums of z_A(q~)^2, of z_A(q~) z_A(p) and of z_A(p)^2.
    shots
        At least 2.

    Raises
    ------
    ValueError
        If there are fewer shots.
    """
    if shots < 2:
        raise ValueError(f"shots: expected at least 2, got {shots}")
    n = len(own) - 1
    subsets = np.array([float(comb(n, size)) for size in range(n + 1)])
    return (shots * own - subsets) / (shots - 1) - 2 * across + target

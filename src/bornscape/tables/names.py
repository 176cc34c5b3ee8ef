"""Names in tables that other rooms share: rows that are not losses, and the depth that is not a number."""

from __future__ import annotations

MASS = "training_mass"
"""The row of q(P), the chance that one shot lands in the training set P."""

NOISE = "mmd_noise"
"""The row of half the difference of two estimates, whose mean square is their mean's sampling noise."""

DEEP = float("inf")
"""The number of layers of the deep limit, a Haar-random state."""

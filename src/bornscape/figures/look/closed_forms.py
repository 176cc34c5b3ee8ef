"""Closed forms that several figures draw beside what was measured."""

from __future__ import annotations

import numpy as np

from bornscape import theory
from bornscape.datasets import SYNTHETIC


def deep_forms(dataset: str, n: int) -> tuple[float, float]:
    """Var[KLD] over Haar-random states for a uniform data set, and the paper's form of it."""
    count = SYNTHETIC[dataset].strings(n)
    p = np.full(count, 1 / count)
    return theory.deep_kld_variance_exact(p, 2.0**n), theory.deep_kld_variance(p)

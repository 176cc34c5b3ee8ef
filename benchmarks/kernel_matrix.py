"""The MMD as examples write it: a matrix of the kernel between all 2**n strings."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LARGEST = 12
"""Qubits: the matrix has 4**n entries, 128 MiB at 12 and 32 GiB at 16."""


@lru_cache(maxsize=16)
def kernel_matrix(n: int, bandwidth: float) -> NDArray[np.float64]:
    """exp(-H(x, y) / 2s) of all pairs of strings, (2**n, 2**n)."""
    if n > LARGEST:
        raise ValueError(f"n: expected at most {LARGEST} for a kernel matrix, got {n}")
    strings = np.arange(2**n, dtype=np.uint32)
    distances = np.bitwise_count(strings[:, None] ^ strings[None, :]).astype(np.float64)
    return np.exp(-distances / (2 * bandwidth))

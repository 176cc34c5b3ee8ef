"""Random generators keyed by what a job is, never by order or by time."""

from __future__ import annotations

import hashlib
import operator

import numpy as np


def seed_sequence(seed: int, *key: str | int) -> np.random.SeedSequence:
    """SeedSequence of the root ``seed`` and a job's ``key``, for example ``("fig_7", n_qubits, chunk)``."""
    named = (f"str:{k}" if isinstance(k, str) else f"int:{operator.index(k)}" for k in key)
    digest = hashlib.sha256("\x1f".join(named).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4")
    return np.random.SeedSequence(seed, spawn_key=tuple(int(word) for word in words))


def generator(seed: int, *key: str | int) -> np.random.Generator:
    """Numpy generator of the root ``seed`` and a job's ``key``.

    Examples
    --------
    The same job draws the same numbers whenever it runs; another job draws others.

    >>> draws = [generator(0, "fig_7", n_qubits).random() for n_qubits in (4, 4, 5)]
    >>> draws[0] == draws[1], draws[0] == draws[2]
    (True, False)
    """
    return np.random.default_rng(seed_sequence(seed, *key))


def small_seed(seed: int, *key: str | int) -> int:
    """Integer in [1, 900000000] for programs that take one (Pythia's range)."""
    return 1 + int(generator(seed, *key).integers(900_000_000))

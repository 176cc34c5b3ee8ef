"""Pauli paths without a guide and without counts: what other walks are held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Flags
from bornscape.simulators.pauli_paths import entangle, turn


def draw_words(n_qubits: int, n_layers: int, wires: NDArray, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Words before the last layer of single-qubit gates, of paths that start at Z on each of ``wires``, (paths,)."""
    x = np.zeros((n_qubits, len(wires)), dtype=bool)
    z = np.zeros_like(x)
    z[wires, np.arange(len(wires))] = True
    for _ in range(n_layers):
        x, z = turn(x, z, rng)
        entangle(x, z, rng)
    return x, z

"""The work that contenders share: the circuit of Eq. 53, random parameters, data."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.circuits import Circuit, line_circuit

Float = NDArray[np.float64]
SEED = 20230505


class Size(NamedTuple):
    """Qubits and layers."""

    n: int
    layers: int

    def __str__(self) -> str:
        return f"({self.n},{self.layers})"


def circuit_of(size: Size) -> Circuit:
    return line_circuit(size.n, size.layers)


def parameters(size: Size, count: int) -> Float:
    """Fresh random parameters, (count, n_parameters), radians."""
    rng = np.random.default_rng([SEED, size.n, size.layers])
    return rng.uniform(0, 2 * np.pi, (count, circuit_of(size).n_parameters))


def data(n: int) -> Float:
    """A dense data distribution, (2**n,)."""
    return np.random.default_rng([SEED, n]).dirichlet(np.ones(2**n))

"""Local depolarising noise by trajectories: random Paulis after the layers of a line circuit.

A Pauli word passes a rotation by turning the angle's sign where it anticommutes with the rotation's generator. So a
trajectory is the same circuit at other signs of its angles, and then what is left of all Paulis, which flips bits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Flags, Float

_HAS_X, _HAS_Z = np.array([True, True, False]), np.array([False, True, True])
"""Parts of the Paulis X, Y and Z."""


class Trajectory(NamedTuple):
    """What noise makes of a line circuit.

    Attributes
    ----------
    signs
        Of every angle, +1 or -1, in the order of the parameters.
    flips
        Bits of an outcome that come out flipped, as a number, wire 0 the most significant bit.
    """

    signs: Float
    flips: int

    def distribution(self, q: Float) -> Float:
        """The trajectory's, from that of the circuit without noise at the angles with these signs, (2**n,) each."""
        return q[np.arange(q.size) ^ self.flips]


def trajectory(n_qubits: int, n_layers: int, noise: float, rng: np.random.Generator) -> Trajectory:
    """One trajectory of ``line_circuit(n_qubits, n_layers)`` with noise on every wire after every layer but layer 0.

    The mean of the distributions of trajectories is the noisy one.

    Parameters
    ----------
    n_qubits, n_layers
        Sizes of the circuit.
    noise
        Chance that a wire meets one of the three Paulis, each equally likely (PennyLane's ``DepolarizingChannel``).
        In [0, 3/4]; at 3/4 a wire is fully depolarised.

    Raises
    ------
    ValueError
        If the chance lies outside.
    """
    if not 0 <= noise <= 0.75:
        raise ValueError(f"noise: expected a chance between 0 and 3/4, got {noise}")
    x, z = np.zeros((2, n_layers + 1, n_qubits), dtype=bool)
    for layer in range(1, n_layers + 1):
        struck = np.flatnonzero(rng.random(n_qubits) < noise)
        paulis = np.array([rng.integers(3) for _ in struck], dtype=np.int64)
        x[layer, struck], z[layer, struck] = _HAS_X[paulis], _HAS_Z[paulis]
    # A word stays as it is on its way, so that words of all layers before multiply up.
    x, z = np.logical_xor.accumulate(x), np.logical_xor.accumulate(z)
    turned = [np.zeros(3 * n_qubits, dtype=bool), *(_turned(x[k], z[k]) for k in range(n_layers))]
    flips = int("".join(map(str, x[-1].astype(int))), 2)
    return Trajectory(np.where(np.concatenate(turned), -1.0, 1.0), flips)


def _turned(x: Flags, z: Flags) -> NDArray[np.bool_]:
    """Angles of a layer whose generators anticommute with the word: Y_i X_(i+1) of every pair, then Z, Y and Z."""
    return np.concatenate([x[:-1] ^ z[:-1] ^ z[1:], np.stack([x, x ^ z, x], axis=1).ravel()])

"""The data state sum_x sqrt(p(x)) |x> at any n: as a chain of tensors, or wire by wire of a light cone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bornscape.aliases import Complex, Float, Indices
from bornscape.bitstrings.sampling import to_indices
from bornscape.datasets import Target
from bornscape.simulators.words.chain_contractions import Tensor
from bornscape.simulators.words.protocol import DoesNotFitError

_ROUNDING = 1e-13
"""Singular values below this share of the largest are rounding."""


def data_tensors(target: Target, largest: int) -> list[Tensor]:
    """Site tensors of the data state, (left bond, 2, right bond) each, with the smallest bonds that hold it exactly.

    Raises
    ------
    DoesNotFitError
        If a bond would have more than ``largest`` terms.

    Examples
    --------
    The GHZ set needs two terms, one string none more than one.

    >>> import numpy as np
    >>> ghz = Target(np.array([[0, 0, 0], [1, 1, 1]], dtype=np.uint8), np.array([0.5, 0.5]))
    >>> [tensor.shape for tensor in data_tensors(ghz, 2)]
    [(1, 2, 2), (2, 2, 2), (2, 2, 1)]
    """
    rest, held = np.asarray(target.bitstrings, dtype=np.uint8), np.sqrt(target.probabilities)[None]
    tensors: list[Tensor] = []
    for wire in range(target.n_qubits):
        bits, (rest, places) = rest[:, 0], np.unique(rest[:, 1:], axis=0, return_inverse=True)
        spread = np.zeros((len(held), 2, len(rest)))
        for bit in (0, 1):
            spread[:, bit, places.ravel()[bits == bit]] = held[:, bits == bit]
        u, s, v = np.linalg.svd(spread.reshape(2 * len(held), -1), full_matrices=False)
        rank = max(1, int((s > _ROUNDING * s[0]).sum()))
        if rank > largest:
            raise DoesNotFitError(
                f"the data state takes {rank} terms between the wires {wire} and {wire + 1}, and {largest} would fit: "
                f"fewer strings, or fewer layers"
            )
        tensors.append(u[:, :rank].reshape(len(held), 2, rank).astype(complex))
        held = s[:rank, None] * v[:rank]
    tensors[-1] = tensors[-1] * held[0, 0]
    return tensors


class SparseStart(NamedTuple):
    """A state of k wires, not normalised, by the amplitudes that are not 0."""

    n_qubits: int
    indices: Indices
    amplitudes: Float

    def dense(self) -> Complex:
        """Amplitudes, (2**k,)."""
        found = np.zeros(2**self.n_qubits, dtype=complex)
        found[self.indices] = self.amplitudes
        return found


def starts_within(target: Target, wires: Sequence[int]) -> tuple[SparseStart, ...]:
    """States of some wires whose sum of projectors is the data state's reduced state on them.

    One for each pattern that the data's strings have on the other wires.
    """
    inside = np.zeros(target.n_qubits, dtype=bool)
    inside[list(wires)] = True
    indices, amplitudes = to_indices(target.bitstrings[:, inside]), np.sqrt(target.probabilities)
    _, patterns = np.unique(target.bitstrings[:, ~inside], axis=0, return_inverse=True)
    return tuple(
        SparseStart(len(wires), indices[mine], amplitudes[mine])
        for mine in (np.flatnonzero(patterns.ravel() == number) for number in range(int(patterns.max()) + 1))
    )

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


class _Columns(NamedTuple):
    """The data state with some wires as rows and orthogonal states of all others as columns.

    Attributes
    ----------
    shown
        Basis states of the wires that occur, (D,), the rows.
    rows, columns
        Of each string, (M,), below D and C.
    n_columns
        C. What the other wires show is a column, but where one string alone shows it: such strings share one for each
        row, their probabilities added.
    """

    shown: Indices
    rows: Indices
    columns: Indices
    n_columns: int

    @classmethod
    def of(cls, target: Target, wires: Sequence[int]) -> _Columns:
        own = np.zeros(target.n_qubits, dtype=bool)
        own[list(wires)] = True
        shown, rows = np.unique(to_indices(target.bitstrings[:, own]), return_inverse=True)
        others = np.packbits(target.bitstrings[:, ~own], axis=1)
        _, kinds, counts = np.unique(others, axis=0, return_inverse=True, return_counts=True)
        alone = counts[kinds.ravel()] == 1
        used, columns = np.unique(np.where(alone, rows.ravel(), len(shown) + kinds.ravel()), return_inverse=True)
        return cls(shown, rows.ravel(), columns.ravel(), len(used))

    @property
    def many(self) -> bool:
        """Whether they are so many that as many as there are rows are made of them."""
        return self.n_columns > 2 * len(self.shown)

    @property
    def terms(self) -> int:
        """Pure states that add up to the reduced state."""
        return len(self.shown) if self.many else self.n_columns


def terms_within(target: Target, wires: Sequence[int], enough: int) -> int:
    """Pure states that add up to the data state's reduced state on some wires; counted if they may be over enough."""
    surely = min(2 * 2 ** len(wires), len(target.bitstrings)) <= enough
    return enough if surely else _Columns.of(target, wires).terms


class SparseState(NamedTuple):
    """A state of n qubits by its real amplitudes that are not 0."""

    n_qubits: int
    indices: Indices
    amplitudes: Float

    def dense(self) -> Complex:
        """All amplitudes, (2**n,)."""
        found = np.zeros(2**self.n_qubits, dtype=complex)
        found[self.indices] = self.amplitudes
        return found


def reduced_start(target: Target, wires: Sequence[int]) -> SparseState:
    """The data state's reduced state on k wires as a pure one of these and of some more.

    The others stand behind the wires, the least significant, as many as its terms need. Nothing acts on them.

    Examples
    --------
    One wire of two that show the same takes another that does.

    >>> import numpy as np
    >>> pair = Target(np.array([[0, 0], [1, 1]], dtype=np.uint8), np.array([0.5, 0.5]))
    >>> reduced_start(pair, [0]).dense().real.round(3).tolist()
    [0.707, 0.0, 0.0, 0.707]
    """
    found = _Columns.of(target, wires)
    spread = np.zeros((len(found.shown), found.n_columns))
    np.add.at(spread, (found.rows, found.columns), target.probabilities)
    spread = np.sqrt(spread)
    if found.many:
        # R^T R is the same reduced state, of as many columns as there are rows.
        spread = np.asarray(np.linalg.qr(spread.T, mode="r")).T
    behind = (found.terms - 1).bit_length()
    rows, columns = np.nonzero(spread)
    return SparseState(len(wires) + behind, (found.shown[rows] << behind) + columns, spread[rows, columns])

"""Brick walls of uniformly random two-qubit Cliffords: exact local 2-designs, so that q's first two moments are Haar's.

A stabilizer state's q is uniform on 2^r strings, with r the rank of its stabilizers' X parts: all that is asked here
follows from two numbers, at any n.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Words
from bornscape.circuits.ansatze import brickwork_pairs
from bornscape.circuits.compiled_designs import apply_letters


class Support(NamedTuple):
    """The strings that a stabilizer state can give: 2^``rank`` of them, each as likely."""

    rank: int
    holds_zero: bool


Word = str
"""Gates of a two-qubit Clifford in the order in which they act: H and S on the first wire, h and s on the second, C a
CX from the first to the second and c one back."""

_SINGLES = (
    *("HSSHSS", "HSSH", "SS", "HH", "SHSSS", "SHSHSSH", "SHSHSSHSS", "SHS", "HHSSHSS", "HSS", "HHSSH", "H"),
    *("HSHSSH", "HSSS", "HSHSSHSS", "HS", "SHHSSHSS", "SHSS", "SH", "SHHSSH", "SHSSH", "SHSSHSS", "SSS", "S"),
)
"""The 24 single-qubit Cliffords up to a phase. Their order is fixed: draws are numbers of gates."""

_TURNS = ("", "SSSH", "HS")
"""None, X to Y to Z to X, and back."""

_ISWAP = "HCchsS"
_CLASSES = (
    "",
    "CcC",
    *(gate + first + second.lower() for gate in ("C", _ISWAP) for first in _TURNS for second in _TURNS),
)
"""No gate, SWAP, and the classes of CX and of iSWAP."""


@cache
def cliffords() -> list[Word]:
    """All 11520 two-qubit Cliffords up to a phase, each once: pairs of single-qubit ones and one of 20 classes."""
    return [first + second.lower() + last for first, second, last in product(_SINGLES, _SINGLES, _CLASSES)]


class _Stabilizers:
    """Stabilizers of a state, one a qubit, as words of 64 bits: row w holds what each of them has on wire w.

    Stabilizer k is (-1)^s i^(x z) X^x Z^z on every wire w, with x, z and s the bits k of x[w], z[w] and the signs.
    """

    def __init__(self, n_qubits: int) -> None:
        self.x, self.z = np.zeros((2, n_qubits, -(-n_qubits // 64)), dtype=np.uint64)
        wires = np.arange(n_qubits, dtype=np.uint64)
        self.z[wires, wires // 64] = np.uint64(1) << wires % 64
        self.signs = np.zeros(self.x.shape[1], dtype=np.uint64)

    def apply(self, words: Sequence[Word], pairs: Sequence[tuple[int, int]]) -> None:
        """Two-qubit Cliffords, each on its two wires."""
        letters = np.frombuffer("".join(words).encode(), dtype=np.uint8)
        wires = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        first, second = np.repeat(wires, [len(word) for word in words], axis=0).T
        apply_letters(self.x, self.z, self.signs, letters, first, second)

    def support(self) -> Support:
        """By elimination of the X parts: what is left over has none, and fixes parities of the strings."""
        n = len(self.x)
        # Numbers whose bit w belongs to wire w, one a stabilizer.
        rows = (_numbers(_bits(part, n).T) for part in (self.x, self.z))
        basis: dict[int, tuple[int, int, int]] = {}
        holds_zero = True
        for x, z, sign in zip(*rows, _bits(self.signs[None], n)[0].tolist(), strict=True):
            # The product of i^a X^x Z^z and i^b X^u Z^v is i^(a + b + 2 z.u) X^(x + u) Z^(z + v).
            phase = 2 * sign + (x & z).bit_count()
            while x and (other := basis.get(x.bit_length())):
                phase += other[2] + 2 * (z & other[0]).bit_count()
                x, z = x ^ other[0], z ^ other[1]
            if x:
                basis[x.bit_length()] = x, z, phase
            elif phase % 4:
                holds_zero = False
        return Support(len(basis), holds_zero)


def _bits(words: Words, count: int) -> NDArray[np.uint8]:
    """The first ``count`` bits of each row of words, the lowest first."""
    return np.unpackbits(words.view(np.uint8), axis=1, count=count, bitorder="little")


def _numbers(bits: NDArray[np.uint8]) -> list[int]:
    """Each row of bits as a number, the lowest first."""
    return [int.from_bytes(row.tobytes(), "little") for row in np.packbits(bits, axis=1, bitorder="little")]


def random_support(n_qubits: int, n_layers: int, rng: np.random.Generator) -> Support:
    """The support of one random circuit on |0...0>; a layer puts a gate on every pair of neighbours on a line.

    Raises
    ------
    ValueError
        If there are fewer than two qubits, or no layers: every qubit has to meet a gate.
    """
    if n_qubits < 2 or n_layers < 1:
        raise ValueError(f"expected n_qubits >= 2 and n_layers >= 1, got {n_qubits} and {n_layers}")
    gates, pairs = cliffords(), brickwork_pairs(n_qubits) * n_layers
    state = _Stabilizers(n_qubits)
    state.apply([gates[k] for k in rng.integers(len(gates), size=len(pairs))], pairs)
    return state.support()

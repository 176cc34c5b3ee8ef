"""Brick walls of uniformly random two-qubit Cliffords: exact local 2-designs, so that q's first two moments are Haar's.

A stabilizer state's q is uniform on 2^r strings, with r the rank of its stabilizers' X parts: all that is asked here
follows from two numbers, at any n.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from bornscape.circuits.ansatze import brickwork_pairs


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
    """Stabilizers of a state, one a qubit; an integer holds a bit of each of them, column by column.

    Stabilizer k is (-1)^s i^(x z) X^x Z^z on every wire w, with x, z and s the bits k of x[w], z[w] and the signs.
    """

    def __init__(self, n_qubits: int) -> None:
        self.x, self.z = [0] * n_qubits, [1 << k for k in range(n_qubits)]
        self.signs, self._all = 0, (1 << n_qubits) - 1

    def apply(self, word: Word, first: int, second: int) -> None:
        """A two-qubit Clifford on two wires (Aaronson and Gottesman, quant-ph/0406196, p. 4)."""
        x, z = self.x, self.z
        for letter in word:
            if letter in "Cc":
                control, target = (first, second) if letter == "C" else (second, first)
                self.signs ^= x[control] & z[target] & (self._all ^ x[target] ^ z[control])
                x[target] ^= x[control]
                z[control] ^= z[target]
                continue
            wire = first if letter.isupper() else second
            self.signs ^= x[wire] & z[wire]
            if letter in "Hh":
                x[wire], z[wire] = z[wire], x[wire]
            else:
                z[wire] ^= x[wire]

    def support(self) -> Support:
        """By elimination of the X parts: what is left over has none, and fixes parities of the strings."""
        columns = range(len(self.x))
        basis: dict[int, tuple[int, int, int]] = {}
        holds_zero = True
        for k in columns:
            x, z = (sum((column[w] >> k & 1) << w for w in columns) for column in (self.x, self.z))
            # The product of i^a X^x Z^z and i^b X^u Z^v is i^(a + b + 2 z.u) X^(x + u) Z^(z + v).
            phase = 2 * (self.signs >> k & 1) + (x & z).bit_count()
            while x and (other := basis.get(x.bit_length())):
                phase += other[2] + 2 * (z & other[0]).bit_count()
                x, z = x ^ other[0], z ^ other[1]
            if x:
                basis[x.bit_length()] = x, z, phase
            elif phase % 4:
                holds_zero = False
        return Support(len(basis), holds_zero)


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
    for k, pair in zip(rng.integers(len(gates), size=len(pairs)), pairs, strict=True):
        state.apply(gates[k], *pair)
    return state.support()

"""Light cones of Theorem 3: the Pauli that a parity Z_A becomes, carried back through a circuit at Clifford angles.

U' is a circuit of Pauli rotations exp(-i a P / 2), here the layers of Eq. 53 without R(theta^0). At angles 0 and pi/2
it is a Clifford circuit, and U'^dagger Z_A U' is one Pauli string, whose support is the light cone. Angles of pi and
3 pi/2 only change signs. What the random layer in front of U' makes of a string depends on how many of its factors
are Z and how many are X or Y: the two numbers kept here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Words

Family = Literal["entanglers", "line"]
FAMILIES: tuple[Family, ...] = ("entanglers", "line")
"""``entanglers``: layers W(alpha) alone; ``line``: layers W(alpha) and three Euler rotations on every qubit."""

_WORD = 64


class Supports(NamedTuple):
    """Factors Z, and factors X or Y, of the back-propagated Paulis of many subsets A: (subsets,) each."""

    z_factors: NDArray[np.int64]
    xy_factors: NDArray[np.int64]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Sizes of the light cones."""
        return self.z_factors + self.xy_factors


def layer_rotations(family: Family, n_qubits: int) -> list[dict[int, str]]:
    """The Pauli of each rotation of one layer, by wire, in the order in which they act.

    Raises
    ------
    ValueError
        If the family is unknown.
    """
    if family not in FAMILIES:
        raise ValueError(f"family {family!r}: expected one of {FAMILIES}")
    rotations = [{i: "Y", i + 1: "X"} for i in range(n_qubits - 1)]
    if family == "line":
        rotations += [{i: letter} for i in range(n_qubits) for letter in "ZYZ"]
    return rotations


def supports(
    family: Family,
    n_qubits: int,
    clifford: Sequence[NDArray[np.bool_]],
    layers: Sequence[int],
    largest_subset: int,
) -> Iterator[tuple[int, Supports]]:
    """Yield (l, supports of all subsets after l layers) for the increasing ``layers``.

    Parameters
    ----------
    clifford
        For each layer, which of its rotations (``layer_rotations``) have the angle pi/2 and not 0.
    largest_subset
        n for all subsets, in the order of their indices as bitstrings (wire 0 first); 2 for those of ``subset_pairs``.
    """
    for layer, z_to_x, z_to_z in _tableaus(family, n_qubits, clifford, layers):
        yield layer, _all_supports(z_to_x, z_to_z, largest_subset)


def _tableaus(
    family: Family, n_qubits: int, clifford: Sequence[NDArray[np.bool_]], layers: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield (l, X bits, Z bits) of the back-propagated Z of every wire, (n, n) each, for the increasing ``layers``.

    A later rotation acts on a Pauli first. By P it leaves what commutes with P, and makes a product with P of the rest:
    so it changes the images of the X and Z of its own wires only. Signs are left out.
    """
    moves = _moves(family, n_qubits)
    # An image is one integer: bit w is its X on wire w, bit n + w its Z. Products are exclusive ors.
    images = [1 << k for k in range(2 * n_qubits)]
    done = 0
    for layer in layers:
        for chosen in clifford[done:layer]:
            for turned in np.flatnonzero(chosen).tolist():
                factors, changed = moves[turned]
                image = 0
                for k in factors:
                    image ^= images[k]
                for k in changed:
                    images[k] ^= image
        done = layer
        bits = _bits(images[n_qubits:], 2 * n_qubits)
        yield layer, bits[:, :n_qubits], bits[:, n_qubits:]


_FACTORS = {"X": "X", "Y": "XZ", "Z": "Z"}


@cache
def _moves(family: Family, n_qubits: int) -> list[tuple[list[int], list[int]]]:
    """Of each rotation of a layer the factors of its Pauli, and what does not commute with one of its letters.

    X of wire w is w, Z is n + w.
    """
    moves = []
    for word in layer_rotations(family, n_qubits):
        places = {(wire, "X"): wire for wire in word} | {(wire, "Z"): n_qubits + wire for wire in word}
        factors = [places[wire, factor] for wire, letter in word.items() for factor in _FACTORS[letter]]
        changed = [places[wire, factor] for wire, letter in word.items() for factor in "XZ" if letter != factor]
        moves.append((factors, changed))
    return moves


def _bits(integers: Sequence[int], width: int) -> NDArray[np.bool_]:
    """Rows of bits, the lowest first, (len(integers), width)."""
    content = b"".join(integer.to_bytes(-(-width // 8), "little") for integer in integers)
    octets = np.frombuffer(content, dtype=np.uint8).reshape(len(integers), -1)
    return np.unpackbits(octets, axis=1, count=width, bitorder="little").astype(bool)


def random_supports(
    family: Family, n_qubits: int, layers: Sequence[int], largest_subset: int, rng: np.random.Generator
) -> Iterator[tuple[int, Supports]]:
    """``supports`` at angles drawn from 0 and pi/2 with equal chances; layers share their angles."""
    return supports(family, n_qubits, _random_clifford(family, n_qubits, layers, rng), layers, largest_subset)


def random_subset_supports(
    family: Family, n_qubits: int, layers: Sequence[int], subsets: NDArray[np.bool_], rng: np.random.Generator
) -> Iterator[tuple[int, Supports]]:
    """``random_supports`` of chosen subsets only: rows of ``subsets``, (k, n), say which wires belong to each.

    Examples
    --------
    Without layers a subset is its own light cone.

    >>> import numpy as np
    >>> subsets = np.array([[True, False, True]])
    >>> [(layer, found.sizes.tolist()) for layer, found in
    ...  random_subset_supports("line", 3, [0], subsets, np.random.default_rng(0))]
    [(0, [2])]
    """
    clifford = _random_clifford(family, n_qubits, layers, rng)
    members = subsets.astype(np.int64)
    for layer, z_to_x, z_to_z in _tableaus(family, n_qubits, clifford, layers):
        x, z = ((members @ bits % 2).astype(bool) for bits in (z_to_x, z_to_z))
        yield layer, Supports((z & ~x).sum(axis=1), x.sum(axis=1))


def _random_clifford(
    family: Family, n_qubits: int, layers: Sequence[int], rng: np.random.Generator
) -> list[NDArray[np.bool_]]:
    count = len(_moves(family, n_qubits))
    return list(rng.integers(0, 2, (max(layers, default=0), count)).astype(bool))


@cache
def subset_pairs(n_qubits: int) -> NDArray[np.int64]:
    """Subsets of one and of two wires as rows (i, j), i <= j, the single ones (i, i) first; not to be written to."""
    first, second = np.triu_indices(n_qubits, 1)
    single = np.arange(n_qubits)
    pairs = np.stack([np.concatenate([single, first]), np.concatenate([single, second])], axis=1)
    pairs.flags.writeable = False
    return pairs


def _all_supports(x_bits: NDArray[np.bool_], z_bits: NDArray[np.bool_], largest_subset: int) -> Supports:
    x, z = (_products(_packed(bits), largest_subset) for bits in (x_bits, z_bits))
    counts = [np.bitwise_count(words).sum(axis=0, dtype=np.int64) for words in (z & ~x, x)]
    return Supports(*counts)


def _packed(bits: NDArray[np.bool_]) -> Words:
    """Rows of bits as columns of 64-bit words, (ceil(n / 64), n)."""
    rows, columns = bits.shape
    padded = np.zeros((rows, -(-columns // _WORD) * _WORD), dtype=np.uint8)
    padded[:, :columns] = bits
    return np.ascontiguousarray(np.packbits(padded, axis=1).view(np.uint64).T)


def _products(generators: Words, largest_subset: int) -> Words:
    """Bits of the products of the generators, a column each, over every subset, signs left out."""
    width, n = generators.shape
    if largest_subset == 2 and n > 2:
        first, second = subset_pairs(n)[n:].T
        return np.concatenate([generators, generators.take(first, axis=1) ^ generators.take(second, axis=1)], axis=1)
    if largest_subset < n:
        raise ValueError(f"largest_subset: expected 2 or {n}, got {largest_subset}")
    words = np.zeros((width, 2**n), dtype=np.uint64)
    for k in range(n):  # The last wire is the least significant bit.
        np.bitwise_xor(words[:, : 2**k], generators[:, n - 1 - k, None], out=words[:, 2**k : 2 ** (k + 1)])
    return words

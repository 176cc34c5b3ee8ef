"""Pauli words as bits, Clifford gates as maps of them, and stabilizer states.

A Pauli word is (x, z, c): i^c times the product over wires of X^x Z^z, X first. x and z are numbers whose bit i belongs
to wire i, c is 0 to 3. Y is i X Z, (1, 1, 1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

Pauli = tuple[int, int, int]

_LETTERS = {"X": (1, 0, 0), "Y": (1, 1, 1), "Z": (0, 1, 0)}


def product(first: Pauli, second: Pauli) -> Pauli:
    """The operator product, ``first`` on the left.

    Examples
    --------
    X Z = -i Y, and Y is (1, 1, 1).

    >>> product((1, 0, 0), (0, 1, 0)), product((0, 1, 0), (1, 0, 0))
    ((1, 1, 0), (1, 1, 2))
    """
    passed = (first[1] & second[0]).bit_count()
    return first[0] ^ second[0], first[1] ^ second[1], (first[2] + second[2] + 2 * passed) % 4


class Frame:
    """Images C^dagger P C of Pauli words P under the Clifford gates C that were turned so far."""

    def __init__(self, n_qubits: int) -> None:
        self.x: list[Pauli] = [(1 << i, 0, 0) for i in range(n_qubits)]
        self.z: list[Pauli] = [(0, 1 << i, 0) for i in range(n_qubits)]

    def image(self, word: str, wires: Sequence[int]) -> Pauli:
        """Of the word with these letters on these wires."""
        result: Pauli = (0, 0, 0)
        for letter, wire in zip(word, wires, strict=True):
            if letter == "I":
                continue
            x, z, c = _LETTERS[letter]
            if x:
                result = product(result, self.x[wire])
            if z:
                result = product(result, self.z[wire])
            result = result[0], result[1], (result[2] + c) % 4
        return result

    def turn(self, word: str, wires: Sequence[int], quarters: int) -> None:
        """Append exp(-i quarters (pi/4) P), with P the word on the wires."""
        if not quarters % 4:
            return
        about = self.image(word, wires)
        for letter, wire in zip(word, wires, strict=True):
            for images, own in ((self.x, "X"), (self.z, "Z")):
                if letter not in ("I", own):
                    images[wire] = _turned(images[wire], about, quarters)

    def stabilizers(self) -> list[Pauli]:
        """Pauli words, n of them, that keep C|0...0>.

        They are those products of X and Z of the wires whose images are products of Z.
        """
        pivots: dict[int, tuple[Pauli, Pauli]] = {}
        found = []
        n = len(self.x)
        for i in range(n):
            for image, own in ((self.z[i], (0, 1 << i, 0)), (self.x[i], (1 << i, 0, 0))):
                word: Pauli = own
                while image[0]:
                    top = image[0].bit_length()
                    if top not in pivots:
                        pivots[top] = image, word
                        break
                    image, word = product(image, pivots[top][0]), product(word, pivots[top][1])
                else:
                    found.append((word[0], word[1], (word[2] - image[2]) % 4))
        return found


def _turned(image: Pauli, about: Pauli, quarters: int) -> Pauli:
    """exp(i q pi/4 P) Q exp(-i q pi/4 P) of an image Q that anticommutes with P: Q (-i P)^q."""
    if quarters % 4 == 2:
        return image[0], image[1], (image[2] + 2) % 4
    x, z, c = product(image, about)
    return x, z, (c + (3 if quarters % 4 == 1 else 1)) % 4


def turned_axes(rotations: Sequence[Pauli]) -> Callable[[Pauli], Pauli]:
    """A map of Pauli words by gates of single wires that takes these rotations to products of Z.

    Raises
    ------
    ValueError
        If they use two axes of one wire.
    """
    axes = [0, 0, 0]
    for x, z, _ in rotations:
        for k, mask in enumerate((x & ~z, x & z, z & ~x)):
            axes[k] |= mask
    about_x, about_y, about_z = axes
    both = (about_x & about_y) | (about_x & about_z) | (about_y & about_z)
    if both:
        wire = (both & -both).bit_length() - 1
        used = [letter for letter, mask in zip("XYZ", axes, strict=True) if mask >> wire & 1]
        raise ValueError(f"its rotations do not commute: wire {wire} is turned about {' and '.join(used)}")

    def mapped(pauli: Pauli) -> Pauli:
        x, z, c = pauli
        swapped_x = (x & ~about_x) | (z & about_x)
        swapped_z = (z & ~about_x) | (x & about_x)
        turns = c + 2 * (x & z & about_x).bit_count() + 3 * (z & about_y).bit_count()
        return swapped_x ^ (z & about_y), swapped_z, turns % 4

    return mapped


def stabilizers(words: Sequence[Pauli]) -> tuple[list[Pauli], list[tuple[int, int]]]:
    """Stabilizers of a state, in reduced form: those with X, and those of Z alone as (z, c), c 0 or 2.

    The highest bit of each X part is in no other; the lowest bit of each z is in no other.
    """
    with_x: list[Pauli] = []
    alone: dict[int, Pauli] = {}
    tops: dict[int, Pauli] = {}
    for word in words:
        while word[0] and word[0].bit_length() in tops:
            word = product(word, tops[word[0].bit_length()])
        if word[0]:
            tops[word[0].bit_length()] = word
            continue
        while word[1] and (word[1] & -word[1]) in alone:
            word = product(word, alone[word[1] & -word[1]])
        if word[1]:
            alone[word[1] & -word[1]] = word
    for top in sorted(tops):  # The lower ones are reduced already.
        word = tops[top]
        for lower in sorted((t for t in tops if t < top), reverse=True):
            if word[0] >> (lower - 1) & 1:
                word = product(word, tops[lower])
        tops[top] = word
        with_x.append(word)
    for low in sorted(alone, reverse=True):
        word = alone[low]
        for higher in sorted(key for key in alone if key > low):
            if word[1] & higher:
                word = product(word, alone[higher])
        alone[low] = word
    return with_x, [(z, c) for _, z, c in alone.values()]


def matrices(paulis: Sequence[Pauli], wires: int) -> tuple[sparse.csr_array, sparse.csr_array, np.ndarray]:
    """X parts and Z parts, (len, wires), and quarter turns, (len,)."""
    x, z = (rows_of_bits([pauli[part] for pauli in paulis], wires) for part in (0, 1))
    return x, z, np.array([pauli[2] for pauli in paulis], dtype=np.int64)


def rows_of_bits(masks: Sequence[int], width: int) -> sparse.csr_array:
    """Bits of numbers as rows of zeros and ones, the lowest first."""
    indices = [set_bits(mask) for mask in masks]
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in indices])]).astype(np.int64)
    flat = np.array([i for row in indices for i in row], dtype=np.int64)
    return sparse.csr_array((np.ones(len(flat), dtype=np.int64), flat, indptr), shape=(len(masks), width))


def set_bits(mask: int) -> list[int]:
    """Places of a number's ones, the lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found

"""What a shot's chance to fall on the data is at most, at sizes where no engine has q(x) of whole strings.

The data's strings are no likelier than what they show on some of the wires. On a few wires the distribution is had
from the means of all Z-words there; blocks of wires whose light cones share no wire are independent, so that their
chances multiply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

import numpy as np

from bornscape.aliases import Bits, Float, Indices
from bornscape.bitstrings.sampling import to_bits, to_indices
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import Circuit
from bornscape.circuits.cones import Cones
from bornscape.simulators.words.choice import Choices, share_exact
from bornscape.simulators.words.protocol import DoesNotFitError, Engine, WordState
from bornscape.simulators.words.readout import read_with

BLOCKS = (8, 6, 4, 2, 1)
"""Wires of a block, tried in this order: the more of them, the lower the bound."""

MOST = 64
"""Wires of all blocks together: what they leave of the chance is small enough."""

ROUNDED = 1e-15
"""What rounding may take off the chance of a pattern of a block."""


def independent_blocks(circuit: Circuit, size: int) -> Iterator[Indices]:
    """Places among the measured wires, up to ``size`` a block, so that the light cones of blocks share no wire.

    Examples
    --------
    Wires 0 and 1 are entangled; wire 2 is independent of them.

    >>> import bornscape as bs
    >>> circuit = bs.Circuit(3, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("CNOT", (0, 1))))
    >>> [block.tolist() for block in independent_blocks(circuit, 2)]
    [[0, 1], [2]]
    """
    cones = Cones(circuit)
    before, block, around = set[int](), list[int](), set[int]()
    for place, wire in enumerate(circuit.measured_wires):
        if len(block) == size:
            yield np.array(block)
            before, block, around = before | around, [], set()
        # A union's cone is the union of the cones.
        if wire not in before and before.isdisjoint(cone := cones.cone(frozenset({wire})).wires):
            block.append(place)
            around.update(cone)
    if block:
        yield np.array(block)


@dataclass(frozen=True, eq=False)
class HitBound:
    """A bound on q(data) from exact marginals.

    Attributes
    ----------
    engine
        Has the words of the blocks exactly.
    blocks
        Places among the measured wires, independent of each other.
    patterns
        What the data show on the blocks, as numbers, each combination once, (M, blocks).
    """

    engine: Engine
    blocks: list[Indices]
    patterns: Indices

    @classmethod
    def of(cls, choices: Choices, bitstrings: Bits, angles: Float, misread: float = 0.0) -> HitBound | None:
        """Of data (M, n_measured) read with errors, at angles like these, (n_angles,).

        None if no engine has such words exactly.
        """
        for size in BLOCKS:
            blocks = list(islice(independent_blocks(choices.circuit, size), MOST // size))
            words = np.concatenate([_words(block, choices.circuit.n_measured) for block in blocks])
            try:
                engine = choices.of(words, angles).engine
            except DoesNotFitError:
                continue
            if share_exact(engine, words) == 1:
                shown = np.column_stack([to_indices(bitstrings[:, block]) for block in blocks])
                read = cast(Engine, read_with(misread, [engine])[0])
                return cls(read, blocks, np.unique(shown, axis=0))
        return None

    def at(self, state: WordState) -> float:
        """The bound at a state of the engine, at most 1."""
        chances = np.ones(len(self.patterns))
        for block, patterns in zip(self.blocks, self.patterns.T, strict=True):
            words = _words(block, self.engine.circuit.n_measured)
            # Exact means use no random numbers.
            marginal = walsh_hadamard(state.means(words, np.random.default_rng(0))) / len(words)
            chances *= np.maximum(marginal, 0.0)[patterns] + ROUNDED
        return min(1.0, float(chances.sum()))


def _words(block: Indices, n_measured: int) -> Bits:
    """All words on a block's wires, the first wire the most significant bit, (2**k, n_measured)."""
    words = np.zeros((2 ** len(block), n_measured), dtype=np.uint8)
    words[:, block] = to_bits(np.arange(len(words)), len(block))
    return words

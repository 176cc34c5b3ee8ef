"""Pauli paths: exact second moments of the local quantum fidelity over random line circuits, at any n.

With all angles of Eq. 53 uniform, U Z_i U^dagger = sum_P c_P P has E[c_P] = 0 and E[c_P c_P'] = 0 for P != P', and the
squares E[c_P^2] are the probabilities of a Markov chain on Pauli words that starts at Z_i:

- a layer of Euler angles turns every letter by itself, Z into (Z, X, Y) with (1/2, 1/4, 1/4), and X or Y into
  (Z, X, Y) with (1/4, 3/8, 3/8);
- exp(-i alpha Y_j X_(j+1) / 2) leaves a word that commutes with Y_j X_(j+1) alone, and multiplies any other by it with
  probability 1/2. In U (.) U^dagger the first pair of a layer comes first.

<Z_i> and <Z_k> are uncorrelated (turning wire i's first gate by pi changes the sign of <Z_i> alone), so
Var[LQF] = (1 / 4 n^2) sum_i E[<phi|P|phi>^2], P the end of a path from Z_i. The last turn is averaged exactly.
Words are two boolean arrays (n, paths), the letters' X and Z parts; Y has both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Flags, Float
from bornscape.datasets import Target
from bornscape.simulators.compiled_paths import entangle_pairs, turn_letters


def turn(x: Flags, z: Flags, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Words after a layer of random Euler angles."""
    # Only letters other than the identity take a random number: most words of long circuits that count are narrow.
    letters = int(np.count_nonzero(x | z))
    points, coins = rng.random(letters, dtype=np.float32), _coins(letters, rng)
    x, z = x.copy(), z.copy()
    turn_letters(x.view(np.uint8), z.view(np.uint8), points, coins)
    return x, z


def entangle(x: Flags, z: Flags, rng: np.random.Generator) -> Flags:
    """Pass words through a layer W of random angles, in place; words are whole arrays, in the order of C.

    Returns which of its rotations do not commute with each word, (n - 1, paths).
    """
    rotations, paths = max(len(x) - 1, 0), x.shape[1]
    coins = _coins(rotations * paths, rng).reshape(rotations, paths)
    together = np.uint8 if paths % 8 else np.uint64
    entangle_pairs(x.view(together), z.view(together), coins.view(together))
    return coins.view(np.bool_)


def _coins(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Random bits, (count,): those of ``rng.integers(0, 2, count, dtype=bool)``, made 32 at a time."""
    drawn = np.frombuffer(rng.bytes(-(-count // 32) * 4) if count else b"", dtype=np.uint8)
    return np.unpackbits(drawn, count=count, bitorder="little")


@dataclass(frozen=True, eq=False)
class _Family:
    """Pairs of strings that differ by one set of wires and interfere: first strings, and products of amplitudes."""

    bits: Float
    amplitudes: Float


@dataclass(frozen=True, eq=False)
class DataMoments:
    """E[<phi|R P R^dagger|phi>^2] over a last layer R of Euler angles, phi the data state of ``target``.

    A word on the wires S becomes one that flips F, a subset of S, by X or Y and has Z on the rest. Without flips its
    expectation is z_S(p); with flips only pairs of strings that differ exactly by F count, and half of the words, those
    with an odd number of Y, not at all, because the data state is real.
    """

    target: Target

    @cached_property
    def _distances(self) -> NDArray[np.int64]:
        """Hamming distances of the strings, (M, M); a string is as far from itself as from its complement."""
        signs = 1.0 - 2.0 * self.target.bitstrings.astype(np.float32)
        distances = np.rint((signs.shape[1] - signs @ signs.T) / 2).astype(np.int64)
        np.fill_diagonal(distances, signs.shape[1])
        return distances

    def _pairs(self, largest: int) -> dict[tuple[int, ...], list[_Family]]:
        """Flipped wires -> families, for pairs of strings at most ``largest`` apart.

        Pairs with the same flipped wires interfere at every word if their first strings agree there, else at none.
        """
        strings, p = self.target.bitstrings, self.target.probabilities
        by_flip: dict[tuple[int, ...], dict[bytes, list[tuple[int, float]]]] = {}
        for a, b in np.argwhere(np.triu(self._distances <= largest, 1)).tolist():
            flip = tuple(np.flatnonzero(strings[a] ^ strings[b]).tolist())
            # Of the two strings the one with a 0 at the first flipped wire stands first.
            first = a if strings[a, flip[0]] == 0 else b
            family = by_flip.setdefault(flip, {}).setdefault(strings[first][list(flip)].tobytes(), [])
            family.append((first, float(np.sqrt(p[a] * p[b]))))
        return {
            flip: [
                _Family(strings[[k for k, _ in members]].astype(np.float32), np.array([a for _, a in members]))
                for members in families.values()
            ]
            for flip, families in by_flip.items()
        }

    def __call__(self, x: Flags, z: Flags) -> Float:
        """The moment of each word, (paths,)."""
        held = x | z
        log_keep = np.where(held, np.where(x, np.log(0.25), np.log(0.5)), 0.0)
        total = np.exp(log_keep.sum(axis=0)) * (self.target.probabilities @ _signs(self.target.bitstrings, held)) ** 2
        order = np.argsort(-held.sum(axis=0), kind="stable")
        sizes = held.sum(axis=0)[order]
        for flip, families in self._pairs(int(sizes[0])).items():
            wires = np.array(flip)
            large = order[: np.searchsorted(-sizes, -len(flip), side="right")]
            paths = large[held[np.ix_(wires, large)].all(axis=0)]
            if len(paths):
                total[paths] += _flipped(wires, families, x[:, paths], held[:, paths], log_keep[:, paths])
        return total


def _signs(bits: NDArray, held: Flags) -> Float:
    """(-1)^(x . S) of each string (rows) and each word (columns)."""
    return 1.0 - 2.0 * np.mod(bits.astype(np.float32) @ held.astype(np.float32), 2.0)


def _flipped(wires: NDArray, families: list[_Family], x: Flags, held: Flags, log_keep: Float) -> Float:
    """What the turns that flip ``wires`` add to the moments of these words."""
    rest = held.copy()
    rest[wires] = False
    log_flip = np.log(np.where(np.asarray(x[wires], dtype=bool), 0.75, 0.5))
    weights = np.exp(log_keep.sum(axis=0) - log_keep[wires].sum(axis=0) + log_flip.sum(axis=0))
    squares = np.zeros(x.shape[1])
    for family in families:
        squares += (2 * family.amplitudes @ _signs(family.bits, rest)) ** 2
    return weights * squares / 2

"""Observables given as Z-words with coefficients, at any n, and how a user may write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.losses.word_estimates import Halves, ShiftedStates
from bornscape.losses.word_samples import WeightedPairs, joined
from bornscape.simulators.words.protocol import Kind, WordState

ALL_PAIRS = 4096
"""Pairs of words that are all taken for the noise; of more, so many are drawn."""

WIDEST_TABLE = 12
"""Wires of the widest function that is given by its values."""


@dataclass(frozen=True, eq=False)
class WordObservable:
    """L = constant + sum_A c_A z_A.

    Attributes
    ----------
    words, coefficients
        (K, n) distinct words of at least one wire, and c, (K,).
    constant
        Coefficient of the empty word.
    """

    words: Bits
    coefficients: Float
    constant: float = 0.0

    @classmethod
    def of(cls, terms: Iterable[tuple[Sequence[int], float | Sequence[float]]], n_qubits: int) -> WordObservable:
        """From terms (wires, coefficient of their Z-word) or (wires, values of a function of their bits).

        Values, (2**k,), are those at the bits 0...0 to 1...1, the first of the wires the most significant.

        Raises
        ------
        ValueError
            If a term is none of these; the message says which and what would do.

        Examples
        --------
        Z_0 Z_1, and the number of ones on wire 1, which is (1 - Z_1)/2.

        >>> found = WordObservable.of([((0, 1), 2.0), ((1,), [0, 1])], 3)
        >>> found.words.tolist(), found.coefficients.tolist(), found.constant
        ([[1, 1, 0], [0, 1, 0]], [2.0, -0.5], 0.5)
        """
        summed: dict[tuple[int, ...], float] = {}
        for term in terms:
            for wires, coefficient in _as_words(term, n_qubits):
                summed[wires] = summed.get(wires, 0.0) + coefficient
        constant = summed.pop((), 0.0)
        kept = {wires: coefficient for wires, coefficient in summed.items() if coefficient}
        words = np.zeros((len(kept), n_qubits), dtype=np.uint8)
        for word, wires in zip(words, kept, strict=True):
            word[list(wires)] = 1
        return cls(words, np.array(list(kept.values()), dtype=np.float64), constant)

    def diagonal(self) -> Float:
        """Its value at every bitstring, (2**n,)."""
        n = self.words.shape[1]
        spectrum = np.zeros(2**n)
        spectrum[0] = self.constant
        spectrum[self.words.astype(np.int64) @ (1 << np.arange(n - 1, -1, -1))] += self.coefficients
        return walsh_hadamard(spectrum)

    @property
    def estimated(self) -> bool:
        """No: all words are asked for. Only the noise may be estimated."""
        return False

    def likely_words(self, count: int, rng: np.random.Generator) -> Bits:
        """Words like those that it asks for, (K, n): its own, and products of pairs."""
        pairs = self._pairs(rng)
        return np.concatenate([self.words, (pairs.first ^ pairs.second)[:count]])

    def halves(self, state: WordState, kind: Kind, rng: np.random.Generator) -> Halves:
        """Value and gradient at a state; both halves are the same unless the engine samples."""
        halves = 2 if kind == "sampled" else 1
        means = [state.means(self.words, rng) for _ in range(halves)]
        gradients = [state.gradient(self.words, self.coefficients, rng) for _ in range(halves)]
        values = np.array([self.constant + self.coefficients @ part for part in means])
        error = float(np.abs(self.coefficients) @ state.error(self.words))
        return Halves(np.resize(values, 2), np.array([gradients[0], gradients[-1]]), self._orders, error)

    @cached_property
    def _orders(self) -> Float:
        sizes = self.words.sum(axis=1, dtype=np.int64)
        return np.bincount(sizes, weights=self.coefficients**2, minlength=self.words.shape[1] + 1).astype(np.float64)

    def noise(self, state: WordState, shifts: Sequence[ShiftedStates], rng: np.random.Generator) -> tuple[float, float]:
        """A of the variance A/N of a component: sum_AB c_A c_B (z_AB - z_A z_B) of every shifted circuit; B is 0."""
        total = 0.0
        pairs = self._pairs(rng)
        count = len(pairs.weights)
        for shift in shifts:
            for side in (shift.plus, shift.minus):
                first = side.means(np.concatenate([pairs.first, pairs.first ^ pairs.second]), rng)
                covariance = first[count:] - first[:count] * side.means(pairs.second, rng)
                total += shift.factor**2 / 4 * float(pairs.weights @ covariance)
        return total, 0.0

    def _pairs(self, rng: np.random.Generator) -> WeightedPairs:
        count, size = len(self.words), np.abs(self.coefficients)
        if count**2 <= ALL_PAIRS:
            one, other = (part.ravel() for part in np.indices((count, count)))
            return WeightedPairs(self.words[one], self.words[other], self.coefficients[one] * self.coefficients[other])
        half, chance = ALL_PAIRS // 2, size / size.sum()
        # A word with itself is a rare pair that carries much of a variance: these are summed, others are drawn.
        one, other = (rng.choice(count, half, p=chance) for _ in range(2))
        signs = np.sign(self.coefficients[one] * self.coefficients[other]) * size.sum() ** 2 / half
        drawn = WeightedPairs(self.words[one], self.words[other], np.where(one == other, 0.0, signs))
        own = WeightedPairs(self.words, self.words, self.coefficients**2)
        return joined([own, drawn])


def _as_words(term: Any, n_qubits: int) -> Iterable[tuple[tuple[int, ...], float]]:
    """A term's words with their coefficients."""
    try:
        given, value = term
        wires = [int(wire) for wire in given]
        values = np.asarray(value, dtype=np.float64)
        whole = wires == list(given)
    except (TypeError, ValueError):
        raise ValueError(f"expected terms (wires, coefficient), such as ((0, 1), -0.5), got {term!r}") from None
    if not whole or len(set(wires)) < len(wires) or not all(0 <= wire < n_qubits for wire in wires):
        raise ValueError(f"expected different wires of 0..{n_qubits - 1}, such as (0, 1), got {given!r}")
    if not np.isfinite(values).all():
        raise ValueError(f"expected finite numbers for the wires {given!r}, got {value!r}")
    if values.ndim == 0:
        return [(tuple(sorted(wires)), float(values))]
    if len(wires) > WIDEST_TABLE or values.shape != (2 ** len(wires),):
        raise ValueError(
            f"expected a coefficient for the wires {given!r}, or {2 ** len(wires)} values of a function of their bits "
            f"(at most {WIDEST_TABLE} wires), got shape {values.shape}"
        )
    spectrum = walsh_hadamard(values) / len(values)
    bits = [[wire for k, wire in enumerate(wires) if place >> (len(wires) - 1 - k) & 1] for place in range(len(values))]
    return [(tuple(sorted(some)), float(part)) for some, part in zip(bits, spectrum, strict=True)]


def written_terms(words: Mapping[Any, Any]) -> list[tuple[tuple[int, ...], Any]]:
    """Terms from a configuration's mapping: {"0": 1.0, "0,1": -0.5}, wires apart by commas, "" for the constant.

    Raises
    ------
    ValueError
        If a key is no such list.

    Examples
    --------
    >>> written_terms({"0": 1.0, "0,1": -0.5})
    [((0,), 1.0), ((0, 1), -0.5)]
    """
    terms = []
    for key, value in words.items():
        try:
            wires = tuple(int(wire) for wire in str(key).split(",") if str(key).strip())
        except ValueError:
            raise ValueError(f'expected wires apart by commas, such as "0,1": -0.5, got {key!r}') from None
        terms.append((wires, value))
    return terms

"""Pauli paths in a guided population: second moments of parities at depths where paths that still count are rare.

E[<P>^2] over random line circuits is a mean over Pauli paths of what the last turn makes of their words
(``pauli_paths``), which falls by a factor of 2 or more with every wire of a word. After n layers nearly all words are
wide; the moment comes from the few that stayed narrow. So a population of paths is resampled after each layer, with
weights ``NARROWING`` to the power of the growth of a word. The means of the weights are multiplied up, which leaves
every estimate unbiased, whatever the guide and the size of the population (sequential Monte Carlo, a Feynman-Kac
model; Del Moral, Doucet and Jasra, J. R. Stat. Soc. B 68, 411, 2006). Paths of one population are dependent, so that
errors come from how populations scatter.

The chain is that of U (.) U^dagger. That of U^dagger Z_A U meets the pairs of wires of a layer in the other order: it
is the same chain with the wires counted from the other end and X and Y exchanged, which a turn does not tell apart.
So E[z_A^2] over the q of line circuits is the moment, at the string |0...0>, of the words that start as Z on A
mirrored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Flags, Float
from bornscape.simulators.pauli_paths import DataMoments, entangle, turn

NARROWING = 0.5
"""Weight of each further wire of a word. Of 0.8, 0.65, 0.55, 0.45 and 0.3, those near 1/2 scatter least at n = 100."""


class GuidedWords(NamedTuple):
    """A population of words before their last turn, X and Z parts (n, paths), and what each stands for, (paths,).

    The mean over the paths of ``weights`` times a function of the word estimates the mean of that function over
    unguided paths, without bias.
    """

    x: Flags
    z: Flags
    weights: Float

    def mean(self, values: Float) -> float:
        """Unbiased estimate of the mean of a function of the words, from its values, (paths,)."""
        return float(np.mean(self.weights * values))


def guided_words(starts: Flags, n_layers: int, rng: np.random.Generator) -> GuidedWords:
    """Words after ``n_layers`` layers of random line circuits, of paths that start at Z on the wires of ``starts``.

    Parameters
    ----------
    starts
        (n, paths): the wires of each path's first word.
    n_layers
        Layers of Eq. 53, all angles uniform on [0, 2 pi).

    Examples
    --------
    Without layers nothing is resampled.

    >>> import numpy as np
    >>> words = guided_words(np.eye(3, dtype=bool), 0, np.random.default_rng(0))
    >>> words.z.astype(int).tolist(), words.weights.tolist()
    ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1.0, 1.0, 1.0])
    """
    z = starts.copy()
    x = np.zeros_like(z)
    logs, log_scale = np.zeros(z.shape[1]), 0.0
    for _ in range(n_layers):
        x, z = turn(x, z, rng)
        entangle(x, z, rng)
        grown = np.log(NARROWING) * (x | z).sum(axis=0)
        weights = np.exp(grown - logs)
        log_scale += float(np.log(weights.mean()))
        kept = _resampled(weights, rng)
        x, z, logs = x[:, kept], z[:, kept], grown[kept]
    return GuidedWords(x, z, np.exp(log_scale - logs))


def _resampled(weights: Float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of as many paths, each taken in proportion to its weight: evenly spaced points, one random shift."""
    sums = np.cumsum(weights)
    points = (np.arange(len(weights)) + rng.random()) * (sums[-1] / len(weights))
    return np.minimum(np.searchsorted(sums, points, side="right"), len(weights) - 1)


def zero_moments(words: GuidedWords) -> Float:
    """E[<0|R P R^dagger|0>^2] over the last turn R, (paths,): 1/2 for each Z, 1/4 for each X or Y."""
    held = words.x | words.z
    return np.asarray(0.5 ** (held.sum(axis=0) + words.x.sum(axis=0)))


def spread_starts(n_qubits: int, paths: int, rng: np.random.Generator) -> Flags:
    """One wire for each path, (n, paths): every wire equally likely, and equally often up to one."""
    starts = np.zeros((n_qubits, paths), dtype=bool)
    wires = np.floor((np.arange(paths) + rng.random()) * n_qubits / paths).astype(np.int64)
    starts[np.minimum(wires, n_qubits - 1), np.arange(paths)] = True
    return starts


def subset_starts(n_qubits: int, sizes: NDArray[np.int64], rng: np.random.Generator) -> Flags:
    """A uniformly random set of wires of each of the ``sizes``, (n, paths)."""
    ranks = np.argsort(np.argsort(rng.random((n_qubits, len(sizes))), axis=0), axis=0)
    return np.asarray(ranks < sizes)


def lqf_variance_of_paths(
    n_layers: int, paths: int, moments: Mapping[str, DataMoments], rng: np.random.Generator
) -> dict[str, float]:
    """Unbiased estimate of Var[LQF] over line circuits of ``n_layers`` for each data set of one n, from the same paths.

    Var[LQF] = m / 4n, m the mean over the wires of E[<phi|Z_i|phi>^2] (``pauli_paths``).
    """
    n = next(iter(moments.values())).target.n_qubits
    words = guided_words(spread_starts(n, paths, rng), n_layers, rng)
    return {name: words.mean(moment(words.x, words.z)) / (4 * n) for name, moment in moments.items()}

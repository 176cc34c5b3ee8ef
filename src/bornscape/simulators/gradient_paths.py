"""Pauli paths of the LQF's gradient: the sum over all angles of Var[dL/d angle] over random line circuits, at any n.

Along a path (``pauli_paths``) each rotation whose generator does not commute with the word multiplies its coefficient
by the cosine or the sine of its angle, and no other angle enters. A derivative by such an angle exchanges the two and
so keeps the mean square; by any other angle it is 0. Hence sum_k Var[d_k LQF] is the mean over paths of what Var[LQF]
is the mean of, times the number of such rotations. It is one at least wherever the moment is not 0: the sum is never
below Var[LQF] (Efron and Stein's inequality).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Flags, Float
from bornscape.datasets import Target
from bornscape.simulators.pauli_paths import entangle, turn


class LQFVariances(NamedTuple):
    """Var[LQF], and the sum over all angles of the variances of its derivatives."""

    loss: float
    gradient: float


def gradient_variance_of_paths(
    n_layers: int, paths: int, targets: Mapping[str, Target], rng: np.random.Generator
) -> dict[str, LQFVariances]:
    """Unbiased estimates over line circuits of ``n_layers`` for each data set of one n, from the same paths.

    Parameters
    ----------
    n_layers, paths
        Depth, at least 0; paths, each from a uniformly random wire.
    targets
        Data of one string, or of two that differ on all wires, as GHZ.

    Raises
    ------
    ValueError
        If a target holds other strings.

    Examples
    --------
    Without layers and at |0...0> LQF = 1/2 - (1/2n) sum_i cos(b_i): its variance is 1/8n, and so is the sum over the
    angles b_i of those of sin(b_i) / 2n. One path is as good as many.

    >>> import numpy as np
    >>> import bornscape as bs
    >>> zero = {"zero": bs.synthetic_target("zero", 5, np.random.default_rng(0))}
    >>> variances = gradient_variance_of_paths(0, 1, zero, np.random.default_rng(1))["zero"]
    >>> [round(value * 8 * 5, 12) for value in variances]
    [1.0, 1.0]
    """
    n = next(iter(targets.values())).n_qubits
    for name, target in targets.items():
        if len(target.bitstrings) > 1 and not (len(target.bitstrings) == 2 and _opposite(target.bitstrings)):
            raise ValueError(f"data set {name}: expected one string, or two that differ on all wires")
    x, z, met = counted_words(n, n_layers, rng.integers(0, n, size=paths), rng)
    return {name: _variances(target, x, z, met) for name, target in targets.items()}


def counted_words(n_qubits: int, n_layers: int, wires: NDArray, rng: np.random.Generator) -> tuple[Flags, Flags, Float]:
    """Words before the last turn, X and Z parts (n, paths), and how many rotations each path met, (paths,).

    Turns count with their mean given the letters before and after.
    """
    x = np.zeros((n_qubits, len(wires)), dtype=bool)
    z = np.zeros_like(x)
    z[wires, np.arange(len(wires))] = True
    met = np.zeros(len(wires))
    for _ in range(n_layers):
        turned = turn(x, z, rng)
        flips = turned[0]
        met += _kept_turns(x & ~flips, z & ~flips) + _flipping_turns(x & flips, z & flips)
        x, z = turned
        met += entangle(x, z, rng).sum(axis=0)
    return x, z, met


def _kept_turns(x: Flags, z: Flags) -> Float:
    """Rotations met by letters that three Euler angles turn into Z: 1 by a Z, 2 by an X or Y; (paths,)."""
    return np.asarray((2 * x + (z & ~x)).sum(axis=0), dtype=np.float64)


def _flipping_turns(x: Flags, z: Flags) -> Float:
    """Rotations met by letters that turn into X or Y, (paths,): 2 by a Z; by an X or Y 3 one time in three, else 2."""
    return np.asarray((x * (7 / 3) + 2 * (z & ~x)).sum(axis=0), dtype=np.float64)


def _variances(target: Target, x: Flags, z: Flags, met: Float) -> LQFVariances:
    """The last turn, averaged: all letters become Z, or all wires flip and lead from one string to its opposite."""
    strings, p = target.bitstrings, target.probabilities
    held = x | z
    turned, straight = x.sum(axis=0), (z & ~x).sum(axis=0)
    parities = p @ (1.0 - 2.0 * np.mod(strings.astype(np.float32) @ held.astype(np.float32), 2.0))
    kept = 0.25**turned * 0.5**straight * parities**2
    loss, gradient = kept, kept * (met + _kept_turns(x, z))
    if len(strings) == 2:
        # Half of the words that flip all wires have an odd number of Y, which real states do not see.
        flipping = np.where(held.all(axis=0), 0.75**turned * 0.5**straight, 0.0) * 2 * p[0] * p[1]
        loss, gradient = loss + flipping, gradient + flipping * (met + _flipping_turns(x, z))
    return LQFVariances(float(loss.mean()) / (4 * len(x)), float(gradient.mean()) / (4 * len(x)))


def _opposite(strings: NDArray) -> bool:
    return bool((strings[0] != strings[1]).all())

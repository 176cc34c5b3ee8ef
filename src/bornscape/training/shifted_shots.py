"""Means over the shots of both shifted circuits of many angles.

An epoch of the parameter-shift rule samples two distributions an angle. To sum each of them up and to search the sums
would cost more than the gates that made the states. What is done instead depends on how many outcomes the values tell
apart, and on the shots. Few outcomes: the number of shots at each is drawn. Many: each shot looks its outcome up in a
table of the distribution (``compiled_shot_tables``). Far more outcomes than shots: one walk along the outcomes meets
the shots in increasing order, without a table (``compiled_shot_walks``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.simulators.state_vector import Complex, ShiftedBlock

_COUNT_FROM = 24
"""From so many shots an outcome on it is fastest to draw the number of shots at every outcome."""

_WALK_FROM = 100
"""From so many outcomes a shot on it is fastest to walk along them."""

_HALF_WORDS_TO = 2**12
"""Up to so many outcomes a shot takes 32 random bits: probabilities are then multiples of 2**-32, which moves their law
by at most 2**-20, as the states' single precision does.
"""


class Measured(NamedTuple):
    """What is averaged over the shots of a circuit, outcomes of the same values taken together.

    Attributes
    ----------
    values
        (B, K): each row is averaged over shots of its own.
    shots
        Of a row.
    outcomes, labels
        Outcomes that are looked at and which of the K classes each belongs to, (S,) both.
    rest
        Class of all other outcomes; -1 if there are none.
    rows
        Where most outcomes are looked at, and many rows of them have the same classes: which of R patterns of classes
        each row has, (2**a,), and the patterns, (R, 2**b), with a + b = n. Otherwise None.
    """

    values: Float
    shots: int
    outcomes: NDArray[np.int64]
    labels: NDArray[np.int64]
    rest: int
    rows: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None


def measured(values: Float, shots: int) -> Measured:
    """Classes of the outcomes that ``values``, (B, 2**n), tell apart; ``shots``, at least 1, of each row.

    Equal rows become one with the shots of all: the mean of their means has the same law.
    """
    values = np.ascontiguousarray(values) + 0.0  # -0.0 becomes 0.0.
    if len(values) > 1 and np.all(values == values[0]):
        values, shots = values[:1], shots * len(values)
    everything = np.arange(values.shape[1])
    columns = values[0] if len(values) == 1 else np.ascontiguousarray(values.T).view(f"V{8 * len(values)}")[:, 0]
    # To count the classes takes a small part of the time that it takes to say which they are.
    if len(np.unique(columns)) > len(everything) // 2:
        return Measured(values, shots, everything, everything, -1)
    _, first, labels, counts = np.unique(columns, return_index=True, return_inverse=True, return_counts=True)
    rest = int(counts.argmax())
    looked_at = np.flatnonzero(labels != rest)
    rows = _patterns(labels.astype(np.int64)) if len(looked_at) > len(everything) // 4 else None
    found = np.ascontiguousarray(values[:, first])
    return Measured(found, shots, looked_at, labels[looked_at].astype(np.int64), rest, rows)


def _patterns(labels: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """See ``Measured.rows``; None if there are many patterns."""
    table = labels.reshape(-1, 1 << (len(labels).bit_length() // 2))
    # Rows of the same sum are compared in full.
    _, first, kinds = np.unique(table @ np.arange(1, table.shape[1] + 1) ** 2, return_index=True, return_inverse=True)
    few = len(first) <= len(table) // 2 and np.array_equal(table[first][kinds], table)
    return (kinds.astype(np.int64), np.ascontiguousarray(table[first])) if few else None


def shift_differences(wanted: Measured, amplitudes: Complex, block: ShiftedBlock, rng: np.random.Generator) -> Float:
    """Mean of the values over the shots at plus pi/2 less the mean at minus pi/2, for each angle of the block.

    Parameters
    ----------
    wanted
        Values and shots; the differences of its B rows are averaged.
    amplitudes
        Of the unshifted state, (2**n,), in the precision of the block.
    block
        k tangent states.

    Returns
    -------
    (k,).
    """
    rows, classes = wanted.values.shape
    flat = np.ascontiguousarray(amplitudes).view(amplitudes.real.dtype)
    tangents = np.ascontiguousarray(block.tangents).view(flat.dtype)
    if wanted.shots >= _COUNT_FROM * classes:
        sides = _sides(wanted, flat, tangents, block.signs)
        counts = rng.multinomial(wanted.shots, sides[:, :, None], size=(len(sides), 2, rows))
        means = np.einsum("ksbx,bx->ks", counts, wanted.values) / (wanted.shots * rows)
        return np.asarray(means[:, 0] - means[:, 1])
    shape = (len(block.angles), 2, rows, wanted.shots)
    if wanted.rest < 0 and classes >= _WALK_FROM * wanted.shots * rows:
        from bornscape.training.compiled_shot_walks import walk_all

        return walk_all(
            wanted.values, flat, tangents, block.signs, rng.standard_exponential((*shape[:3], shape[3] + 1))
        )
    from bornscape.training.compiled_shot_tables import look_up_all, look_up_classes

    points = _random_words(shape, classes <= _HALF_WORDS_TO, rng)
    if wanted.rest < 0:
        return look_up_all(wanted.values, flat, tangents, block.signs, points)
    return look_up_classes(wanted.values, _sides(wanted, flat, tangents, block.signs), points)


def _random_words(shape: tuple[int, ...], halves: bool, rng: np.random.Generator) -> NDArray[np.unsignedinteger]:
    """Uniform integers of 64 bits, or of 32."""
    size = int(np.prod(shape))
    words = rng.integers(0, 2**64 - 1, -(-size // 2) if halves else size, dtype=np.uint64, endpoint=True)
    return (words.view(np.uint32)[:size] if halves else words).reshape(shape)


def _sides(wanted: Measured, amplitudes: NDArray, tangents: NDArray, signs: NDArray[np.int64]) -> Float:
    """Probabilities of the classes at plus and minus pi/2 of each angle, (k, 2, K)."""
    from bornscape.training.compiled_shot_tables import class_probabilities, pattern_probabilities

    sides = np.empty((len(signs), 2, wanted.values.shape[1]))
    if wanted.rows is None:
        class_probabilities(wanted.outcomes, wanted.labels, wanted.rest, amplitudes, tangents, signs, sides)
    else:
        pattern_probabilities(*wanted.rows, amplitudes, tangents, signs, sides)
    return np.asarray(sides / sides.sum(axis=-1, keepdims=True))

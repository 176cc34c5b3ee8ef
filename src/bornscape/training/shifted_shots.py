"""Means over the shots of both shifted circuits of many angles.

An epoch of the parameter-shift rule samples two distributions an angle. To sum each of them up and to search the sums
would cost more than the gates that made the states. What is done instead depends on how many outcomes the values tell
apart, and on the shots. Few outcomes: the number of shots at each is drawn. Many: each shot looks its outcome up in a
table of the distribution (``shot_tables``). Far more outcomes than shots: one walk along the outcomes meets the shots
in increasing order, without a table (``shot_walks``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.simulators.state_vector import Complex, ShiftedBlock

_COUNT_FROM = 24
"""From so many shots an outcome on it is fastest to draw the number of shots at every outcome."""

_WALK_FROM = 12
"""From so many outcomes a shot on it is fastest to walk along them."""


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
    """

    values: Float
    shots: int
    outcomes: NDArray[np.int64]
    labels: NDArray[np.int64]
    rest: int


def measured(values: Float, shots: int) -> Measured:
    """Classes of the outcomes that ``values``, (B, 2**n), tell apart; ``shots``, at least 1, of each row.

    Equal rows become one with the shots of all: the mean of their means has the same law.
    """
    values = np.ascontiguousarray(values) + 0.0  # -0.0 becomes 0.0.
    if len(values) > 1 and np.all(values == values[0]):
        values, shots = values[:1], shots * len(values)
    everything = np.arange(values.shape[1])
    columns = values[0] if len(values) == 1 else np.ascontiguousarray(values.T).view(f"V{8 * len(values)}")[:, 0]
    _, first, labels, counts = np.unique(columns, return_index=True, return_inverse=True, return_counts=True)
    if len(first) > len(everything) // 2:
        return Measured(values, shots, everything, everything, -1)
    rest = int(counts.argmax())
    looked_at = np.flatnonzero(labels != rest)
    return Measured(np.ascontiguousarray(values[:, first]), shots, looked_at, labels[looked_at].astype(np.int64), rest)


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
        return _from_counts(wanted, flat, tangents, block.signs, rng)
    if wanted.rest < 0 and classes >= _WALK_FROM * wanted.shots * rows:
        from bornscape.training.compiled_shot_walks import walk_all

        steps = rng.standard_exponential((len(block.angles), 2, rows, wanted.shots + 1))
        return walk_all(wanted.values, flat, tangents, block.signs, steps)
    from bornscape.training.compiled_shot_tables import look_up_all

    points = rng.integers(-(2**63), 2**63 - 1, (len(block.angles), 2, rows, wanted.shots), endpoint=True)
    return look_up_all(wanted.values, wanted.outcomes, wanted.labels, wanted.rest, flat, tangents, block.signs, points)


def _from_counts(
    wanted: Measured, amplitudes: NDArray, tangents: NDArray, signs: NDArray[np.int64], rng: np.random.Generator
) -> Float:
    from bornscape.training.compiled_shot_tables import all_class_probabilities

    rows, classes = wanted.values.shape
    sides = np.empty((len(signs), 2, classes))
    all_class_probabilities(wanted.outcomes, wanted.labels, wanted.rest, amplitudes, tangents, signs, sides)
    sides /= sides.sum(axis=-1, keepdims=True)
    counts = rng.multinomial(wanted.shots, sides[:, :, None], size=(len(signs), 2, rows))
    means = np.einsum("ksbx,bx->ks", counts, wanted.values) / (wanted.shots * rows)
    return np.asarray(means[:, 0] - means[:, 1])

"""What a run learns and what it is held against: a target, changed or cut down to a training set if that is asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import empirical
from bornscape.losses.explicit import total_variation


def by_columns(p: Float, rows: int, columns: int) -> Float:
    """The distribution of images whose pixels sit on the wires column by column instead of row by row, (2**n,) both.

    Examples
    --------
    Of two rows and two columns the middle pixels change places: 0100 becomes 0010.

    >>> import numpy as np
    >>> int(by_columns(np.eye(16)[0b0100], 2, 2).argmax()) == 0b0010
    True
    """
    wires = np.arange(rows * columns).reshape(rows, columns).T.ravel()
    return p.reshape([2] * len(wires)).transpose(wires).ravel()


class Task(NamedTuple):
    """Distributions over all bitstrings, (2**n,): ``true`` is the data's own, ``seen`` the training set's."""

    true: Float
    seen: Float


def negative_log(p: Float, smallest: float) -> Float:
    """The distribution proportional to -log p (Supplementary VI): every string is in its support.

    Parameters
    ----------
    smallest
        What a smaller probability counts as: strings that never occur would have no finite value.
    """
    weights = -np.log(np.clip(p, smallest, 1.0))
    return weights / weights.sum()


def task(p: Float, transform: str | None, train_size: int | None, epsilon: float, rng: np.random.Generator) -> Task:
    """The task of learning p, (2**n,), after ``transform`` (None or "negative_log"), from ``train_size`` samples of it.

    Without a size the training set is the distribution itself.

    Examples
    --------
    >>> import numpy as np
    >>> p, rng = np.array([0.5, 0.5]), np.random.default_rng(0)
    >>> task(p, None, None, 1e-6, rng).seen.tolist()
    [0.5, 0.5]
    >>> float(task(p, None, 20, 1e-6, rng).seen.sum())
    1.0
    """
    true = negative_log(p, epsilon) if transform == "negative_log" else p
    return Task(true, true if train_size is None else empirical(true, train_size, rng))


class Generalisation(NamedTuple):
    """How a model q does on a task: exact TVDs, and its mass on valid strings that the training set lacks.

    ``unseen_true`` is the data's own mass there: what a model that had learnt the data would have.
    """

    tvd_seen: float
    tvd_true: float
    unseen_valid: float
    unseen_true: float


def generalisation(held: Task, q: Float) -> Generalisation:
    """Compare a model's distribution q, (2**n,), with both sides of a task.

    Examples
    --------
    Both strings are valid and the training set has the first alone; the model knows that one only.

    >>> import numpy as np
    >>> held = Task(true=np.array([0.5, 0.5]), seen=np.array([1.0, 0.0]))
    >>> generalisation(held, np.array([1.0, 0.0]))
    Generalisation(tvd_seen=0.0, tvd_true=1.0, unseen_valid=0.0, unseen_true=0.5)
    """
    unseen = (held.true > 0) & (held.seen == 0)
    return Generalisation(
        total_variation(held.seen, q),
        total_variation(held.true, q),
        float(q[unseen].sum()),
        float(held.true[unseen].sum()),
    )

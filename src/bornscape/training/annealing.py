"""A bandwidth that is annealed while training: from low-bodied to full-bodied (the paper's alternative to Eq. 50)."""

from __future__ import annotations

from bornscape.training.adam import learning_rate


def annealed_bandwidth(epoch: int, epochs: int, first: float, last: float, share: float) -> float:
    """Bandwidth s of the kernel exp(-H / 2s) at an epoch: geometric from ``first`` to ``last``, then ``last``.

    s(t) = first^(1-u) last^u with u = min(1, t / (share epochs)).

    Parameters
    ----------
    epoch, epochs
        t, from 0, and how many there are.
    first, last
        Above 0.
    share
        Of the epochs, after which ``last`` is reached; in (0, 1].

    Examples
    --------
    >>> [annealed_bandwidth(epoch, epochs=100, first=16.0, last=1.0, share=0.5) for epoch in (0, 25, 50, 99)]
    [16.0, 4.0, 1.0, 1.0]
    """
    done = min(1.0, epoch / (share * epochs))
    return first ** (1 - done) * last**done


def paced_rate(epoch: int, pace: int) -> float:
    """The paper's schedule of learning rates run ``pace`` times as fast: pace * learning_rate(pace * epoch).

    The sum of the rates, which bounds how far Adam can turn an angle, is that of ``pace`` times as many epochs.
    """
    return pace * learning_rate(pace * epoch)

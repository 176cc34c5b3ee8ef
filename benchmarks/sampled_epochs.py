"""A sampled epoch beside the fastest that a user of each simulator could write. Targets: 10 times, 5 at 10000 shots.

One gradient step of the averaged MMD by the parameter-shift rule, all parameters, each circuit measured with so many
shots. Rivals get dL/dq at the measured frequencies from us, and sample with their own generators. The noise of two
gradients is not the same number, so that they are compared by their error: the mean over calls against the exact
gradient, over what the calls' own spread lets expect. A wrong order of bits or a wrong sign is many times that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import count

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Peer, peers
from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import SEED, Size, circuit_of, data, parameters
from bornscape.training import Objective, objective, sampled_gradient
from bornscape.training.estimated_gradients import exact_gradient

Float = NDArray[np.float64]

SIZES = [Size(*size) for size in ((9, 9), (12, 12), (16, 4))]
TARGETS = {100: 10.0, 1000: 10.0, 10000: 5.0}
CALLS = 6
ALLOWED = 3.0


class Kept:
    """An epoch whose gradients are kept: those of the timed calls are looked at, for a slow rival takes ten seconds."""

    def __init__(self, epoch: Callable[[], Float]) -> None:
        self.epoch = epoch
        self.found: deque[Float] = deque(maxlen=CALLS)

    def __call__(self) -> Float:
        self.found.append(np.asarray(self.epoch()))
        return self.found[-1]


def error(epoch: Kept, exact: Float) -> float:
    """Distance of the mean of ``CALLS`` calls from the exact gradient over the standard error of that mean."""
    while len(epoch.found) < CALLS:
        epoch()
    found = np.array(epoch.found)
    expected = np.sum(np.var(found, axis=0, ddof=1)) / CALLS
    return float(np.sqrt(np.sum((found.mean(axis=0) - exact) ** 2) / expected))


def contenders(goal: Objective, theta: Float, size: Size, shots: int, tried: list[Peer]) -> dict[str, Kept]:
    """Calls that return the whole gradient, each time from other shots."""
    rng, seeds = np.random.default_rng([SEED, size.n, shots]), count(1)
    calls = {OURS: Kept(lambda: sampled_gradient(goal, theta, shots, rng)[0])}
    for peer in tried:
        if peer.epochs and peer.installed:
            epoch = peer.epochs(size, shots)
            calls[peer.name] = Kept(lambda epoch=epoch: epoch(theta, goal.loss.derivative, next(seeds)))  # type: ignore[misc]
    return calls


def measure(size: Size, shots: int, budget: float, tried: list[Peer]) -> list[Row]:
    """Rows of one size and number of shots.

    Raises
    ------
    WrongResultError
        If a contender's mean is further from the exact gradient than its spread lets expect.
    """
    goal = objective(circuit_of(size), data(size.n), "mmd", [0.01, size.n / 4, size.n])
    theta = parameters(size, 1)[0]
    calls = contenders(goal, theta, size, shots, tried)
    times = take_turns(calls, budget)
    exact = exact_gradient(goal, theta)[0]
    errors = {name: error(call, exact) for name, call in calls.items()}
    check(f"sampled epoch {size} {shots} shots", errors, ALLOWED)
    versions = {peer.name: peer.version for peer in tried if peer.name in calls}
    notes = dict.fromkeys(calls, "difference: error over its standard error")
    return Case("sampled_epochs", f"{size} {shots} shots", "single", TARGETS[shots]).add(
        times, 1, versions, errors, notes
    )


def rows(quick: bool, budget: float) -> Iterator[Row]:
    tried = peers()
    for size in [Size(4, 2)] if quick else SIZES:
        for shots in [1000] if quick else TARGETS:
            yield from measure(size, shots, budget, tried)

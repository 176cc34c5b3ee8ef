"""Times of calls that take turns, so that what else the machine does falls on all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

SHORTEST = 2e-3
"""Seconds: a faster call is repeated until a round of it takes so long."""

LEAST_ROUNDS = 3


class Times(NamedTuple):
    """Seconds a call: median and quartiles over rounds; ``first`` is the first call, with all that it compiles."""

    median: float
    low: float
    high: float
    rounds: int
    first: float


def _seconds(call: Callable[[], Any], repeats: int) -> float:
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats


def _repeats(call: Callable[[], Any]) -> int:
    """Calls whose round takes ``SHORTEST``; tried out, because a call that comes alone takes longer."""
    repeats = 1
    while _seconds(call, repeats) * repeats < SHORTEST:
        repeats *= 2
    return repeats


def take_turns(calls: Mapping[str, Callable[[], Any]], budget: float) -> dict[str, Times]:
    """Time the calls round by round until all together have taken ``budget`` seconds for each, at least 3 rounds.

    The garbage collector waits meanwhile.
    """
    first = {name: _seconds(call, 1) for name, call in calls.items()}
    repeats = {name: _repeats(call) for name, call in calls.items()}
    rounds: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    # What compilers leave behind would take longer to look through than the calls take.
    gc.freeze()
    gc.disable()
    try:
        spent, done = 0.0, 0
        while done < LEAST_ROUNDS or spent < budget * len(calls):
            start = perf_counter()
            for name, call in calls.items():
                rounds[name].append(_seconds(call, repeats[name]))
            spent += perf_counter() - start
            done += 1
            gc.collect()
    finally:
        gc.enable()
        gc.unfreeze()
    return {
        name: Times(*np.quantile(times, [0.5, 0.25, 0.75]).tolist(), len(times), first[name])
        for name, times in rounds.items()
    }

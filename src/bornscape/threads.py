"""Threads inside one job: how many it was given, and a call for each of several pieces of work.

Only work that lets other threads run, as compiled loops without Python's lock and long calls of NumPy do, gains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_given = [1]


def use_threads(count: int) -> None:
    """Let this process take so many threads, at least 1; it starts with 1. No number depends on it.

    Raises
    ------
    ValueError
        If the count is below 1.
    """
    if count < 1:
        raise ValueError(f"threads: expected at least 1, got {count}")
    _given[0] = count


def for_each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """What ``work`` gives for each item, in their order; of several that fail the first one's error is raised.

    Examples
    --------
    >>> for_each(abs, [1, -2])
    [1, 2]
    """
    pieces = list(items)
    if _given[0] == 1 or len(pieces) < 2:
        return [work(item) for item in pieces]
    with ThreadPoolExecutor(min(_given[0], len(pieces))) as pool:
        return list(pool.map(work, pieces))

"""Passes over the numbers of all 2^n bitstrings in the threads that a job was given: pieces, and a call for each.

Only work that lets other threads run, as compiled loops without Python's lock and long calls of NumPy do, gains.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np

LARGE = 20
"""Qubits from which a pass over 2**n numbers takes far longer than to hand it to a thread."""

_PIECES = 16

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Options of mallopt: how much freed memory is kept, and from which size on an array has pages of its own (bytes)."""

Item = TypeVar("Item")
Result = TypeVar("Result")

_given = [1]
_here = threading.local()
"""Whether this thread is one of those that share work: what it calls is not shared again."""


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
    if count > 1:
        _keep_freed_memory()


def _keep_freed_memory() -> None:
    """Let large arrays take the place of those that were freed, where the C library is GNU's.

    Else the system takes each one's pages back and clears new ones at their first touch, all threads of the process
    waiting for the same lock: a fifth of a draw's time at 22 qubits. About an eighth more is held at once (11.8 vectors
    of 2**n complex numbers, 10.4 before), less than a draw asks for.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            library.mallopt(option, 2**31 - 1)


def for_each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """What ``work`` gives for each item, in their order; of several that fail the first one's error is raised.

    Examples
    --------
    >>> for_each(abs, [1, -2])
    [1, 2]
    """
    wanted = list(items)
    if _given[0] == 1 or len(wanted) < 2 or getattr(_here, "is_one", False):
        return [work(item) for item in wanted]
    return list(_pool(os.getpid(), _given[0]).map(work, wanted))


def _enter() -> None:
    _here.is_one = True


@lru_cache(maxsize=1)
def _pool(process: int, count: int) -> ThreadPoolExecutor:
    """Threads of this process: those of the one that it was copied from are none of its own."""
    return ThreadPoolExecutor(count, initializer=_enter)


def pieces(count: int, width: int = 1) -> list[slice]:
    """Neighbouring pieces of ``count`` rows of ``width`` numbers, to share; one if they are few, whatever the threads.

    Examples
    --------
    >>> pieces(16), len(pieces(2**LARGE))
    ([slice(0, 16, None)], 16)
    """
    # Most states are small, and have their probabilities sooner than numpy divides a line.
    if count * width < 2**LARGE:
        return [slice(0, count)]
    ends = np.linspace(0, count, _PIECES + 1).astype(int).tolist()
    return [slice(first, last) for first, last in pairwise(ends)]

"""Product states at n = 1000: the exact MMD of a random product state and a few strings, from its marginals.

The peer is the same closed form in NumPy as one would write it first, string by string. General simulators have no word
for it: quimb's contraction of two product states of 1000 sites asks NumPy for more than 64 dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import SEED
from bornscape.simulators.product import product_mmd

ALLOWED = 1e-9
STATES, STRINGS = 20, 50


def by_strings(z: np.ndarray, s: float, strings: np.ndarray, p: np.ndarray) -> np.ndarray:
    """One state and one pair of strings at a time."""
    flip = (1 - np.exp(-1 / (2 * s))) / 2
    found = []
    for state in z:
        own = np.prod(1 - flip + flip * state**2)
        across = sum(w * np.prod(1 - flip + flip * (1 - 2.0 * x) * state) for w, x in zip(p, strings, strict=True))
        data = sum(
            a * b * np.exp(-np.sum(x != y) / (2 * s))
            for a, x in zip(p, strings, strict=True)
            for b, y in zip(p, strings, strict=True)
        )
        found.append(own - 2 * across + data)
    return np.array(found)


def rows(quick: bool, budget: float) -> Iterator[Row]:
    n = 20 if quick else 1000
    rng = np.random.default_rng([SEED, n, 2])
    z = rng.uniform(-1, 1, (2 if quick else STATES, n))
    strings = rng.integers(0, 2, (3 if quick else STRINGS, n)).astype(np.uint8)
    p = rng.dirichlet(np.ones(len(strings)))
    arguments = (z, float(n), strings, p)
    calls: dict[str, Callable[[], np.ndarray]] = {
        OURS: partial(product_mmd, *arguments),
        "NumPy, string by string": partial(by_strings, *arguments),
    }
    times = take_turns(calls, budget)
    reference = calls[OURS]()
    differences = {name: float(np.abs(call() - reference).max()) for name, call in calls.items()}
    check("products", differences, ALLOWED)
    versions = {"NumPy, string by string": np.__version__}
    yield from Case("products", f"n={n}, a state").add(times, len(z), versions, differences)

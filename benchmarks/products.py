"""Product states at n = 1000: the exact MMD of a random product state and a few strings, from its marginals.

Peers: the same closed form in NumPy as one would write it first, string by string, and quimb's matrix product states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata

import numpy as np

from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import SEED
from bornscape.product import product_mmd

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


def by_matrix_products(z: np.ndarray, s: float, strings: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Overlaps of quimb's product states: z_i as the weights of |0> and |1>, the kernel as one matrix a qubit."""
    import quimb.tensor as qtn

    flip = (1 - np.exp(-1 / (2 * s))) / 2
    kernel = np.array([[1.0, 1 - 2 * flip], [1 - 2 * flip, 1.0]])

    def state(weights: np.ndarray) -> qtn.MatrixProductState:
        return qtn.MPS_product_state(list(weights))

    data = [np.stack([1.0 - x, 1.0 * x], axis=1) for x in strings]
    blurred = [state(x @ kernel) for x in data]
    constant = sum(
        a * b * np.prod(np.einsum("ia,ab,ib->i", x, kernel, y))
        for a, x in zip(p, data, strict=True)
        for b, y in zip(p, data, strict=True)
    )
    found = []
    for marginals in z:
        q = np.stack([(1 + marginals) / 2, (1 - marginals) / 2], axis=1)
        model = state(q)
        own = model.H @ state(q @ kernel)
        across = sum(w * (model.H @ other) for w, other in zip(p, blurred, strict=True))
        found.append(own - 2 * across + constant)
    return np.real(found)


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
        "quimb matrix products": partial(by_matrix_products, *arguments),
    }
    times = take_turns(calls, budget)
    reference = calls[OURS]()
    differences = {name: float(np.abs(call() - reference).max()) for name, call in calls.items()}
    check("products", differences, ALLOWED)
    versions = {"NumPy, string by string": np.__version__, "quimb matrix products": metadata.version("quimb")}
    yield from Case("products", f"n={n}, a state").add(times, len(z), versions, differences)

"""The MMD from samples of bitstrings: ours counts Hamming distances, others fill kernel matrices.

Targets: ten times as fast as the fastest at n = 1000, five times below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata, util

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import rbf_kernel

from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import SEED
from bornscape.losses.mmd import mmd_from_samples

CASES = [(n, size) for n in (16, 100, 1000) for size in (512, 5000)]
TARGETS = {16: 5.0, 100: 5.0, 1000: 10.0}
ALLOWED = 1e-9

Kernel = Callable[[NDArray, NDArray], NDArray]


def biased(kernel: Kernel, x: NDArray, y: NDArray) -> float:
    """V-statistic of the MMD from three kernel matrices."""
    return float(kernel(x, x).mean() - 2 * kernel(x, y).mean() + kernel(y, y).mean())


def numpy_kernel(x: NDArray, y: NDArray, s: float) -> NDArray:
    distances = x.sum(axis=1)[:, None] + y.sum(axis=1)[None] - 2 * x @ y.T
    return np.exp(-distances / (2 * s))


def jax_mmd(s: float) -> Callable[[NDArray, NDArray], float]:
    import jax
    import jax.numpy as jnp

    def kernel(x: object, y: object) -> object:
        distances = x.sum(axis=1)[:, None] + y.sum(axis=1)[None] - 2 * x @ y.T
        return jnp.exp(-distances / (2 * s))

    compiled = jax.jit(lambda x, y: kernel(x, x).mean() - 2 * kernel(x, y).mean() + kernel(y, y).mean())
    return lambda x, y: float(compiled(x, y))


def measure(n: int, size: int, budget: float) -> list[Row]:
    """Rows of one case; peers get their bits as floating-point numbers beforehand.

    Raises
    ------
    WrongResultError
        If a contender's MMD is not ours.
    """
    rng = np.random.default_rng([SEED, n, size])
    s = n / 4
    bits = [(rng.random((size, n)) < share).astype(np.uint8) for share in (0.5, 0.45)]
    x, y = (v.astype(np.float64) for v in bits)
    calls: dict[str, Callable[[], float]] = {
        OURS: partial(mmd_from_samples, *bits, s, "biased"),
        "NumPy kernel matrix": partial(biased, partial(numpy_kernel, s=s), x, y),
        "scikit-learn rbf_kernel": partial(biased, partial(rbf_kernel, gamma=1 / (2 * s)), x, y),
    }
    versions = {"NumPy kernel matrix": np.__version__, "scikit-learn rbf_kernel": metadata.version("scikit-learn")}
    if util.find_spec("jax"):
        calls["JAX kernel matrix"] = partial(jax_mmd(s), x, y)
        versions["JAX kernel matrix"] = metadata.version("jax")
    times = take_turns(calls, budget)
    differences = {name: abs(call() - calls[OURS]()) for name, call in calls.items()}
    check(f"samples n={n} N=M={size}", differences, ALLOWED)
    case = Case("samples", f"n={n} N=M={size}", "double", TARGETS.get(n, float("nan")))
    return case.add(times, 1, versions, differences)


def rows(quick: bool, budget: float) -> Iterator[Row]:
    for n, size in [(16, 64)] if quick else CASES:
        yield from measure(n, size, budget)

"""How close to the machine: what share of its bandwidth and floating-point peak the gates reach, and how cost grows.

A gate on one qubit reads and writes all 2**n amplitudes of 16 bytes: 32 * 2**n bytes; a CNOT moves half of them.
Flops an amplitude: 6 for RY (two real multiples of complex numbers and their sum), 14 for a Rot (two complex products
and their sum), none for a CNOT. The bandwidth is a triad's, a = b + s c, 24 bytes an element, whose three arrays take
together what the state takes, so that it comes from the same cache. The peak is a product of matrices of 1000 rows.

A sampled epoch cannot draw its shots faster than the generator gives random words of 64 bits: which share of that rate
its shots come at, states and all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from time import perf_counter

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.everything import ours as everything
from benchmarks.everything import targets_of
from benchmarks.results import OURS, Row
from benchmarks.timing import Times, take_turns
from benchmarks.work import Size, circuit_of, data, parameters
from bornscape.circuits import inert_uses
from bornscape.simulators.state_vector import probabilities
from bornscape.training import objective, sampled_gradient

SIZES = [Size(*size) for size in ((12, 12), (16, 16), (20, 16))]
EPOCHS = [(Size(*size), shots) for size, shots in (((16, 4), 1000), ((12, 12), 1000), ((12, 12), 10000))]
TARGET, TARGET_AT = 0.5, 20


@njit(error_model="numpy")
def _triad(a: NDArray, b: NDArray, c: NDArray, s: float) -> None:
    for i in range(a.size):
        a[i] = b[i] + s * c[i]


def work_of(size: Size) -> tuple[float, float]:
    """(bytes moved, flops) of a draw, as counted above."""
    pairs, turns = (size.n - 1) * size.layers, size.n * (size.layers + 1)
    return 2.0**size.n * (32 * (pairs + turns) + 16 * 2 * pairs), 2.0**size.n * (6 * pairs + 14 * turns)


def _row(case: str, who: str, found: Times, units: int = 1, ratio: float = float("nan"), note: str = "") -> Row:
    judged = case == f"({TARGET_AT},16)" and who == f"{OURS} draw"
    return Row(
        "limit",
        case,
        "double",
        who,
        "",
        *(1e3 * seconds / units for seconds in (found.median, found.low, found.high)),
        found.rounds,
        1e3 * found.first,
        float("nan"),
        ratio,
        TARGET if judged else float("nan"),
        ("met" if ratio >= TARGET else "missed") if judged else "",
        note,
    )


def shares(size: Size, budget: float, peak: float) -> Iterator[Row]:
    """The triad at a state's size, and a draw as a share of it."""
    circuit, theta = circuit_of(size), parameters(size, 1)[0]
    a, b, c = (np.ones(2 ** (size.n + 1) // 3) for _ in range(3))
    calls = {"triad": partial(_triad, a, b, c, 0.5), "draw": partial(probabilities, circuit, theta)}
    times = take_turns(calls, budget)
    moved, flops = work_of(size)
    bandwidth = 24 * a.size / times["triad"].median
    yield _row(str(size), "triad of the state's size", times["triad"], note=f"{bandwidth / 1e9:.3g} GB/s")
    reached = moved / times["draw"].median / bandwidth
    note = f"ratio: share of the bandwidth; {flops / times['draw'].median / peak:.0%} of the peak's flops"
    yield _row(str(size), f"{OURS} draw", times["draw"], ratio=reached, note=note)


def shots_of(size: Size, shots: int) -> int:
    """Shots of an epoch: of the circuit, and of both shifted circuits of every angle that can change the outcome."""
    circuit = circuit_of(size)
    return shots * (1 + 2 * (circuit.n_parameters - len(inert_uses(circuit))))


def random_share(size: Size, shots: int, budget: float) -> Iterator[Row]:
    """An epoch of the averaged MMD beside as many random words as it has shots."""
    rng, circuit, theta = np.random.default_rng(0), circuit_of(size), parameters(size, 1)[0]
    goal = objective(circuit, data(size.n), "mmd", [0.01, size.n / 4, size.n])
    total, case = shots_of(size, shots), f"{size} {shots} shots"
    calls = {
        "words": partial(rng.integers, 0, 2**64 - 1, total, dtype=np.uint64, endpoint=True),
        "epoch": partial(sampled_gradient, goal, theta, shots, rng),
    }
    times = take_turns(calls, budget)
    words, drawn = (total / times[name].median / 1e6 for name in calls)
    yield _row(case, "a random word for each shot", times["words"], note=f"{words:.3g} million words/s")
    note = f"ratio: share of the generator's rate; {drawn:.3g} million shots/s"
    yield _row(case, f"{OURS} epoch", times["epoch"], ratio=drawn / words, note=note)


def growth(budget: float, quick: bool) -> Iterator[Row]:
    """Cost along n, along L, and along the data sets evaluated on a draw."""
    sizes = [Size(2, 2)] if quick else [Size(n, 8) for n in (4, 8, 12, 16)] + [Size(12, k) for k in (2, 4, 16)]
    thetas = {size: parameters(size, 1)[0] for size in sizes}
    for size, found in take_turns(
        {str(size): partial(probabilities, circuit_of(size), theta) for size, theta in thetas.items()}, budget
    ).items():
        yield _row(size, "growth: draw", found)
    size = Size(4, 2) if quick else Size(12, 12)
    targets = targets_of(size.n)
    theta = parameters(size, 1)[0]
    calls = {
        f"{size} {count} data sets": partial(everything(size, dict(list(targets.items())[:count])), theta)
        for count in (1, 2, 4)
    }
    for case, found in take_turns(calls, budget).items():
        yield _row(case, "growth: everything", found)


def _draw_for(core: int, seconds: float) -> int:
    """Draws of (12,12) done on one core in so many seconds."""
    os.sched_setaffinity(0, {core})
    size = Size(12, 12)
    circuit, theta = circuit_of(size), parameters(size, 1)[0]
    probabilities(circuit, theta)
    stop, done = perf_counter() + seconds, 0
    while perf_counter() < stop:
        probabilities(circuit, theta)
        done += 1
    return done


def two_cores(seconds: float, cores: list[int]) -> Iterator[Row]:
    """Draws a second of two processes at once over twice that of one."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_draw_for, cores, [0.1, 0.1]))
        alone = pool.submit(_draw_for, cores[0], seconds).result()
        both = list(pool.map(_draw_for, cores, [seconds] * 2))
    times = Times(*[seconds / (sum(both) / 2)] * 3, 1, float("nan"))
    share = sum(both) / (2 * alone)
    yield _row("(12,12)", "growth: draw, 2 processes", times, ratio=share, note="ratio: efficiency of the second core")


def rows(quick: bool, budget: float, cores: list[int] | None = None) -> Iterator[Row]:
    matrix = np.random.default_rng(0).normal(size=(1000, 1000))
    product = take_turns({"product": lambda: matrix @ matrix}, budget)["product"]
    peak = 2e9 / product.median
    yield _row("1000 x 1000", "matrix product", product, note=f"{peak / 1e9:.3g} Gflop/s")
    for size in [Size(4, 4)] if quick else SIZES:
        yield from shares(size, budget, peak)
    for size, shots in [(Size(4, 2), 100)] if quick else EPOCHS:
        yield from random_share(size, shots, budget)
    yield from growth(budget, quick)
    if cores and len(cores) > 1 and not quick:
        yield from two_cores(5.0, cores[:2])

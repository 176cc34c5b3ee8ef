"""One draw of a user's model on large states with one thread and with two: ``python benchmarks/threads.py 22 24``.

Prints seconds on the clock and of CPU, the ratio, and whether the tables are the same, byte for byte. The line circuit
with four layers, an MMD and a KLD. Beside it the machine's limit: what a second thread gains where two vectors of that
size are only turned into each other. Where one core fills the way to the memory, that is little. Needs two idle cores.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from bornscape.bitstrings.threads import use_threads
from bornscape.my_model.draws import SizedModel
from bornscape.my_model.jobs import model_at
from bornscape.my_model.settings import complete

ROUNDS = 3


def model(n: int) -> SizedModel:
    """The model at n qubits."""
    losses = {"mmd": {"kind": "mmd", "bandwidth": "n/4"}, "kld": {"kind": "kld"}}
    settings = complete({"circuit": {"family": "line", "layers": 4}, "losses": losses, "data": {"set": "ghz"}})
    found = model_at(settings | {"engine": "state_vector"}, n, 1)
    assert isinstance(found, SizedModel)
    return found


def timed(drawn: SizedModel, threads: int) -> tuple[float, float, bytes]:
    """Least seconds on the clock and of CPU of a draw, and its tables."""
    use_threads(threads)
    clock, cpu, tables = [], [], b""
    for _ in range(ROUNDS):
        start, spent = time.perf_counter(), time.process_time()
        chunk = drawn.chunk(1, np.random.default_rng(3))
        clock.append(time.perf_counter() - start)
        cpu.append(time.process_time() - spent)
        tables = b"".join(table.to_csv(float_format="%r").encode() for table in chunk)
    return min(clock), min(cpu), tables


@numba.njit(nogil=True)
def turn(x, y):  # type: ignore[no-untyped-def]
    """A rotation of two vectors: each number is read and written once."""
    for k in range(len(x)):
        x[k], y[k] = 0.6 * x[k] - 0.8 * y[k], 0.8 * x[k] + 0.6 * y[k]


def limit(n: int) -> tuple[float, float]:
    """Least seconds to turn two vectors of 2**n complex numbers, in one thread and in two."""
    x, y = (np.ones(2**n, dtype=complex) for _ in range(2))
    found = []
    for threads in (1, 2):
        parts = list(zip(np.array_split(x, threads), np.array_split(y, threads), strict=True))
        with ThreadPoolExecutor(threads) as pool:
            clock = []
            for _ in range(ROUNDS + 2):
                start = time.perf_counter()
                list(pool.map(lambda part: turn(*part), parts))
                clock.append(time.perf_counter() - start)
        found.append(min(clock))
    return found[0], found[1]


def main(sizes: list[str]) -> None:
    timed(model(20), 1)
    for n in map(int, sizes or ["22", "24"]):
        drawn = model(n)
        one, two = timed(drawn, 1), timed(drawn, 2)
        print(
            f"n = {n}: {one[0]:.2f} s ({one[1]:.2f} s of CPU) with one thread, {two[0]:.2f} s ({two[1]:.2f} s) with "
            f"two: {one[0] / two[0]:.2f} times as fast; tables {'the same' if one[2] == two[2] else 'DIFFER'}",
            flush=True,
        )
        one_pass, two_pass = limit(n)
        print(
            f"n = {n}: two vectors turned at {64 * 2**n / one_pass / 1e9:.0f} GB/s with one thread, "
            f"{one_pass / two_pass:.2f} times as fast with two",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])

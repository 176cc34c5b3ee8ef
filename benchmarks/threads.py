"""One draw of a user's model on large states with one thread and with two: ``python benchmarks/threads.py 22 24``.

Prints seconds on the clock and of CPU, the ratio, and whether the tables are the same, byte for byte. The line circuit
with four layers, an MMD and a KLD. Needs two idle cores.
"""

from __future__ import annotations

import sys
import time

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


if __name__ == "__main__":
    main(sys.argv[1:])

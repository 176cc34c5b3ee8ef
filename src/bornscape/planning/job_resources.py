"""What a job asks a cluster for: memory and time, from the sizes that its cost grows with.

Measured on one core at the default scale, and at the paper's largest sizes with few draws (``benchmarks/memory.py``):
a script with its libraries holds 120 to 370 MB, and what it adds grows with the 2**n numbers of a state. On a cluster
the memory of a job holds two Snakemakes as well, the one that the scheduler starts and the one inside it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from bornscape.bitstrings.threads import LARGE

LARGEST_STATE = 20
"""Sizes beyond hold no state vectors unless a caller says so: products, tensor networks and sums over paths hold none.
"""

SNAKEMAKES = 300
"""MB of the two Snakemakes around a script on a cluster."""

SCRIPT = 400
"""MB of a script with its libraries and tables."""

STATES = 16
"""Vectors of 2**n complex numbers that a chunk of draws has room for; at n = 20 line circuits took 6."""

THREADS = 2
"""Of a job that draws from ``threads.LARGE`` qubits on: a state's real and imaginary part."""

MARGIN = 3
"""Time asked for over time expected: machines differ, and their cores are shared."""

START = 5.0
"""Minutes for what every job does: start Python twice on a file system that may be slow, and read."""


def memory(n_qubits: int = 0, tables: float = 0.0, states: int = STATES, largest: int = LARGEST_STATE) -> int:
    """Memory of a job in MB.

    Parameters
    ----------
    n_qubits
        The largest size of which the job holds state vectors; 0 if it holds none.
    tables
        MB of tables that the job holds at a time.
    states
        Vectors of 2**n complex numbers that it has room for at a time.
    largest
        Size beyond which it holds none that are larger.
    """
    vectors = states * 2 ** min(n_qubits, largest) * 16 / 2**20 if n_qubits else 0.0
    return ceil(SNAKEMAKES + SCRIPT + vectors + tables)


def threads_of(n_qubits: int) -> int:
    """Threads of a job that draws from state vectors of at most so many qubits."""
    return THREADS if n_qubits >= LARGE else 1


def minutes(seconds: float = 0.0) -> int:
    """Time limit of a job in minutes, for the seconds that it is expected to compute."""
    return ceil(START + MARGIN * seconds / 60)


def state_seconds(n_qubits: int, depths: int, draws: int) -> float:
    """Expected seconds of draws of a state-vector study: every depth costs a pass over n 2**n numbers.

    0.05 s a draw at n = 14 and 3.8 s at n = 20, with 12 depths, four data sets and five bandwidths.
    """
    return 1.6e-8 * draws * depths * n_qubits * 2.0**n_qubits


def training_seconds(n_qubits: int, n_layers: int, epochs: int, shots: float | None) -> float:
    """Expected seconds of a training run: an epoch shifts every angle twice, computes 2**n numbers and samples them.

    0.6 s an epoch at 16 qubits, 4 layers and 1000 shots. An exact gradient is cheaper.
    """
    shifts = 2 * 4 * n_qubits * max(n_layers, 1)
    return epochs * shifts * (1.8e-8 * 2.0**n_qubits + 3e-8 * (shots or 0) + 3e-5)


def experiment_minutes(n_qubits: int, largest: int = LARGEST_STATE) -> int:
    """Time limit of a job of an experiment, whose kinds differ too much for one formula; ``largest`` as in ``memory``.

    At the default scale all sizes together take a minute or less.
    """
    return minutes(60 * (20 + 2.0 ** (min(n_qubits, largest) - 13)))


Asked = int | Callable[..., int]


def grows(value: Asked) -> Callable[..., int]:
    """A resource that a job asks for once more at each attempt: it may have been killed for lack of it."""
    if callable(value):
        return lambda wildcards, attempt: attempt * value(wildcards)
    return lambda wildcards, attempt: attempt * value


def asks(mem_mb: Asked | None = None, runtime: Asked | None = None) -> dict[str, Callable[..., int]]:
    """Resources of a rule: memory in MB and time in minutes, each a number or a function of the wildcards."""
    return {
        "mem_mb": grows(memory() if mem_mb is None else mem_mb),
        "runtime": grows(minutes() if runtime is None else runtime),
    }

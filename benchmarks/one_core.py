"""One thread, one core: to be called before anything else is imported."""

from __future__ import annotations

import os

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def one_thread() -> None:
    """One thread a process, for this one and its children."""
    for name in _THREADS:
        os.environ[name] = "1"


def pin() -> int:
    """Keep this process and its children on one core, with one thread, and return which."""
    one_thread()
    os.environ["JAX_ENABLE_X64"] = "1"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core

"""Beside a GPU: draws, exact gradients and sampled epochs of Eq. 53 by what runs on one, and by us on the processor.

``python -m benchmarks.on_gpu``, on a machine with a GPU that JAX and PyTorch find. A GPU is given as many draws at once
as fill it, and results stay in its memory. Ours: one core, and all of them, each with a process as the chain runs them.
A row's time is that of one draw, gradient or epoch, so that a ratio below 1 is a GPU ahead of all cores.
"""

from __future__ import annotations

import os

from benchmarks.one_core import one_thread

if __name__ == "__main__":
    one_thread()
    os.environ["JAX_ENABLE_X64"] = "1"
    # Single precision would be TF32, whose probabilities are off in the fourth digit.
    os.environ["JAX_DEFAULT_MATMUL_PRECISION"] = "highest"
    # JAX would take three quarters of the GPU's memory, and PyTorch wants some.
    os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"

import argparse
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib import metadata, util
from multiprocessing.pool import Pool
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from benchmarks import draws, gradients, machine, sampled_epochs
from benchmarks.peers import Float, flagquantum_torch, jax_fused
from benchmarks.results import OURS, Case, Row, check, line, write
from benchmarks.timing import Times, take_turns
from benchmarks.work import SEED, Size, circuit_of, data, parameters
from bornscape.simulators.state_vector import Precision, batch_probabilities
from bornscape.simulators.state_vector.batches import LARGEST
from bornscape.training import Objective, exact_gradient, objective, sampled_gradient

HERE = Path(__file__).parent
SHOTS = 1000
CORE = Size(12, 12)
"""Beyond this size one core of FlagQuantum takes minutes."""
DRAWS = [Size(*size) for size in ((8, 8), (12, 12), (16, 16), (20, 16), (22, 16))]
GRADIENTS = [Size(*size) for size in ((9, 9), (12, 12), (16, 4))]
EPOCHS = [Size(*size) for size in ((9, 9), (12, 12), (16, 4))]
BUSY = 0.3
"""Seconds that every core works at a time, beside which starting it counts nothing."""


class Contender(NamedTuple):
    """A call, the draws (gradients, epochs) that it makes, and its package's version."""

    call: Callable[[], Any]
    units: int
    version: str = ""


def on_host(found: Any) -> Float:
    """A result as NumPy has it, wherever it lies."""
    return np.asarray(found.cpu() if hasattr(found, "cpu") else found)


def averaged_mmd(size: Size) -> Objective:
    """What sampled epochs train."""
    return objective(circuit_of(size), data(size.n), "mmd", [0.01, size.n / 4, size.n])


def ours(part: str, size: Size, precision: Precision) -> Contender:
    """Our call on one core."""
    if part == "gradients":
        one = gradients.ours(size, "kld", data(size.n))
        theta = parameters(size, 1)[0]
        return Contender(lambda: one(theta)[None], 1)
    if part == "sampled_epochs":
        goal = averaged_mmd(size)
        rng, theta = np.random.default_rng([SEED, os.getpid()]), parameters(size, 1)[0]
        return Contender(lambda: sampled_gradient(goal, theta, SHOTS, rng)[0], 1)
    if size.n > LARGEST:
        return Contender(partial(draws.ours(size, precision), parameters(size, 1)), 1)
    thetas = parameters(size, draws.batch_of(size))
    return Contender(partial(batch_probabilities, circuit_of(size), thetas, precision=precision), len(thetas))


# A worker's calls are kept, so that what they compile and allocate is there at the second.
_kept = cache(ours)


def _work(part: str, size: Size, precision: Precision, calls: int) -> None:
    one = _kept(part, size, precision)
    for _ in range(calls):
        one.call()


def all_cores(part: str, size: Size, precision: Precision, cores: int, pool: Pool) -> Contender:
    """Our call on every core at once, repeated until each has worked for a while."""
    one = ours(part, size, precision)
    one.call()
    start = perf_counter()
    one.call()
    calls = max(1, round(BUSY / (perf_counter() - start)))
    tasks = [(part, size, precision, calls)] * cores
    return Contender(lambda: pool.starmap(_work, tasks, chunksize=1), cores * calls * one.units)


def on_the_gpu(part: str, size: Size, precision: Precision) -> Iterator[tuple[str, Contender]]:
    """JAX's and FlagQuantum's calls; FlagQuantum's on one core, too, where it is measured at all."""
    import jax

    name = f"JAX, {jax.devices()[0].platform.upper()}"
    jaxs, real = metadata.version("jax"), np.float64 if precision == "double" else np.float32
    kind = np.complex128 if precision == "double" else np.complex64
    q_of = jax_fused.line_probabilities(size, kind)
    if part == "sampled_epochs":
        goal = averaged_mmd(size)
        epoch, seeds = jax_fused.epochs(size, SHOTS, amplitudes=2**24), iter(range(1, 10**6))
        theta = parameters(size, 1)[0]
        yield name, Contender(lambda: epoch(theta, goal.loss.derivative, next(seeds)), 1, jaxs)
        return
    if part == "draws":
        many = parameters(size, 2 ** max(0, 24 - size.n))
        one = q_of
    else:
        many = parameters(size, 2 ** max(0, 22 - size.n))
        one = jax.grad(jax_fused.loss_of(q_of, "kld", data(size.n), size.n))
    compiled, given = jax.jit(jax.vmap(one)), jax.device_put(many.astype(real))
    yield name, Contender(lambda: jax.block_until_ready(compiled(given)), len(many), jaxs)
    if util.find_spec(flagquantum_torch.PACKAGE):
        yield from _flagquantum(part, size, precision, many)


def _flagquantum(part: str, size: Size, precision: Precision, many: Float) -> Iterator[tuple[str, Contender]]:
    version = metadata.version(flagquantum_torch.PACKAGE)
    # PyTorch keeps every gate's result for a gradient; one core gains nothing from a batch beyond its cache.
    batches = {"cuda": len(many) // (16 if part == "gradients" else 1), "cpu": draws.batch_of(size)}
    possible = {"cuda": flagquantum_torch.on_a_gpu(), "cpu": size <= CORE}
    for device, where in (("cuda", "GPU"), ("cpu", "one core")):
        if possible[device]:
            some = many[: max(1, batches[device])]
            if part == "draws":
                call: Callable[[Float], Any] = flagquantum_torch.draws(size, precision, device)
            else:
                call = flagquantum_torch.gradients(size, data(size.n), device)
            yield f"{flagquantum_torch.NAME}, {where}", Contender(partial(call, some), len(some), version)


def differences(part: str, size: Size, contenders: Mapping[str, Contender]) -> dict[str, float]:
    """How far each contender's result is from ours in double precision."""
    if part == "sampled_epochs":
        exact = exact_gradient(averaged_mmd(size), parameters(size, 1)[0])[0]
        return {name: sampled_epochs.error(sampled_epochs.Kept(item.call), exact) for name, item in contenders.items()}
    reference = on_host(ours(part, size, "double").call())
    scale = np.abs(reference).max() if part == "gradients" else 1.0
    found = {}
    for name, item in contenders.items():
        rows = on_host(item.call())[: len(reference)]
        found[name] = float(np.abs(rows - reference[: len(rows)]).max() / scale)
    return found


ALLOWED = {"gradients": gradients.ALLOWED, "sampled_epochs": sampled_epochs.ALLOWED}


def measure(part: str, size: Size, precision: Precision, budget: float, cores: int, pool: Pool) -> list[Row]:
    """Rows of one size.

    Raises
    ------
    WrongResultError
        If a contender's result is not ours.
    """
    mine, others = {OURS: ours(part, size, precision)}, dict(on_the_gpu(part, size, precision))
    contenders = mine | {f"{OURS}, {cores} cores": all_cores(part, size, precision, cores, pool)} | others
    # All cores return nothing to compare.
    alone = mine | others
    calls = take_turns({name: item.call for name, item in contenders.items()}, budget)
    label = f"{size} {SHOTS} shots" if part == "sampled_epochs" else str(size)
    apart = differences(part, size, alone)
    check(f"{part} {label} {precision}", apart, ALLOWED.get(part) or draws.ALLOWED[precision])
    times = {
        name: Times(*(seconds / contenders[name].units for seconds in found[:3]), *found[3:])
        for name, found in calls.items()
    }
    versions = {name: item.version for name, item in contenders.items()}
    notes = {name: f"{item.units} at once" for name, item in alone.items() if item.units > 1}
    return Case(part, label, precision).add(times, 1, versions, apart, notes)


WORK: dict[str, tuple[list[Size], tuple[Precision, ...]]] = {
    "draws": (DRAWS, ("single", "double")),
    "gradients": (GRADIENTS, ("double",)),
    "sampled_epochs": (EPOCHS, ("single",)),
}


def rows(parts: list[str], quick: bool, budget: float, cores: int) -> Iterator[Row]:
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        for part in parts:
            sizes, precisions = WORK[part]
            for size in [Size(4, 2)] if quick else sizes:
                for precision in precisions:
                    yield from measure(part, size, precision, budget, cores, pool)


def description() -> dict[str, str]:
    """What JAX calls its device, and the machine around it."""
    import jax

    packages = ("numpy", "numba", "jax", "torch", flagquantum_torch.PACKAGE)
    gpu = ", ".join(str(device.device_kind) for device in jax.devices())
    return {"gpu": gpu} | machine.description(packages)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.on_gpu", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smallest cases: shows that all runs, times little")
    parser.add_argument("--parts", nargs="+", choices=list(WORK), default=list(WORK))
    parser.add_argument("--budget", type=float, default=0.5, help="seconds a contender and case")
    parser.add_argument("--output", type=Path, default=HERE / "on_gpu.csv")
    given = parser.parse_args()
    said = description()
    print("; ".join(said.values()), flush=True)
    machine.write(given.output.with_suffix(".json"), said)
    found: list[Row] = []
    for row in rows(given.parts, given.quick, 0.01 if given.quick else given.budget, os.cpu_count() or 1):
        found.append(row)
        print(line(row), flush=True)
        write(found, given.output)


if __name__ == "__main__":
    main()

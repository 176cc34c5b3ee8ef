"""A draw with everything evaluated on it: explicit losses and MMDs at eight bandwidths, for four data sets.

Ours: one state serves all. Peers: their simulator's probabilities, the formulas in NumPy over all 2**n outcomes, and
kernel matrices made beforehand, as examples do it. Target: five times as fast as the best peer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.kernel_matrix import LARGEST, kernel_matrix
from benchmarks.peers import Float, Peer, peers
from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import SEED, Size, circuit_of, parameters
from bornscape.datasets import Target, synthetic_target
from bornscape.losses.explicit import DEFINITIONS, EPSILON
from bornscape.simulators.state_vector import probabilities
from bornscape.variance import StateEvaluation

SIZES = [Size(*size) for size in ((4, 4), (8, 8), (12, 12), (16, 16), (20, 16))]
DATASETS = ("ghz", "o_n", "o_n2", "cardinality")
BANDWIDTHS = (0.01, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
TARGET = 5.0
ALLOWED = 1e-9


def targets_of(n: int) -> dict[str, Target]:
    rng = np.random.default_rng([SEED, n, 1])
    return {name: synthetic_target(name, n, rng) for name in DATASETS}


def ours(size: Size, targets: dict[str, Target]) -> Callable[[Float], Float]:
    circuit = circuit_of(size)
    evaluation = StateEvaluation(targets, {str(s): (s,) for s in BANDWIDTHS}, (), EPSILON)
    losses = [row[0] in DEFINITIONS or row[0] == "mmd" for row in evaluation.rows]
    rng = np.random.default_rng(0)

    def evaluate(theta: Float) -> Float:
        values, _ = evaluation.evaluate(probabilities(circuit, theta), rng)
        return values[losses]

    return evaluate


def by_formulas(draw: Callable[[Float], Float], n: int, targets: dict[str, Target]) -> Callable[[Float], Float]:
    """A peer's probabilities, then the formulas as they stand."""
    dense = [target.dense() for target in targets.values()]
    kernels = [kernel_matrix(n, s) for s in BANDWIDTHS]

    def evaluate(theta: Float) -> Float:
        q = np.asarray(draw(theta[None])[0], dtype=np.float64)
        found: list[float] = []
        for p in dense:
            found += [loss.value(p, q, EPSILON) for loss in DEFINITIONS.values()]
            found += [float((q - p) @ kernel @ (q - p)) for kernel in kernels]
        return np.array(found)

    return evaluate


def measure(size: Size, budget: float, tried: list[Peer]) -> list[Row]:
    """Rows of one size.

    Raises
    ------
    WrongResultError
        If a contender's losses are not ours.
    """
    targets = targets_of(size.n)
    theta = parameters(size, 1)[0]
    calls = {OURS: ours(size, targets)}
    for peer in tried:
        if peer.draws and peer.installed and size.n <= LARGEST and size <= peer.largest_draw:
            calls[f"{peer.name} and NumPy"] = by_formulas(peer.draws(size, "double", 1), size.n, targets)
    times = take_turns({name: partial(call, theta) for name, call in calls.items()}, budget)
    reference = calls[OURS](theta)
    differences = {
        name: float(np.max(np.abs(call(theta) - reference) / np.maximum(np.abs(reference), 1.0)))
        for name, call in calls.items()
    }
    check(f"everything {size}", differences, ALLOWED)
    versions = {f"{peer.name} and NumPy": peer.version for peer in tried if f"{peer.name} and NumPy" in calls}
    note = {} if size.n <= LARGEST else {OURS: "no kernel matrix fits: no peer"}
    return Case("everything", str(size), "double", TARGET).add(times, 1, versions, differences, note)


def rows(quick: bool, budget: float) -> Iterator[Row]:
    tried = peers()
    for size in SIZES[:1] if quick else SIZES:
        yield from measure(size, budget, tried)
        kernel_matrix.cache_clear()

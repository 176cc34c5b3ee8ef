"""A sampled training epoch against parameter-shift QNodes with the same shots. Target: ten times as fast.

One gradient step of the averaged MMD: the unshifted circuit, and for every parameter both shifted ones, are measured
with so many shots. PennyLane's side (lightning.qubit, counts, NumPy afterwards) is timed on a few parameters and scaled
to all. On those the two gradients are compared by their means over repetitions: a z-score beyond 5 is a wrong result.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from time import perf_counter
from typing import Any

import numpy as np
import pennylane as qml
from numpy.typing import NDArray

from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import Times
from benchmarks.work import Size, circuit_of, data, parameters
from bornscape.circuits import Circuit
from bornscape.training import Objective, objective, sampled_gradient

Float = NDArray[np.float64]

SIZES = [Size(*size) for size in ((9, 9), (12, 12), (16, 4))]
SHOTS = (100, 1000)
TARGET, LARGEST_Z = 10.0, 5.0
SUBSET, REPEATS = 6, 6
PEER = "PennyLane lightning.qubit"


def counting_node(circuit: Circuit, shots: int) -> Any:
    """A QNode that returns the counts of the circuit's outcomes."""
    gates = [(getattr(qml, gate.name), gate.wires, gate.angles) for gate in circuit.gates]

    @qml.set_shots(shots)
    @qml.qnode(qml.device("lightning.qubit", wires=circuit.n_qubits))
    def node(theta: Float) -> Any:
        for operation, wires, angles in gates:
            operation(*[theta[i] for i in angles], wires=wires)
        return qml.counts(wires=range(circuit.n_qubits))

    return node


def frequencies(counts: dict[str, int], n_qubits: int) -> Float:
    """Empirical distribution, (2**n,)."""
    found = np.zeros(2**n_qubits)
    for text, count in counts.items():
        found[int(text, 2)] = count
    return found / found.sum()


def shifted_component(node: Any, goal: Objective, theta: Float, index: int) -> tuple[float, float]:
    """One component of the gradient from measurements of its own, and the seconds of its two shifted circuits."""
    n = goal.circuit.n_qubits
    shift = np.zeros_like(theta)
    shift[index] = np.pi / 2
    slope = goal.loss.derivative(frequencies(node(theta), n))
    start = perf_counter()
    plus, minus = (frequencies(node(theta + sign * shift), n) for sign in (1, -1))
    found = float(slope @ (plus - minus) / 2)
    return found, perf_counter() - start


def _times(seconds: list[float], first: float) -> Times:
    return Times(*np.quantile(seconds, [0.5, 0.25, 0.75]).tolist(), len(seconds), first)


def measure(size: Size, shots: int, repeats: int) -> list[Row]:
    """Rows of one size and number of shots.

    Raises
    ------
    WrongResultError
        If the two gradients' means are further than 5 standard errors apart.
    """
    rng = np.random.default_rng([size.n, shots])
    circuit, theta = circuit_of(size), parameters(size, 1)[0]
    goal = objective(circuit, data(size.n), "mmd", [0.01, size.n / 4, size.n])
    node = counting_node(circuit, shots)
    start = perf_counter()
    sampled_gradient(goal, theta, shots, rng)
    first = perf_counter() - start
    node(theta)
    chosen = rng.choice(circuit.n_parameters, size=SUBSET, replace=False)
    own, theirs, here, there, once = [], [], [], [], []
    for _ in range(repeats):
        start = perf_counter()
        own.append(sampled_gradient(goal, theta, shots, rng)[0][chosen])
        here.append(perf_counter() - start)
        start = perf_counter()
        node(theta)
        once.append(perf_counter() - start)
        found = [shifted_component(node, goal, theta, k) for k in chosen]
        theirs.append([value for value, _ in found])
        there += [seconds for _, seconds in found]
    scaled = [np.median(once) + circuit.n_parameters * seconds for seconds in there]
    spread = np.sqrt((np.var(own, axis=0, ddof=1) + np.var(theirs, axis=0, ddof=1)) / repeats)
    gap = np.abs(np.mean(own, axis=0) - np.mean(theirs, axis=0))
    z = float(np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0).max())
    check(f"epoch {size} {shots} shots", {PEER: z}, LARGEST_Z)
    times = {OURS: _times(here, first), PEER: _times(scaled, float("nan"))}
    note = {PEER: f"from {SUBSET} of {circuit.n_parameters} parameters; difference is a z-score"}
    case = Case("epochs", f"{size} {shots} shots", "single", TARGET)
    return case.add(times, 1, {PEER: metadata.version("pennylane-lightning")}, {PEER: z}, note)


def rows(quick: bool, budget: float) -> Iterator[Row]:
    for size in [Size(4, 2)] if quick else SIZES:
        for shots in SHOTS:
            yield from measure(size, shots, REPEATS)

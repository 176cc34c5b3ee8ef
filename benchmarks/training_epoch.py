"""One sampled training epoch against what a user of PennyLane would run: parameter-shift QNodes with the same shots.

    python benchmarks/training_epoch.py --sizes 9x9 12x12 --shots 100 1000

Both take one gradient step of the averaged MMD: the unshifted circuit and, for every parameter, both shifted circuits
are measured with so many shots. PennyLane's side (lightning.qubit, counts, NumPy afterwards) is timed on a few
parameters and scaled to all of them. On those the two gradients are compared by their means over repetitions: a z-score
beyond 5 fails. Nothing fails because of a time. One core.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import argparse
from time import perf_counter
from typing import Any

import numpy as np
import pennylane as qml
from numpy.typing import NDArray

from bornscape.circuits import Circuit, line_circuit
from bornscape.training import Objective, objective, sampled_gradient

Float = NDArray[np.float64]

LARGEST_Z = 5.0


def size(text: str) -> tuple[int, int]:
    """(n, L) written as nxL."""
    n_qubits, n_layers = text.split("x")
    return int(n_qubits), int(n_layers)


def counting_node(circuit: Circuit, shots: int) -> Any:
    """A QNode that returns the counts of the circuit's outcomes."""
    device = qml.device("lightning.qubit", wires=circuit.n_qubits)
    gates = [(getattr(qml, gate.name), gate.wires, gate.angles) for gate in circuit.gates]

    @qml.set_shots(shots)
    @qml.qnode(device)
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


def shifted_component(node: Any, goal: Objective, theta: Float, index: int) -> float:
    """One component of the gradient, with measurements of its own of all three circuits."""
    shift = np.zeros_like(theta)
    shift[index] = np.pi / 2
    n = goal.circuit.n_qubits
    slope = goal.loss.derivative(frequencies(node(theta), n))
    plus, minus = (frequencies(node(theta + sign * shift), n) for sign in (1, -1))
    return float(slope @ (plus - minus) / 2)


def measure(n: int, layers: int, shots: int, subset: int, repeats: int, seed: int) -> tuple[float, float, float]:
    """(seconds of an epoch here, of PennyLane's, largest z-score between the two gradients)."""
    rng = np.random.default_rng(seed)
    circuit = line_circuit(n, layers)
    theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
    goal = objective(circuit, rng.dirichlet(np.ones(2**n)), "mmd", [0.01, n / 4, n])
    node = counting_node(circuit, shots)
    node(theta)
    sampled_gradient(goal, theta, shots, rng)
    times, ours = [], []
    for _ in range(repeats):
        start = perf_counter()
        ours.append(sampled_gradient(goal, theta, shots, rng)[0])
        times.append(perf_counter() - start)
    chosen = rng.choice(circuit.n_parameters, size=subset, replace=False)
    start = perf_counter()
    node(theta)
    once = perf_counter() - start
    start = perf_counter()
    theirs = np.array([[shifted_component(node, goal, theta, k) for k in chosen] for _ in range(repeats)])
    # Two of a component's three circuits belong to it; the unshifted one is measured once an epoch.
    each = (perf_counter() - start) / (repeats * subset) - once
    own = np.array(ours)[:, chosen]
    spread = np.sqrt((own.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / repeats)
    gap = np.abs(own.mean(axis=0) - theirs.mean(axis=0))
    z = np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0)
    return min(times), once + each * circuit.n_parameters, float(z.max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=size, nargs="+", default=[(9, 9), (12, 12)], help="as nxL")
    parser.add_argument("--shots", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--subset", type=int, default=6, help="parameters on which PennyLane is timed")
    parser.add_argument("--repeats", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(f"{'(n,L)':<9}{'shots':>7}{'here, ms':>11}{'PennyLane, ms':>15}{'ratio':>8}{'largest z':>11}")
    wrong = []
    for n, layers in arguments.sizes:
        for shots in arguments.shots:
            here, there, z = measure(n, layers, shots, arguments.subset, arguments.repeats, arguments.seed)
            case, milliseconds = f"({n},{layers})", f"{1e3 * here:>11.1f}{1e3 * there:>15.0f}"
            print(f"{case:<9}{shots:>7}{milliseconds}{there / here:>8.0f}{z:>11.1f}", flush=True)
            if z > LARGEST_Z:
                wrong.append(f"({n},{layers}) {shots} shots")
    print(
        f"Best of {arguments.repeats} epochs; PennyLane's time is scaled from {arguments.subset} parameters. One core."
    )
    if wrong:
        raise SystemExit("gradients differ: " + "; ".join(wrong))


if __name__ == "__main__":
    main()

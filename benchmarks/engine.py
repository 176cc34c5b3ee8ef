"""One draw of q and one exact gradient: this package against PennyLane's QNodes, on one core, results compared.

    python benchmarks/engine.py --sizes 4x4 8x8 12x12

The reference is what a reader would write: a QNode on lightning.qubit that returns ``qml.probs``, run at fresh random
parameters, and the parameter-shift rule through it for the gradient of the KLD. The shift rule is timed on a few
parameters and scaled to all of them. It is the rule that hardware needs; a simulator can also backpropagate, so the
gradient is compared with default.qubit's backpropagation too. Times are medians; nothing fails because of a time.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import pennylane as qml
from numpy.typing import NDArray
from pennylane import numpy as pnp

from bornscape.circuits import Circuit, line_circuit
from bornscape.gradients import gradient
from bornscape.kernels import Precision, probabilities
from bornscape.losses.explicit import ExplicitLoss

Float = NDArray[np.float64]

AGREEMENT = {"double": 1e-12, "single": 2e-6, "gradient": 1e-9}
"""Largest difference from the reference that still counts as the same result; the gradient's is relative."""


class Row(NamedTuple):
    """One line of the table; times in milliseconds."""

    case: str
    what: str
    ours: float
    reference: float
    difference: float
    allowed: float


def size(text: str) -> tuple[int, int]:
    """(n, L) written as nxL."""
    n_qubits, n_layers = text.split("x")
    return int(n_qubits), int(n_layers)


def pennylane_draw(n_qubits: int, n_layers: int, device: str = "lightning.qubit") -> Callable[[Any], Any]:
    """Eq. 53 as a QNode."""

    @qml.qnode(qml.device(device, wires=n_qubits))
    def node(theta: Any) -> Any:
        used = 0
        for layer in range(n_layers + 1):
            if layer:
                for i in range(n_qubits - 1):
                    qml.CNOT(wires=[i, i + 1])
                    qml.RY(theta[used], wires=i)
                    qml.CNOT(wires=[i, i + 1])
                    used += 1
            for i in range(n_qubits):
                qml.Rot(theta[used], theta[used + 1], theta[used + 2], wires=i)
                used += 3
        return qml.probs(wires=range(n_qubits))

    return node


def median_time(call: Callable[[Any], Any], points: Sequence[Float]) -> float:
    """Median milliseconds a call over the points, the first call left out."""
    call(points[0])
    times = []
    for point in points:
        start = perf_counter()
        call(point)
        times.append(perf_counter() - start)
    return 1e3 * float(np.median(times))


def draw_rows(case: str, circuit: Circuit, node: Callable[[Float], Any], points: Sequence[Float]) -> list[Row]:
    reference = median_time(node, points[: max(5, len(points) // 4)])
    rows = []
    kinds: tuple[Precision, ...] = ("double", "single")
    for precision in kinds:
        ours = median_time(partial(probabilities, circuit, precision=precision), points)
        difference = max(np.abs(probabilities(circuit, t, precision) - node(t)).max() for t in points[:3])
        rows.append(Row(case, f"draw, {precision}", ours, reference, float(difference), AGREEMENT[precision]))
    return rows


def gradient_rows(
    case: str, circuit: Circuit, node: Callable[[Any], Any], points: Sequence[Float], subset: int, seed: int
) -> list[Row]:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(2**circuit.n_qubits))
    loss = ExplicitLoss("kld", p)
    ours = median_time(lambda theta: gradient(circuit, theta, loss), points)
    exact = gradient(circuit, points[0], loss)
    largest = np.abs(exact).max()

    chosen = rng.choice(circuit.n_parameters, size=min(subset, circuit.n_parameters), replace=False)
    start = perf_counter()
    slope = loss.derivative(np.asarray(node(points[0])))
    once = perf_counter() - start
    found, times = [], []
    for k in chosen:
        start = perf_counter()
        shift = np.zeros(circuit.n_parameters)
        shift[k] = np.pi / 2
        found.append(slope @ (node(points[0] + shift) - node(points[0] - shift)) / 2)
        times.append(perf_counter() - start)
    shifted = 1e3 * (once + circuit.n_parameters * float(np.median(times)))
    difference = float(np.abs(exact[chosen] - found).max() / largest)
    what = f"gradient, shift rule ({len(chosen)} of {circuit.n_parameters}, scaled)"
    rows = [Row(case, what, ours, shifted, difference, AGREEMENT["gradient"])]

    layers = len(circuit.layer_ends) - 1
    plain = pennylane_draw(circuit.n_qubits, layers, "default.qubit")
    backward = qml.grad(lambda theta: -pnp.sum(p * pnp.log(plain(theta))))
    trainable = [pnp.array(point, requires_grad=True) for point in points[:3]]
    backpropagated = median_time(backward, trainable)
    difference = float(np.abs(exact - np.asarray(backward(trainable[0]))).max() / largest)
    rows.append(Row(case, "gradient, backpropagation", ours, backpropagated, difference, AGREEMENT["gradient"]))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=size, nargs="+", default=[(4, 4), (8, 8), (12, 12)], help="as nxL")
    parser.add_argument("--draws", type=int, default=60, help="random parameter vectors a size")
    parser.add_argument("--subset", type=int, default=10, help="parameters shifted for the reference gradient")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rows = []
    for n_qubits, n_layers in arguments.sizes:
        circuit = line_circuit(n_qubits, n_layers)
        node = pennylane_draw(n_qubits, n_layers)
        rng = np.random.default_rng(arguments.seed)
        points = list(rng.uniform(0, 2 * np.pi, (arguments.draws, circuit.n_parameters)))
        case = f"({n_qubits},{n_layers})"
        rows += draw_rows(case, circuit, node, points)
        few = points[: max(5, len(points) // 4)]
        rows += gradient_rows(case, circuit, node, few, arguments.subset, arguments.seed)
    print(f"{'(n,L)':<9}{'what':<50}{'ours, ms':>10}{'PennyLane, ms':>15}{'ratio':>9}{'difference':>12}")
    for row in rows:
        print(
            f"{row.case:<9}{row.what:<50}{row.ours:>10.3f}{row.reference:>15.2f}"
            f"{row.reference / row.ours:>9.1f}{row.difference:>12.1e}"
        )
    print(
        "Median times on one core. PennyLane: lightning.qubit for draws and for the shift rule, which is timed on the"
    )
    print(
        "parameters counted in brackets and scaled to all; default.qubit for backpropagation. Differences of gradients"
    )
    print("are relative to the largest entry.")
    wrong = [row for row in rows if not row.difference <= row.allowed]
    if wrong:
        raise SystemExit("results differ: " + "; ".join(f"{row.case} {row.what}" for row in wrong))


if __name__ == "__main__":
    main()

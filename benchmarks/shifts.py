"""One epoch of the parameter-shift rule with shots: every shifted distribution found and sampled, on one core.

    python benchmarks/shifts.py --sizes 9x9 12x12 16x4

"Register" is the package's way, where many tangent states pass through the rest of the circuit together; "one by one"
runs the circuit once for each shifted angle, timed on a few angles and scaled to all of them. Both sample every
distribution. Results are compared on those few angles; nothing fails because of a time.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import argparse
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bornscape.circuits import Circuit, line_circuit
from bornscape.kernels import Precision, probabilities, shifted_states, statevector
from bornscape.sampling import sample_indices

Float = NDArray[np.float64]

AGREEMENT: dict[Precision, float] = {"double": 1e-13, "single": 2e-6}


def size(text: str) -> tuple[int, int]:
    """(n, L) written as nxL."""
    n_qubits, n_layers = text.split("x")
    return int(n_qubits), int(n_layers)


def epoch(
    circuit: Circuit, theta: Float, precision: Precision, shots: int, rng: np.random.Generator
) -> tuple[int, float]:
    """Number of sampled distributions, and seconds."""
    start = perf_counter()
    amplitudes = statevector(circuit, theta, precision)
    count = 0
    for shifted in shifted_states(circuit, theta, precision):
        for distribution in shifted.probabilities(amplitudes):
            sample_indices(distribution, shots, rng)
            count += 1
    return count, perf_counter() - start


def one_by_one(
    circuit: Circuit, theta: Float, precision: Precision, shots: int, rng: np.random.Generator, angles: set[int]
) -> tuple[float, float]:
    """Seconds an angle, and the largest difference from the register's distributions."""
    amplitudes = statevector(circuit, theta, precision)
    register = {
        s.angle: s.probabilities(amplitudes) for s in shifted_states(circuit, theta, precision) if s.angle in angles
    }
    times, difference = [], 0.0
    for angle in sorted(angles):
        shift = np.zeros(circuit.n_parameters)
        shift[angle] = np.pi / 2
        start = perf_counter()
        pair = [probabilities(circuit, theta + sign * shift, precision) for sign in (1, -1)]
        for distribution in pair:
            sample_indices(distribution, shots, rng)
        times.append(perf_counter() - start)
        difference = max(difference, *(float(np.abs(a - b).max()) for a, b in zip(pair, register[angle], strict=True)))
    return float(np.median(times)), difference


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=size, nargs="+", default=[(9, 9), (12, 12), (16, 4)], help="as nxL")
    parser.add_argument("--shots", type=int, default=1000)
    parser.add_argument("--subset", type=int, default=10, help="angles of the comparison")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(
        f"{'(n,L)':<9}{'precision':<11}{'distributions':>14}{'register, ms':>14}{'each, ms':>10}"
        f"{'one by one, ms':>16}{'ratio':>8}{'difference':>12}"
    )
    wrong = []
    for n_qubits, n_layers in arguments.sizes:
        circuit = line_circuit(n_qubits, n_layers)
        rng = np.random.default_rng(arguments.seed)
        theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
        angles = set(rng.choice(circuit.n_parameters, size=arguments.subset, replace=False).tolist())
        for precision in AGREEMENT:
            runs = [epoch(circuit, theta, precision, arguments.shots, rng) for _ in range(arguments.repeats)]
            count, seconds = runs[0][0], min(run[1] for run in runs)
            each, difference = one_by_one(circuit, theta, precision, arguments.shots, rng, angles)
            other = each * circuit.n_parameters
            print(
                f"{f'({n_qubits},{n_layers})':<9}{precision:<11}{count:>14}{1e3 * seconds:>14.1f}"
                f"{1e3 * seconds / count:>10.4f}{1e3 * other:>16.1f}{other / seconds:>8.1f}{difference:>12.1e}",
                flush=True,
            )
            if not difference <= AGREEMENT[precision]:
                wrong.append(f"({n_qubits},{n_layers}) {precision}")
    print(f"{arguments.shots} shots a distribution; best of {arguments.repeats} epochs; 'one by one' is scaled from")
    print(f"{arguments.subset} angles. One core.")
    if wrong:
        raise SystemExit("results differ: " + "; ".join(wrong))


if __name__ == "__main__":
    main()

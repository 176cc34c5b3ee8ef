"""Random circuits of Theorem 3's form, and the two terms of their MMD: E_qq K and E_qp K."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float, Row
from bornscape.bitstrings.walsh import subset_sizes, walsh_hadamard
from bornscape.circuits.light_cones import Family
from bornscape.datasets import Target
from bornscape.formulas import Formula, bandwidth_values
from bornscape.losses.mmd import spectrum_weights
from bornscape.losses.split_mmd import SplitMMD, Strings
from bornscape.simulators.line import SequentialState
from bornscape.theory.shallow import FirstLayer


class Kind(NamedTuple):
    """What a circuit's name stands for."""

    family: Family
    first_layer: FirstLayer
    range: float = 2 * np.pi


CIRCUITS = {
    "entanglers": Kind("entanglers", "haar"),
    "line_haar": Kind("line", "haar"),
    "line": Kind("line", "euler"),
    "quadrant": Kind("line", "euler", np.pi / 2),
}
"""Layers W alone or all of Eq. 53, after a layer of Haar-random gates or, as everywhere else, of uniform Euler angles.

The angles of "quadrant" are uniform on [0, pi/2] only: the theorem does not hold for it, and no light cones are drawn.
"""


def random_parameters(kind: Kind, n_qubits: int, n_layers: int, rng: np.random.Generator) -> Float:
    """Parameters of ``line_circuit(n_qubits, n_layers)`` that make it a random circuit of this kind."""
    first = rng.uniform(0, kind.range, (n_qubits, 3))
    if kind.first_layer == "haar":
        first[:, 1] = np.arccos(rng.uniform(-1, 1, n_qubits))
    layers = rng.uniform(0, kind.range, (n_layers, 4 * n_qubits - 1))
    if kind.family == "entanglers":
        layers[:, n_qubits - 1 :] = 0
    return np.concatenate([first.ravel(), layers.ravel()])


class TermEvaluation:
    """The terms of the MMD of a state vector, and the sequential state's estimate of the same MMD beside them."""

    def __init__(self, n: int, bandwidths: Mapping[str, Formula], samples: int, targets: Mapping[str, Target]) -> None:
        self.n, self.samples = n, samples
        self.targets = targets
        self.parities = {name: walsh_hadamard(target.dense()) for name, target in targets.items()}
        self.weights, self.split = {}, {}
        for label, bandwidth in bandwidths.items():
            (s,) = bandwidth_values(bandwidth, n)
            self.weights[label] = spectrum_weights(n, s)[subset_sizes(n)]
            self.weights[label][0] = 0  # The empty subset is the same for every q and p.
            self.split[label] = SplitMMD(n, s, {name: Strings(target) for name, target in targets.items()})

    def terms(self, z: Float) -> Iterator[Row]:
        """X without its constant, and Y, of every bandwidth and data set at the parities z of q."""
        for label, w in self.weights.items():
            weighted = w * z
            self_term = float(weighted @ z)
            for dataset, parities in self.parities.items():
                cross = float(weighted @ parities)
                yield {"bandwidth": label, "dataset": dataset, "self_term": self_term, "cross_term": cross}

    def compared(self, z: Float, rows: list[Row], state: SequentialState, rng: np.random.Generator) -> list[Row]:
        """The rows of ``terms`` with a sequential state's largest error of <Z_i>, and its estimate's of the MMD."""
        singles = z[1 << np.arange(self.n - 1, -1, -1)]
        from_state = state.single_z()
        off = {
            "z_error": np.abs(from_state - singles).max(),
            "z_error_mirrored": np.abs(from_state[::-1] - singles).max(),
        }
        estimates: dict[tuple[str, str], float] = {}
        for label, split in self.split.items():
            values = np.mean(split.estimates(state, self.samples, rng), axis=0)
            estimates |= {(label, name): float(value) for name, value in zip(self.targets, values, strict=True)}
        return [row | off | self._excess(row, singles, estimates) for row in rows]

    def _excess(self, row: Row, singles: Float, estimates: dict[tuple[str, str], float]) -> Row:
        label, dataset = row["bandwidth"], row["dataset"]
        parities, w = self.parities[dataset], self.weights[label]
        exact = row["self_term"] - 2 * row["cross_term"] + float(w @ parities**2)
        excess = estimates[label, dataset] - exact
        places = 1 << np.arange(self.n - 1, -1, -1)
        single = float(w[places] @ (singles - parities[places]) ** 2)
        return {"excess": excess, "excess_without_singles": excess - single}

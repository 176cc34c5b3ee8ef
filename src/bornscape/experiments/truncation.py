"""Proposition 4: what actual losses lose when terms on more than k wires are left out.

Product circuits (no layers) and line circuits of log2(n) layers against the data sets, and the pair |0...0>, |1...1>,
whose parities differ as far as they can on every odd number of wires.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.bitstrings.walsh import bodyness_spectrum, spectrum_of_transform, walsh_hadamard
from bornscape.circuits import line_circuit
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.losses.mmd import spectrum_weights
from bornscape.simulators.state_vector import layer_probabilities

COLUMNS = ["ansatz", "dataset", "bandwidth", "n_qubits", "k", "pairs", "mmd", "error_median", "error_largest"]
OPPOSITE = "opposite"
"""The pair |0...0> and |1...1>, as ansatz and as data set."""

DEPTHS = {"product": "0", "line": "log2(n)"}


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Bodyness spectra of q - p, one row a pair of distributions and number of wires."""
    transforms = {name: walsh_hadamard(target.dense()) for name, target in targets.items()}
    names = {depth_value(formula, n_qubits): name for name, formula in DEPTHS.items()}
    circuit = line_circuit(n_qubits, max(names))
    spectra = [(OPPOSITE, OPPOSITE, 0, bodyness_spectrum(_opposite(n_qubits)))]
    for draw in range(settings["draws"]):
        theta = rng.uniform(0.0, 2 * np.pi, circuit.n_parameters)
        for layers, q in layer_probabilities(circuit, theta, sorted(names)):
            model = walsh_hadamard(q)
            spectra += [
                (names[layers], dataset, draw, spectrum_of_transform(model, data))
                for dataset, data in transforms.items()
            ]
    parts = [
        pd.DataFrame({"ansatz": a, "dataset": d, "draw": k, "wires": np.arange(n_qubits + 1), "spectrum": spectrum})
        for a, d, k, spectrum in spectra
    ]
    return pd.concat(parts, ignore_index=True)


def _opposite(n_qubits: int) -> np.ndarray:
    difference = np.zeros(2**n_qubits)
    difference[0], difference[-1] = 1.0, -1.0
    return difference


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """MMD - MMD_k at every k < n: median and largest over the pairs of distributions; ``mmd`` is their mean loss."""
    parts = []
    for (ansatz, dataset, n), group in rows.groupby(["ansatz", "dataset", "n_qubits"], sort=False):
        spectra = group["spectrum"].to_numpy().reshape(-1, n + 1)
        for label, formula in settings["bandwidths"].items():
            terms = spectra * spectrum_weights(n, bandwidth_values(formula, n))
            # Summed from the far end: the smallest terms first.
            above = np.cumsum(terms[:, ::-1], axis=1)[:, ::-1]
            parts.append(
                pd.DataFrame(
                    {
                        "ansatz": ansatz,
                        "dataset": dataset,
                        "bandwidth": label,
                        "n_qubits": n,
                        "k": np.arange(n),
                        "pairs": len(spectra),
                        "mmd": above[:, 0].mean(),
                        "error_median": np.median(above[:, 1:], axis=0),
                        "error_largest": above[:, 1:].max(axis=0),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)[COLUMNS]

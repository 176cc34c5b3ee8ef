"""Draws of the MMD over random line circuits at any n, from sequential states: exact but for a measured noise.

A draws table as ``variance`` makes them. "mmd" is the mean of two unbiased estimates, "mmd_noise" half their
difference, whose mean square is the part of Var["mmd"] that is sampling noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bornscape.datasets import Target
from bornscape.losses.split_mmd import Cardinality, Data, SplitMMD, Strings
from bornscape.simulators.line import Precision, line_parameters, sequential_state
from bornscape.tables.columns import DRAW_COLUMNS
from bornscape.tables.names import NOISE

UNLISTED = "cardinality"
"""The data set that is never listed: it has exponentially many strings, and a formula."""


@dataclass(frozen=True)
class TensorDraws:
    """A chunk of random circuits of Eq. 53 of few layers.

    Attributes
    ----------
    n_qubits, n_layers
        Sizes; depths are prefixes of one random circuit, so they share their angles.
    draws
        Circuits in this chunk; all angles are uniform on [0, 2 pi).
    samples
        Samples of each of the two estimates.
    bandwidths
        Label -> bandwidth s of the kernel exp(-H / 2s).
    """

    n_qubits: int
    n_layers: Sequence[int]
    draws: int
    samples: int
    bandwidths: Mapping[str, float]
    precision: Precision = "single"


def data_of(n_qubits: int, names: Sequence[str], targets: Mapping[str, Target]) -> dict[str, Data]:
    """Every named data set: listed targets, and the cardinality set by its formula."""
    return {
        name: Cardinality(n_qubits, n_qubits // 2) if name == UNLISTED else Strings(targets[name]) for name in names
    }


def tensor_draws(
    chunk: TensorDraws, datasets: Sequence[str], targets: Mapping[str, Target], rng: np.random.Generator
) -> pd.DataFrame:
    """Draws table of a chunk; ``targets`` hold the data sets but for the cardinality set."""
    n = chunk.n_qubits
    data = data_of(n, datasets, targets)
    losses = {label: SplitMMD(n, s, data) for label, s in chunk.bandwidths.items()}
    rows = []
    for draw in range(chunk.draws):
        theta = rng.uniform(0.0, 2 * np.pi, line_parameters(n, max(chunk.n_layers)))
        for layers in sorted(set(chunk.n_layers)):
            state = sequential_state(n, layers, theta[: line_parameters(n, layers)], chunk.precision)
            for label, loss in losses.items():
                first, second = loss.estimates(state, chunk.samples, rng)
                for name, value in (("mmd", (first + second) / 2), (NOISE, (first - second) / 2)):
                    rows += [
                        (draw, float(layers), name, dataset, label, np.nan, estimate, np.nan)
                        for dataset, estimate in zip(datasets, value, strict=True)
                    ]
    return pd.DataFrame(rows, columns=DRAW_COLUMNS)

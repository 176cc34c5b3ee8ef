"""The bandwidth at which Var[MMD_s] is largest: Theorem 2's closed form, and line circuits of log2(n) layers.

One bodyness spectrum of a draw serves every bandwidth. Bandwidths are multiples of n.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Float, Settings
from bornscape.bitstrings.distances import distance_distribution, median_of
from bornscape.bitstrings.walsh import spectrum_of_transform, walsh_hadamard
from bornscape.circuits import line_circuit
from bornscape.datasets import Target, Targets
from bornscape.formulas import depth_value
from bornscape.losses.mmd import mmd_of_spectra
from bornscape.simulators.state_vector import probabilities
from bornscape.statistics import variance_interval
from bornscape.statistics.maxima import peak, resampled_variances
from bornscape.theory.product import SingleQubit

COLUMNS = [
    *("ansatz", "dataset", "n_qubits", "point", "draws", "s", "s_low", "s_high"),
    *("variance", "ci_low", "ci_high", "ratio", "ratio_low", "ratio_high"),
]
ENSEMBLES: dict[str, SingleQubit] = {"product_haar": "haar", "product_ry": "ry"}
DEPTH = "log2(n)"
_CONFIDENCE = (0.025, 0.975)


def _grid(n_qubits: int, settings: Settings) -> Float:
    return n_qubits * np.geomspace(settings["smallest"], settings["largest"], settings["points"])


def _points(n_qubits: int, median: float) -> dict[str, float]:
    """Bandwidths that are compared with the best one."""
    return {"1": 1.0, "n/4": n_qubits / 4, "median": median, "median/2": median / 2}


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows (ansatz, dataset, quantity, draw, position, value).

    Quantities: ``spectrum`` of each draw of line circuits by number of wires (up to ``largest_state`` qubits), their
    ``median`` distance of pooled strings; for product circuits the closed ``variance`` on the grid and at the named
    points, and the ``median``.
    """
    parts = [
        _closed(name, n_qubits, dataset, target, settings) for name in ENSEMBLES for dataset, target in targets.items()
    ]
    if n_qubits <= settings["largest_state"]:
        parts.append(_drawn(n_qubits, settings, targets, rng))
    return pd.concat(parts, ignore_index=True)


def _rows(ansatz: str, dataset: str, quantity: str, draw: int, values: Float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ansatz": ansatz,
            "dataset": dataset,
            "quantity": quantity,
            "draw": draw,
            "position": np.arange(len(values)),
            "value": np.asarray(values, dtype=np.float64),
        }
    )


def _closed(ansatz: str, n: int, dataset: str, target: Target, settings: Settings) -> pd.DataFrame:
    ensemble, data = ENSEMBLES[ansatz], (target.bitstrings, target.probabilities)
    median = max(1, theory.median_distance(n, *data, single_qubit=ensemble))
    bandwidths = np.concatenate([_grid(n, settings), list(_points(n, median).values())])
    variances = theory.product_mmd_variances(n, bandwidths, *data, single_qubit=ensemble)
    return pd.concat(
        [_rows(ansatz, dataset, "variance", 0, variances), _rows(ansatz, dataset, "median", 0, np.array([median]))]
    )


def _drawn(n: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    transforms = {name: walsh_hadamard(target.dense()) for name, target in targets.items()}
    circuit = line_circuit(n, depth_value(DEPTH, n))
    spectra = {name: np.empty((settings["draws"], n + 1)) for name in targets}
    pooled = {name: np.zeros(n + 1) for name in targets}
    for draw in range(settings["draws"]):
        model = walsh_hadamard(probabilities(circuit, rng.uniform(0.0, 2 * np.pi, circuit.n_parameters)))
        for name, data in transforms.items():
            spectra[name][draw] = spectrum_of_transform(model, data)
            pooled[name] += spectrum_of_transform((model + data) / 2) / settings["draws"]
    parts = []
    for name, values in spectra.items():
        parts += [_rows("line", name, "spectrum", draw, row) for draw, row in enumerate(values)]
        median = max(1, median_of(distance_distribution(pooled[name])))
        parts.append(_rows("line", name, "median", 0, np.array([median])))
    return pd.concat(parts)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The variance on the grid, at its largest, and at the named points; ``ratio`` is the largest over the one there.

    Closed forms have no interval. For draws: Bonett's interval of a variance, and bootstrap intervals over the draws of
    the best bandwidth and of the ratio.
    """
    summaries: list[dict[str, Any]] = []
    for (ansatz, dataset, n), group in rows.groupby(["ansatz", "dataset", "n_qubits"], sort=False):
        lead = {"ansatz": ansatz, "dataset": dataset, "n_qubits": n}
        grid = _grid(n, settings)
        points = _points(n, float(group.loc[group["quantity"] == "median", "value"].mean()))
        bandwidths = np.concatenate([grid, list(points.values())])
        names = ["grid"] * len(grid) + list(points)
        if ansatz in ENSEMBLES:
            variances = group.loc[(group["quantity"] == "variance") & (group["chunk"] == 0), "value"].to_numpy()
            made = _exact_rows(grid, bandwidths, variances)
        else:
            spectra = group.loc[group["quantity"] == "spectrum", "value"].to_numpy().reshape(-1, n + 1)
            made = _drawn_rows(grid, bandwidths, mmd_of_spectra(spectra, bandwidths))
        summaries += [lead | {"point": name} | row for name, row in zip([*names, "best"], made, strict=True)]
    return pd.DataFrame(summaries, columns=COLUMNS)


def _row(s: Float, variance: Float, ratio: Float, draws: float = np.nan) -> dict[str, float]:
    """A row from (number, low, high) of each quantity."""
    columns = [*("s", "s_low", "s_high"), *("variance", "ci_low", "ci_high"), *("ratio", "ratio_low", "ratio_high")]
    return {"draws": draws} | dict(zip(columns, [float(v) for v in (*s, *variance, *ratio)], strict=True))


def _exact_rows(grid: Float, bandwidths: Float, variances: Float) -> Iterator[dict[str, float]]:
    best = peak(grid, variances[: len(grid)])
    top = float(best.variance[0])
    for s, variance in zip([*bandwidths, best.bandwidth[0]], [*variances, top], strict=True):
        yield _row(np.full(3, s), np.full(3, variance), np.full(3, top / variance))


def _drawn_rows(grid: Float, bandwidths: Float, values: Float) -> Iterator[dict[str, float]]:
    estimate, draws = variance_interval(values), len(values)
    interval = np.array([estimate.variance, estimate.ci_low, estimate.ci_high])
    # A table is the same whenever it is made: its resamples have a seed of their own.
    resampled = resampled_variances(values, np.random.default_rng(0))
    best, others = peak(grid, interval[0, : len(grid)]), peak(grid, resampled[:, : len(grid)])
    top = float(best.variance[0])
    ratio_ends = np.quantile(others.variance[:, None] / resampled, _CONFIDENCE, axis=0)
    for k, s in enumerate(bandwidths):
        yield _row(np.full(3, s), interval[:, k], np.array([top / interval[0, k], *ratio_ends[:, k]]), draws)
    # The interval at the best bandwidth is, relative to the variance, that of the nearest point of the grid.
    nearest = int(np.argmin(np.abs(np.log(grid / best.bandwidth[0]))))
    ends = np.quantile(others.bandwidth, _CONFIDENCE)
    at_best = top / interval[0, nearest] * interval[:, nearest]
    yield _row(np.array([best.bandwidth[0], *ends]), at_best, np.ones(3), draws)

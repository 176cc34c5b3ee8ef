"""Evidence tables made of draws and runs: variances, fixed points, training mass, scaling laws, training curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from bornscape.aliases import Settings
from bornscape.statistics import (
    VarianceEstimate,
    combine_batches,
    noise_free_variance,
    proportion_interval,
    variance_interval,
)
from bornscape.tables.names import DEEP, MASS, NOISE

BATCHED = ("product", "fidelity_batches")
"""Kinds of studies whose draws are unbiased estimates of a variance, one a batch."""

ROUNDING = 1e-12
"""Relative difference at which an estimate still equals its fixed point."""

_ESTIMATE = ("draws", "mean", "variance", "ci_low", "ci_high")
_KEYS = ["n_layers", "loss", "dataset", "bandwidth", "shots"]


def ansatz_of(study: Settings) -> str:
    """How tables name a study's circuits.

    Examples
    --------
    >>> ansatz_of({"kind": "tensor"}), ansatz_of({"kind": "product", "ensemble": "haar"})
    ('line', 'product_haar')
    """
    line = study["kind"] in ("line", "tensor", "fidelity", "fidelity_batches")
    return "line" if line else f"product_{study['ensemble']}"


class Group(NamedTuple):
    """A loss in the draws of one size: its key, and values and fixed points in the order of the draws, (draws,)."""

    key: dict[str, Any]
    values: NDArray[np.float64]
    fixed_points: NDArray[np.float64]


def groups_of(draws: pd.DataFrame) -> list[Group]:
    """Every loss in the draws of one size, in the order in which they come.

    Examples
    --------
    >>> draws = pd.DataFrame({"loss": ["tvd", "kld", "tvd"], "value": [1.0, 2.0, 3.0], "fixed_point": np.nan})
    >>> draws = draws.assign(n_layers=0.0, dataset="ghz", bandwidth="", shots=np.nan)
    >>> [(group.key["loss"], group.values.tolist()) for group in groups_of(draws)]
    [('tvd', [1.0, 3.0]), ('kld', [2.0])]
    """
    # One stable sort, and views of two columns: a table of each of some 10,000 groups took most of the job's time.
    numbers = draws.groupby(_KEYS, sort=False, observed=True, dropna=False).ngroup().to_numpy()
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    keys = draws[_KEYS].iloc[order[starts]].to_dict("records")
    values, fixed = (np.split(draws[name].to_numpy()[order], starts)[1:] for name in ("value", "fixed_point"))
    return [
        Group({str(name): key[name] for name in key}, *parts) for key, *parts in zip(keys, values, fixed, strict=True)
    ]


def variance_rows(experiment: str, study: Settings, n_qubits: int, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Rows of variance.csv from all draws of one study at one size; intervals are at 95 %."""
    lead = {"experiment": experiment, "ansatz": ansatz_of(study), "n_qubits": n_qubits}
    keys, values, _ = zip(*(group for group in groups if group.key["loss"] != MASS), strict=True)
    if study["kind"] in BATCHED:
        sizes = [_batch_size(study, n_qubits, key["n_layers"]) for key in keys]
        estimates = [combine_batches(batches, size) for batches, size in zip(values, sizes, strict=True)]
        columns: Any = {name: [getattr(estimate, name) for estimate in estimates] for name in _ESTIMATE}
    elif study["kind"] == "tensor":
        estimates = _without_noise(keys, values)
        columns = {name: [getattr(estimate, name) for estimate in estimates] for name in _ESTIMATE}
    else:
        # Every loss has a value at every draw, so one call serves all columns.
        estimate = variance_interval(np.column_stack(values))
        columns = {name: np.broadcast_to(getattr(estimate, name), len(keys)) for name in _ESTIMATE}
    return [lead | key | {name: columns[name][k] for name in _ESTIMATE} for k, key in enumerate(keys)]


def _batch_size(study: Settings, n_qubits: int, n_layers: float) -> int:
    """Draws behind each batch: at as many layers as qubits a study may have more."""
    return int(study.get("linear_batch", study["batch"]) if n_layers == n_qubits else study["batch"])


def _without_noise(keys: Sequence[dict[str, Any]], values: Sequence[NDArray[np.float64]]) -> list[VarianceEstimate]:
    """Variances of the losses without the sampling noise that the rows ``NOISE`` measure; theirs as they are."""
    places = [(key["n_layers"], key["dataset"], key["bandwidth"]) for key in keys]
    noise = {place: sample for key, place, sample in zip(keys, places, values, strict=True) if key["loss"] == NOISE}
    return [
        variance_interval(sample) if key["loss"] == NOISE else noise_free_variance(sample, noise[place])
        for key, place, sample in zip(keys, places, values, strict=True)
    ]


def fixed_point_rows(experiment: str, study: Settings, n_qubits: int, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Rows of fixed_points.csv: at how many draws the estimate equals its fixed point L0 (Thm. 1).

    ``predicted`` is the mean over the draws of (1 - q(P))^shots, the chance that no shot hits the training set, from
    the exact q; ``predicted_sd`` the standard deviation of the measured fraction around it.
    """
    masses = {(key["n_layers"], key["dataset"]): values for key, values, _ in groups if key["loss"] == MASS}
    rows = []
    for key, values, fixed in groups:
        if np.isnan(fixed).all():
            continue
        equal = np.abs(values - fixed) <= ROUNDING * np.maximum(1.0, np.abs(fixed))
        missed = (1 - masses[key["n_layers"], key["dataset"]]) ** key["shots"]
        _, low, high = proportion_interval(int(equal.sum()), len(equal))
        rows.append(
            {"experiment": experiment, "ansatz": ansatz_of(study), "n_qubits": n_qubits}
            | {name: key[name] for name in ("loss", "dataset", "n_layers", "shots")}
            | {"draws": len(equal), "at_fixed_point": int(equal.sum()), "fraction": equal.mean()}
            | {"ci_low": low, "ci_high": high, "predicted": missed.mean()}
            | {"predicted_sd": np.sqrt(np.sum(missed * (1 - missed))) / len(missed)}
        )
    return rows


def mass_rows(experiment: str, study: Settings, n_qubits: int, groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Rows of training_mass.csv: the mean of q(P), the chance that one shot hits the training set."""
    rows = []
    for key, values, _ in groups:
        if key["loss"] != MASS:
            continue
        mean = values.mean()
        # Relative to the mean, whose square is below the smallest number at n = 1000; and on the log scale, so that
        # a small mean keeps a positive lower end.
        spread = (values / mean).std(ddof=1) / np.sqrt(len(values))
        factor = np.exp(stats.t.ppf(0.975, len(values) - 1) * spread)
        rows.append(
            {"experiment": experiment, "ansatz": ansatz_of(study), "n_qubits": n_qubits}
            | {"dataset": key["dataset"], "n_layers": key["n_layers"]}
            | {"draws": len(values) * study.get("batch", 1), "mean": mean}
            | {"ci_low": mean / factor, "ci_high": mean * factor}
        )
    return rows


def tidy(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """A table with whole layers and shots; the deep limit is "inf", exact values are empty.

    Examples
    --------
    >>> rows = [{"n_layers": 2.0, "shots": 100.0}, {"n_layers": float("inf"), "shots": None}]
    >>> tidy(rows, ["n_layers", "shots"]).values.tolist()
    [['2', '100'], ['inf', '']]
    """
    table = pd.DataFrame(list(rows), columns=list(columns))
    for name in ("n_layers", "shots"):
        if name in table:
            table[name] = ["" if pd.isna(v) else "inf" if v == DEEP else str(int(v)) for v in table[name].astype(float)]
    return table

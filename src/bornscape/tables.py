"""Evidence tables made of draws and runs: variances, fixed points, training mass, scaling laws, training curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from bornscape.statistics import (
    VarianceEstimate,
    combine_batches,
    noise_free_variance,
    proportion_interval,
    scaling_law,
    variance_interval,
)
from bornscape.variance import DEEP, MASS, NOISE

Study = Mapping[str, Any]

VARIANCE_COLUMNS = [
    *("experiment", "ansatz", "loss", "dataset", "bandwidth", "n_qubits", "n_layers", "shots"),
    *("draws", "mean", "variance", "ci_low", "ci_high"),
]
FIXED_POINT_COLUMNS = [
    *("experiment", "ansatz", "loss", "dataset", "n_qubits", "n_layers", "shots", "draws"),
    *("at_fixed_point", "fraction", "ci_low", "ci_high", "predicted", "predicted_sd"),
]
MASS_COLUMNS = [
    *("experiment", "ansatz", "dataset", "n_qubits", "n_layers", "draws", "mean", "ci_low", "ci_high"),
]
SCALING_COLUMNS = [
    *("experiment", "ansatz", "loss", "dataset", "bandwidth", "depth"),
    *("exp_rate", "exp_ci_low", "exp_ci_high", "poly_power", "poly_ci_low", "poly_ci_high", "preferred", "weight"),
]
TRAINING_COLUMNS = [
    *("experiment", "dataset", "loss", "n_qubits", "n_layers", "shots", "repetition", "epoch", "tvd"),
]
TRAINING_FINAL_COLUMNS = [*TRAINING_COLUMNS[:7], "bitstring", "target", "model"]
TRAINING_SUMMARY_COLUMNS = [
    *TRAINING_COLUMNS[:7],
    *("tvd_seen", "tvd_true", "unseen_valid", "unseen_true", "gradient_norm", "gradient_noise"),
]

SMALLEST_SIZE = 4
"""Sizes below this are left out of scaling fits: at n = 2 the larger data sets hold every string."""

BATCHED = ("product", "fidelity_batches")
"""Kinds of studies whose draws are unbiased estimates of a variance, one a batch."""

ROUNDING = 1e-12
"""Relative difference at which an estimate still equals its fixed point."""

_ESTIMATE = ("draws", "mean", "variance", "ci_low", "ci_high")
_KEYS = ["n_layers", "loss", "dataset", "bandwidth", "shots"]


def ansatz_of(study: Study) -> str:
    """How tables name a study's circuits."""
    line = study["kind"] in ("line", "tensor", "fidelity", "fidelity_batches")
    return "line" if line else f"product_{study['ensemble']}"


def _groups(draws: pd.DataFrame) -> Iterator[tuple[dict[str, Any], NDArray[np.float64], NDArray[np.float64]]]:
    """(key, values, fixed points) of every loss in the draws of one size, each in the order of the draws."""
    for key, group in draws.groupby(_KEYS, sort=False, observed=True, dropna=False):
        yield dict(zip(_KEYS, key, strict=True)), group["value"].to_numpy(), group["fixed_point"].to_numpy()


def variance_rows(experiment: str, study: Study, n_qubits: int, draws: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of variance.csv from all draws of one study at one size; intervals are at 95 %."""
    lead = {"experiment": experiment, "ansatz": ansatz_of(study), "n_qubits": n_qubits}
    keys, values, _ = zip(*_groups(draws[draws["loss"] != MASS]), strict=True)
    if study["kind"] in BATCHED:
        estimates = [combine_batches(batches, study["batch"]) for batches in values]
        columns: Any = {name: [getattr(found, name) for found in estimates] for name in _ESTIMATE}
    elif study["kind"] == "tensor":
        estimates = _without_noise(keys, values)
        columns = {name: [getattr(found, name) for found in estimates] for name in _ESTIMATE}
    else:
        # Every loss has a value at every draw, so one call serves all columns.
        found = variance_interval(np.column_stack(values))
        columns = {name: np.broadcast_to(getattr(found, name), len(keys)) for name in _ESTIMATE}
    return [lead | key | {name: columns[name][k] for name in _ESTIMATE} for k, key in enumerate(keys)]


def _without_noise(keys: Sequence[dict[str, Any]], values: Sequence[NDArray[np.float64]]) -> list[VarianceEstimate]:
    """Variances of the losses without the sampling noise that the rows ``NOISE`` measure; theirs as they are."""
    places = [(key["n_layers"], key["dataset"], key["bandwidth"]) for key in keys]
    noise = {place: found for key, place, found in zip(keys, places, values, strict=True) if key["loss"] == NOISE}
    return [
        variance_interval(found) if key["loss"] == NOISE else noise_free_variance(found, noise[place])
        for key, place, found in zip(keys, places, values, strict=True)
    ]


_proportion = cache(proportion_interval)


def fixed_point_rows(experiment: str, study: Study, n_qubits: int, draws: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of fixed_points.csv: at how many draws the estimate equals its fixed point L0 (Thm. 1).

    ``predicted`` is the mean over the draws of (1 - q(P))^shots, the chance that no shot hits the training set, from
    the exact q; ``predicted_sd`` the standard deviation of the measured fraction around it.
    """
    estimated = draws[draws["fixed_point"].notna()]
    masses = {(key["n_layers"], key["dataset"]): values for key, values, _ in _groups(draws[draws["loss"] == MASS])}
    rows = []
    for key, values, fixed in _groups(estimated):
        equal = np.abs(values - fixed) <= ROUNDING * np.maximum(1.0, np.abs(fixed))
        missed = (1 - masses[key["n_layers"], key["dataset"]]) ** key["shots"]
        _, low, high = _proportion(int(equal.sum()), len(equal))
        rows.append(
            {"experiment": experiment, "ansatz": ansatz_of(study), "n_qubits": n_qubits}
            | {name: key[name] for name in ("loss", "dataset", "n_layers", "shots")}
            | {"draws": len(equal), "at_fixed_point": int(equal.sum()), "fraction": equal.mean()}
            | {"ci_low": low, "ci_high": high, "predicted": missed.mean()}
            | {"predicted_sd": np.sqrt(np.sum(missed * (1 - missed))) / len(missed)}
        )
    return rows


def mass_rows(experiment: str, study: Study, n_qubits: int, draws: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of training_mass.csv: the mean of q(P), the chance that one shot hits the training set."""
    rows = []
    for key, values, _ in _groups(draws[draws["loss"] == MASS]):
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
    """A table with whole layers and shots; the deep limit is "inf", exact values are empty."""
    table = pd.DataFrame(list(rows), columns=list(columns))
    for name in ("n_layers", "shots"):
        if name in table:
            table[name] = ["" if pd.isna(v) else "inf" if v == DEEP else str(int(v)) for v in table[name].astype(float)]
    return table


def _depths(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The part of a table at each depth: product (0 layers), shallow (log2 n, rounded), deep, and each number."""
    layers = table["n_layers"].astype(float)
    names = {0.0: "product", DEEP: "deep"}
    for value in sorted(layers.unique()):
        yield names.get(value, f"{value:g}"), table[layers == value]
    shallow = layers == np.maximum(1, np.round(np.log2(table["n_qubits"])))
    if shallow.any() and layers.nunique() > 1:
        yield "shallow", table[shallow]


def scaling_table(variance: pd.DataFrame, mass: pd.DataFrame) -> pd.DataFrame:
    """scaling.csv: the law of every exact variance against n, and of the training mass (its mean, not a variance).

    Sizes below ``SMALLEST_SIZE`` are left out; laws need at least 4 sizes with a positive interval, or there is no row.
    """
    exact = variance[variance["shots"].isna() & (variance["loss"] != NOISE)].rename(columns={"variance": "quantity"})
    held = mass.rename(columns={"mean": "quantity"}).assign(loss=MASS, bandwidth=np.nan)
    rows = []
    lead = ["experiment", "ansatz", "loss", "dataset", "bandwidth"]
    for table in (exact, held):
        for key, group in table.groupby(lead, sort=False, dropna=False):
            for depth, part in _depths(group):
                rows += _law_rows(dict(zip(lead, key, strict=True)) | {"depth": depth}, part)
    return pd.DataFrame(rows, columns=SCALING_COLUMNS)


def _law_rows(key: dict[str, Any], part: pd.DataFrame) -> list[dict[str, Any]]:
    sized = part[part["n_qubits"] >= SMALLEST_SIZE]
    if sized["n_qubits"].nunique() >= 4 and (sized["quantity"] == 0).all():
        # A loss that no parameter changes follows no law; a row says that it was looked at.
        return [key | dict.fromkeys(SCALING_COLUMNS[6:], np.nan) | {"preferred": "inconclusive"}]
    kept = part[(part["n_qubits"] >= SMALLEST_SIZE) & (part["ci_low"] > 0) & (part["ci_low"] < part["ci_high"])]
    if kept["n_qubits"].nunique() < 4:
        return []
    law = scaling_law(kept["n_qubits"].to_numpy(), kept["quantity"].to_numpy(), kept[["ci_low", "ci_high"]].to_numpy())
    return [key | {name: getattr(law, name) for name in SCALING_COLUMNS[6:]}]


def gather(tables: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """The tables of all jobs one below the other, with these columns; one that no table has is empty."""
    together = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return together.reindex(columns=list(columns))

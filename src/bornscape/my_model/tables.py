"""A model's tables: from draws at each size to variances, ratios, laws, extrapolations and spectra."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.aliases import Float, Settings
from bornscape.formulas import bandwidth_values
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.kernel_weights import wire_by_wire_weights
from bornscape.my_model.circuits import layers_at
from bornscape.my_model.precision import MET, NOT_ASKED, SPENT, relative_precision
from bornscape.my_model.settings import EXTRAPOLATED, shots_at
from bornscape.my_model.shots import NO_ERROR, extrapolate
from bornscape.my_model.verdict.evidence import chance_of_a_hit, is_sampled, measured, size_evidence
from bornscape.my_model.verdict.intervals import Band, variance_band
from bornscape.my_model.verdict.verdicts import measured_sizes
from bornscape.my_model.verdict.words import too_few
from bornscape.statistics import ScalingLaw, log_standard_error, scaling_law
from bornscape.tables.columns import LAW_COLUMNS
from bornscape.tables.scaling import FEWEST_SIZES, SMALLEST_SIZE

SIZE_COLUMNS = [
    *("loss", "kind", "n_qubits", "n_layers", "shots", "draws", "mean", "variance", "ci_low", "ci_high"),
    *("half_width", "precision", "gradient_variance", "gradient_ci_low", "gradient_ci_high"),
    *("signal", "noise", "snr", "snr_ci_low", "snr_ci_high", "noise_by"),
    *("shots_needed", "shots_ci_low", "shots_ci_high", "shots_are"),
    *("frozen", "frozen_ci_low", "frozen_ci_high", "mass", "mass_ci_low", "mass_ci_high"),
    *("hit", "hit_ci_low", "hit_ci_high"),
    *("engine", "engine_kind", "value_noise", "error", "note"),
]
MODEL_LAW_COLUMNS = ["loss", "quantity", "sizes", "n_min", "n_max", *LAW_COLUMNS]
EXTRAPOLATION_COLUMNS = ["loss", "n_qubits", "shots_needed", "ci_low", "ci_high", "law", "shots_are", "note"]
BODYNESS_COLUMNS = ["loss", "n_qubits", "order", "share", "ci_low", "ci_high", "kernel_weight"]

QUANTITIES = {
    "variance": ("variance", "ci_low", "ci_high"),
    "gradient_variance": ("gradient_variance", "gradient_ci_low", "gradient_ci_high"),
    "shots_needed": ("shots_needed", "shots_ci_low", "shots_ci_high"),
    "mass": ("mass", "mass_ci_low", "mass_ci_high"),
}
"""What laws are fitted to, with their intervals; shots_needed by its inverse, so that every law is one of decay."""

EXACT, ESTIMATE = "exact", "estimate"

_NOISY = ("value", "value_noise", "gradient", "gradient_noise")
"""Columns of draws that are variances in the end, beside the noise of their own estimates."""

WIDEST = 1e4
"""Ratio of the ends of an extrapolation's interval beyond which no number is given: it would be read as one."""


def size_table(settings: Settings, draws: pd.DataFrame, states: Mapping[int, str]) -> pd.DataFrame:
    """A row for each loss and size (``SIZE_COLUMNS``).

    Parameters
    ----------
    settings
        Complete settings of the model.
    draws
        Columns n_qubits and those of ``draws.DRAW_COLUMNS``.
    states
        n -> whether the precision was met.
    """
    rows = [
        _size_row(settings, str(label), int(n), group) | {"precision": states[int(n)]}
        for label in settings["losses"]
        for n, group in draws[draws["loss"] == label].groupby("n_qubits", sort=True)
    ]
    return pd.DataFrame(rows).reindex(columns=SIZE_COLUMNS)


def _size_row(settings: Settings, label: str, n: int, group: pd.DataFrame) -> dict[str, Any]:
    kind, shots = settings["losses"][label]["kind"], shots_at(settings["shots"], n)
    columns = measured(group)
    of_engine = group.iloc[0][["engine", "engine_kind", "note"]].to_dict()
    row = {"loss": label, "kind": kind, "n_qubits": n, "n_layers": layers_at(settings["circuit"], n), "shots": shots}
    row |= {"draws": len(group), **of_engine}
    sampled = is_sampled(kind)
    row |= {"noise_by": "sampling" if sampled else EXACT, "shots_are": ESTIMATE if sampled else EXACT}
    if not of_engine["engine"]:
        return row | _at_most(group["mass_bound"].to_numpy(dtype=np.float64), shots)
    evidence = size_evidence(kind, shots, columns)
    values = {name: group[name].to_numpy(dtype=np.float64) for name in _NOISY}
    variance, low, high = variance_band(values["value"], values["value_noise"]).numbers()
    signal, noise = columns["signal"].mean(), columns["noise"].mean()
    return row | {
        "mean": group["value"].mean(),
        **dict(zip(("variance", "ci_low", "ci_high"), (variance, low, high), strict=True)),
        "half_width": relative_precision(variance, low, high),
        **named("gradient_variance", "gradient", variance_band(values["gradient"], values["gradient_noise"])),
        "signal": math.sqrt(signal) if signal >= 0 else math.nan,
        "noise": math.sqrt(noise) if noise >= 0 else math.nan,
        **named("snr", "snr", evidence.snr),
        **named("shots_needed", "shots", evidence.needed),
        **named("frozen", "frozen", evidence.frozen),
        **named("mass", "mass", evidence.mass),
        **(named("hit", "hit", chance_of_a_hit(columns["mass"], shots)) if kind in DEFINITIONS else {}),
        "value_noise": math.sqrt((values["value_noise"] ** 2).mean()),
        "error": group["error"].mean(),
    }


def _at_most(bounds: Float, shots: int) -> dict[str, float]:
    """A hit's chance where only a bound on it is known, by draw: no estimate, between 0 and what it is at most."""
    if np.isnan(bounds).any():
        return {}
    return {"hit": math.nan, "hit_ci_low": 0.0, "hit_ci_high": chance_of_a_hit(bounds, shots).numbers()[2]}


def named(name: str, short: str, band: Band) -> dict[str, float]:
    """An estimate with its ends, by the names of their columns."""
    return dict(zip((name, f"{short}_ci_low", f"{short}_ci_high"), band.numbers(), strict=True))


def law_points(sizes: pd.DataFrame, label: str, quantity: str) -> pd.DataFrame:
    """n_qubits, value, low and high of a quantity at the sizes that laws are fitted to (n >= ``SMALLEST_SIZE``)."""
    columns = ["n_qubits", *QUANTITIES[quantity]]
    had = (sizes["loss"] == label) & (sizes["engine"] != "") & (sizes["n_qubits"] >= SMALLEST_SIZE)
    part = sizes[had][columns]
    return part.set_axis(["n_qubits", "value", "low", "high"], axis=1).sort_values("n_qubits")


def fitted_law(points: pd.DataFrame, inverse: bool) -> ScalingLaw | None:
    """The law of points (n_qubits, value, low, high), or of their inverses.

    None below 4 sizes, or where a value is 0 or infinite or has no interval: leaving it out would bias the law. Where a
    value is exact (its interval is empty but for rounding), all points weigh the same.
    """
    usable = (points["low"] > 0) & (points["low"] <= points["high"]) & np.isfinite(points["high"])
    if points["n_qubits"].nunique() < FEWEST_SIZES or not usable.all():
        return None
    values, low, high = (points[name].to_numpy() for name in ("value", "low", "high"))
    if inverse:
        values, low, high = 1 / values, 1 / high, 1 / low
    exact = np.min(log_standard_error(values, low, high)) < NO_ERROR
    return scaling_law(points["n_qubits"].to_numpy(), values, None if exact else np.column_stack([low, high]))


def law_table(settings: Settings, sizes: pd.DataFrame) -> pd.DataFrame:
    """The laws of every loss's ``QUANTITIES`` (``MODEL_LAW_COLUMNS``).

    A quantity that has no law, as too few sizes or no variance, keeps a row with the answer "inconclusive"; the mass on
    the data matters to the explicit losses alone.
    """
    rows = []
    for label, loss in settings["losses"].items():
        for quantity in QUANTITIES:
            if quantity == "mass" and loss["kind"] not in DEFINITIONS:
                continue
            points = law_points(sizes, label, quantity)
            law = fitted_law(points, inverse=quantity == "shots_needed")
            lead = {"loss": label, "quantity": quantity, "sizes": len(points)}
            lead |= {"n_min": points["n_qubits"].min(), "n_max": points["n_qubits"].max()}
            blank = dict.fromkeys(LAW_COLUMNS, math.nan) | {"preferred": "inconclusive", "reason": ""}
            rows.append(lead | (blank if law is None else {name: getattr(law, name) for name in LAW_COLUMNS}))
    return pd.DataFrame(rows)[MODEL_LAW_COLUMNS]


def extrapolation_table(settings: Settings, sizes: pd.DataFrame, undecided: Collection[str] = ()) -> pd.DataFrame:
    """Shots needed at those ``EXTRAPOLATED`` sizes that lie beyond all measured ones (``EXTRAPOLATION_COLUMNS``).

    A note says how far each leaves what was measured. An interval whose ends are a factor of ``WIDEST`` apart keeps its
    ends but gets no number.

    Parameters
    ----------
    undecided
        Losses whose law another seed may call differently: both laws are followed.
    """
    rows: list[dict[str, Any]] = []
    for label in settings["losses"]:
        points = law_points(sizes, label, "shots_needed")
        law = fitted_law(points, inverse=True)
        if law is not None and label in undecided:
            law = replace(law, preferred="inconclusive")
        shots_are = sizes.loc[sizes["loss"] == label, "shots_are"].iloc[0]
        largest = measured_sizes(sizes, label)["n_qubits"].max()
        for n in EXTRAPOLATED:
            if n <= largest:
                continue
            row = {"loss": label, "n_qubits": n, "shots_are": shots_are}
            rows.append(row | (_no_law(points) if law is None else _beyond(points, law, n)))
    # Of a table without rows, too, numbers are numbers.
    numbers = dict.fromkeys(("shots_needed", "ci_low", "ci_high"), float)
    return pd.DataFrame(rows, columns=EXTRAPOLATION_COLUMNS).astype(numbers)


def _no_law(points: pd.DataFrame) -> dict[str, Any]:
    what = "at some size the gradient is 0 at every draw"
    if len(points) < FEWEST_SIZES:
        what = too_few(len(points), FEWEST_SIZES)
    elif points["value"].isna().any():
        what = "at some size the gradient is not told from the noise of its own estimate"
    return {"note": f"no extrapolation: {what}"}


def _beyond(points: pd.DataFrame, law: ScalingLaw, n: int) -> dict[str, Any]:
    found = extrapolate(
        points["n_qubits"].to_numpy(), points["value"].to_numpy(), points[["low", "high"]].to_numpy(), law, n
    )
    largest = int(points["n_qubits"].max())
    note = f"WARNING: extrapolated to {n / largest:.1f} times the largest size measured (n = {largest})"
    # Fewer than one shot is none.
    estimate, low, high = (max(value, 1.0) for value in (found.estimate, found.low, found.high))
    if found.high > WIDEST * found.low:
        spanned = (
            f"{math.log10(found.high / found.low):.0f}" if found.low > 0 and found.high < math.inf else "hundreds of"
        )
        estimate, note = math.nan, f"not known: the interval spans {spanned} factors of ten"
    return {"shots_needed": estimate, "ci_low": low, "ci_high": high, "law": found.law, "note": note}


def bodyness_table(settings: Settings, spectra: pd.DataFrame) -> pd.DataFrame:
    """Mean share of each order in dL/dq at the draws (``BODYNESS_COLUMNS``), with 95 % intervals.

    ``kernel_weight`` is the weight of the MMD's own 2l-body terms (Eq. 34), empty for other losses.
    """
    parts = []
    for (label, n), group in spectra.groupby(["loss", "n_qubits"], sort=False):
        draws = group["draws"].to_numpy()
        mean = group["total"].to_numpy() / draws
        spread = np.sqrt(np.maximum(group["squares"].to_numpy() / draws - mean**2, 0.0) / (draws - 1))
        half = stats.t.ppf(0.975, draws - 1) * spread
        loss = settings["losses"][label]
        weights: Float | float = math.nan
        if loss["kind"] == "mmd":
            weights = wire_by_wire_weights(int(n), bandwidth_values(loss["bandwidth"], int(n)))
        columns = {"loss": label, "n_qubits": n, "order": group["order"].to_numpy(), "share": mean}
        columns |= {"ci_low": np.maximum(mean - half, 0.0), "ci_high": np.minimum(mean + half, 1.0)}
        parts.append(pd.DataFrame(columns | {"kernel_weight": weights}))
    return pd.concat(parts, ignore_index=True)[BODYNESS_COLUMNS]


def precision_summary(sizes: pd.DataFrame) -> str:
    """Whether the precision asked for was met, in words."""
    states = sizes.drop_duplicates("n_qubits").set_index("n_qubits")["precision"]
    if (states == NOT_ASKED).all():
        return "No precision was asked for."
    spent = states.index[states == SPENT].tolist()
    met = states.index[states == MET].tolist()
    parts = []
    if met:
        parts.append(f"met at n = {', '.join(map(str, met))}")
    if spent:
        parts.append(f"not met within the budget of draws at n = {', '.join(map(str, spent))}")
    return f"The precision asked for was {'; '.join(parts)}."

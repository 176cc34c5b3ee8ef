"""What training from the starts changes: a loss at points of its path, and whether it leaves a plateau."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from bornscape.aliases import Settings
from bornscape.my_model.path import path_settings
from bornscape.my_model.settings import shots_at
from bornscape.my_model.tables import named
from bornscape.my_model.verdict.evidence import measured, size_evidence
from bornscape.my_model.verdict.intervals import variance_band
from bornscape.my_model.verdict.rule import seen
from bornscape.my_model.verdict.words import number

PATH_COLUMNS = [
    *("loss", "n_qubits", "step", "starts", "shots", "value", "value_variance", "signal", "noise"),
    *("snr", "snr_ci_low", "snr_ci_high", "shots_needed", "shots_ci_low", "shots_ci_high", "frozen", "gradient"),
    *("steps_by", "engine", "engine_kind", "value_noise", "error"),
]

EXACT, ESTIMATED, TRUNCATED = "exact", "estimated", "truncated"
"""Gradients that the steps take: as they are; estimates without bias from words drawn anew; off by a truncation."""


def path_table(settings: Settings, paths: pd.DataFrame) -> pd.DataFrame:
    """A row for each loss, size and point of its path (``PATH_COLUMNS``); none where no path was asked for.

    ``value`` is the mean over the starts, ``gradient`` whether a component stands out of its noise at the shots,
    ``steps_by`` which gradients the steps take. ``value_noise`` is the root mean square of one start's own estimate,
    ``error`` the mean bound on what truncation does to the value. What is not told from the noise of its own estimate
    has no number, as in sizes.csv.

    Parameters
    ----------
    paths
        ``path.STEP_COLUMNS`` and n_qubits.
    """
    rows: list[dict[str, Any]] = []
    for label, loss in settings["losses"].items():
        of_loss = paths[paths["loss"] == label]
        for (n, step), group in of_loss.groupby(["n_qubits", "step"], sort=True):
            shots, columns = shots_at(settings["shots"], int(n)), measured(group)
            evidence = size_evidence(loss["kind"], shots, columns)
            values, own = (group[name].to_numpy(dtype=float) for name in ("value", "value_noise"))
            row = {"loss": label, "n_qubits": int(n), "step": int(step), "starts": len(group), "shots": shots}
            row |= {"value": values.mean(), "value_variance": float(variance_band(values, own).estimate)}
            row |= {name: _root(columns[name].mean()) for name in ("signal", "noise")}
            row |= named("snr", "snr", evidence.snr) | named("shots_needed", "shots", evidence.needed)
            row |= {"frozen": float(evidence.frozen.estimate)}
            row |= {"gradient": seen(*evidence.snr.numbers(), float(evidence.frozen.low)), "steps_by": _steps_by(group)}
            row |= group.iloc[0][["engine", "engine_kind"]].to_dict()
            row |= {"value_noise": _root((own**2).mean()), "error": group["error"].mean()}
            rows.append(row)
    return pd.DataFrame(rows, columns=PATH_COLUMNS)


def _root(square: float) -> float:
    """NaN of an estimate below 0."""
    return math.sqrt(square) if square >= 0 else math.nan


def _steps_by(group: pd.DataFrame) -> str:
    if (group["engine_kind"] == "truncated").any():
        return TRUNCATED
    estimated = group["estimated"].max() > 0 and group["value_noise"].abs().max() > 0
    return ESTIMATED if estimated else EXACT


def path_words(settings: Settings, path: pd.DataFrame, label: str) -> str:
    """What the path of a loss at the largest size shows, a sentence; "" where no path was asked for."""
    rows = path[path["loss"] == label]
    if rows.empty:
        return ""
    rows = rows[rows["n_qubits"] == rows["n_qubits"].max()].sort_values("step")
    first, last = rows.iloc[0], rows.iloc[-1]
    asked = path_settings(settings["path"])
    name = asked.optimiser.replace("adam", "Adam").replace("_", " ")
    return (
        f"after {number(float(last['step']))} steps of {name} (rate {asked.learning_rate:g}, {last['steps_by']} "
        f"gradients) from {last['starts']} starts at n = {last['n_qubits']} the loss is {last['value']:.3g}"
        f"{_off(last)} (at the start {first['value']:.3g}) and a gradient component {_ratio(last)} its noise "
        f"({_ratio(first)}): {_meaning(rows)}"
    )


def _off(row: pd.Series) -> str:
    """How far the mean loss is off by what is estimated and cut; "" where neither is."""
    parts = [f"standard error of its estimate {row['value_noise'] / math.sqrt(row['starts']):.2g}"] * bool(
        row["value_noise"] > 0
    )
    parts += [f"off by at most {row['error']:.2g}"] * bool(row["error"] > 0)
    return f", {' and '.join(parts)}" if parts else ""


def _ratio(row: pd.Series) -> str:
    """Signal over noise, or what it is at most."""
    if not math.isnan(row["snr"]):
        return f"{row['snr']:.2g} times"
    return f"at most {row['snr_ci_high']:.2g} times" if math.isfinite(row["snr_ci_high"]) else "any number of times"


def _meaning(rows: pd.DataFrame) -> str:
    """Whether a path, its points in order, leaves a plateau."""
    first, *later = rows["gradient"]
    step = next(
        (int(step) for step, found in zip(rows["step"], rows["gradient"], strict=True) if found == "visible"), 0
    )
    if first == "visible":
        return "gradients stay visible" if later[-1] == "visible" else "gradients are visible at first, not at the end"
    if step:
        leaves = "it leaves the plateau" if first == "not visible" else "gradients become visible"
        return f"{leaves}, after at most {number(float(step))} steps"
    if {first, *later} == {"not visible"}:
        return "it does not leave the plateau"
    return "whether it leaves a plateau is undecided"

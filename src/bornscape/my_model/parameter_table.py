"""The gradient by parameter: how large each component is, and which are dead or vanish beside the others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.my_model.components import POWERS
from bornscape.my_model.verdict.intervals import Band, log_band, log_error_of_moments, mean_band

PARAMETER_COLUMNS = [
    *("loss", "n_qubits", "parameter", "layer", "depth", "gate", "wires", "uses", "draws"),
    *("variance", "mean_square", "ci_low", "ci_high", "share", "state", "parameters"),
]
"""``parameters``: how many a row stands for, 1 unless it is one of ``listed``."""

LISTED = 10_000
"""Parameters of a loss at a size up to which each has a row of parameters.csv."""

VANISHING = 0.01
"""A component vanishes if the interval of its mean square lies below this share of the average live one."""

DEAD, SILENT, VANISHES, LIVE = "dead", "silent", "vanishing", "live"
"""Cannot move what is measured, whatever the angles; 0 at every draw; far below the others; none of these."""

STATES = (LIVE, VANISHES, SILENT, DEAD)


def mean_square_band(moments: Float, draws: int) -> Band:
    """Mean square of components with its 95 % interval.

    Parameters
    ----------
    moments
        Means over the draws of the squares' first to fourth powers, (4, k).
    """
    mean = moments[0]
    # In units of the mean: the influence of a draw is square / mean - 1.
    second, third, fourth = (
        np.divide(moment, mean**power, out=np.ones_like(mean), where=mean**power > 0)
        for power, moment in enumerate(moments[1:], start=2)
    )
    variance = np.maximum(second - 1, 0.0)
    kurtosis = np.maximum(fourth - 4 * third + 6 * second - 3, variance**2)
    return log_band(mean, log_error_of_moments(variance, kurtosis, draws)[1])


def parameter_table(settings: Settings, components: pd.DataFrame) -> pd.DataFrame:
    """A row for each loss, size and parameter (``PARAMETER_COLUMNS``).

    ``share`` is that of the loss's mean squared components; it is blank where they are all 0.

    Parameters
    ----------
    settings
        Complete settings of the model.
    components
        What ``Drawn`` holds of them.
    """
    parts = []
    for label in settings["losses"]:
        for n, group in components[components["loss"] == label].groupby("n_qubits", sort=True):
            parts.append(_of_size(group.reset_index(drop=True)).assign(n_qubits=n))
    return pd.concat(parts, ignore_index=True)[PARAMETER_COLUMNS]


def _of_size(group: pd.DataFrame) -> pd.DataFrame:
    draws = int(group["draws"].iloc[0])
    moments = group[list(POWERS)].to_numpy(dtype=np.float64).T / draws
    mean, band = moments[0], mean_square_band(moments[1:], draws)
    variance = np.maximum(moments[1] - mean**2, 0.0) * draws / (draws - 1)
    total = float(band.estimate.sum())
    share = band.estimate / total if total > 0 else np.full(len(group), np.nan)
    dead = group["dead"].to_numpy(dtype=bool)
    average = float(band.estimate[~dead].mean()) if not dead.all() else 0.0
    silent, vanishing = moments[2] == 0, band.high < VANISHING * average
    state = np.select([dead, silent, vanishing], [DEAD, SILENT, VANISHES], LIVE)
    columns = {"variance": variance, "mean_square": band.estimate, "ci_low": band.low, "ci_high": band.high}
    return group.assign(**columns, share=share, state=state, parameters=1)


def too_many(parameters: pd.DataFrame) -> list[int]:
    """Sizes at which a loss has more than ``LISTED`` parameters."""
    return sorted(
        {int(n) for (_, n), count in parameters.groupby(["loss", "n_qubits"]).size().items() if count > LISTED}
    )


def listed(parameters: pd.DataFrame) -> pd.DataFrame:
    """What parameters.csv holds: a row for each parameter, or where there are ``too_many`` one for each kind of them.

    A kind are those of a gate, a layer (or depth, where no layers are marked) and a state. Its row has no ``parameter``
    and no ``wires``; means of variance and mean_square, the latter with the 95 % interval over the parameters; sums of
    uses and share; and their number.
    """
    grouped = set(too_many(parameters))
    if not grouped:
        return parameters
    parts = []
    for (_, n), rows in parameters.groupby(["loss", "n_qubits"], sort=False):
        parts.append(_kinds(rows) if n in grouped else rows)
    return pd.concat(parts, ignore_index=True).astype({"parameter": "Int64"})[PARAMETER_COLUMNS]


def place_of(parameters: pd.DataFrame) -> str:
    """The column that says where a parameter lies: ``layer``, or ``depth`` where no layers are marked."""
    return "layer" if parameters["layer"].notna().all() else "depth"


def _kinds(rows: pd.DataFrame) -> pd.DataFrame:
    place, found = place_of(rows), []
    for (where, gate, state), group in rows.groupby([place, "gate", "state"], sort=True):
        value, low, high = mean_square_over(group)
        row = group.iloc[0][["loss", "n_qubits", "layer", "draws"]].to_dict()
        row |= {"parameter": pd.NA, "depth": pd.NA, "wires": "", place: where, "gate": gate, "state": state}
        row |= {"mean_square": value, "ci_low": low, "ci_high": high, "variance": group["variance"].mean()}
        row |= {name: group[name].sum() for name in ("uses", "parameters")}
        found.append(row | {"share": group["share"].sum(min_count=1)})
    return pd.DataFrame(found)


def mean_square_over(group: pd.DataFrame) -> tuple[float, float, float]:
    """Mean of the parameters' mean squares with its 95 % interval over them; of a single one over the draws."""
    if len(group) == 1:
        value, low, high = group[["mean_square", "ci_low", "ci_high"]].iloc[0]
        return float(value), float(low), float(high)
    return mean_band(group["mean_square"].to_numpy(dtype=np.float64)).numbers()


def parameter_summary(parameters: pd.DataFrame) -> pd.DataFrame:
    """Of each loss, gate and state at the largest size: how many parameters there are, and their share of the signal.

    Columns loss, n_qubits, gate, state, count, share and, for a few, their numbers.
    """
    largest = parameters[parameters["n_qubits"] == parameters["n_qubits"].max()]
    grouped = largest.groupby(["loss", "n_qubits", "gate", "state"], sort=False, as_index=False)
    return grouped.agg(count=("parameter", "size"), share=("share", "sum"), parameters=("parameter", _named))


_NAMED = 12


def _named(parameters: pd.Series) -> str:
    first = ", ".join(map(str, parameters.iloc[:_NAMED]))
    return first if len(parameters) <= _NAMED else f"{first}, ..."

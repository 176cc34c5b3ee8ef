"""What a training panel is held against: thin dashed grey lines at the TVD of models without a circuit (baselines.csv).

Dashes tell them apart, and the legend names them: beside panels this narrow there is no room for names.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

DASHES = {"marginals": "--", "matrix_product": "-.", "samples": ":"}
"""Line of each baseline that is drawn, in the legend's order."""

NAMES = {"marginals": "independent pixels", "matrix_product": "MPS", "samples": "N samples"}

_LINE: dict[str, Any] = {"color": "0.35", "lw": 0.7, "zorder": 1.2}


def panel_baselines(
    baselines: pd.DataFrame, dataset: str, n_qubits: int, n_layers: int, shots: float, transform: str = "none"
) -> pd.DataFrame:
    """Rows of baselines.csv that a panel of training curves is held against, at most one a model.

    Parameters
    ----------
    n_layers
        Of the panel's circuits: the matrix product state has at most as many parameters.
    shots
        Of the panel, NaN for exact gradients: there is a line for as many samples of the data, and none for exact ones.
    transform
        "negative_log" if the panel's runs learn -log p.
    """
    wanted = {"dataset": dataset, "n_qubits": n_qubits, "transform": transform}
    rows = baselines[(baselines[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    of_circuit = (rows["baseline"] == "matrix_product") & (rows["n_layers"] == n_layers)
    of_shots = (rows["baseline"] == "samples") & (rows["samples"] == shots)
    return rows[(rows["baseline"] == "marginals") | of_circuit | of_shots]


def draw_baselines(axis: Axes, rows: pd.DataFrame) -> None:
    """Horizontal lines at the median TVD of a panel's baselines; those beyond the limits along y are left out.

    Parameters
    ----------
    rows
        Of ``panel_baselines``; may be empty.
    """
    for _, row in rows[rows["median"].between(*sorted(axis.get_ylim()))].iterrows():
        axis.axhline(row["median"], ls=DASHES[row["baseline"]], label="_", **_LINE)


def mark_baselines(axis: Axes, rows: pd.DataFrame, place: float) -> None:
    """The same at one place of an axis of places that are 1 apart: lines as long as a place is wide."""
    for _, row in rows.iterrows():
        ends = [place - 0.45, place + 0.45]
        axis.plot(ends, [row["median"]] * 2, ls=DASHES[row["baseline"]], label="_", **_LINE)


def baseline_handles(rows: pd.DataFrame) -> list[Line2D]:
    """Entries of a legend for the baselines that ``rows`` (of several panels, say) hold, whatever their N."""
    held = set(rows["baseline"])
    return [Line2D([], [], ls=dashes, label=NAMES[name], **_LINE) for name, dashes in DASHES.items() if name in held]

"""What a training panel is held against: thin dashed grey lines at the TVD of models without a circuit (baselines.csv).

Dashes tell them apart. A wide panel names them beside its right edge, small ones in the legend.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy.optimize import isotonic_regression

from bornscape.figures.look.style import SMALLEST_TEXT

DASHES = {"marginals": "--", "matrix_product": "-.", "samples": ":"}
"""Line of each baseline that is drawn, in the legend's order."""

NAMES = {"marginals": "independent pixels", "matrix_product": "MPS", "samples": "samples"}

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


def baseline_name(row: pd.Series) -> str:
    """How a line is named.

    Examples
    --------
    >>> baseline_name(pd.Series({"baseline": "samples", "samples": 100.0}))
    '100 samples'
    """
    name = NAMES[str(row["baseline"])]
    return f"{row['samples']:g} {name}" if row["baseline"] == "samples" else name


def draw_baselines(axis: Axes, rows: pd.DataFrame, labelled: bool = True) -> None:
    """Horizontal lines at the median TVD of a panel's baselines, named at the right edge if ``labelled``.

    Call it when the panel's limits along y are set: names that would lie on each other are moved apart, and lines
    beyond the limits are left out.

    Parameters
    ----------
    rows
        Of ``panel_baselines``; may be empty.
    """
    low, high = sorted(axis.get_ylim())
    shown = rows[rows["median"].between(low, high)].sort_values("median")
    for _, row in shown.iterrows():
        axis.axhline(row["median"], ls=DASHES[row["baseline"]], label="_", **_LINE)
    if not labelled or shown.empty:
        return
    # Heights in parts of the panel, so that a logarithmic axis needs nothing else.
    points = axis.get_window_extent().height * 72 / axis.figure.dpi
    heights = axis.transAxes.inverted().transform(axis.transData.transform([(0, y) for y in shown["median"]]))[:, 1]
    moved = _moved_apart(heights, 1.3 * SMALLEST_TEXT / points)
    for (_, row), height in zip(shown.iterrows(), moved, strict=True):
        text = axis.text(1.01, height, baseline_name(row), transform=axis.transAxes, va="center_baseline")
        text.set(fontsize=SMALLEST_TEXT, color="0.2")


def _moved_apart(heights: np.ndarray, apart: float) -> np.ndarray:
    """Increasing heights of names, each at least so far above the one below; names that would meet share the way.

    Examples
    --------
    >>> _moved_apart(np.array([0.2, 0.24, 0.7]), 0.1).round(3).tolist()
    [0.17, 0.27, 0.7]
    """
    steps = apart * np.arange(len(heights))
    return isotonic_regression(heights - steps).x + steps


def baseline_handles(rows: pd.DataFrame) -> list[Line2D]:
    """Entries of a legend for the baselines that ``rows`` (of several panels, say) hold, whatever their N."""
    held = set(rows["baseline"])
    names = NAMES | {"samples": "N samples"}
    return [Line2D([], [], ls=dashes, label=names[name], **_LINE) for name, dashes in DASHES.items() if name in held]

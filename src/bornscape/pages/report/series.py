"""What the page's interactive plot shows: every variance with its interval, and the laws preferred."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from bornscape.figures.look import names
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.tables.names import NOISE

CURVES = {
    loss.replace("mmd_n4", "mmd_n/4"): (colour, name)
    for loss, (colour, _, name) in LOSS_STYLES.items()
    if loss not in ("mmd_annealed", "lqf_free")
}
"""Colour and name of each loss, of the MMD by the label of its bandwidth; the two left out are trained only."""

LOSS_NAMES = {"mmd": "MMD"} | {loss: name for loss, (_, name) in CURVES.items() if not loss.startswith("mmd_")}

_MARKERS = {"o": "circle", "s": "square", "D": "diamond", "^": "triangle-up", "X": "x"}
"""Plotly's names of Matplotlib's markers."""

DATASETS = {name: (_MARKERS.get(entry.marker, "star"), entry.plain) for name, entry in names.DATASETS.items()}
"""Marker and name of each data set."""

TEXT = ("experiment", "loss", "dataset", "bandwidth", "n_layers", "shots")
NUMBERS = ("variance", "ci_low", "ci_high")
LAWS = ("exp_rate", "poly_power", "poly_ci_low", "poly_ci_high", "rate", "rate_ci_low", "rate_ci_high", "power")


def _rounded(values: Iterable[float]) -> list[float | None]:
    """Four digits; None where there is no number."""
    return [float(f"{value:.4g}") if math.isfinite(value) else None for value in values]


def explorer_data(variance: pd.DataFrame, scaling: pd.DataFrame, studies: Mapping[str, str]) -> dict[str, Any]:
    """Content of the plot, ready for JSON.

    Parameters
    ----------
    variance, scaling
        variance.csv and scaling.csv, the columns ``TEXT`` and ``depth`` read as text, empty where there is none.
    studies
        How readers are told the column ``experiment``.

    Returns
    -------
    ``columns``: of variance.csv, text as (``values``, ``codes``); ``laws``: the rows of scaling.csv that are laws of a
    variance; names and looks. Rows that only measure sampling noise are left out.
    """
    shown = variance[variance["loss"] != NOISE]
    columns: dict[str, Any] = {"n_qubits": [int(n) for n in shown["n_qubits"]]}
    for name in TEXT:
        codes, values = pd.factorize(shown[name])
        columns[name] = {"values": [str(value) for value in values], "codes": codes.tolist()}
    columns |= {name: _rounded(shown[name].astype(float)) for name in NUMBERS}
    laws = scaling[scaling["loss"].isin(set(shown["loss"])) & scaling["exp_rate"].notna()]
    return {
        "columns": columns,
        "laws": [
            {name: row[name] for name in ("experiment", "loss", "dataset", "bandwidth", "depth", "preferred")}
            | dict(zip(LAWS, _rounded(float(row[name]) for name in LAWS), strict=True))
            for row in laws.to_dict("records")
        ],
        "curves": CURVES,
        "losses": LOSS_NAMES,
        "datasets": DATASETS,
        "studies": dict(studies),
    }

"""What the page's interactive plot shows: every variance with its interval, and the laws preferred."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from bornscape.tables.names import NOISE

CURVES = {
    "mmd_average": ("#0173b2", "MMD, averaged"),
    "mmd_0.01": ("#cc78bc", "MMD, s = 0.01"),
    "mmd_0.1": ("#882255", "MMD, s = 0.1"),
    "mmd_1": ("#6a51a3", "MMD, s = 1"),
    "mmd_10": ("#9e9ac8", "MMD, s = 10"),
    "mmd_n/4": ("#56b4e9", "MMD, s = n/4"),
    "mmd_n": ("#08306b", "MMD, s = n"),
    "lqf": ("#029e73", "LQF"),
    "qf": ("#1b4332", "global QF"),
    "kld": ("#d55e00", "KLD"),
    "reverse_kld": ("#f79c79", "reverse KLD"),
    "jsd": ("#8c8c00", "JSD"),
    "tvd": ("#e8718d", "TVD"),
    "classical_fidelity": ("#d9b600", "classical fidelity"),
    "renyi_2": ("#4e2a1e", "Rényi, order 2"),
    "renyi_0.5": ("#a17a5b", "Rényi, order 1/2"),
}
"""Colour and name of each loss, of the MMD at each bandwidth: those of bornscape.figures.look.palette.

Written out, and compared by a test: importing seaborn would take longer than writing the page.
"""

LOSS_NAMES = {"mmd": "MMD"} | {loss: name for loss, (_, name) in CURVES.items() if not loss.startswith("mmd_")}
DATASETS = {
    "zero": ("circle", "|0…0⟩"),
    "ghz": ("square", "GHZ"),
    "o_n": ("diamond", "O(n) strings"),
    "o_n2": ("triangle-up", "O(n²) strings"),
    "cardinality": ("x", "cardinality"),
}
"""Marker and name of each data set."""

TEXT = ("experiment", "loss", "dataset", "bandwidth", "n_layers", "shots")
NUMBERS = ("variance", "ci_low", "ci_high")
LAWS = ("exp_rate", "exp_ci_low", "exp_ci_high", "poly_power", "poly_ci_low", "poly_ci_high", "weight")


def _rounded(values: Iterable[float]) -> list[float | None]:
    """Four digits; None where there is no number."""
    return [float(f"{value:.4g}") if math.isfinite(value) else None for value in values]


def explorer_data(variance: pd.DataFrame, scaling: pd.DataFrame) -> dict[str, Any]:
    """Content of the plot, ready for JSON.

    Parameters
    ----------
    variance, scaling
        variance.csv and scaling.csv, the columns ``TEXT`` and ``depth`` read as text, empty where there is none.

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
    }

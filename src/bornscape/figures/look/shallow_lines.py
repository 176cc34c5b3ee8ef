"""What both figures of Theorem 3 show: shallow line circuits, their data sets, bandwidth and depths."""

from __future__ import annotations

import numpy as np
import pandas as pd

BANDWIDTH = "n/4"
SETS = ("zero", "ghz", "o_n")
TICKS = (4, 10, 20, 40, 100)


def shallow(rows: pd.DataFrame) -> pd.Series:
    """Which rows have log2 n layers, rounded."""
    return rows["n_layers"].astype(float) == np.maximum(1, np.round(np.log2(rows["n_qubits"])))


def at_depth(rows: pd.DataFrame, depth: str) -> pd.DataFrame:
    """Rows of one of ``DEPTHS``, by n."""
    part = rows[shallow(rows)] if depth == "shallow" else rows[rows["n_layers"] == float(depth)]
    return part.sort_values("n_qubits")

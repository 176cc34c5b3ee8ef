"""Rows of made-up tables: combinations of settings, with values and intervals."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

EXACT = float("nan")
"""Shots of exact gradients."""


def crossed(**columns: Any) -> pd.DataFrame:
    """Every combination of the columns' values; what is no tuple stands in every row."""
    values = {name: value if isinstance(value, tuple) else (value,) for name, value in columns.items()}
    return pd.DataFrame(list(product(*values.values())), columns=list(values))


def noise(rows: pd.DataFrame, scale: float = 0.1) -> np.ndarray:
    """A factor near 1 for each row, so that no two curves agree."""
    return 1 + scale * np.sin(np.arange(len(rows)))


def around(rows: pd.DataFrame, names: tuple[str, str, str], value: Any) -> pd.DataFrame:
    """The rows with a value and an interval of a fifth about it."""
    middle, low, high = names
    return rows.assign(**{middle: value, low: 0.8 * np.asarray(value), high: 1.2 * np.asarray(value)})


def with_variance(rows: pd.DataFrame, value: Any) -> pd.DataFrame:
    return around(rows, ("variance", "ci_low", "ci_high"), value * noise(rows))

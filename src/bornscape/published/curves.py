"""Curves of the paper's figures, read from the vector paths of its PDF (arXiv:2305.02881v2): fig_N.csv beside this."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

_FOLDER = Path(__file__).parent

READING_ERRORS = {
    "2": 5e-4,
    "4": 1e-2,
    "5": 2.5e-2,
    "6": 1e-3,
    "7": 1e-3,
    "8": 1.5e-3,
    "9": 5e-4,
    "10": 1e-3,
    "12": 1e-3,
}
"""Relative error of a value read off each figure; README.md beside this has the panels apart."""

FIG_11_SUMS = {1: {10: 9.0, 19: 17.0}, 4: {10: 280.0, 19: 3300.0}}
"""Fig. 11 (p. 51): k -> n -> the sum of z_A^2 over the sets A of 1 to k bits, read by eye at both ends of its axis."""

_DATASETS = {"GHZ": "ghz", "O(n)": "o_n", "O(n^2)": "o_n2", "Cardinality": "cardinality"}

_AVERAGES = ("avg", "average")

_BANDWIDTHS = {"O(1) = 0.01": "0.01", "O(n) = n/4": "n/4"}

_LOSSES = {"KLD": "kld", "LQF": "lqf", "MMD": "mmd", "global quantum fidelity": "qf"}


def _bandwidth(text: str) -> str:
    return "average" if text.startswith(_AVERAGES) else _BANDWIDTHS.get(text, text)


@cache
def published_curves(figure: str) -> pd.DataFrame:
    """A figure's values as the paper draws them, a row a point, under the names that the tables of a run use.

    Parameters
    ----------
    figure
        "2", "4" to "10", or "12".

    Returns
    -------
    Columns ``panel``, ``quantity``, ``loss`` ("kld", "lqf", "mmd", "qf"; "target" and "data" for the data), ``dataset``
    ("ghz" and the like; empty for the paper's images), ``bandwidth`` ("n/4", "1", "average"; or empty), ``n_qubits``,
    ``n_layers`` (infinity for the deep limit), ``shots`` (NaN for exact), ``x`` and ``y``, ``low`` and ``high``
    (quartiles, where they can be read), and ``note``.

    Raises
    ------
    ValueError
        If the figure was not read.

    Examples
    --------
    >>> curves = published_curves("10")
    >>> first = curves[(curves["panel"] == "a") & (curves["bandwidth"] == "average") & (curves["x"] == 1)]
    >>> first["y"].tolist()
    [1.9735]
    """
    path = _FOLDER / f"fig_{figure}.csv"
    if not path.is_file():
        raise ValueError(f"figure {figure!r}: expected one of {sorted(READING_ERRORS, key=int)}")
    table = pd.read_csv(path, dtype={"bandwidth": str, "shots": str, "n_layers": str})
    numbers = {
        "shots": pd.to_numeric(table["shots"], errors="coerce"),
        "n_layers": pd.to_numeric(table["n_layers"], errors="coerce"),
    }
    return table.assign(
        loss=table["loss"].map(lambda name: _LOSSES.get(name, name)),
        dataset=table["dataset"].map(lambda name: _DATASETS.get(name, "")),
        bandwidth=table["bandwidth"].fillna("").map(_bandwidth),
        shots=numbers["shots"].where(numbers["shots"] < float("inf")),
        n_layers=numbers["n_layers"],
    ).rename(columns={"y_low": "low", "y_high": "high"})[
        [
            *("panel", "quantity", "loss", "dataset", "bandwidth", "n_qubits", "n_layers", "shots"),
            *("x", "y", "low", "high", "note"),
        ]
    ]


_TRAINED = {
    ("mmd", "average"): "mmd_average",
    # Fig. 12 names no bandwidth.
    ("mmd", ""): "mmd_average",
    ("mmd", "0.01"): "mmd_0.01",
    ("mmd", "n/4"): "mmd_n4",
    ("lqf", ""): "lqf",
    ("kld", ""): "kld",
}


def published_training(figure: str) -> pd.DataFrame:
    """Median TVD against epochs of a training figure, "9", "10" or "12", with the names that training.csv has.

    Returns
    -------
    Columns ``loss``, ``support`` ("polynomial" or "exponential" in Fig. 12, else empty), ``n_qubits``, ``n_layers``,
    ``shots`` (NaN for exact gradients), ``epoch`` (from 1), ``median``, and quartiles ``low`` and ``high`` where read.

    Examples
    --------
    >>> curves = published_training("10")
    >>> sorted(set(curves["loss"]))
    ['kld', 'lqf', 'mmd_0.01', 'mmd_average', 'mmd_n4']
    """
    curves = published_curves(figure)
    names = [_TRAINED.get(key, "") for key in zip(curves["loss"], curves["bandwidth"], strict=True)]
    support = curves["panel"].str.extract(r"^tvd (\w+),", expand=False).fillna("")
    shown = curves.assign(loss=names, support=support).rename(columns={"x": "epoch", "y": "median"})
    columns = ["loss", "support", "n_qubits", "n_layers", "shots", "epoch", "median", "low", "high"]
    return shown[(shown["quantity"] == "tvd") & (shown["loss"] != "")][columns].reset_index(drop=True)

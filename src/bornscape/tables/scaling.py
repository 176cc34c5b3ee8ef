"""scaling.csv: the law in n of every exact variance and of the training mass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bornscape.statistics import scaling_law
from bornscape.tables.columns import LAW_COLUMNS, SCALING_COLUMNS
from bornscape.tables.names import DEEP, MASS, NOISE

_NUMBERS = ["n_layers", "n_qubits", "quantity", "ci_low", "ci_high"]

FEWEST_SIZES = 4
"""Sizes that a law needs."""

SMALLEST_SIZE = 4
"""Sizes below this are left out of scaling fits: at n = 2 the larger data sets hold every string."""

RANDOM_SETS = ("o_n", "o_n2")
SMALLEST_RANDOM, MANY_SIZES = 12, 8
"""Random sets of few strings are far from their mean: sums over them scatter by sqrt(2/n). Where ``MANY_SIZES`` sizes
from ``SMALLEST_RANDOM`` on are left, laws of them begin there (simulated in docs/choices.md)."""

WHOLE_SPACE = {"o_n2": 5}
"""Sets that hold every string at smaller sizes: n^2 of 2^n."""

EVEN_SETS = ("cardinality",)
"""Strings of weight n/2, of which odd n has none: the set taken there, of weight (n - 1)/2, has biased bits."""


def with_data(table: pd.DataFrame) -> pd.DataFrame:
    """The rows at whose n the data set is what its name says.

    Examples
    --------
    >>> table = pd.DataFrame({"dataset": ["ghz", "cardinality", "cardinality"], "n_qubits": [5, 5, 6]})
    >>> with_data(table).to_numpy().tolist()
    [['ghz', 5], ['cardinality', 6]]
    """
    return table[~table["dataset"].isin(EVEN_SETS) | (table["n_qubits"] % 2 == 0)]


def _depths(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The part of a table at each depth: product (0 layers), shallow (log2 n, rounded), deep, and each number."""
    layers = table["n_layers"].astype(float)
    names = {0.0: "product", DEEP: "deep"}
    for value in sorted(layers.unique()):
        yield names.get(value, f"{value:g}"), table[layers == value]
    shallow = layers == np.maximum(1, np.round(np.log2(table["n_qubits"])))
    if shallow.any() and layers.nunique() > 1:
        yield "shallow", table[shallow]


def scaling_table(variance: pd.DataFrame, mass: pd.DataFrame) -> pd.DataFrame:
    """scaling.csv: the law of every exact variance against n, and of the training mass (its mean, not a variance).

    Sizes below ``SMALLEST_SIZE`` are left out; laws need at least 4 sizes with a positive interval, or there is no row.

    Examples
    --------
    An exact variance 2^-n without layers, known to 1 %, and no training mass.

    >>> import numpy as np
    >>> import pandas as pd
    >>> n = np.arange(4, 12)
    >>> variance = pd.DataFrame({"n_qubits": n, "variance": 2.0**-n, "n_layers": 0, "shots": np.nan})
    >>> variance = variance.assign(experiment="mine", ansatz="line", loss="mmd", dataset="zero", bandwidth="n/4")
    >>> variance = variance.assign(ci_low=0.99 * variance["variance"], ci_high=1.01 * variance["variance"])
    >>> mass = pd.DataFrame(columns=["experiment", "ansatz", "dataset", "n_layers", "n_qubits", "mean"])
    >>> (row,) = scaling_table(variance, mass).to_dict("records")
    >>> row["depth"], row["preferred"], round(row["rate"], 6)
    ('product', 'exponential', 0.693147)
    """
    exact = variance[variance["shots"].isna() & (variance["loss"] != NOISE)].rename(columns={"variance": "quantity"})
    held = mass.rename(columns={"mean": "quantity"}).assign(loss=MASS, bandwidth=np.nan)
    rows = []
    lead = ["experiment", "ansatz", "loss", "dataset", "bandwidth"]
    for table in (exact, held):
        # Without text, of which every selection of rows would make a copy.
        for key, group in table.groupby(lead, sort=False, dropna=False)[_NUMBERS]:
            for depth, part in _depths(group):
                rows += _law_rows(dict(zip(lead, key, strict=True)) | {"depth": depth}, part)
    return pd.DataFrame(rows, columns=SCALING_COLUMNS)


def proper_sizes(rows: pd.DataFrame, dataset: str = "") -> pd.DataFrame:
    """The rows of sizes at which a law may look: large enough, and with the data set that its name says.

    Examples
    --------
    >>> rows = pd.DataFrame({"n_qubits": [2, 4, 5]})
    >>> [proper_sizes(rows, dataset)["n_qubits"].tolist() for dataset in ("", "o_n2", "cardinality")]
    [[4, 5], [5], [4]]
    """
    proper = rows[rows["n_qubits"] >= WHOLE_SPACE.get(dataset, SMALLEST_SIZE)]
    return proper[proper["n_qubits"] % 2 == 0] if dataset in EVEN_SETS else proper


def usable_sizes(rows: pd.DataFrame, dataset: str = "") -> pd.DataFrame:
    """The rows that a law is fitted to: ``proper_sizes`` with an uncertainty, random sets where they are large.

    Columns n_qubits, ci_low and ci_high; ``dataset`` is left out where no row depends on data.
    """
    proper = proper_sizes(rows, dataset)
    usable = proper[(proper["ci_low"] > 0) & (proper["ci_low"] < proper["ci_high"])]
    large = usable[usable["n_qubits"] >= SMALLEST_RANDOM]
    return large if dataset in RANDOM_SETS and large["n_qubits"].nunique() >= MANY_SIZES else usable


def _law_rows(key: dict[str, Any], part: pd.DataFrame) -> list[dict[str, Any]]:
    sized = proper_sizes(part, key["dataset"])
    if sized["n_qubits"].nunique() >= FEWEST_SIZES and (sized["quantity"] == 0).all():
        # A loss that no parameter changes follows no law; a row says that it was looked at.
        nothing = dict.fromkeys(LAW_COLUMNS, np.nan)
        return [key | nothing | {"preferred": "inconclusive", "reason": "no parameter changes it"}]
    usable = usable_sizes(part, key["dataset"])
    if usable["n_qubits"].nunique() < FEWEST_SIZES:
        return []
    law = scaling_law(
        usable["n_qubits"].to_numpy(), usable["quantity"].to_numpy(), usable[["ci_low", "ci_high"]].to_numpy()
    )
    return [key | {name: getattr(law, name) for name in LAW_COLUMNS}]

"""scaling.csv: the law in n of every exact variance and of the training mass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.statistics import scaling_law
from bornscape.tables.columns import LAW_COLUMNS, SCALING_COLUMNS
from bornscape.tables.names import DEEP, MASS, NOISE

Bools = NDArray[np.bool_]

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


def _depths(layers: Float, sizes: Float) -> Iterator[tuple[str, Bools]]:
    """Which rows each depth has: product (0 layers), shallow (log2 n, rounded), deep, and each number."""
    names = {0.0: "product", DEEP: "deep"}
    values = np.unique(layers)
    for value in values:
        yield names.get(value, f"{value:g}"), layers == value
    shallow = layers == np.maximum(1, np.round(np.log2(sizes)))
    if shallow.any() and len(values) > 1:
        yield "shallow", shallow


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
        for key, group in table.groupby(lead, sort=False, dropna=False):
            numbers = group[_NUMBERS].to_numpy(dtype=np.float64)
            for depth, at_depth in _depths(numbers[:, 0], numbers[:, 1]):
                rows += _law_rows(dict(zip(lead, key, strict=True)) | {"depth": depth}, numbers[at_depth, 1:])
    return pd.DataFrame(rows, columns=SCALING_COLUMNS)


def proper_sizes(sizes: Float, dataset: str = "") -> Bools:
    """At which sizes, (m,), a law may look: large enough, and with the data set that its name says.

    Examples
    --------
    >>> sizes = np.array([2, 4, 5])
    >>> [sizes[proper_sizes(sizes, dataset)].tolist() for dataset in ("", "o_n2", "cardinality")]
    [[4, 5], [5], [4]]
    """
    proper = sizes >= WHOLE_SPACE.get(dataset, SMALLEST_SIZE)
    return proper & (sizes % 2 == 0) if dataset in EVEN_SETS else proper


def usable_sizes(sizes: Float, ci_low: Float, ci_high: Float, dataset: str = "") -> Bools:
    """To which of m values a law is fitted: at ``proper_sizes`` with an uncertainty, random sets where they are large.

    All arrays are (m,); ``dataset`` is left out where nothing depends on data.
    """
    usable = proper_sizes(sizes, dataset) & (ci_low > 0) & (ci_low < ci_high)
    large = usable & (sizes >= SMALLEST_RANDOM)
    return large if dataset in RANDOM_SETS and len(np.unique(sizes[large])) >= MANY_SIZES else usable


def _law_rows(key: dict[str, Any], numbers: Float) -> list[dict[str, Any]]:
    sizes, values, ci_low, ci_high = numbers.T
    proper = proper_sizes(sizes, key["dataset"])
    if len(np.unique(sizes[proper])) >= FEWEST_SIZES and (values[proper] == 0).all():
        # A loss that no parameter changes follows no law; a row says that it was looked at.
        nothing = dict.fromkeys(LAW_COLUMNS, np.nan)
        return [key | nothing | {"preferred": "inconclusive", "reason": "no parameter changes it"}]
    usable = usable_sizes(sizes, ci_low, ci_high, key["dataset"])
    if len(np.unique(sizes[usable])) < FEWEST_SIZES:
        return []
    law = scaling_law(sizes[usable], values[usable], numbers[usable, 2:])
    return [key | {name: getattr(law, name) for name in LAW_COLUMNS}]

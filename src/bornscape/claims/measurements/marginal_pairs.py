"""Pairs of distributions that agree on k-bit marginals: what is zero to rounding, and what is not."""

from __future__ import annotations

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables


def agreement(tables: Tables, settings: Settings) -> list[Comparison]:
    """A quantity of each family at k (``beyond`` 0: expected to be zero), or at k + 1 (``beyond`` 1, a broken variant).

    The deviation is the quantity itself, which is relative to the pair's total variation: at k its largest value over
    the pairs, at k + 1 its smallest.
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["quantity"] == settings["quantity"]) & rows["family"].isin(settings["families"])]
    rows = rows[rows["order"] == rows["k"] + settings["beyond"]]
    comparisons = []
    for row in rows.itertuples():
        value = row.smallest if settings["beyond"] else row.largest
        at = "" if settings["quantity"] != "mmd" else f", s = {row.bandwidth}"
        label = f"{row.family}, n = {row.n_qubits}, k = {row.k}, order {row.order}{at}"
        comparisons.append(Comparison(label, value, row.smallest, row.largest, 0.0, value))
    return comparisons

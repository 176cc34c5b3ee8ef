"""Estimated losses beside the fixed points of Cor. 2."""

from __future__ import annotations

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables


def stuck_estimate(tables: Tables, settings: Settings) -> list[Comparison]:
    """A loss estimated from samples that all miss the training set (``hit`` 0), beside its fixed point.

    With ``hit`` 1 the estimates are those in which some sample hit it (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["loss"] == settings["loss"]) & (rows["hit"] == settings["hit"])]
    return [
        Comparison(
            f"{row.dataset}, n = {row.n_qubits}, {row.shots} shots, {row.draws} draws",
            *(row.estimate,) * 3,
            row.fixed_point,
            row.largest_difference,
        )
        for row in rows.itertuples()
    ]

"""Final distances of training runs beside levels read off plots."""

from __future__ import annotations

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.orders import selected_rows

SELECTED = ("experiment", "loss", "n_qubits", "n_layers", "shots")
"""Settings that are columns."""


def final_tvd_level(tables: Tables, settings: Settings) -> list[Comparison]:
    """Final median TVD beside a level read off a plot; nothing unless the run has the plot's own settings."""
    rows = selected_rows(tables.read("training"), {key: settings[key] for key in SELECTED if key in settings})
    if rows.empty or (rows["dataset"] != settings["dataset"]).any() or rows["epoch"].max() != settings["epochs"]:
        return []
    values = selected_rows(rows, {"epoch": "last"})["tvd"]
    low, high = values.quantile([0.25, 0.75])
    median, level = float(values.median()), settings["level"]
    return [Comparison(f"median of {len(values)}", median, low, high, level, abs(median / level - 1))]

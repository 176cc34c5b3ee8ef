"""Laws of users' models, read off the table of all of them."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables


def model_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The preferred law of a ``quantity`` (variance, gradient_variance, mass) of one loss of one model."""
    rows = tables.read("model_laws")
    for name in ("model", "loss", "quantity"):
        rows = rows[rows[name] == settings[name]]
    comparisons = []
    for row in rows.itertuples():
        kind, name = ("poly", "power") if row.preferred == "polynomial" else ("exp", "rate")
        value = getattr(row, "poly_power" if kind == "poly" else "exp_rate")
        low, high = getattr(row, f"{kind}_ci_low"), getattr(row, f"{kind}_ci_high")
        label = f"{row.model}, {row.loss}: {row.preferred}, {name} {value:.3g} [{low:.3g}, {high:.3g}]"
        label += f", weight {row.weight:.3g}, n = {row.n_min:.0f} to {row.n_max:.0f}"
        deviation = 1 - row.weight if row.preferred != "inconclusive" else np.nan
        comparisons.append(Comparison(label, value, low, high, "", deviation, found=row.preferred))
    return comparisons

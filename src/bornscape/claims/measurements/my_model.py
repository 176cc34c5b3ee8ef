"""Laws of users' models, read off the table of all of them."""

from __future__ import annotations

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import as_comparison


def model_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The preferred law of a ``quantity`` (variance, gradient_variance, mass) of one loss of one model."""
    rows = tables.read("model_laws")
    for name in ("model", "loss", "quantity"):
        rows = rows[rows[name] == settings[name]]
    place = "{0.model}, {0.loss}, n = {0.n_min:.0f} to {0.n_max:.0f}:"
    return [as_comparison(place.format(row), row) for row in rows.itertuples()]

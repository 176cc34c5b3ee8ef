"""The control experiment: first gradients of explicit models and of Born machines that are sampled, on the same KLD."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.first_gradients import typical_ratios
from bornscape.claims.measurements.laws import law_comparison


def model_signal_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of the first gradient's signal-to-noise ratio of a model against n, for each data set."""
    rows = tables.read(settings["table"]).rename(columns={"signal_to_noise": "ratio"})
    rows = rows[(rows["model"] == settings["model"]) & rows["ratio"].notna()]
    comparisons = []
    for dataset in settings["datasets"]:
        means = typical_ratios(rows[rows["dataset"] == dataset]).rename(columns={"ratio": "value"})
        comparisons += law_comparison(str(dataset), means, str(dataset))
    return comparisons


def nonzero_entries(tables: Tables, settings: Settings) -> list[Comparison]:
    """Entries of the first estimated gradients that are not zero, beside ``factor`` times what hits allow.

    An entry can only differ from 0 if a shot of its two circuits hits the training set; how many do is a sum of
    independent events of known chances. Differences are in standard deviations of that sum, of at least one entry.
    """
    rows = tables.read(settings["table"])
    comparisons = []
    keys = ["n_qubits", "dataset", *(key for key in ("form", "epsilon") if key in rows)]
    for (n, dataset, *form), part in rows[rows["entries"].notna()].groupby(keys, sort=False):
        factor, count = settings["factor"], float(part["nonzero"].sum())
        allowed = factor * float(part["chance"].sum())
        spread = max(1.0, np.sqrt(factor * float((part["chance_sd"] ** 2).sum())))
        label = ", ".join([dataset, f"n = {n}", *map(str, form), f"{part['entries'].sum():g} entries"])
        comparisons.append(Comparison(label, count, count, count, allowed, (count - allowed) / spread))
    return comparisons

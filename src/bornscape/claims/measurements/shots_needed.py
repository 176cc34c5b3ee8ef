"""The laws by which the shots that a sign costs grow."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import law_comparison


def shots_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of 1 / (median shots needed) for each of the ``losses`` and ``datasets`` that the run has.

    Sizes whose median or interval is not resolved are left out.
    """
    rows = tables.read(settings["table"])
    rows = rows[np.isfinite(rows["ci_high"].astype(float))]
    comparisons = []
    for dataset in settings["datasets"]:
        for loss in settings["losses"]:
            part = rows[(rows["dataset"] == dataset) & (rows["loss"] == loss)]
            law = pd.DataFrame(
                {"n_qubits": part["n_qubits"], "value": 1 / part["median"], "ci_low": 1 / part["ci_high"]}
                | {"ci_high": 1 / part["ci_low"]}
            )
            comparisons += law_comparison(f"{loss}, {dataset}", law)
    return comparisons

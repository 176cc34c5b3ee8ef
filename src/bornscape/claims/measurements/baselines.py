"""Final distances of training runs beside models without a circuit (baselines.csv)."""

from __future__ import annotations

import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.orders import Sides, order_comparison, selected_rows

OF_THE_CIRCUIT = "matrix_product"
"""The baseline that follows the runs' depth: it has at most as many parameters."""


def beats_baseline(tables: Tables, settings: Settings) -> list[Comparison]:
    """TVD of training runs below (or above) that of a baseline on the same data: an exact signed-rank test.

    ``where`` selects the runs, of one data set, size and depth; each of ``cases`` selects further, and all of them must
    hold. ``baseline`` selects the row of baselines.csv, whose median over draws or starts is a number without error
    here: of data as they are, unless it names a transform. ``runs`` is the side that the claim says they are on.
    Nothing for fewer than two runs, or without the baseline.
    """
    found = []
    training, levels = tables.read("training"), tables.read("baselines")
    for case in settings.get("cases", [{}]):
        runs = selected_rows(training, {**settings["where"], **case})
        cells = runs[["dataset", "n_qubits", "n_layers"]].drop_duplicates()
        if len(runs) < 2 or len(cells) != 1:
            return []
        dataset, n, layers = cells.iloc[0]
        chosen = {"dataset": dataset, "n_qubits": n, "transform": "none", **settings["baseline"]}
        if chosen["baseline"] == OF_THE_CIRCUIT:
            chosen["n_layers"] = layers
        level = selected_rows(levels, chosen)["median"]
        if level.empty:
            return []
        found.append(_comparison(runs, float(level.iloc[0]), settings, f"{dataset}, n = {n}"))
    return found


def _comparison(runs: pd.DataFrame, level: float, settings: Settings, place: str) -> Comparison:
    tvd = runs.set_index("repetition")["tvd"]
    fixed = pd.Series(level, tvd.index)
    name = ", ".join(str(value) for value in settings["baseline"].values())
    label = f"{place}, {runs['loss'].iloc[0]}: median {tvd.median():.3g} against {level:.3g} ({name})"
    below = settings["runs"] == "below"
    return order_comparison(Sides(label, *((tvd, fixed) if below else (fixed, tvd))))

"""The exact KLD's variance at finite depth (Fig. 2): beside its deep limit, and the law that it follows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.exact_losses import CLOSED_FORMS, exact_kld_rows
from bornscape.claims.measurements.laws import law_comparison
from bornscape.statistics import variance_deviate
from bornscape.tables.names import DEEP
from bornscape.tables.scaling import SMALLEST_SIZE


def _exact_rows(tables: Tables, settings: Settings) -> pd.DataFrame:
    rows = exact_kld_rows(tables, settings)
    return rows[rows["dataset"].isin(settings["datasets"])]


def kld_above_limit(tables: Tables, settings: Settings) -> list[Comparison]:
    """Var[KLD] at each of ``layers``, size and data set beside a closed form that it must not fall below.

    The deviation, positive below it, comes from the cumulants of that closed form. Sizes at which the larger data sets
    hold every string are left out.
    """
    rows = _exact_rows(tables, settings)
    rows = rows[rows["n_layers"].isin(settings["layers"]) & (rows["n_qubits"] >= SMALLEST_SIZE)]
    comparisons = []
    for row in rows.to_dict("records"):
        target = tables.target(row["dataset"], row["n_qubits"])
        cumulants = CLOSED_FORMS[settings["closed_form"]](target)
        deviation = -variance_deviate(row["variance"], row["draws"], cumulants)
        label = f"{row['dataset']}, {row['n_layers']:g} layers, n = {row['n_qubits']}"
        comparisons.append(Comparison(label, row["variance"], row["ci_low"], row["ci_high"], cumulants[0], deviation))
    return comparisons


def kld_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of Var[KLD] for each data set at each depth: "deep", or as many layers as qubits, "n".

    Of an experiment's states, which have no layers, there is one law a data set.
    """
    rows = _exact_rows(tables, settings).rename(columns={"variance": "value"})
    comparisons = []
    for dataset, part in rows.groupby("dataset", sort=False):
        if settings["table"] != "variance":
            comparisons += law_comparison(f"{dataset}, {settings['states']} states", part, str(dataset))
            continue
        for depth in settings["depths"]:
            layers = {"deep": np.full(len(part), DEEP), "n": part["n_qubits"]}[depth]
            comparisons += law_comparison(f"{dataset}, {depth} layers", part[part["n_layers"] == layers], str(dataset))
    return comparisons

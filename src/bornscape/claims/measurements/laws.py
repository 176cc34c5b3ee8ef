"""The law that a positive quantity follows in n, as a comparison."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.claims.comparison import Comparison
from bornscape.statistics import scaling_law
from bornscape.tables.scaling import FEWEST_SIZES, SMALLEST_SIZE

DECISIVE = 0.95


def law_comparison(name: str, means: pd.DataFrame) -> list[Comparison]:
    """The preferred law of the columns n_qubits, value, ci_low, ci_high; nothing for fewer than 4 sizes.

    Sizes below ``SMALLEST_SIZE`` and values without an uncertainty are left out. The deviation is 1 less the law's
    weight, and 0.05 where "polynomial" was found because the 95 % interval of the rate leaves no decay that matters:
    weights are no evidence then.
    """
    usable = means[(means["n_qubits"] >= SMALLEST_SIZE) & (means["ci_low"] > 0) & (means["ci_low"] < means["ci_high"])]
    if usable["n_qubits"].nunique() < FEWEST_SIZES:
        return []
    law = scaling_law(
        usable["n_qubits"].to_numpy(), usable["value"].to_numpy(), usable[["ci_low", "ci_high"]].to_numpy()
    )
    kind = "exp" if law.preferred == "exponential" else "poly"
    value, term = (law.exp_rate, "rate") if kind == "exp" else (law.poly_power, "power")
    low, high = getattr(law, f"{kind}_ci_low"), getattr(law, f"{kind}_ci_high")
    label = f"{name}: {law.preferred}, {term} {value:.3g} [{low:.3g}, {high:.3g}], weight {law.weight:.3g}"
    deviation = np.nan
    if law.preferred != "inconclusive":
        deviation = 1 - (law.weight if kind == "exp" else max(law.weight, DECISIVE))
    return [Comparison(label, value, low, high, "", round(deviation, 12), found=law.preferred)]

"""The law that a positive quantity follows in n, as a comparison and in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from bornscape.claims.comparison import Comparison
from bornscape.statistics import scaling_law
from bornscape.statistics.power import deciding_draws
from bornscape.tables.scaling import FEWEST_SIZES, usable_sizes


def law_comparison(name: str, means: pd.DataFrame, dataset: str = "") -> list[Comparison]:
    """The law of the columns n_qubits, value, ci_low, ci_high at ``usable_sizes``; nothing for fewer than 4."""
    names = ("n_qubits", "value", "ci_low", "ci_high")
    sizes, values, low, high = (means[column].to_numpy(dtype=np.float64) for column in names)
    usable = usable_sizes(sizes, low, high, dataset)
    if len(np.unique(sizes[usable])) < FEWEST_SIZES:
        return []
    law = scaling_law(sizes[usable], values[usable], np.column_stack([low, high])[usable])
    return [as_comparison(name, law)]


def as_comparison(name: str, law: Any) -> Comparison:
    """A law, or a row of scaling.csv, as a comparison: the rate of the joint law, what was found, and how clearly."""
    return Comparison(
        f"{name} {in_words(law)}",
        *(law.rate, law.rate_ci_low, law.rate_ci_high),
        "",
        law.margin,
        found=law.preferred,
        needed=_needed(law.more_draws),
    )


def in_words(law: Any) -> str:
    """What was found, in words.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(4, 12)
    >>> in_words(scaling_law(n, 2.0**-n / n))
    'falls exponentially, as n^-1 e^(-0.693 n) (rate 0.693 to 0.693)'
    >>> in_words(scaling_law(n, n**1.5 * (1 + 0.001 * (-1.0) ** n)))
    'rises as n^1.5 (rate -0.00457 to 0.00437)'
    """
    if math.isnan(law.rate):
        return f"undecided ({law.reason})"
    interval = f"(rate {law.rate_ci_low:.3g} to {law.rate_ci_high:.3g})"
    if law.preferred == "exponential":
        power = "" if abs(law.power) < 0.05 else f"n^{-law.power:.2g} "
        return f"falls exponentially, as {power}e^(-{law.rate:.3g} n) {interval}"
    if law.preferred == "polynomial":
        return f"{'falls' if law.poly_power > 0 else 'rises'} as n^{-law.poly_power:.2g} {interval}"
    return f"undecided {interval}: {law.reason}"


def _needed(factor: float) -> str:
    """What would decide a law; nothing for one that is decided, or has no number."""
    return (deciding_draws(factor) or "more draws alone would not decide; larger sizes would") if factor > 1 else ""

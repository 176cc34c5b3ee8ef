"""Where the variance of the MMD is largest in the bandwidth, and what n/4 costs."""

from __future__ import annotations

import numpy as np

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.statistics import log_standard_error

ROUNDING = 1e-9
"""Relative error of a closed form."""

SAME_POINT = 1e-6
"""Relative distance of a bandwidth from a point of the grid that is it."""

SMALLEST_ASYMPTOTIC = 200
"""Qubits from which a best bandwidth is compared with its limit."""


def best_bandwidth(tables: Tables, settings: Settings) -> list[Comparison]:
    """s/n of the largest variance of product circuits, at the largest n of each data set, beside its limit.

    ``datasets`` maps a data set to whether its one-wire terms grow as n. Nothing below ``SMALLEST_ASYMPTOTIC`` qubits.
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["point"] == "best") & (rows["ansatz"] == f"product_{settings['single_qubit']}")]
    comparisons = []
    for dataset, biased in settings["datasets"].items():
        part = rows[(rows["dataset"] == dataset) & (rows["n_qubits"] >= SMALLEST_ASYMPTOTIC)]
        if part.empty:
            continue
        row = part.loc[part["n_qubits"].idxmax()]
        value = float(row["s"] / row["n_qubits"])
        expected = theory.asymptotic_best_bandwidth(settings["single_qubit"], biased)
        label = f"{dataset}, n = {row['n_qubits']}"
        comparisons.append(Comparison(label, value, value, value, expected, abs(value / expected - 1)))
    return comparisons


def variance_given_up(tables: Tables, settings: Settings) -> list[Comparison]:
    """Largest variance over that at ``point``, at every size, data set and circuit, beside the bound ``factor``.

    ``least`` is the smallest size that is looked at, 1 by default. Nothing unless the sizes reach
    ``SMALLEST_ASYMPTOTIC`` qubits: a choice of s in Theta(n) is one for growing n.
    """
    rows = tables.read(settings["table"])
    if not (rows["n_qubits"] >= SMALLEST_ASYMPTOTIC).any():
        return []
    rows = rows[(rows["point"] == settings["point"]) & (rows["n_qubits"] >= settings.get("least", 1))]
    comparisons = []
    for row in rows.itertuples():
        error, exact = ROUNDING, not row.ratio_high > row.ratio_low
        if not exact:
            error = float(log_standard_error(row.ratio, min(row.ratio_low, row.ratio), max(row.ratio_high, row.ratio)))
        deviation = float(np.log(row.ratio / settings["factor"]) / error)
        label = f"{row.ansatz}, {row.dataset}, n = {row.n_qubits}"
        numbers = (row.ratio, row.ratio_low, row.ratio_high, settings["factor"], deviation)
        comparisons.append(Comparison(label, *numbers, exact=exact))
    return comparisons


def variance_beyond(tables: Tables, settings: Settings) -> list[Comparison]:
    """Variance at s = ``to`` n over that at s = ``start`` n, at every size, data set and circuit, beside the bound 1.

    Multiples of n are taken from the grid. Of drawn circuits both variances come from the same draws, so that errors
    taken for independent are too large rather than too small.
    """
    rows = tables.read(settings["table"])
    rows = rows[rows["point"] == "grid"]
    multiples = rows["s"] / rows["n_qubits"]
    place = ["ansatz", "dataset", "n_qubits"]
    first, last = (
        rows[np.isclose(multiples, settings[name], rtol=SAME_POINT)].set_index(place) for name in ("start", "to")
    )
    comparisons = []
    for (ansatz, dataset, n), row in last.iterrows():
        other = first.loc[(ansatz, dataset, n)]
        ratio = float(row["variance"] / other["variance"])
        ours, theirs = (log_standard_error(v["variance"], v["ci_low"], v["ci_high"]) for v in (row, other))
        error = max(ROUNDING, float(np.hypot(ours, theirs)))
        low, high = (float(ratio * np.exp(sign * 1.96 * error)) for sign in (-1, 1))
        comparisons.append(Comparison(f"{ansatz}, {dataset}, n = {n}", ratio, low, high, 1.0, np.log(ratio) / error))
    return comparisons

"""The LQF from Hadamard tests: deviations from the exact value, and shots for a standard error, beside the MMD's."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import LOSS_STYLES, PAGE_WIDTH, panel_letters, use_style

ESTIMATORS = {
    "all_pairs": (LOSS_STYLES["lqf"][0], "D", "LQF, all pairs"),
    "random_pairs": (LOSS_STYLES["lqf_free"][0], "s", "LQF, random pairs"),
    "mmd": (LOSS_STYLES["mmd_n4"][0], "o", "MMD, s = n/4"),
}


def figure(hadamard_tests: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from hadamard_tests.csv."""
    use_style()
    table = hadamard_tests[hadamard_tests["estimator"].isin(ESTIMATORS)].reset_index(drop=True)
    drawn, (left, middle, right) = plt.subplots(1, 3, figsize=(PAGE_WIDTH, 2.6))
    _deviations(left, table[table["source"] == "circuits"])
    elements = table[table["source"] == "elements"]
    size, strings = elements["n_qubits"].max(), _most_common(elements["strings"])
    _shots(middle, elements[elements["n_qubits"] == size], "strings")
    middle.set(xlabel="training strings $N_p$", ylabel="shots for the standard error")
    middle.set_title(f"n = {size}", loc="right")
    _shots(right, elements[elements["strings"] == strings], "n_qubits")
    right.set(xlabel="qubits n")
    right.set_title(f"$N_p$ = {strings}", loc="right")
    right.sharey(middle)
    panel_letters((left, middle, right))
    handles, labels = middle.get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=len(handles), frameon=False)
    return drawn, table


def _most_common(values: pd.Series) -> int:
    """The value at most sizes; of several the largest."""
    counts = values.value_counts()
    return int(max(counts[counts == counts.max()].index))


def _deviations(axis: Axes, rows: pd.DataFrame) -> None:
    """Mean of the estimates less the exact value, for each case that was run as circuits."""
    cases = rows[["n_qubits", "strings"]].drop_duplicates().sort_values(["n_qubits", "strings"])
    places = {tuple(case): k for k, case in enumerate(cases.itertuples(index=False))}
    for shift, estimator in ((-0.12, "all_pairs"), (0.12, "random_pairs")):
        part = rows[rows["estimator"] == estimator]
        colour, marker, name = ESTIMATORS[estimator]
        x = [places[n, strings] + shift for n, strings in zip(part["n_qubits"], part["strings"], strict=True)]
        difference, bars = part["mean"] - part["exact"], 2 * part["standard_error"]
        axis.errorbar(x, difference, yerr=bars, color=colour, marker=marker, linestyle="", label=name)
    axis.axhline(0, color="0.5", linewidth=0.6, zorder=0)
    axis.set_xticks(range(len(places)), [f"{n}, {strings}" for n, strings in places], rotation=60)
    axis.set(xlabel="n, $N_p$", ylabel="mean estimate less LQF")


def _shots(axis: Axes, rows: pd.DataFrame, against: str) -> None:
    for estimator, (colour, marker, name) in ESTIMATORS.items():
        part = rows[rows["estimator"] == estimator].sort_values(against)
        scale = part["shots_needed"] / part["shot_variance"]
        errors = [(part["shot_variance"] - part["ci_low"]) * scale, (part["ci_high"] - part["shot_variance"]) * scale]
        axis.errorbar(part[against], part["shots_needed"], yerr=errors, color=colour, marker=marker, label=name)
    axis.set(yscale="log")
    if against == "strings":
        axis.set_xscale("log", base=2)
    ticks = np.sort(rows[against].unique())
    axis.set_xticks(ticks, [str(tick) for tick in ticks])
    axis.minorticks_off()

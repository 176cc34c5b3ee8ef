"""The LQF from Hadamard tests: deviations from the exact value, and shots for a standard error, beside the MMD's."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.style import legend_below, panel_letters, points, stack, use_style, whole_numbers

_LQF, _MMD = LOSS_STYLES["lqf"], LOSS_STYLES["mmd_n4"]
ESTIMATORS = {
    "all_pairs": {"color": _LQF[0], "marker": _LQF[1], "label": "LQF, all pairs"},
    "random_pairs": {"color": _LQF[0], "marker": "o", "mfc": "white", "ls": "--", "label": "LQF, random pairs"},
    "mmd": {"color": _MMD[0], "marker": _MMD[1], "label": _MMD[2]},
}
"""How each estimator is drawn."""
SHOTS = ("median", "low", "high")


def figure_table(hadamard_tests: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows, by ``panel``: deviations with two standard errors of each case that was run as circuits.

    And of outcomes drawn from elements the shots needed: median, smallest and largest over random circuits.
    """
    table = hadamard_tests[hadamard_tests["estimator"].isin(ESTIMATORS)].reset_index(drop=True)
    deviation = table["mean"] - table["exact"]
    table = table.assign(deviation=deviation, deviation_low=deviation - 2 * table["standard_error"])
    circuits = table[table["source"] == "circuits"].assign(deviation_high=deviation + 2 * table["standard_error"])
    groups = table[table["source"] == "elements"].groupby(["estimator", "n_qubits", "strings"], sort=False)
    shots = groups["shots_needed"].agg(draws="count", low="min", median="median", high="max").reset_index()
    kept = ["estimator", "n_qubits", "strings", "deviation", "deviation_low", "deviation_high"]
    return pd.concat([circuits[kept].assign(panel="deviations"), shots.assign(panel="shots")], ignore_index=True)


def figure(hadamard_tests: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from hadamard_tests.csv."""
    use_style()
    table = figure_table(hadamard_tests)
    drawn, (above, below) = stack([1.6, 2.0])
    deviations = above.subplots()
    _deviations(deviations, table[table["panel"] == "deviations"])
    elements = table[table["panel"] == "shots"]
    size, strings = elements["n_qubits"].max(), _most_common(elements["strings"])
    middle, right = below.subplots(1, 2, sharey=True)
    _shots(middle, elements[elements["n_qubits"] == size], "strings")
    middle.set(xlabel="training strings $N_p$", ylabel="shots needed", title=f"n = {size}")
    _shots(right, elements[elements["strings"] == strings], "n_qubits")
    right.set(xlabel="qubits n", title=f"$N_p$ = {strings}")
    panel_letters((deviations, middle, right))
    legend_below(below, middle, 3)
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
        positions = [places[n, strings] + shift for n, strings in zip(part["n_qubits"], part["strings"], strict=True)]
        style = ESTIMATORS[estimator] | {"ls": ""}
        points(axis, part, pd.Series(positions), ("deviation", "deviation_low", "deviation_high"), **style)
    axis.axhline(0, color="0.5", linewidth=0.6, zorder=0)
    axis.set_xticks(range(len(places)), [f"{n}, {strings}" for n, strings in places])
    axis.set(xlabel="n, $N_p$", ylabel="mean estimate\nminus exact LQF")


def _shots(axis: Axes, rows: pd.DataFrame, against: str) -> None:
    for estimator, style in ESTIMATORS.items():
        points(axis, rows[rows["estimator"] == estimator].sort_values(against), against, SHOTS, **style)
    axis.set(xscale="log" if against == "strings" else "linear", yscale="log")
    whole_numbers(axis, rows[against])

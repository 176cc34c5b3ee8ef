"""What depth buys: the line circuit's distance from Haar-random states, and the TVD that exact fits reach."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from bornscape import theory
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import DATASET_STYLES, shades
from bornscape.figures.look.style import (
    few_sizes,
    legend_below,
    panel_letters,
    points,
    stack,
    use_style,
    whole_decades,
    whole_numbers,
)
from bornscape.formulas import depth_value

DEPTHS = {"0": "no layers", "1": "1 layer", "2": "2 layers", "log2(n)": "$\\log_2 n$", "n": "n", "2*n": "2n"}
"""Depths of the line circuit and how the legend names them; a number of layers can be several of them."""

RATIO = ("ratio", "ratio_low", "ratio_high")


def _with_interval(values: pd.Series) -> pd.Series:
    """Mean and its 95 % interval (Student's t), on the log scale."""
    mean = values.mean()
    half = stats.t.ppf(0.975, len(values) - 1) * values.sem() / mean
    return pd.Series([len(values), mean, mean * np.exp(-half), mean * np.exp(half)], ["repetitions", *RATIO])


def figure_table(expressivity: pd.DataFrame, exact_fits: pd.DataFrame) -> pd.DataFrame:
    """Means of the frame potential's ratio at each size and depth, then every fit with the best of its depth."""
    keys = ["circuit", "n_qubits", "n_layers"]
    means = expressivity.groupby(keys, sort=False)["ratio"].apply(_with_interval).unstack().reset_index()
    best = exact_fits.groupby(["dataset", "n_qubits", "n_layers"])["tvd"].transform("min")
    kept = ["dataset", "n_qubits", "n_layers", "repetition", "tvd", "kld"]
    return pd.concat([means, exact_fits[kept].assign(best=best)], ignore_index=True)


def figure(expressivity: pd.DataFrame, exact_fits: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from expressivity.csv and exact_fits.csv."""
    use_style()
    table = figure_table(expressivity, exact_fits)
    drawn, (above, below) = stack([2.9, 1.8])
    states = above.subplots()
    _states(states, table[table["circuit"].notna()])
    legend_below(above, states, 3)
    fits = table[table["dataset"].notna()]
    sets = list(dict.fromkeys(zip(fits["dataset"], fits["n_qubits"], strict=True)))
    panels = below.subplots(1, len(sets), squeeze=False, sharey=True)[0]
    for axis, (dataset, n) in zip(panels, sets, strict=True):
        _fits(axis, fits[(fits["dataset"] == dataset) & (fits["n_qubits"] == n)], dataset)
        axis.set(title=DATASET_TITLES[dataset], xlabel=f"layers, n = {n}")
    whole_decades(panels[0])
    panels[0].set_ylabel("TVD, exact fit")
    panel_letters((states, *panels))
    return drawn, table


def _states(axis: Axes, rows: pd.DataFrame) -> None:
    line = rows[rows["circuit"] == "line"]
    for (formula, name), colour, marker in zip(DEPTHS.items(), shades("viridis", len(DEPTHS)), "osD^vP", strict=True):
        at = np.array([depth_value(formula, n) for n in line["n_qubits"]])
        points(axis, line[line["n_layers"] == at].sort_values("n_qubits"), "n_qubits", RATIO, color=colour,
               marker=marker, label=name)  # fmt: skip
    haar = rows[rows["circuit"] == "haar"].sort_values("n_qubits")
    points(axis, haar, "n_qubits", RATIO, color="0.2", marker="*", ls="", label="Haar-random states")
    sizes = np.unique(line["n_qubits"])
    bare = [theory.product_frame_potential(n, n) / theory.haar_frame_potential(n) for n in sizes]
    axis.plot(sizes, bare, color="0.4", ls="--", label="n, no entanglers")
    axis.axhline(1, color="0.5", linewidth=0.6, zorder=0)
    axis.set(xlabel="qubits n", ylabel="E[$F^2$], ratio to Haar states", yscale="log")
    few_sizes(axis, sizes)


def _fits(axis: Axes, rows: pd.DataFrame, dataset: str) -> None:
    colour, marker = DATASET_STYLES[dataset]
    axis.plot(rows["n_layers"], rows["tvd"], color=colour, marker=marker, ls="", mfc="none")
    best = rows.drop_duplicates("n_layers").sort_values("n_layers")
    axis.plot(best["n_layers"], best["best"], color=colour)
    axis.set_yscale("log")
    whole_numbers(axis, rows["n_layers"])

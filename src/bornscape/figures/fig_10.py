"""Fig. 10: training at 16 qubits: exact TVD against epochs, the 15 most probable images, and the images themselves."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.style import DATASET_TITLES, LOSS_STYLES, PAGE_WIDTH, use_style
from bornscape.hep.images import GRIDS

EXPERIMENT = "jets_16"
SHOWN = 15
BARS = ("mmd_average", "lqf", "kld")
"""Losses whose learned distributions are drawn beside the target."""


def figure_table(training: pd.DataFrame, final: pd.DataFrame) -> pd.DataFrame:
    """Curves (median and quartiles over repetitions), and the final probabilities of the most probable images."""
    curves = training.groupby(["loss", "epoch"], sort=False)["tvd"].describe(percentiles=[0.25, 0.5, 0.75])
    curves = curves[["count", "25%", "50%", "75%"]].reset_index().assign(panel="a")
    curves.columns = ["loss", "epoch", "repetitions", "low", "median", "high", "panel"]
    ranked = final.assign(rank=final.groupby(["loss", "repetition"], sort=False).cumcount())
    grouped = ranked[ranked["rank"] < SHOWN].groupby(["loss", "rank", "bitstring", "target"], sort=False)["model"]
    bars = grouped.agg(repetitions="count", low="min", median="median", high="max").reset_index().assign(panel="b")
    columns = ["panel", "loss", "epoch", "rank", "bitstring", "target", "repetitions", "median", "low", "high"]
    return pd.concat([curves, bars], ignore_index=True).reindex(columns=columns)


def figure(training: pd.DataFrame, training_final: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv and training_final.csv."""
    use_style()
    training, final = (table[table["experiment"] == EXPERIMENT] for table in (training, training_final))
    grid = GRIDS[int(training["n_qubits"].iloc[0])]
    table = figure_table(training, final)
    drawn = plt.figure(figsize=(PAGE_WIDTH, 4.4))
    upper, lower = drawn.subfigures(2, 1, squeeze=False, height_ratios=[3, 1])[:, 0]
    curves, bars = upper.subplots(1, 2)
    _curves(curves, table[table["panel"] == "a"])
    _bars(bars, table[table["panel"] == "b"])
    dataset = training["dataset"].iloc[0]
    shots = training["shots"].iloc[0]
    source = f"{DATASET_TITLES[dataset]}, {training['n_qubits'].iloc[0]} qubits, {training['n_layers'].iloc[0]} layers"
    upper.suptitle(f"{source}, {'exact gradients' if pd.isna(shots) else f'{shots:g} shots'}", fontsize=8)
    _images(lower.subplots(1, SHOWN), table[table["panel"] == "b"], grid)
    return drawn, table


def _curves(axis: Axes, table: pd.DataFrame) -> None:
    for loss, (colour, marker, name) in LOSS_STYLES.items():
        rows = table[table["loss"] == loss]
        if rows.empty:
            continue
        axis.fill_between(rows["epoch"], rows["low"], rows["high"], color=colour, alpha=0.2, lw=0)
        axis.plot(
            rows["epoch"], rows["median"], color=colour, marker=marker, markevery=max(1, len(rows) // 8), label=name
        )
    axis.set(xlabel="epoch", ylabel="exact TVD, Σ|p − q|", ylim=(0, 2.05))
    axis.legend(frameon=False, loc="lower center", ncols=2, fontsize=6)
    axis.set_title("a", loc="left", fontweight="bold")


def _bars(axis: Axes, table: pd.DataFrame) -> None:
    shown = [loss for loss in BARS if loss in set(table["loss"])]
    first = table[table["loss"] == table["loss"].iloc[0]]
    width = 0.8 / (len(shown) + 1)
    positions = first["rank"].to_numpy(dtype=float)
    axis.bar(positions - 0.4 + width / 2, first["target"], width, color="0.25", label="target")
    for k, loss in enumerate(shown, start=1):
        rows = table[table["loss"] == loss]
        colour, _, name = LOSS_STYLES[loss]
        errors = np.array([rows["median"] - rows["low"], rows["high"] - rows["median"]])
        axis.bar(
            positions - 0.4 + width * (k + 0.5),
            rows["median"],
            width,
            color=colour,
            hatch=["", "////", "...."][(k - 1) % 3],
            edgecolor="white",
            lw=0.2,
            yerr=errors,
            error_kw={"lw": 0.5},
            label=name.split(",")[0],
        )
    axis.set(xlabel="image, by target probability", ylabel="probability")
    axis.set_xticks(positions, [f"{int(p) + 1}" for p in positions])
    axis.legend(frameon=False)
    axis.set_title("b", loc="left", fontweight="bold")


def _images(axes: list[Axes], table: pd.DataFrame, grid: tuple[int, int]) -> None:
    first = table[table["loss"] == table["loss"].iloc[0]]
    for axis in axes:
        axis.set_axis_off()
    for axis, row in zip(axes, first.itertuples(), strict=False):
        pixels = np.array([int(bit) for bit in row.bitstring]).reshape(grid)
        axis.imshow(pixels, cmap="Greys", vmin=-0.15, vmax=1.2)
        axis.set_title(f"{int(row.rank) + 1}\n{row.target:.3f}", fontsize=6)
    axes[0].text(-0.1, 1.55, "c", transform=axes[0].transAxes, fontweight="bold", fontsize=8)

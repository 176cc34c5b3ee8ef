"""Fig. 10: training at 16 qubits on the paper's images: exact TVD against epochs, learned probabilities, images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.datasets.images import GRIDS
from bornscape.figures.look.baselines import draw_baselines, panel_baselines
from bornscape.figures.look.curves import (
    at_budget,
    budget_name,
    budgets,
    draw_curves,
    draw_single_runs,
    quartiles,
)
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.published import OURS, apart, beside, draw_published
from bornscape.figures.look.style import SMALLEST_TEXT, legend_below, panel_letters, stack, use_style
from bornscape.figures.look.training_panels import training_legend
from bornscape.published import published_training

SHOWN = 15
BARS = ("mmd_average", "lqf", "kld")
"""Losses whose learned distributions are drawn beside the target."""
HATCHES = ("", "////", "....")


def figure_table(training: pd.DataFrame, final: pd.DataFrame) -> pd.DataFrame:
    """Curves of each number of shots (ours and the paper's), and final probabilities of the most probable images."""
    curves = quartiles(training, ["shots", "loss", "epoch"], "tvd").assign(panel="curves")
    curves = beside(curves, published_training("10").assign(panel="curves"), {})
    ranked = final.assign(rank=final.groupby(["loss", "repetition"], sort=False).cumcount())
    grouped = ranked[ranked["rank"] < SHOWN].groupby(["loss", "rank", "bitstring", "target"], sort=False)["model"]
    bars = grouped.agg(repetitions="count", low="min", median="median", high="max").reset_index().assign(panel="bars")
    columns = ["panel", "source", "shots", "loss", "epoch", "rank", "bitstring", "target"]
    return pd.concat([curves, bars.assign(source=OURS)], ignore_index=True).reindex(
        columns=[*columns, "repetitions", "median", "low", "high"]
    )


def figure(
    training: pd.DataFrame, training_final: pd.DataFrame, baselines: pd.DataFrame, studies: Mapping[str, Any]
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv, training_final.csv and baselines.csv; ``studies`` names the run."""
    use_style()
    training, final = (table[table["experiment"] == studies["run"]] for table in (training, training_final))
    counts = budgets(training)
    table = figure_table(training, at_budget(final, counts[-1]))
    drawn, (above, middle, below) = stack([2.9, 1.8, 1.3])
    panels = above.subplots(1, 2, sharey=True)
    # The paper's number of shots first, then exact gradients.
    for axis, shots in zip(panels, (counts[-1], counts[0]), strict=True):
        _curves(axis, at_budget(training, shots), table, baselines)
        axis.set_title(budget_name(shots))
    panels[0].set(ylabel="exact TVD, Σ|p − q|", ylim=(0, 2.05))
    training_legend(above, training["loss"], baselines, training["dataset"].iloc[0], marker="o")
    bars = table[table["panel"] == "bars"]
    learned = middle.subplots()
    _bars(learned, bars)
    learned.set(ylabel="probability", xlabel="image, by target probability")
    legend_below(middle, learned, 4)
    panel_letters((*panels, learned))
    _images(below.subplots(2, -(-SHOWN // 2)), bars, GRIDS[int(training["n_qubits"].iloc[0])])
    return drawn, table


def _curves(axis: Axes, runs: pd.DataFrame, table: pd.DataFrame, baselines: pd.DataFrame) -> None:
    """Single runs and medians of one number of shots, the paper's medians where that is theirs, and baselines."""
    runs, shots = runs[runs["epoch"] > 0], runs["shots"].iloc[0]
    curves = at_budget(table[(table["panel"] == "curves") & (table["epoch"] > 0)], shots)
    axis.set(xscale="log", xlabel="epoch", ylim=(0, 2.05))
    draw_single_runs(axis, runs)
    ours, theirs = apart(curves)
    draw_curves(axis, ours, markers=8, steps=0, bands=False)
    for loss, rows in theirs.groupby("loss", sort=False):
        draw_published(axis, rows, "epoch", "median", LOSS_STYLES[str(loss)][1], color=LOSS_STYLES[str(loss)][0])
    run = runs.iloc[0]
    draw_baselines(axis, panel_baselines(baselines, run["dataset"], run["n_qubits"], run["n_layers"], shots))


def _bars(axis: Axes, table: pd.DataFrame) -> None:
    shown = [loss for loss in BARS if loss in set(table["loss"])]
    target = table[table["loss"] == table["loss"].iloc[0]]
    width = 0.84 / (len(shown) + 1)
    left = target["rank"].to_numpy(dtype=float) - 0.42
    axis.bar(left + width / 2, target["target"], width, color="0.1", label="target")
    for k, loss in enumerate(shown, start=1):
        rows = table[table["loss"] == loss]
        colour, _, name = LOSS_STYLES[loss]
        errors = np.array([rows["median"] - rows["low"], rows["high"] - rows["median"]])
        style: dict[str, Any] = {
            "color": colour,
            "hatch": HATCHES[k - 1],
            "edgecolor": "white",
            "lw": 0.2,
            "label": name,
        }
        axis.bar(left + width * (k + 0.5), rows["median"], width, yerr=errors, error_kw={"lw": 0.5}, **style)
    axis.set_xticks(target["rank"], [f"{int(rank) + 1}" for rank in target["rank"]])
    axis.tick_params(axis="x", length=0)


def _images(axes: np.ndarray, table: pd.DataFrame, grid: tuple[int, int]) -> None:
    first = table[table["loss"] == table["loss"].iloc[0]]
    for axis in axes.ravel():
        axis.set_axis_off()
    for axis, row in zip(axes.ravel(), first.itertuples(), strict=False):
        pixels = np.array([int(bit) for bit in row.bitstring]).reshape(grid)
        axis.imshow(pixels, cmap="Greys", vmin=-0.15, vmax=1.2)
        axis.set_title(f"{int(row.rank) + 1}: {f'{row.target:.3f}'.lstrip('0')}", fontsize=SMALLEST_TEXT)
    axes[0, 0].text(-0.1, 1.6, "$\\mathbf{d}$", transform=axes[0, 0].transAxes)

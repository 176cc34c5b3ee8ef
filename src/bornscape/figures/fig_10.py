"""Fig. 10: training at 16 qubits: exact TVD against epochs, the 15 most probable images, and the images themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.datasets.images import GRIDS
from bornscape.figures.look.curves import at_budget, budget_name, budgets, draw_curves, quartiles
from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.style import SMALLEST_TEXT, legend_below, panel_letters, stack, use_style

SHOWN = 15
BARS = ("mmd_average", "lqf", "kld")
"""Losses whose learned distributions are drawn beside the target."""
HATCHES = ("", "////", "....")
APART = 1
"""Images with an axis of their own: the most probable one would flatten the bars of the others."""


def figure_table(training: pd.DataFrame, final: pd.DataFrame) -> pd.DataFrame:
    """Curves (median and quartiles over repetitions), and the final probabilities of the most probable images."""
    curves = quartiles(training, ["loss", "epoch"], "tvd").assign(panel="a")
    ranked = final.assign(rank=final.groupby(["loss", "repetition"], sort=False).cumcount())
    grouped = ranked[ranked["rank"] < SHOWN].groupby(["loss", "rank", "bitstring", "target"], sort=False)["model"]
    bars = grouped.agg(repetitions="count", low="min", median="median", high="max").reset_index().assign(panel="b")
    columns = ["panel", "loss", "epoch", "rank", "bitstring", "target", "repetitions", "median", "low", "high"]
    return pd.concat([curves, bars], ignore_index=True).reindex(columns=columns)


def figure(
    training: pd.DataFrame, training_final: pd.DataFrame, studies: Mapping[str, Any]
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv and training_final.csv; ``studies`` names the ``run``."""
    use_style()
    training, final = (table[table["experiment"] == studies["run"]] for table in (training, training_final))
    # The paper's figure has 100 shots; a run may have more numbers of them.
    fewest = budgets(training)[-1]
    training, final = at_budget(training, fewest), at_budget(final, fewest)
    run = training.iloc[0]
    table = figure_table(training, final)
    drawn, (above, middle, below) = stack([2.35, 1.9, 1.35])
    curves = above.subplots()
    draw_curves(curves, table[table["panel"] == "a"], markers=8)
    curves.set(xlabel="epoch", ylabel="exact TVD, Σ|p − q|", ylim=(0, 2.05))
    # The first two say what the others are trained on as well.
    curves.set_title(
        f"{DATASET_TITLES[run.dataset]}: n = {run.n_qubits}, {run.n_layers} layers, {budget_name(run.shots)}"
    )
    legend_below(above, curves, 3)
    first, others = middle.subplots(1, 2, width_ratios=[1, 5])
    _bars(first, table[table["panel"] == "b"], range(APART))
    _bars(others, table[table["panel"] == "b"], range(APART, SHOWN))
    first.set_ylabel("probability")
    others.set_xlabel("image, by target probability")
    legend_below(middle, others, 4)
    panel_letters((curves, first))
    _images(below.subplots(2, -(-SHOWN // 2)), table[table["panel"] == "b"], GRIDS[int(run.n_qubits)])
    return drawn, table


def _bars(axis: Axes, table: pd.DataFrame, ranks: Iterable[int]) -> None:
    table = table[table["rank"].isin(list(ranks))]
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
    axes[0, 0].text(-0.1, 1.6, "$\\mathbf{c}$", transform=axes[0, 0].transAxes)

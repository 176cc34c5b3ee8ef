"""A panel of training: our curves, the paper's and models without a circuit, along logarithmic axes; and its legend."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bornscape.figures.look.baselines import baseline_handles, draw_baselines
from bornscape.figures.look.curves import draw_curves, loss_handles
from bornscape.figures.look.published import apart, draw_published_losses, published_entry
from bornscape.figures.look.style import legend_below


def draw_training(axis: Axes, rows: pd.DataFrame, held: pd.DataFrame, lowest: float, markers: int = 5) -> None:
    """Curves from epoch 1 on: ``rows`` of ``beside``; ``held`` of ``panel_baselines``; the TVD from ``lowest`` up.

    As in the paper: losses that end apart by factors lie on each other along a linear axis.
    """
    ours, _ = apart(rows)
    draw_curves(axis, ours[ours["epoch"] > 0], markers=markers, steps=0)
    draw_published_losses(axis, rows)
    axis.set(xscale="log", yscale="log", ylim=(lowest, 3), xlim=(0.9, None))
    draw_baselines(axis, held)


def training_legend(
    drawn: Figure | SubFigure, losses: Iterable[str], baselines: pd.DataFrame, dataset: str, marker: str = ""
) -> None:
    """Below all panels: losses in their order, the published curves, and the baselines that the data set has."""
    held = baseline_handles(baselines[baselines["dataset"] == dataset])
    entries = [*loss_handles(dict.fromkeys(losses)), published_entry(marker=marker, lw=0.8), *held]
    legend_below(drawn, entries, 3)

"""Panels of training: ours, the paper's and models without a circuit; curves over the epochs, and where they end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from bornscape.figures.look.baselines import baseline_handles, draw_baselines, mark_baselines
from bornscape.figures.look.curves import draw_curves, loss_handles
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.published import ABOVE, apart, draw_published, draw_published_losses, published_entry
from bornscape.figures.look.style import SMALLEST_TEXT, legend_below, points

WIDTH = ("median", "low", "high")
HIGHEST = 12.0
"""The end of the axis of where training ends: names of groups stand above the largest TVD, 2."""
STEP = 0.24
"""Between the losses of one place, where places are 1 apart."""


class Place(NamedTuple):
    """What ends at one place of a panel: its tick, the name of its group, its curves and what they are held against."""

    tick: str
    group: str
    rows: pd.DataFrame
    baselines: pd.DataFrame


def draw_training(axis: Axes, rows: pd.DataFrame, held: pd.DataFrame, lowest: float, markers: int = 5) -> None:
    """Curves from epoch 1 on: ``rows`` of ``beside``; ``held`` of ``panel_baselines``; the TVD from ``lowest`` up.

    As in the paper: losses that end apart by factors lie on each other along a linear axis.
    """
    ours, _ = apart(rows)
    draw_curves(axis, ours[ours["epoch"] > 0], markers=markers, steps=0)
    draw_published_losses(axis, rows)
    axis.set(xscale="log", yscale="log", ylim=(lowest, 3), xlim=(0.9, None))
    draw_baselines(axis, held)


def last_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Our rows of the last epoch, and of each published curve the row of the epoch that is nearest to it.

    Examples
    --------
    >>> rows = pd.DataFrame({"source": ["measured"] * 2 + ["published"] * 3, "loss": "kld", "epoch": [0, 9, 1, 10, 99]})
    >>> last_rows(rows)["epoch"].tolist()
    [9, 10]
    """
    ours, theirs = apart(rows)
    last = ours["epoch"].max()
    nearest = (theirs["epoch"] - last).abs().groupby(theirs["loss"]).idxmin()
    return pd.concat([ours[ours["epoch"] == last], theirs.loc[nearest]])


def draw_ends(axis: Axes, places: Sequence[Place], lowest: float) -> None:
    """Where training ends: losses side by side at every place, median and quartiles; open markers: the paper's."""
    groups = [place.group for place in places]
    for x, place in enumerate(places):
        ours, theirs = apart(last_rows(place.rows))
        losses = list(dict.fromkeys(ours["loss"]))
        at = {loss: x + STEP * (k - (len(losses) - 1) / 2) for k, loss in enumerate(losses)}
        for loss in losses:
            colour, marker, _ = LOSS_STYLES[loss]
            own = ours[ours["loss"] == loss]
            points(axis, own, own["loss"].map(at), WIDTH, color=colour, marker=marker, ls="")
            other = theirs[theirs["loss"] == loss]
            draw_published(axis, other.assign(x=other["loss"].map(at)), "x", "median", marker, ls="", zorder=ABOVE)
        # What ends below the panel is marked at its edge.
        for loss in ours.loc[ours["median"] < lowest, "loss"]:
            edge = axis.get_xaxis_transform()
            axis.plot([at[loss]], [0.03], marker=11, ls="", color=LOSS_STYLES[loss][0], ms=3, transform=edge)
        mark_baselines(axis, place.baselines, x)
        if x and groups[x] != groups[x - 1]:
            axis.axvline(x - 0.5, color="0.85", lw=0.6)
    for group in dict.fromkeys(groups):
        middle = groups.index(group) + (groups.count(group) - 1) / 2
        axis.text(middle, 0.7 * HIGHEST, group, ha="center", va="top", fontsize=SMALLEST_TEXT, color="0.3")
    axis.set(yscale="log", ylim=(lowest, HIGHEST), xlim=(-0.6, len(places) - 0.4))
    axis.set_xticks(range(len(places)), [place.tick for place in places])
    axis.tick_params(axis="x", length=0)


def training_legend(
    drawn: Figure | SubFigure, losses: Iterable[str], baselines: pd.DataFrame, dataset: str, marker: str = ""
) -> None:
    """Below all panels: losses in their order, the published curves, and the baselines that the data set has."""
    held = baseline_handles(baselines[baselines["dataset"] == dataset])
    entries = [*loss_handles(dict.fromkeys(losses)), published_entry(marker=marker, lw=0.8), *held]
    legend_below(drawn, entries, 3)

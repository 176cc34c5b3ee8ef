"""Training runs beside the paper's own training curves: levels, and the pace at which they get there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.orders import selected_rows
from bornscape.published import READING_ERRORS, published_training


def _pairs(tables: Tables, settings: Settings) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Each loss, our runs of it and the paper's medians; nothing for a loss without runs.

    ``where`` selects rows of training.csv, ``published`` those of the figure. ``losses`` is a list, or maps our losses
    to those of the figure whose curve they are set beside.
    """
    ours = selected_rows(tables.read("training"), settings["where"])
    theirs = selected_rows(published_training(settings["figure"]), settings["published"])
    losses = settings["losses"]
    for loss, other in losses.items() if isinstance(losses, dict) else zip(losses, losses, strict=True):
        runs = ours[ours["loss"] == loss]
        if not runs.empty:
            yield loss, runs, theirs[theirs["loss"] == other].sort_values("epoch")


def _compared(label: str, values: pd.Series, published: float, reading: float) -> Comparison:
    """The median of the repetitions between their quartiles, with the reading error of what it is compared with."""
    low, median, high = values.quantile([0.25, 0.5, 0.75])
    ends = float(low / (1 + reading)), float(high * (1 + reading))
    label = f"{label}, median of {len(values)}"
    return Comparison(label, float(median), ends[0], ends[1], published, abs(float(median) / published - 1))


def published_tvd(tables: Tables, settings: Settings) -> list[Comparison]:
    """Exact TVD at an epoch beside the paper's median; nothing unless all runs got that far.

    ``epoch`` is of the paper's curve, or "last" for its end; of ours the nearest one that was recorded counts.
    """
    found = []
    for loss, runs, curve in _pairs(tables, settings):
        last = float(curve["epoch"].max())
        wanted = last if settings["epoch"] == "last" else float(settings["epoch"])
        # The ends of both: curves are flat there.
        reached = settings.get("reached", wanted)
        if runs["epoch"].max() < reached:
            return []
        at = min(wanted, float(runs["epoch"].max()))
        nearest = runs["epoch"].unique()[np.abs(runs["epoch"].unique() - at).argmin()]
        published = float(np.interp(np.log(wanted), np.log(curve["epoch"]), curve["median"]))
        label = f"{loss}, epoch {nearest:g}"
        values = runs.loc[runs["epoch"] == nearest, "tvd"]
        found.append(_compared(label, values, published, READING_ERRORS[settings["figure"]]))
    return found


def passing_epoch(epochs: ArrayLike, values: ArrayLike, level: float) -> float:
    """The epoch at which a falling curve first passes a level, between two that were recorded; infinity if never.

    Examples
    --------
    >>> passing_epoch([0, 10, 20], [2.0, 1.5, 0.5], 1.0)
    15.0
    """
    epochs, values = np.asarray(epochs, dtype=np.float64), np.asarray(values, dtype=np.float64)
    below = np.flatnonzero(values < level)
    if not len(below):
        return float("inf")
    k = below[0]
    if k == 0:
        return float(epochs[0])
    share = (values[k - 1] - level) / (values[k - 1] - values[k])
    return float(epochs[k - 1] + share * (epochs[k] - epochs[k - 1]))


def published_pace(tables: Tables, settings: Settings) -> list[Comparison]:
    """Epoch at which the TVD passes ``level`` beside the paper's: the median over runs, between quartiles.

    A run that has not passed counts with its last epoch, so that the number is a lower bound. Where half of the runs
    have not, and the bound is within reach of the paper's, there is nothing to compare.
    """
    found = []
    for loss, runs, curve in _pairs(tables, settings):
        published = passing_epoch(curve["epoch"], curve["median"], settings["level"])
        in_order = runs.sort_values("epoch").groupby("repetition")
        passed = pd.Series([passing_epoch(run["epoch"], run["tvd"], settings["level"]) for _, run in in_order])
        last = float(runs["epoch"].max())
        if passed.median() == np.inf and last < 2 * published:
            return []
        label = f"{loss}, passes {settings['level']:g} at epoch"
        label = f"not yet, {label}" if passed.median() == np.inf else label
        found.append(_compared(label, passed.clip(upper=last), published, READING_ERRORS[settings["figure"]]))
    return found

"""Training curves: exact TVD against epochs, median and quartiles over repetitions, a panel for each depth."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.style import whole_steps


def curve_table(training: pd.DataFrame, experiments: list[str]) -> pd.DataFrame:
    """Median and quartiles of the TVD over repetitions at every epoch of the runs of ``experiments``."""
    rows = training[training["experiment"].isin(experiments)]
    keys = ["experiment", "n_qubits", "n_layers", "shots", "loss", "epoch"]
    return quartiles(rows, keys, "tvd")


def quartiles(rows: pd.DataFrame, keys: list[str], value: str) -> pd.DataFrame:
    """Columns ``repetitions``, ``low``, ``median`` and ``high`` of each group: its size, median and quartiles.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"loss": "mmd", "repetition": [0, 1, 2], "tvd": [0.25, 0.5, 1.0]})
    >>> quartiles(rows, ["loss"], "tvd").to_dict("records")
    [{'loss': 'mmd', 'repetitions': 3, 'low': 0.375, 'median': 0.5, 'high': 0.75}]
    """
    # Exact gradients have no number of shots, which groups cannot be joined by: joined by their numbers instead.
    groups = rows.groupby(keys, sort=False, dropna=False)
    grouped = rows[value].groupby(groups.ngroup(), sort=True)
    table = rows[keys].groupby(groups.ngroup(), sort=True).nth(0).reset_index(drop=True)
    levels = {"low": grouped.quantile(0.25), "median": grouped.median(), "high": grouped.quantile(0.75)}
    return table.assign(repetitions=grouped.count(), **levels)


def budgets(table: pd.DataFrame) -> list[float]:
    """Numbers of shots of a table: exact gradients (NaN) first, then ever fewer."""
    return sorted(table["shots"].unique(), key=lambda shots: -float("inf") if pd.isna(shots) else -shots)


def at_budget(table: pd.DataFrame, shots: float) -> pd.DataFrame:
    """Rows with so many shots; NaN stands for exact gradients."""
    return table[table["shots"].isna() if pd.isna(shots) else table["shots"] == shots]


def budget_name(shots: float, short: bool = False) -> str:
    """How a panel names its number of shots; NaN is exact.

    Examples
    --------
    >>> budget_name(1000), budget_name(float("nan")), budget_name(float("nan"), short=True)
    ('1000 shots', 'exact gradients', 'exact')
    """
    exact = "exact" if short else "exact gradients"
    return exact if pd.isna(shots) else f"{shots:g} shots"


def layers_name(layers: float) -> str:
    """How a panel names its depth.

    Examples
    --------
    >>> layers_name(1), layers_name(4)
    ('1 layer', '4 layers')
    """
    return f"{layers:g} layer{'s' if layers > 1 else ''}"


def draw_curves(axis: Axes, table: pd.DataFrame, markers: int = 5, steps: int = 5, bands: bool = True) -> None:
    """Curves of one panel, a loss each; bands are quartiles; at most ``steps`` ticks along x, 0 for the axis's own."""
    for place, (loss, rows) in enumerate(table.groupby("loss", sort=False)):
        colour, marker, name = LOSS_STYLES[str(loss)]
        if bands:
            axis.fill_between(rows["epoch"], rows["low"], rows["high"], color=colour, alpha=0.2, lw=0)
        every = max(1, len(rows) // markers)
        # Markers of different losses at different epochs: curves that agree stay apart.
        start = place * every // 4 if len(rows) > markers else 0
        axis.plot(rows["epoch"], rows["median"], color=colour, marker=marker, markevery=(start, every), label=name)
    if steps:
        whole_steps(axis, steps)


def draw_single_runs(axis: Axes, runs: pd.DataFrame) -> None:
    """Every run of a panel as a line of its own, thin: minima are few, and a median of them need not be one."""
    for loss, rows in runs.groupby("loss", sort=False):
        for _, run in rows.groupby("repetition", sort=False):
            axis.plot(run["epoch"], run["tvd"], color=LOSS_STYLES[str(loss)][0], lw=0.35, alpha=0.45, zorder=1.8)


def loss_handles(losses: Iterable[str]) -> list[Line2D]:
    """Entries of a legend for these losses."""
    styles = [LOSS_STYLES[loss] for loss in losses]
    return [Line2D([], [], color=colour, marker=marker, label=name) for colour, marker, name in styles]

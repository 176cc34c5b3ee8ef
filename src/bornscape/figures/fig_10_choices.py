"""What decides Fig. 10: final TVDs where one choice that the paper leaves open is another, and which loss is ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.curves import loss_handles, quartiles
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.published import NAME, published_entry
from bornscape.figures.look.style import legend_below, panel_letters, stack, use_style
from bornscape.published import published_training
from bornscape.statistics import paired_shift

LABELS = {
    "": "base",
    "rate": "stated rate, 0.01",
    "ladder": "CX alone in a layer",
    "columns": "pixels by columns",
    "spread": "missing mass spread",
    "showers": "GFlash showers",
    "jets": "particle jets",
    "near": "start near identity",
    "marginals": "start at marginals",
    "layers": "layers",
    "shots": "more shots",
    "shift": "losses shifted",
    "phases": "LQF otherwise",
    "kld": "KLD otherwise",
}
"""What an experiment changes, by the end of its name after the base's."""

ORDERS = (("lqf", "mmd_average"), ("kld", "mmd_average"))
"""Differences of final TVDs that are shown: positive where the second loss is ahead, as in the paper."""


def _label(end: str, layers: int, shots: float) -> str:
    name = f"{layers} layers" if end == "layers" else LABELS[end]
    return f"{name}, {'exact' if np.isnan(shots) else f'{shots:g} shots'}"


def _variants(training: pd.DataFrame, base: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each variant's label and its runs: exact gradients and shots apart, the base first."""
    names = [name for name in dict.fromkeys(training["experiment"]) if name == base or name.startswith(f"{base}_")]
    for name in sorted(names, key=lambda name: list(LABELS).index(name[len(base) + 1 :])):
        runs = training[training["experiment"] == name]
        for (layers, shots), rows in runs.groupby(["n_layers", "shots"], dropna=False):
            yield _label(name[len(base) + 1 :], layers, shots), rows


def figure_table(training: pd.DataFrame, base: str) -> pd.DataFrame:
    """Final TVDs of every variant and loss, and paired differences between losses, at the last epoch that all have.

    Rows of part "tvd" have the median and quartiles; rows of part "order" the Hodges-Lehmann shift of loss less
    ``against``, with its exact 95 % interval, where there are two pairs or more.
    """
    chosen = training[training["experiment"].str.match(rf"{base}(_|$)")]
    epoch = int(chosen.groupby("experiment")["epoch"].max().min())
    parts = []
    for label, runs in _variants(chosen, base):
        ends = runs[runs["epoch"] == epoch]
        parts.append(quartiles(ends, ["loss"], "tvd").assign(part="tvd", variant=label))
        by_loss = ends.pivot_table(index="repetition", columns="loss", values="tvd")
        for loss, against in ORDERS:
            if {loss, against} <= set(by_loss) and len(pairs := by_loss[[loss, against]].dropna()) > 1:
                middle, low, high = paired_shift(pairs[loss], pairs[against])
                row = {"loss": loss, "against": against, "repetitions": len(pairs), "median": middle}
                parts.append(pd.DataFrame([row | {"low": low, "high": high, "part": "order", "variant": label}]))
    last = published_training("10").groupby("loss", sort=False).tail(1)
    parts.insert(0, last[["loss", "median", "low", "high"]].assign(part="tvd", variant=NAME))
    table = pd.concat(parts, ignore_index=True).assign(epoch=epoch)
    columns = ["part", "variant", "epoch", "loss", "against", "repetitions", "median", "low", "high", "place"]
    return table.assign(place=_places(table)).reindex(columns=columns)


def _places(table: pd.DataFrame) -> pd.Series:
    """Heights of the rows: one a variant, losses one below the other in it."""
    variants, losses = (list(dict.fromkeys(table[name])) for name in ("variant", "loss"))
    shifts = table["loss"].map(lambda loss: 0.56 * ((losses.index(loss) + 0.5) / len(losses) - 0.5))
    return table["variant"].map(variants.index) + shifts


def figure(training: pd.DataFrame, studies: Mapping[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from training.csv; ``studies`` names the ``base``."""
    use_style()
    table = figure_table(training, studies["base"])
    variants = list(dict.fromkeys(table["variant"]))
    drawn, (block,) = stack([0.9 + 0.23 * len(variants)])
    ends, orders = block.subplots(1, 2, sharey=True, width_ratios=[1.3, 1])
    _rows(ends, table[table["part"] == "tvd"])
    _rows(orders, table[table["part"] == "order"])
    orders.axvline(0, color="0.5", lw=0.6, zorder=0)
    ends.set_yticks(range(len(variants)), variants)
    ends.set_ylim(len(variants) - 0.4, -0.6)
    ends.set(xlabel="final TVD")
    orders.set(xlabel="final TVD minus\nthe MMD's")
    panel_letters((ends, orders))
    losses = [loss for loss in LOSS_STYLES if loss in set(table["loss"])]
    # The names of the KLD's forms are long: all that the paper's scale trains would not fit side by side.
    legend_below(block, [*loss_handles(losses), published_entry(marker="o", lw=0)], 3 if len(losses) < 9 else 2)
    return drawn, table


def _rows(axis: Axes, table: pd.DataFrame) -> None:
    """Intervals at their places; open markers are the paper's."""
    for loss, rows in table.groupby("loss", sort=False):
        colour, marker, _ = LOSS_STYLES[str(loss)]
        for own, part in rows.groupby(rows["variant"] != NAME):
            bars = [(part["median"] - part["low"]).clip(lower=0), (part["high"] - part["median"]).clip(lower=0)]
            style: dict[str, Any] = {"color": colour, "marker": marker, "ms": 2.8, "lw": 0, "elinewidth": 0.6}
            axis.errorbar(part["median"], part["place"], xerr=bars, mfc=colour if own else "white", **style)

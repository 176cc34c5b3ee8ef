"""The paper's Table I as a picture: what is left of each loss's signal as circuits grow, and our verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.style import SMALLEST_TEXT, grid, panel_letters, points, use_style

SHOTS = 512
START = 4
"""Qubits that variances are compared with; smaller circuits are no trend."""
LOWEST = 3e-9
TICKS = (4, 10, 100, 1000)
TINTS = {"yes": "#e3f1e8", "no": "#fae5e0"}
"""Behind a panel; other verdicts have grey."""
UNDECIDED = {"not_run": "not run"}

ROWS = {
    "conventional": ("kld", "explicit loss (KLD),\nestimated from shots"),
    "quantum": ("lqf", "explicit loss (LQF),\nquantum strategy"),
    "mmd": ("mmd_n4", "implicit loss\n(MMD, s = n/4)"),
}
"""Loss and name of each strategy."""
COLUMNS = {"product": "product", "shallow": "$\\log_2 n$ layers", "deep": "deep"}


class Source(NamedTuple):
    """Where a panel's curve is: a part of ``studies``, the data set and the depth."""

    part: str
    dataset: str
    depth: str


SOURCES = {
    ("conventional", "product"): Source("estimates_product", "zero", "product"),
    ("conventional", "shallow"): Source("estimates", "o_n", "shallow"),
    ("conventional", "deep"): Source("estimates", "o_n", "deep"),
    ("quantum", "product"): Source("fidelity_wide", "zero", "product"),
    ("quantum", "shallow"): Source("fidelity_wide", "o_n", "shallow"),
    ("quantum", "deep"): Source("fidelity_deep", "o_n", "deep"),
    ("mmd", "product"): Source("mmd_product", "zero", "product"),
    ("mmd", "shallow"): Source("mmd_wide", "o_n", "shallow"),
    ("mmd", "deep"): Source("mmd_deep", "o_n", "deep"),
}


def _at_depth(rows: pd.DataFrame, depth: str) -> pd.DataFrame:
    """Rows of a depth by n; random product circuits count no layers."""
    layers, n = rows["n_layers"].astype(float), rows["n_qubits"]
    chosen = {
        "product": (layers == 0) | layers.isna(),
        "shallow": layers == np.maximum(1, np.round(np.log2(n))),
        "deep": np.isinf(layers),
    }
    return rows[chosen[depth]].sort_values("n_qubits")


def _estimates(fixed_points: pd.DataFrame, source: Source, study: str) -> pd.DataFrame:
    """Share of draws whose estimated KLD is off its fixed point: the others hold nothing of the data."""
    rows = fixed_points[(fixed_points["experiment"] == study) & (fixed_points["loss"] == "kld")]
    rows = _at_depth(rows[(rows["shots"] == SHOTS) & (rows["dataset"] == source.dataset)], source.depth)
    return rows.assign(signal=1 - rows["fraction"], low=1 - rows["ci_high"], high=1 - rows["ci_low"])


def _variances(variance: pd.DataFrame, source: Source, study: str, loss: str) -> pd.DataFrame:
    """Exact variance over that of the smallest circuit."""
    rows = variance[(variance["experiment"] == study) & variance["shots"].isna()]
    of_loss = (rows["loss"] == "mmd") & (rows["bandwidth"] == "n/4") if loss == "mmd_n4" else rows["loss"] == loss
    rows = _at_depth(rows[of_loss & (rows["dataset"] == source.dataset)], source.depth)
    rows = rows[rows["n_qubits"] >= START]
    first = rows["variance"].iloc[0] if len(rows) else np.nan
    return rows.assign(signal=rows["variance"] / first, low=rows["ci_low"] / first, high=rows["ci_high"] / first)


def figure_table(
    trainability_table: pd.DataFrame, variance: pd.DataFrame, fixed_points: pd.DataFrame, studies: Mapping[str, Any]
) -> pd.DataFrame:
    """What the figure shows: ``signal`` by n for every cell of the trainability table, with its verdicts.

    ``studies`` names the entries of the configuration that ``SOURCES`` speaks of.
    """
    parts = []
    for (strategy, depth), source in SOURCES.items():
        loss, study = ROWS[strategy][0], studies[source.part]
        explicit = strategy == "conventional"
        rows = _estimates(fixed_points, source, study) if explicit else _variances(variance, source, study, loss)
        parts.append(rows.assign(strategy=strategy, circuit_depth=depth, loss=loss))
    kept = ["strategy", "circuit_depth", "loss", "experiment", "dataset", "n_qubits", "n_layers", "draws"]
    table = pd.concat(parts, ignore_index=True)[[*kept, "signal", "low", "high"]]
    verdicts = trainability_table[["circuit_depth", "strategy", "verdict", "paper"]]
    return table.merge(verdicts, on=["circuit_depth", "strategy"], how="left")


def figure(
    trainability_table: pd.DataFrame, variance: pd.DataFrame, fixed_points: pd.DataFrame, studies: Mapping[str, Any]
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table: a row for each strategy, a column for each depth, on the same logarithmic axes."""
    use_style()
    table = figure_table(trainability_table, variance, fixed_points, studies)
    verdicts = trainability_table.set_index(["strategy", "circuit_depth"])["verdict"]
    drawn, axes = grid(len(ROWS), len(COLUMNS), 3.5, sharex=True, sharey=True)
    for line, (strategy, (_, name)) in zip(axes, ROWS.items(), strict=True):
        for axis, depth in zip(line, COLUMNS, strict=True):
            cell = (table["strategy"] == strategy) & (table["circuit_depth"] == depth)
            _panel(axis, table[cell], str(verdicts.get((strategy, depth), "not_run")))
        line[0].set_ylabel(name)
    for axis, title in zip(axes[0], COLUMNS.values(), strict=True):
        axis.set_title(title)
    axes[-1, 1].set_xlabel("qubits n")
    drawn.supylabel("signal that is left")
    panel_letters(axes.ravel())
    return drawn, table


def _panel(axis: Axes, rows: pd.DataFrame, verdict: str) -> None:
    axis.set_facecolor(TINTS.get(verdict, "0.95"))
    seen, none = rows[rows["signal"] > 0], rows[rows["signal"] == 0]
    for loss in rows["loss"].unique():
        colour, marker, _ = LOSS_STYLES[loss]
        points(axis, seen, "n_qubits", ("signal", "low", "high"), color=colour, marker=marker)
        # No draw of all was off its fixed point.
        axis.plot(
            none["n_qubits"], [0.04] * len(none), marker=11, ls="", color=colour, transform=axis.get_xaxis_transform()
        )
    axis.text(0.06, 0.06, UNDECIDED.get(verdict, verdict), transform=axis.transAxes, ha="left", va="bottom",
              fontsize=SMALLEST_TEXT, fontweight="bold")  # fmt: skip
    axis.set(xscale="log", yscale="log", ylim=(LOWEST, 3), xlim=(3.2, 1300))
    axis.set_xticks(TICKS, [str(tick) for tick in TICKS])

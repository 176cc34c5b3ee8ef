"""Trainable but wrong: what local, global, full-bodied and annealed MMDs learn of a target that is one parity."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.claims.measurements.first_gradients import typical_ratios
from bornscape.figures.look.curves import at_budget, budget_name, budgets, draw_curves, quartiles
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.style import at_line, grid, legend_below, panel_letters, points, use_style, whole_numbers

TARGET = "parity"
LOSSES = ("mmd_n4", "mmd_0.1", "mmd_average", "mmd_annealed")
START = ("0.5", "x", "before training")
SHOWN = ("median", "low", "high")
SHOWN_SIZE = 6
"""Qubits of the curves and spectra, or the largest number that was trained."""
COLUMNS = ["panel", "circuit", "loss", "n_qubits", "shots", "epoch", "order", "repetitions", "median", "low", "high"]


def _signals(circuit: str, rows: pd.DataFrame) -> list[pd.DataFrame]:
    names = {"ratio": "median", "ci_low": "low", "ci_high": "high"}
    return [
        typical_ratios(part)
        .rename(columns=names)
        .assign(
            panel="signal",
            circuit=circuit,
            loss=loss,
            shots=part["shots"].iloc[0],
            epoch=0,
            repetitions=part["repetition"].nunique(),
        )
        for loss, part in rows.groupby("loss", sort=False)
    ]


def figure_table(
    trainable_but_wrong: pd.DataFrame, parity_signal: pd.DataFrame, parity_signal_product: pd.DataFrame
) -> pd.DataFrame:
    """What the figure shows, for the target of even parity: median and quartiles over repetitions.

    Panels: ``signal`` (geometric mean and 95 % interval), ``hidden``, the deviation of the hidden correlation after
    training at every size, and at ``SHOWN_SIZE`` qubits ``tvd`` by epoch and ``rms`` of each order before and after.
    """
    rows = trainable_but_wrong[trainable_but_wrong["target"] == TARGET]
    sizes = set(rows["n_qubits"])
    size = SHOWN_SIZE if SHOWN_SIZE in sizes else max(sizes)
    last = rows["epoch"].max()
    keys = ["loss", "n_qubits", "shots", "epoch"]
    once, shown = rows[rows["order"] == 1], rows[rows["n_qubits"] == size]
    # All losses of a repetition start alike.
    start = shown[(shown["epoch"] == 0) & (shown["loss"] == LOSSES[0])].assign(loss="start")
    parts = [
        *_signals("line", parity_signal),
        *_signals("product_ry", parity_signal_product),
        quartiles(once[once["n_qubits"] == size], keys, "tvd").assign(panel="tvd"),
        quartiles(pd.concat([start, shown[shown["epoch"] == last]]), [*keys, "order"], "rms").assign(panel="rms"),
        quartiles(once[once["epoch"] == last], keys, "hidden").assign(panel="hidden"),
    ]
    return pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)


def figure(
    trainable_but_wrong: pd.DataFrame, parity_signal: pd.DataFrame, parity_signal_product: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table."""
    use_style()
    table = figure_table(trainable_but_wrong, parity_signal, parity_signal_product)
    counts = budgets(table[table["panel"] == "tvd"])
    shown = [counts[0], counts[-1]]
    drawn, axes = grid(3, 2, 4.9)
    _signal(axes[0, 0], table[table["panel"] == "signal"])
    _hidden(axes[0, 1], table[table["panel"] == "hidden"], shown)
    for column, shots in enumerate(shown):
        part = at_budget(table, shots)
        title = f"{budget_name(shots)}, n = {part.loc[part['panel'] == 'tvd', 'n_qubits'].iloc[0]:g}"
        curves, orders = axes[1:, column]
        draw_curves(curves, part[part["panel"] == "tvd"])
        # The uniform distribution has every marginal of the target but the whole string.
        curves.axhline(1, color="0.6", lw=0.6, ls=":")
        at_line(curves, "uniform distribution", 0.98, 1.07, across=True, ha="right")
        curves.set(xlabel="epoch", ylim=(0, 2), title=title)
        _orders(orders, part[part["panel"] == "rms"])
    axes[1, 0].set_ylabel("exact TVD, Σ|p − q|")
    axes[2, 0].set_ylabel("rms deviation of q from p")
    axes[2, 1].sharey(axes[2, 0])
    panel_letters(axes.ravel())
    legend_below(drawn, axes[2, 1], 2)
    return drawn, table


def _signal(axis: Axes, table: pd.DataFrame) -> None:
    for (circuit, loss), rows in table.groupby(["circuit", "loss"], sort=False):
        colour, marker, _ = LOSS_STYLES[str(loss)]
        style = {"ls": "-"} if circuit == "line" else {"ls": ":", "mfc": "white"}
        points(axis, rows, "n_qubits", SHOWN, color=colour, marker=marker, **style)
    axis.axhline(1, color="0.6", lw=0.6)
    at_line(axis, "signal = noise", 0.02, 0.9, across=True, va="top")
    axis.set(xscale="log", yscale="log", xlabel="qubits n", ylabel="signal-to-noise ratio")
    whole_numbers(axis, (4, 10, 30, 100))
    axis.set_title(f"start, {table['shots'].iloc[0]:g} shots")


def _orders(axis: Axes, table: pd.DataFrame) -> None:
    for loss in ("start", *LOSSES):
        colour, marker, name = START if loss == "start" else LOSS_STYLES[loss]
        line = "--" if loss == "start" else "-"
        rows = table[table["loss"] == loss]
        points(axis, rows, "order", SHOWN, color=colour, marker=marker, ls=line, label=name)
    axis.set(yscale="log", xlabel="order of correlation")
    axis.set_xticks(sorted(table["order"].unique().astype(int)))


def _hidden(axis: Axes, table: pd.DataFrame, counts: list[float]) -> None:
    """Filled and solid with the fewest shots, open and dotted with exact gradients."""
    for shots in dict.fromkeys(counts):
        style = {"ls": ":", "mfc": "white"} if np.isnan(shots) else {"ls": "-"}
        for loss in LOSSES:
            rows = at_budget(table, shots)
            rows = rows[rows["loss"] == loss]
            colour, marker, _ = LOSS_STYLES[loss]
            points(axis, rows, "n_qubits", SHOWN, color=colour, marker=marker, **style)
    axis.set(xlabel="qubits n", ylabel="hidden parity's deviation", ylim=(-0.05, 1.3))
    axis.set_xticks(sorted(table["n_qubits"].unique()))
    axis.set_title("after training")

"""Trainable but wrong: what local, global, full-bodied and annealed MMDs learn of a target that is one parity."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.evidence.first_gradients import typical_ratios
from bornscape.figures.style import LOSS_STYLES, PAGE_WIDTH, panel_letters, use_style

TARGET = "parity"
LOSSES = ("mmd_n4", "mmd_0.1", "mmd_average", "mmd_annealed")
START = ("0.5", ".", "before training")
SHOWN_SIZE = 6
"""Qubits of the curves and spectra, or the largest number that was trained."""
COLUMNS = ["panel", "circuit", "loss", "n_qubits", "shots", "epoch", "order", "repetitions", "median", "low", "high"]


def _quartiles(rows: pd.DataFrame, keys: list[str], value: str, panel: str) -> pd.DataFrame:
    """Median and quartiles over repetitions."""
    found = rows.groupby(keys, sort=False, dropna=False)[value].describe(percentiles=[0.25, 0.5, 0.75])
    found = found[["count", "25%", "50%", "75%"]].reset_index().assign(panel=panel)
    return found.rename(columns={"count": "repetitions", "25%": "low", "50%": "median", "75%": "high"})


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
        _quartiles(once[once["n_qubits"] == size], keys, "tvd", "tvd"),
        _quartiles(pd.concat([start, shown[shown["epoch"] == last]]), [*keys, "order"], "rms", "rms"),
        _quartiles(once[once["epoch"] == last], keys, "hidden", "hidden"),
    ]
    return pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS)


def figure(
    trainable_but_wrong: pd.DataFrame, parity_signal: pd.DataFrame, parity_signal_product: pd.DataFrame
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table."""
    use_style()
    table = figure_table(trainable_but_wrong, parity_signal, parity_signal_product)
    budgets = sorted(table.loc[table["panel"] == "tvd", "shots"].unique(), key=lambda s: -np.inf if np.isnan(s) else -s)
    shown = [budgets[0], budgets[-1]]
    drawn, axes = plt.subplots(2, 3, figsize=(PAGE_WIDTH, 4.4))
    _signal(axes[0, 0], table[table["panel"] == "signal"])
    _hidden(axes[1, 0], table[table["panel"] == "hidden"], shown)
    for column, shots in enumerate(shown, start=1):
        part = _at(table, shots)
        title = f"{_budget(shots)}, n = {part.loc[part['panel'] == 'tvd', 'n_qubits'].iloc[0]:g}"
        _curves(axes[0, column], part[part["panel"] == "tvd"], title)
        _orders(axes[1, column], part[part["panel"] == "rms"], title)
    panel_letters(axes.ravel())
    handles, labels = axes[1, 1].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=6.5)
    return drawn, table


def _at(table: pd.DataFrame, shots: float) -> pd.DataFrame:
    return table[table["shots"].isna() if np.isnan(shots) else table["shots"] == shots]


def _budget(shots: float) -> str:
    return "exact gradients" if np.isnan(shots) else f"{shots:g} shots"


def _signal(axis: Axes, table: pd.DataFrame) -> None:
    for (circuit, loss), rows in table.groupby(["circuit", "loss"], sort=False):
        colour, marker, _ = LOSS_STYLES[str(loss)]
        errors = [rows["median"] - rows["low"], rows["high"] - rows["median"]]
        line, face = ("-", colour) if circuit == "line" else (":", "white")
        axis.errorbar(
            rows["n_qubits"],
            rows["median"],
            yerr=errors,
            color=colour,
            marker=marker,
            mfc=face,
            ls=line,
            elinewidth=0.6,
        )
    axis.axhline(1, color="0.6", lw=0.6)
    ticks = [4, 8, 16, 32, 64, 100]
    axis.set(xscale="log", yscale="log", xlabel="qubits n", ylabel="signal-to-noise ratio")
    axis.set_xticks(ticks, [str(n) for n in ticks])
    axis.minorticks_off()
    axis.set_title(f"first gradient, {table['shots'].iloc[0]:g} shots")


def _curves(axis: Axes, table: pd.DataFrame, title: str) -> None:
    for loss in LOSSES:
        rows = table[table["loss"] == loss]
        colour, marker, _ = LOSS_STYLES[loss]
        axis.fill_between(rows["epoch"], rows["low"], rows["high"], color=colour, alpha=0.2, lw=0)
        axis.plot(rows["epoch"], rows["median"], color=colour, marker=marker)
    # The uniform distribution has every marginal of the target but the whole string.
    axis.axhline(1, color="0.6", lw=0.6, ls=":")
    axis.set(xlabel="epoch", ylabel="exact TVD, Σ|p − q|", ylim=(0, 2), title=title)


def _orders(axis: Axes, table: pd.DataFrame, title: str) -> None:
    for loss in ("start", *LOSSES):
        rows = table[table["loss"] == loss]
        colour, marker, name = START if loss == "start" else LOSS_STYLES[loss]
        errors = [rows["median"] - rows["low"], rows["high"] - rows["median"]]
        line = "--" if loss == "start" else "-"
        axis.errorbar(
            rows["order"],
            rows["median"],
            yerr=errors,
            color=colour,
            marker=marker,
            ls=line,
            elinewidth=0.6,
            label=name,
        )
    axis.set(yscale="log", xlabel="order of the correlation", ylabel="rms deviation of q from p", title=title)
    axis.set_xticks(sorted(table["order"].unique().astype(int)))


def _hidden(axis: Axes, table: pd.DataFrame, budgets: list[float]) -> None:
    """Filled and solid with the fewest shots, open and dotted with exact gradients."""
    for shots in dict.fromkeys(budgets):
        exact = bool(np.isnan(shots))
        for loss in LOSSES:
            rows = _at(table, shots)
            rows = rows[rows["loss"] == loss]
            colour, marker, _ = LOSS_STYLES[loss]
            axis.errorbar(
                rows["n_qubits"],
                rows["median"],
                yerr=[rows["median"] - rows["low"], rows["high"] - rows["median"]],
                color=colour,
                marker=marker,
                mfc="white" if exact else colour,
                ls=":" if exact else "-",
                elinewidth=0.6,
            )
    axis.set(xlabel="qubits n", ylabel="hidden parity's deviation", ylim=(-0.05, 1.3))
    axis.set_xticks(sorted(table["n_qubits"].unique()))
    axis.set_title("after training")

"""Fig. 5: weights of the MMD's 2l-body terms, their mean and variance against n, and what truncation costs."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape import theory
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import DATASET_STYLES, KERNEL_STYLES
from bornscape.figures.look.published import OURS, apart, beside, draw_published, published_entry
from bornscape.figures.look.style import legend_below, log_sizes, panel_letters, stack, use_style, whole_steps
from bornscape.formulas import Bandwidth, bandwidth_values
from bornscape.published import published_curves

SIZES = [50, 100, 200]
"""The paper's."""

TRUNCATED = "n/4"
LINES = ["-", "--", "-.", ":"]
OPPOSITE = ("0.3", "x")
"""Colour and marker of the pair of opposite strings."""


def moments(weights: pd.DataFrame) -> pd.DataFrame:
    """Mean and variance of the bodyness 2l at every size and bandwidth, from the weights."""
    rows = []
    for (label, n), group in weights.groupby(["bandwidth", "n_qubits"], sort=False):
        bodyness = 2 * group["wires"].to_numpy()
        mean = float(group["weight"] @ bodyness)
        rows.append((label, n, mean, float(group["weight"] @ (bodyness - mean) ** 2)))
    return pd.DataFrame(rows, columns=["bandwidth", "n_qubits", "mean", "variance"])


def truncated(truncation: pd.DataFrame, bandwidth: Bandwidth) -> pd.DataFrame:
    """Largest truncation errors at ``TRUNCATED``, of this formula, and the largest size; both bounds of Prop. 4."""
    rows = truncation[(truncation["bandwidth"] == TRUNCATED)]
    rows = rows[rows["n_qubits"] == rows["n_qubits"].max()].copy()
    n = int(rows["n_qubits"].max())
    (s,) = bandwidth_values(bandwidth, n)
    rows["bound_sum"] = [theory.truncation_bound(n, s, k) for k in rows["k"]]
    rows["bound_closed"] = [theory.truncation_bound_closed(n, s, k) for k in rows["k"]]
    return rows


def figure(
    fig_5: pd.DataFrame, truncation: pd.DataFrame, bandwidths: Mapping[str, Bandwidth]
) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from fig_5.csv and truncation.csv, whose labels ``bandwidths`` gives as formulas."""
    use_style()
    drawn, (above, middle, below) = stack([1.35, 1.75, 2.2])
    shown = fig_5[fig_5["n_qubits"].isin(SIZES)]
    shown = beside(shown, published_curves("5"), {"x": "wires", "y": "weight"})
    weights = above.subplots(1, 3, sharey=True)
    for axis, n in zip(weights, SIZES, strict=True):
        _weights(axis, shown[shown["n_qubits"] == n], n)
    weights[0].set_ylabel("weight $w_s(l)$")
    summary, errors = moments(fig_5), truncated(truncation, bandwidths[TRUNCATED])
    moment = middle.subplots(1, 2)
    for axis, name in zip(moment, ("mean", "variance"), strict=True):
        _moment(axis, summary, name)
    legend_below(middle, [*moment[0].get_legend_handles_labels()[0], published_entry(ls="")], 3)
    error = below.subplots()
    _truncation(error, errors)
    legend_below(below, error, 3)
    panel_letters([*weights, *moment, error])
    parts = {"weights": shown, "moments": summary, "truncation": errors}
    table = pd.concat([part.assign(panel=name) for name, part in parts.items()], ignore_index=True)
    return drawn, table.fillna({"source": OURS})


def _weights(axis: Axes, rows: pd.DataFrame, n: int) -> None:
    ours, theirs = apart(rows)
    for (label, (colour, marker, _)), line in zip(_kernels(ours), LINES, strict=False):
        part = ours[ours["bandwidth"] == label]
        axis.plot(2 * part["wires"], part["weight"], color=colour, linestyle=line)
        dots = theirs[theirs["bandwidth"] == label]
        draw_published(axis, dots.assign(bodyness=2 * dots["wires"]), "bodyness", "weight", marker, ls="")
    axis.set(yscale="log", ylim=(1e-4, 1), xlim=(0, 1.3 * n), xlabel="bodyness 2l", xticks=(0, n // 2, n))
    axis.set_title(f"n = {n}")


def _kernels(rows: pd.DataFrame) -> list[tuple[str, tuple]]:
    present = set(rows["bandwidth"])
    return [(label, style) for label, style in KERNEL_STYLES.items() if label in present]


def _moment(axis: Axes, rows: pd.DataFrame, name: str) -> None:
    for (label, (colour, marker, title)), line in zip(_kernels(rows), LINES, strict=False):
        part = rows[rows["bandwidth"] == label].sort_values("n_qubits")
        axis.plot(part["n_qubits"], part[name], color=colour, marker=marker, linestyle=line, label=title)
    axis.set(xscale="log", yscale="log", xlabel="qubits n", ylabel=f"{name} of the bodyness")
    log_sizes(axis)


def _truncation(axis: Axes, rows: pd.DataFrame) -> None:
    bounds = rows.drop_duplicates("k").sort_values("k")
    axis.plot(bounds["k"], bounds["bound_closed"], color="0.2", linestyle="--", label="closed bound")
    axis.plot(bounds["k"], bounds["bound_sum"], color="0.2", label="bound with the sum")
    for (ansatz, dataset), part in rows.groupby(["ansatz", "dataset"], sort=False):
        if ansatz == "product":
            continue
        opposite = ansatz == "opposite"
        colour, marker = OPPOSITE if opposite else DATASET_STYLES[str(dataset)]
        name = "$|0…0\\rangle$, $|1…1\\rangle$" if opposite else DATASET_TITLES[str(dataset)]
        axis.plot(part["k"], part["error_largest"], marker, color=colour, mfc="none", mew=0.8, label=name)
    axis.set(yscale="log", xlabel="wires kept k", ylabel="$|$MMD − MMD$_k|$")
    axis.set_title(f"n = {rows['n_qubits'].max()}, s = n/4")
    whole_steps(axis)

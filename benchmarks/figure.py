"""The figure of the measurements: time of a unit of work for every contender, one panel a part."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.style import COLUMN_WIDTH, legend_below, use_style

OURS = "bornscape"
PANELS = {
    "draws": "a draw",
    "everything": "a draw with all losses",
    "gradients": "an exact gradient (KLD)",
    "epochs": "a sampled epoch",
    "samples": "MMD from samples",
}
SHORT = {
    "PennyLane lightning.qubit": "lightning.qubit",
    "PennyLane default.qubit": "default.qubit",
    "TensorCircuit-NG (JAX)": "TensorCircuit-NG",
    "JAX, fused gates": "JAX",
    "JAX kernel matrix": "JAX",
    "Catalyst qjit": "Catalyst",
    "NumPy kernel matrix": "NumPy",
    "scikit-learn rbf_kernel": "scikit-learn",
}
MARKERS = "osD^vP*X<>p"


def _named(who: str) -> str:
    name = who.removesuffix(" and NumPy")
    return SHORT.get(name, name)


def _panel(axis: Axes, rows: pd.DataFrame, title: str, markers: dict[str, str], colours: dict[str, object]) -> None:
    cases = list(dict.fromkeys(rows["case"]))
    for name, group in rows.groupby(rows["who"].map(_named), sort=False):
        places = [cases.index(case) for case in group["case"]]
        bars = [group["median_ms"] - group["q1_ms"], group["q3_ms"] - group["median_ms"]]
        style = (
            {"color": "black", "zorder": 3} if name == OURS else {"color": colours[name], "markerfacecolor": "white"}
        )
        axis.errorbar(places, group["median_ms"], bars, fmt=markers[name], elinewidth=0.6, label=name, **style)
    axis.set_yscale("log")
    axis.set_xticks(range(len(cases)), cases, rotation=60, ha="right", rotation_mode="anchor")
    axis.set_title(title, loc="left")
    axis.margins(x=0.08)


def figure(table: pd.DataFrame) -> Figure:
    """Panels by part, double precision (epochs: single); bars are quartiles over rounds."""
    use_style()
    shown = table[table["part"].isin(PANELS) & ((table["precision"] == "double") | (table["part"] == "epochs"))]
    # Gradients of the three losses cost much the same; a panel has room for one.
    shown = shown[(shown["part"] != "gradients") | shown["case"].str.startswith("kld ")]
    shown = shown.assign(case=shown["case"].str.removeprefix("kld ").str.replace("N=M=", "N="))
    names = list(dict.fromkeys([OURS, *shown["who"].map(_named)]))
    markers = dict(zip(names, MARKERS, strict=False))
    colours = dict(zip(names, plt.get_cmap("viridis")([k / len(names) for k in range(len(names))]), strict=True))
    parts = [part for part in PANELS if part in set(shown["part"])]
    drawn, axes = plt.subplots(-(-len(parts) // 2) or 1, 2, figsize=(COLUMN_WIDTH, 2.1 * (-(-len(parts) // 2) or 1)))
    for axis, part in zip(axes.ravel(), parts, strict=False):
        _panel(axis, shown[shown["part"] == part], PANELS[part], markers, colours)
    for axis in axes.ravel()[len(parts) :]:
        axis.set_axis_off()
    drawn.supylabel("milliseconds")
    handles = {
        name: handle for axis in axes.ravel() for handle, name in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    legend_below(drawn, handles.values(), 3)
    return drawn

"""The figure of the measurements: how many times as long as ours every contender takes, one panel a part."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.palette import Colour, shades
from bornscape.figures.look.style import COLUMN_WIDTH, at_line, legend_below, use_style

OURS = "bornscape"
PANELS = {
    "draws": "a draw",
    "everything": "a draw with all losses",
    "gradients": "an exact gradient (KLD)",
    "epochs": "sampled epoch, QNodes",
    "sampled_epochs": "sampled epoch, fast code",
    "samples": "MMD from samples",
}
EPOCHS = ("epochs", "sampled_epochs")
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
FAMILIES = {
    "state vectors": (("lightning.qubit", "o"), ("default.qubit", "D"), ("qulacs", "^"), ("Qiskit Aer", "v")),
    "compiled": (("JAX", "s"), ("TensorCircuit-NG", "<"), ("Catalyst", ">")),
    "kernel matrices": (("NumPy", "P"), ("scikit-learn", "X")),
}
"""What shares a hue, each with its marker."""
BATCH = "bornscape, batch"


def _styles() -> dict[str, tuple[Colour, str]]:
    """Colour and marker of each contender."""
    hues = shades("viridis", 2 * len(FAMILIES) - 1)[::2]
    styles: dict[str, tuple[Colour, str]] = {BATCH: ("0.1", "*")}
    styles |= {
        name: (hue, marker) for hue, names in zip(hues, FAMILIES.values(), strict=True) for name, marker in names
    }
    return styles


def _named(who: str) -> str:
    name = who.removesuffix(" and NumPy")
    return SHORT.get(name, name)


def _panel(axis: Axes, rows: pd.DataFrame, title: str) -> None:
    cases, styles = list(dict.fromkeys(rows["case"])), _styles()
    for name, group in rows[rows["who"] != OURS].groupby("who", sort=False):
        colour, marker = styles.get(name, ("0.5", "x"))
        places = [cases.index(case) for case in group["case"]]
        bars = [group["times"] - group["times_low"], group["times_high"] - group["times"]]
        style: dict[str, Any] = {"color": colour, "marker": marker, "mfc": "white", "ls": "", "elinewidth": 0.6}
        axis.errorbar(places, group["times"], bars, **style).lines[0].set_label(name)
    axis.axhline(1, color="0.1", lw=0.9)
    axis.set_yscale("log")
    axis.set_xticks(range(len(cases)), cases, rotation=60, ha="right", rotation_mode="anchor")
    axis.set_title(title, loc="left")
    axis.margins(x=0.08)


def over_ours(table: pd.DataFrame) -> pd.DataFrame:
    """Columns ``times``, ``times_low`` and ``times_high``: median and quartiles over our median of the same work."""
    keys = ["part", "case", "precision"]
    ours = table[table["who"] == OURS].set_index(keys)["median_ms"]
    ours = ours[~ours.index.duplicated()].rename("ours_ms")
    rows = table.join(ours, on=keys)
    ends = {"times": "median_ms", "times_low": "q1_ms", "times_high": "q3_ms"}
    return rows.assign(**{name: rows[column] / rows["ours_ms"] for name, column in ends.items()})


def figure(table: pd.DataFrame) -> Figure:
    """Panels by part, double precision (epochs: single); bars are quartiles over rounds."""
    use_style()
    shown = table[table["part"].isin(PANELS) & ((table["precision"] == "double") | table["part"].isin(EPOCHS))]
    # Gradients of the three losses cost much the same; a panel has room for one.
    shown = shown[(shown["part"] != "gradients") | shown["case"].str.startswith("kld ")]
    shown = over_ours(shown.assign(who=shown["who"].map(_named)))
    shown = shown.assign(case=shown["case"].str.removeprefix("kld ").str.replace("N=M=", "N="))
    parts = [part for part in PANELS if part in set(shown["part"])]
    drawn, axes = plt.subplots(-(-len(parts) // 2) or 1, 2, figsize=(COLUMN_WIDTH, 1.9 * (-(-len(parts) // 2) or 1)))
    for axis, part in zip(axes.ravel(), parts, strict=False):
        _panel(axis, shown[shown["part"] == part], PANELS[part])
    for axis in axes.ravel()[len(parts) :]:
        axis.set_axis_off()
    if parts:
        at_line(axes.ravel()[0], OURS, 0.98, 0.9, across=True, ha="right", va="top")
    drawn.supylabel("time, in times of bornscape's")
    handles = {
        name: handle for axis in axes.ravel() for handle, name in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    legend_below(drawn, [handles[name] for name in _styles() if name in handles], 3)
    return drawn

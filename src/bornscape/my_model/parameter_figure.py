"""The figure of a model's gradient by parameter: by place in the circuit, and by size, for each kind of gate."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from bornscape.aliases import Settings
from bornscape.figures.look.style import few_sizes, grid, legend_below, panel_letters, points, use_style, whole_decades
from bornscape.my_model.parameter_table import DEAD, mean_square_over, place_of

FIGURE_COLUMNS = ["panel", "loss", "gate", "x", "value", "low", "high", "parameters"]
PLACES, SIZES = "place", "size"

_MARKERS = "osD^vXPph*<>d"


def _means(rows: pd.DataFrame, x: str) -> pd.DataFrame:
    """Mean of the mean squares of the parameters of a kind of gate at each x, with 95 % intervals over them."""
    found = []
    for (gate, place), group in rows.groupby(["gate", x], sort=True):
        value, low, high = mean_square_over(group)
        found.append({"gate": gate, "x": place, "value": value, "low": low, "high": high, "parameters": len(group)})
    return pd.DataFrame(found)


def parameter_figure_table(parameters: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows (``FIGURE_COLUMNS``), without dead parameters.

    A place is the layer, or the depth where no layers are marked; those at the largest size are shown.
    """
    alive = parameters[(parameters["state"] != DEAD) & parameters["mean_square"].notna()]
    parts = []
    for label, rows in alive.groupby("loss", sort=False):
        largest = rows[rows["n_qubits"] == rows["n_qubits"].max()]
        parts.append(_means(largest, place_of(largest)).assign(panel=PLACES, loss=label))
        parts.append(_means(rows, "n_qubits").assign(panel=SIZES, loss=label))
    return pd.concat(parts, ignore_index=True).astype({"x": float})[FIGURE_COLUMNS]


def parameter_figure(settings: Settings, parameters: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure of one model's gradient by parameter, and the table of what it shows."""
    use_style()
    table = parameter_figure_table(parameters)
    losses = list(settings["losses"])
    gates = sorted(set(table["gate"]))
    colours = sns.color_palette("viridis", len(gates))  # Hues of losses are for losses.
    place = place_of(parameters)
    drawn, axes = grid(len(losses), 2, 0.7 + 1.35 * len(losses))
    for row, label in zip(axes, losses, strict=True):
        for axis, panel in zip(row, (PLACES, SIZES), strict=True):
            part = table[(table["loss"] == label) & (table["panel"] == panel) & (table["value"] > 0)]
            for k, gate in enumerate(gates):
                shown, look = part[part["gate"] == gate], {"color": colours[k], "marker": _MARKERS[k % len(_MARKERS)]}
                points(axis, shown, "x", ("value", "low", "high"), label=gate, **look)
            axis.set_yscale("log")
            whole_decades(axis)
            few_sizes(axis, part["x"], most=5)
        row[0].set(title=label, ylabel="mean square", xlabel=place)
        row[1].set(title=label, xlabel="qubits n")
    panel_letters(axes.ravel())
    legend_below(drawn, axes[0, 0], 3)
    return drawn, table

"""What a sign costs: shots that resolve a loss difference at 95 % against n, all losses side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.style import grid, legend_below, panel_letters, points, use_style, whole_numbers

LOSSES = ("kld", "jsd", "tvd", "classical_fidelity", "renyi_2", "mmd_1", "mmd_n4", "mmd_average", "lqf")
"""In the order of the legend."""
SHOWN = ("median", "ci_low", "drawn_high")


def figure_table(shots_needed: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows; ``drawn_high``: bars without an upper end stop at the median.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"median": [10.0, 20.0], "ci_high": [15.0, np.inf]})
    >>> figure_table(rows)["drawn_high"].tolist()
    [15.0, 20.0]
    """
    finite = np.isfinite(shots_needed["ci_high"])
    return shots_needed.assign(drawn_high=shots_needed["ci_high"].where(finite, shots_needed["median"]))


def figure(shots_needed: pd.DataFrame, shots_needed_deep: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table: product circuits for each data set, and deep circuits for the first."""
    use_style()
    parts = [shots_needed.assign(circuits="product"), shots_needed_deep.assign(circuits="deep")]
    table = figure_table(pd.concat(parts, ignore_index=True))
    datasets = list(dict.fromkeys(shots_needed["dataset"]))
    panels = [("product", dataset) for dataset in datasets] + [("deep", datasets[0])]
    drawn, axes = grid(1, len(panels), 3.2, sharey=True)
    for axis, (circuits, dataset) in zip(axes[0], panels, strict=True):
        _panel(axis, table[(table["circuits"] == circuits) & (table["dataset"] == dataset)])
        axis.set_title(f"{DATASET_TITLES[dataset]}, {circuits}")
    axes[0, 0].set_ylabel("shots to resolve a sign at 95 %")
    panel_letters(axes[0])
    legend_below(drawn, axes[0, 0], 3)
    return drawn, table


def _panel(axis: Axes, table: pd.DataFrame) -> None:
    for place, loss in enumerate(LOSSES):
        colour, marker, name = LOSS_STYLES[loss]
        rows = table[(table["loss"] == loss) & np.isfinite(table["median"])].sort_values("n_qubits")
        if rows.empty:
            continue
        # Curves that agree lie on each other: a little to the side each.
        x = rows["n_qubits"] * 1.02 ** (place - (len(LOSSES) - 1) / 2)
        points(axis, rows, x, SHOWN, color=colour, marker=marker, label=name)
    axis.set(xscale="log", yscale="log", xlabel="qubits n")
    whole_numbers(axis, (4, 10, 100, 1000))

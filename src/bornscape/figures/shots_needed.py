"""What a sign costs: shots that resolve a loss difference at 95 % against n, all losses side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES, LOSS_STYLES
from bornscape.figures.look.style import grid, legend_below, panel_letters, points, use_style

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


def figure(shots_needed: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from shots_needed.csv."""
    use_style()
    table = figure_table(shots_needed)
    datasets = list(dict.fromkeys(table["dataset"]))
    drawn, axes = grid(1, len(datasets), 3.2, sharey=True)
    for axis, dataset in zip(axes[0], datasets, strict=True):
        _panel(axis, table[table["dataset"] == dataset])
        axis.set(yscale="log", xlabel="qubits n", title=DATASET_TITLES[dataset])
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
        x = rows["n_qubits"] + 0.2 * (place - (len(LOSSES) - 1) / 2)
        points(axis, rows, x, SHOWN, color=colour, marker=marker, label=name)

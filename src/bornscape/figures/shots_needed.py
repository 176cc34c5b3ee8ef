"""What a sign costs: shots that resolve a loss difference at 95 % against n, all losses side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.style import (
    grid,
    legend_below,
    panel_letters,
    points,
    side_by_side,
    use_style,
    whole_numbers,
)
from bornscape.figures.look.together import coinciding, look_of

EXPLICIT = ("kld", "jsd", "tvd", "classical_fidelity", "renyi_2")
OTHERS = ("mmd_1", "mmd_n4", "mmd_average", "lqf")
LOSSES = (*EXPLICIT, *OTHERS)
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
    drawn, axes = grid(1, len(panels), 3.4, sharey=True)
    for axis, (circuits, dataset) in zip(axes[0], panels, strict=True):
        _panel(axis, table[(table["circuits"] == circuits) & (table["dataset"] == dataset)])
        axis.set_title(f"{DATASET_TITLES[dataset]}, {circuits}")
    axes[0, 0].set_ylabel("shots to resolve a sign at 95 %")
    panel_letters(axes[0])
    named = {handle.get_label(): handle for axis in axes[0] for handle in axis.get_legend_handles_labels()[0]}
    legend_below(drawn, named.values(), 2)
    return drawn, table


def _panel(axis: Axes, table: pd.DataFrame) -> None:
    found = table[np.isfinite(table["median"])]
    explicit = coinciding(found, EXPLICIT, [("median", "ci_low", "ci_high")])
    groups = [*explicit, *((loss,) for loss in OTHERS)]
    for place, group in enumerate(groups):
        rows = found[found["loss"] == group[0]].sort_values("n_qubits")
        if rows.empty:
            continue
        colour, marker, name = look_of(group, len(EXPLICIT))
        x = side_by_side(rows["n_qubits"], place, len(groups))
        points(axis, rows, x, SHOWN, color=colour, marker=marker, label=name)
    axis.set(xscale="log", yscale="log", xlabel="qubits n")
    # A short series has no decade of its own.
    whole_numbers(axis, (4, 10, 100, 1000) if found["n_qubits"].max() > 100 else (4, 6, 8, 12, 16))

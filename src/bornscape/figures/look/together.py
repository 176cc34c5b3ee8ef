"""Losses whose curves coincide are drawn once, under all their names: on each other they would hide each other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.palette import Colour
from bornscape.figures.look.style import Names

EXPLICIT = ("0.15", "o")
"""Colour and marker of all explicit losses together, which have no hue of their own."""


def coinciding(rows: pd.DataFrame, losses: Sequence[str], quantities: Sequence[Names]) -> list[tuple[str, ...]]:
    """Losses in groups that coincide: at every size each value lies in the other's interval, in every quantity.

    Parameters
    ----------
    rows
        One row a loss and ``n_qubits``; losses without rows are left out.
    losses
        In their order; a group is led by the first of its losses, which all others of it are compared with.
    quantities
        Columns of value, low and high.

    Examples
    --------
    >>> rows = pd.DataFrame({"loss": ["kld", "jsd", "tvd"], "n_qubits": 4, "value": [1.0, 1.1, 9.0]})
    >>> rows = rows.assign(low=rows["value"] - 0.5, high=rows["value"] + 0.5)
    >>> coinciding(rows, ["kld", "jsd", "tvd"], [("value", "low", "high")])
    [('kld', 'jsd'), ('tvd',)]
    """
    series = {loss: rows[rows["loss"] == loss].set_index("n_qubits").sort_index() for loss in losses}
    groups: list[tuple[str, ...]] = []
    for loss in (loss for loss in losses if len(series[loss])):
        led = [k for k, group in enumerate(groups) if _agree(series[group[0]], series[loss], quantities)]
        if led:
            groups[led[0]] = (*groups[led[0]], loss)
        else:
            groups.append((loss,))
    return groups


def _agree(one: pd.DataFrame, two: pd.DataFrame, quantities: Sequence[Names]) -> bool:
    if not one.index.equals(two.index):
        return False
    for value, low, high in quantities:
        for inner, outer in ((one, two), (two, one)):
            # An interval of rounded numbers holds its own value.
            slack = 1e-9 * outer[value].abs()
            inside = (inner[value] >= outer[low] - slack) & (inner[value] <= outer[high] + slack)
            if not inside.all():
                return False
    return True


def look_of(group: Sequence[str], explicit: int) -> tuple[Colour, str, str]:
    """Colour, marker and name of a group's curve; ``explicit`` is how many explicit losses there are to be drawn.

    Examples
    --------
    >>> look_of(["kld"], 3)[2], look_of(["kld", "jsd"], 3)[2], look_of(["kld", "jsd", "tvd"], 3)
    ('KLD', 'KLD = JSD', ('0.15', 'o', 'all 3 explicit losses'))
    """
    colour, marker, _ = LOSS_STYLES[group[0]]
    if len(group) == explicit > 1:
        return *EXPLICIT, f"all {explicit} explicit losses"
    return colour, marker, " = ".join(LOSS_STYLES[loss][2] for loss in group)

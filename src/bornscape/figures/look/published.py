"""The paper's own curves beside ours: thin dark-grey lines with small open markers, one legend entry "published"."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bornscape.figures.look.names import LOSS_STYLES

NAME = "published"
"""The legend's entry, and the ``source`` of published rows of a figure's table."""

OURS = "measured"
"""The ``source`` of a figure table's other rows."""

_STYLE: dict[str, Any] = {"color": "0.25", "lw": 0.5, "ms": 2.2, "mfc": "none", "mew": 0.4, "zorder": 1.5}

ABOVE = 4
"""The ``zorder`` of published curves that would be lost behind a bundle of ours."""


def draw_published(axis: Axes, rows: pd.DataFrame, x: str = "x", y: str = "y", marker: str = "o", **style: Any) -> None:
    """One published curve behind ours, points joined in order of ``x``; points that could not be read are left out.

    Parameters
    ----------
    axis
        The panel, with a linear or a logarithmic axis. Its first published curve has the legend's entry.
    rows
        One series of ``bornscape.published.published_curves``, or of the figure's table; may be empty.
    x, y
        Columns.
    marker
        That of the same series of ours; here it is open.
    style
        Of the line, where it differs.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axis = Figure().subplots()
    >>> draw_published(axis, pd.DataFrame({"x": [4, 2], "y": [0.1, 0.5]}), marker="s")
    >>> line, = axis.lines
    >>> line.get_xdata().tolist(), line.get_label(), line.get_markerfacecolor()
    ([2, 4], 'published', 'none')
    """
    curve = rows.dropna(subset=[x, y]).sort_values(x)
    if curve.empty:
        return
    named = any(line.get_label() == NAME for line in axis.lines)
    axis.plot(curve[x], curve[y], marker=marker, **({"label": "_" if named else NAME} | _STYLE | style))


def draw_published_losses(axis: Axes, table: pd.DataFrame) -> None:
    """Published training curves of a panel: rows of ``beside`` with loss, epoch and median, each in its loss's colour.

    Epoch 1 stays a point: where the next one that was read is near 100, a line would show a pace that nobody read.
    """
    for loss, rows in table[table["source"] == NAME].groupby("loss", sort=False):
        colour, marker, _ = LOSS_STYLES[str(loss)]
        late = rows["epoch"] > 1
        draw_published(axis, rows[~late], "epoch", "median", marker, color=colour)
        every = max(1, int(late.sum()) // 5)
        draw_published(axis, rows[late], "epoch", "median", marker, color=colour, markevery=every)


def apart(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Our rows of a figure's table, and the published ones.

    Examples
    --------
    >>> ours, theirs = apart(pd.DataFrame({"source": ["measured", "published"], "variance": [0.5, 0.4]}))
    >>> ours["variance"].tolist(), theirs["variance"].tolist()
    ([0.5], [0.4])
    """
    theirs = table["source"] == NAME
    return table[~theirs], table[theirs]


def entries(axis: Axes) -> list[Artist]:
    """A panel's entries of the legend, the published one last.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axis = Figure().subplots()
    >>> draw_published(axis, pd.DataFrame({"x": [2], "y": [0.5]}))
    >>> _ = axis.errorbar([2], [0.4], [0.1], label="2 layers")
    >>> [handle.get_label() for handle in entries(axis)]
    ['2 layers', 'published']
    """
    return sorted(axis.get_legend_handles_labels()[0], key=lambda handle: handle.get_label() == NAME)


def published_entry(marker: str = "o", **style: Any) -> Line2D:
    """The legend's entry alone, for a legend that is made of handles."""
    return Line2D([], [], marker=marker, label=NAME, **(_STYLE | style))


def beside(table: pd.DataFrame, published: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """A figure's table with published rows below ours and a column ``source``, "measured" or "published".

    Parameters
    ----------
    table
        Of ours. Its columns stay, in their order.
    published
        Rows of ``published_curves``.
    names
        Columns of ``published`` and what the table calls them, as in ``{"y": "variance"}``; others of the table's
        columns keep their names, or are empty.

    Examples
    --------
    >>> ours = pd.DataFrame({"n_qubits": [2], "variance": [0.5], "draws": [9]})
    >>> shown = beside(ours, pd.DataFrame({"n_qubits": [2], "y": [0.4]}), {"y": "variance"})
    >>> shown[["source", "variance", "draws"]].to_dict("list")
    {'source': ['measured', 'published'], 'variance': [0.5, 0.4], 'draws': [9.0, nan]}
    """
    theirs = published.rename(columns=names).reindex(columns=table.columns)
    return pd.concat([table.assign(source=OURS), theirs.assign(source=NAME)], ignore_index=True)

"""One look for every figure: the size of a journal's column, its letters and lines, its legends and files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, product
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from fontTools import subset
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator, NullLocator

from bornscape.artifacts import atomic, write_table

COLUMN_WIDTH = 3.4
"""Inches: one column of a two-column journal, the width of every figure."""

SMALLEST_TEXT = 6.5
"""Points: no text of a figure is smaller. Exponents and indices count as the text that they belong to."""

SIDEWAYS = 0.15
"""Qubits: no marker is drawn further than this from its size to stand beside others."""

DOTS_PER_INCH = 300

# Matplotlib places every glyph of a PDF itself: without these tables of its fonts a figure is drawn in half the time.
subset.Options._drop_tables_default = [*subset.Options._drop_tables_default, "GDEF", "GPOS", "GSUB"]

Names = tuple[str, str, str]
VARIANCE: Names = ("variance", "ci_low", "ci_high")
"""Columns of a value and of its interval."""

_TEXT = 7.0
_SIZES: dict[Any, Any] = {
    **dict.fromkeys(("font.size", "axes.titlesize", "axes.labelsize", "figure.titlesize", "figure.labelsize"), _TEXT),
    **dict.fromkeys(("legend.fontsize", "legend.title_fontsize"), SMALLEST_TEXT),
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize"), SMALLEST_TEXT),
    **{f"{axis}tick.major.size": 2.5 for axis in "xy"},
    **{f"{axis}tick.minor.size": 1.5 for axis in "xy"},
    **{f"{axis}tick.major.width": 0.6 for axis in "xy"},
    **{f"{axis}tick.minor.width": 0.4 for axis in "xy"},
    **{f"{axis}tick.major.pad": 2.0 for axis in "xy"},
    "axes.labelpad": 2.0,
    "axes.titlepad": 3.0,
    "axes.linewidth": 0.6,
    "lines.linewidth": 0.9,
    "lines.markersize": 3.2,
    "lines.markeredgewidth": 0.5,
    "errorbar.capsize": 0.0,
    "legend.frameon": False,
    "legend.handlelength": 1.9,
    "legend.handletextpad": 0.4,
    "legend.columnspacing": 1.0,
    "legend.labelspacing": 0.3,
    "legend.borderpad": 0.1,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "figure.constrained_layout.hspace": 0.02,
    "figure.constrained_layout.wspace": 0.02,
    "savefig.dpi": DOTS_PER_INCH,
    "pdf.fonttype": 42,
    "svg.hashsalt": "bornscape",
}


def use_style() -> None:
    """Set fonts and lines for print at column width; the same letters whatever fonts this machine has."""
    sns.set_theme(context="paper", style="ticks", font="DejaVu Sans")
    mpl.rcParams.update(_SIZES)


def grid(rows: int, columns: int, height: float, **settings: Any) -> tuple[Figure, np.ndarray]:
    """A figure of one column's width and ``height`` inches, and its panels by row and column."""
    return plt.subplots(rows, columns, figsize=(COLUMN_WIDTH, height), squeeze=False, **settings)


def stack(heights: Sequence[float]) -> tuple[Figure, list[SubFigure]]:
    """A figure of one column's width in blocks of these heights (inches), each with its own legend."""
    drawn = plt.figure(figsize=(COLUMN_WIDTH, sum(heights)))
    return drawn, list(drawn.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0])


def legend_below(drawn: Figure | SubFigure, source: Axes | Iterable[Artist], columns: int, title: str = "") -> None:
    """A legend below all panels, of one panel's entries or of given handles; none if there is nothing to name."""
    handles = source.get_legend_handles_labels()[0] if isinstance(source, Axes) else list(source)
    if handles:
        drawn.legend(handles=handles, loc="outside lower center", ncols=columns, title=title or None)


def legend_in(cell: Axes, source: Axes, title: str = "") -> None:
    """A legend of one panel's entries in a cell of the grid that holds nothing else."""
    cell.set_axis_off()
    cell.legend(*source.get_legend_handles_labels(), loc="center", title=title or None)


def panel_letters(axes: Iterable[Axes]) -> None:
    """Letters a, b, c... z, aa, ab... before the titles of panels."""
    letters = chain(ascii_lowercase, map("".join, product(ascii_lowercase, repeat=2)))
    for letter, axis in zip(letters, axes, strict=False):
        title = axis.get_title()
        axis.set_title("")
        axis.set_title(f"$\\mathbf{{{letter}}}$  {title}".rstrip(), loc="left")


def points(
    axis: Axes, rows: pd.DataFrame, x: str | pd.Series, names: Names = VARIANCE, label: str | None = None, **style: Any
) -> None:
    """Values against ``x`` (a column, or places) with error bars; ``names`` are the columns of value, low and high.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axis = Figure().subplots()
    >>> rows = pd.DataFrame({"n": [4], "value": [2.0], "low": [1.0], "high": [3.0]})
    >>> points(axis, rows, "n", ("value", "low", "high"))
    >>> [line.get_ydata().tolist() for line in axis.lines]
    [[2.0]]
    """
    value, low, high = (rows[column] for column in names)
    # Rounding makes no bar negative.
    lengths = [(value - low).clip(lower=0), (high - value).clip(lower=0)]
    drawn = axis.errorbar(rows[x] if isinstance(x, str) else x, value, lengths, **({"elinewidth": 0.6} | style))
    # The line alone has the legend's entry: a bar through so small a marker makes a blob of it.
    if label is not None:
        drawn.lines[0].set_label(label)


def side_by_side(sizes: pd.Series, place: int, count: int) -> pd.Series:
    """Where the markers of series ``place`` of ``count`` stand, at most ``SIDEWAYS`` from their numbers of qubits.

    Examples
    --------
    >>> side_by_side(pd.Series([4, 8]), 0, 3).tolist(), side_by_side(pd.Series([4, 8]), 1, 3).tolist()
    ([3.85, 7.85], [4.0, 8.0])
    """
    return sizes + SIDEWAYS * (2 * place / max(1, count - 1) - 1 if count > 1 else 0.0)


def at_line(axis: Axes, text: str, x: float, y: float, across: bool = False, **style: Any) -> None:
    """A name beside the line that it belongs to, in the smallest letters, in grey.

    Parameters
    ----------
    x, y
        In the data's coordinates; with ``across`` x is a share of the panel's width.
    style
        Of the text, where it differs: ``ha``, ``va``, ``color``.
    """
    where = axis.get_yaxis_transform() if across else axis.transData
    look: dict[str, Any] = {"color": "0.3", "fontsize": SMALLEST_TEXT, "ha": "left", "va": "bottom"}
    axis.text(x, y, text, transform=where, **(look | style))


def whole_numbers(axis: Axes, numbers: Iterable[float]) -> None:
    """Ticks along x at those of these numbers (of qubits, say) where there are data, also on a logarithmic axis."""
    low, high = axis.dataLim.intervalx
    inside = {int(number) for number in numbers if low <= number <= high}
    ticks = sorted(inside or {int(number) for number in numbers})
    axis.set_xticks(ticks, [str(number) for number in ticks])
    axis.xaxis.set_minor_locator(NullLocator())


def few_sizes(axis: Axes, sizes: Iterable[float], most: int = 5) -> None:
    """At most so many ticks along x, at sizes that were measured."""
    measured = sorted({int(size) for size in sizes})
    step = -(-len(measured) // most) if measured else 1
    whole_numbers(axis, measured[::step] if len(measured) > most else measured)


def log_sizes(axis: Axes) -> None:
    """Ticks along a logarithmic x at round numbers of qubits."""
    whole_numbers(axis, (1, 2, 4, 10, 30, 100, 300, 1000) if axis.dataLim.width < 100 else (1, 10, 100, 1000))


def whole_decades(axis: Axes) -> None:
    """Ends of a logarithmic y at powers of ten, so that at least two are labelled."""
    low, high = np.log10(axis.get_ylim())
    axis.set_ylim(10 ** np.floor(low), 10 ** np.ceil(high))


def whole_steps(axis: Axes, most: int = 5) -> None:
    """At most so many steps of whole numbers along x."""
    axis.xaxis.set_major_locator(MaxNLocator(nbins=most, integer=True))


def save(figure: Figure, table: pd.DataFrame, paths: Sequence[str | Path]) -> None:
    """Write a figure as PNG and PDF without time stamps, and its table as CSV, in the order given.

    The layout is found once, for the PNG: ``Figure.savefig`` finds it and draws everything twice for either file, of
    which most of a figure's time was made.
    """
    png, pdf, csv = paths
    figure.set_dpi(DOTS_PER_INCH)
    with atomic(png) as temporary:
        FigureCanvasAgg(figure).print_png(temporary, metadata={"Software": None})
    figure.set_layout_engine("none")
    with atomic(pdf) as temporary:
        FigureCanvasPdf(figure).print_pdf(temporary, metadata={"CreationDate": None, "ModDate": None})
    write_table(table, csv)
    plt.close(figure)

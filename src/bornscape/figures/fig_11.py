"""Fig. 11: the sum of z_A^2 over the sets A of 1 to k bits of each data set against n, beside what the paper shows."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bornscape.datasets.images import IMAGE_SETS
from bornscape.datasets.published import PUBLISHED as PRINTED
from bornscape.figures.look.names import DATASET_TITLES, DATASETS, IMAGES
from bornscape.figures.look.palette import DATASET_STYLES
from bornscape.figures.look.published import apart, beside, draw_published, entries
from bornscape.figures.look.style import few_sizes, grid, legend_below, panel_letters, use_style
from bornscape.published import FIG_11_SUMS

ORDERS = tuple(FIG_11_SUMS)
"""The k that are drawn: those whose levels were read off the page."""

SMALLEST = 1e-9
"""A sum below is rounding: no bit of these strings is biased."""


def figure_table(fig_11: pd.DataFrame) -> pd.DataFrame:
    """Sums up to each k drawn, and what share they are of the largest possible, a single string's."""
    ours = fig_11[fig_11["k"].isin(ORDERS)]
    ours = ours.assign(
        total=ours["total"].where(ours["total"] > SMALLEST),
        share=ours["total"] / ours["largest"],
        independent_share=ours["independent"] / ours["largest"],
    )
    read = [(k, n, value, _largest(n, k)) for k, ends in FIG_11_SUMS.items() for n, value in ends.items()]
    theirs = pd.DataFrame(read, columns=["k", "n_qubits", "total", "largest"])
    theirs = theirs.assign(share=theirs["total"] / theirs["largest"])
    return beside(ours.reset_index(drop=True), theirs, {})


def _largest(n_qubits: int, k: int) -> int:
    return sum(math.comb(n_qubits, order) for order in range(1, k + 1))


def figure(fig_11: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from fig_11.csv."""
    use_style()
    table = figure_table(fig_11)
    drawn, axes = grid(2, len(ORDERS), 4.6, sharex=True)
    for (above, below), k in zip(axes.T, ORDERS, strict=True):
        rows = table[table["k"] == k]
        _sums(above, rows)
        _shares(below, rows)
        above.set_title("single bits" if k == 1 else f"up to {k} bits")
        below.set_xlabel("qubits n")
    axes[0, 0].set_ylabel("sum of $z_A^2$")
    axes[1, 0].set_ylabel("ratio to a single string")
    panel_letters(axes.ravel())
    independent = Line2D([], [], color=DATASET_STYLES["jets"][0], ls="--", label="independent bits (d)")
    legend_below(drawn, [*entries(axes[0, 1]), independent], 2)
    return drawn, table


def _sums(axis: Axes, rows: pd.DataFrame) -> None:
    ours, theirs = apart(rows)
    for dataset, part in _by_dataset(ours):
        _line(axis, dataset, part, "total")
    draw_published(axis, theirs, "n_qubits", "total", "x")
    largest = ours.drop_duplicates("n_qubits").sort_values("n_qubits")
    axis.plot(largest["n_qubits"], largest["largest"], color="0.3", ls=":", label="a single string")
    axis.set_yscale("log")


def _shares(axis: Axes, rows: pd.DataFrame) -> None:
    ours, theirs = apart(rows)
    for dataset, part in _by_dataset(ours):
        _line(axis, dataset, part, "share")
        if dataset in IMAGE_SETS:
            axis.plot(part["n_qubits"], part["independent_share"], **(_style(dataset) | {"marker": "", "ls": "--"}))
    draw_published(axis, theirs, "n_qubits", "share", "x", ls="")
    axis.set_ylim(0, 1.02)
    few_sizes(axis, ours["n_qubits"])


def _by_dataset(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each data set's rows in order of n, images first."""
    order = [*IMAGES, *DATASETS]
    parts = [(dataset, rows[rows["dataset"] == dataset].sort_values("n_qubits")) for dataset in order]
    return [(dataset, part) for dataset, part in parts if len(part)]


def _style(dataset: str) -> dict[str, Any]:
    colour, marker = DATASET_STYLES[dataset]
    # The printed strings of 6 and of 16 bits are two data sets: no line joins them.
    return {"color": colour, "marker": marker, "ls": "" if dataset in PRINTED else "-"}


def _line(axis: Axes, dataset: str, rows: pd.DataFrame, column: str) -> None:
    line = rows.dropna(subset=[column])
    axis.plot(line["n_qubits"], line[column], label=DATASET_TITLES[dataset], **_style(dataset))

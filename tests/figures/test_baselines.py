"""Reference lines of the training figures: which a panel has, where they are, and that their names stay apart."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from bornscape.figures.look import style
from bornscape.figures.look.baselines import DASHES, baseline_handles, draw_baselines, panel_baselines
from support import figure_checks as checks


def rows(**changes: float) -> pd.DataFrame:
    """A panel's data set at 16 qubits, and others beside it."""
    levels = {"marginals": 0.6, "matrix_product": 0.5, "samples": 0.7} | changes
    lead = {"n_qubits": 16, "dataset": "jets", "transform": "none", "n_layers": np.nan, "samples": np.nan}
    own = [
        lead | {"baseline": "uniform", "median": 1.9},
        lead | {"baseline": "marginals", "median": levels["marginals"]},
        lead | {"baseline": "matrix_product", "n_layers": 4, "median": levels["matrix_product"]},
        lead | {"baseline": "matrix_product", "n_layers": 16, "median": 0.1},
        lead | {"baseline": "samples", "samples": 100, "median": levels["samples"]},
        lead | {"baseline": "samples", "samples": 1000, "median": 0.2},
    ]
    others = [row | changed for row in own for changed in ({"dataset": "showers"}, {"n_qubits": 9}, {"transform": "x"})]
    return pd.DataFrame([*others, *own])


def test_a_panel_has_its_own_rows() -> None:
    table = rows()
    assert panel_baselines(table, "jets", 16, 4, 100)["median"].tolist() == [0.6, 0.5, 0.7]
    # Exact gradients have no samples; a depth without a matrix product state has none.
    assert panel_baselines(table, "jets", 16, 1, np.nan)["baseline"].tolist() == ["marginals"]
    assert panel_baselines(table, "jets", 12, 4, 100).empty


@pytest.mark.parametrize("levels", [{}, {"marginals": 0.5, "samples": 0.5}, {"samples": 2.04}])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_lines_at_their_values(levels: dict[str, float], scale: str) -> None:
    style.use_style()
    drawn, ((axis,),) = style.grid(1, 1, 2.0)
    axis.set(yscale=scale, ylim=(0.01, 2.05))
    shown = panel_baselines(rows(**levels), "jets", 16, 4, 100)
    draw_baselines(axis, shown)
    assert sorted(line.get_ydata()[0] for line in axis.lines) == sorted(shown["median"])
    assert checks.cut_or_overlapping(drawn) == []
    assert checks.small_text(drawn) == []
    plt.close(drawn)


def test_lines_beyond_the_panel_are_left_out_and_panels_have_no_names() -> None:
    drawn, ((axis,),) = style.grid(1, 1, 1.0)
    axis.set_ylim(0, 0.55)
    shown = panel_baselines(rows(), "jets", 16, 4, 100)
    draw_baselines(axis, shown)
    assert [line.get_ydata()[0] for line in axis.lines] == [0.5]
    assert not axis.texts
    draw_baselines(axis, shown.iloc[:0])
    assert len(axis.lines) == 1
    plt.close(drawn)


def test_the_legend_tells_them_apart_without_colour() -> None:
    style.use_style()
    drawn, _ = style.grid(1, 1, 2.0)
    handles = baseline_handles(rows())
    assert len(handles) == len(DASHES)
    style.legend_below(drawn, handles, 3)
    assert [checks.alike_without_colour(legend) for legend in checks.entries(drawn)] == [[]]
    # The control: one dash for all of them.
    for handle in handles:
        handle.set_linestyle("--")
    style.legend_below(drawn, handles, 3)
    assert len(checks.alike_without_colour(checks.entries(drawn)[-1])) == 3
    plt.close(drawn)

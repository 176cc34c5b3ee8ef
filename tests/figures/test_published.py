"""The paper's own values in our figures: which are drawn, and that a figure's table tells them from ours."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from bornscape.figures import fig_6
from bornscape.figures.look.published import NAME, apart, beside, draw_published, entries
from support.figure_checks import missing_points
from support.made_up_tables import made_up
from support.shipped import CATALOGUE, settings_of


def table_of(name: str) -> pd.DataFrame:
    figure = import_module(f"bornscape.figures.{name}").figure
    return figure(**{table: made_up(table) for table in CATALOGUE.figures[name].tables}, **settings_of(name))[1]


@pytest.mark.parametrize(
    ("name", "value", "cell", "expected"),
    [
        ("fig_2", "variance", {"dataset": "ghz", "n_layers": np.inf, "n_qubits": 8}, 0.82227),
        ("fig_4", "mean", {"n_qubits": 5, "shots": 1000}, 8.991),
        ("fig_5", "weight", {"bandwidth": "n/4", "n_qubits": 50, "wires": 5}, 0.0025493),
        ("fig_6", "variance", {"bandwidth": "n/4", "n_qubits": 21}, 0.010787),
        ("fig_7", "variance", {"dataset": "cardinality", "n_layers": 16, "n_qubits": 12, "shots": 512}, 1.3295e-07),
        ("fig_8", "variance", {"dataset": "o_n", "n_layers": 2, "n_qubits": 10, "loss": "qf"}, 1.0517e-06),
    ],
)
def test_a_figure_s_table_holds_the_paper_s_value(
    name: str, value: str, cell: dict[str, object], expected: float
) -> None:
    _, theirs = apart(table_of(name))
    for column, wanted in cell.items():
        theirs = theirs[theirs[column] == wanted]
    assert theirs[value].dropna().tolist() == [expected]


def test_nothing_beyond_our_series() -> None:
    for name in ("fig_2", "fig_7", "fig_8"):
        ours, theirs = apart(table_of(name))
        assert theirs["n_qubits"].max() <= ours["n_qubits"].max()
        for column in ("dataset", "n_layers"):
            assert set(theirs[column]) <= set(ours[column])


def test_haar_form_is_the_paper_s_ensemble_and_r_y_is_not() -> None:
    _, theirs = apart(table_of("fig_6"))
    at = theirs[theirs["bandwidth"] == "n/4"]
    assert abs(at["variance_over_haar"].mean() - 1) < 0.1
    assert at["variance_over_ry"].mean() < 0.8
    assert (at["n_qubits"].sort_values().diff().dropna() > 0).all()
    assert at["closed_form_haar"].iloc[0] == fig_6.closed_form(int(at["n_qubits"].iloc[0]), "n/4", "haar")


def test_one_entry_whatever_the_number_of_curves_and_the_last_one() -> None:
    axis = Figure().subplots()
    for marker in "os":
        draw_published(axis, pd.DataFrame({"x": [1, 2], "y": [1.0, np.nan]}), marker=marker)
    draw_published(axis, pd.DataFrame({"x": [1], "y": [np.nan]}))
    axis.errorbar([1], [1.0], [0.1], label="2 layers")
    assert [handle.get_label() for handle in entries(axis)] == ["2 layers", NAME]
    assert [line.get_xdata().tolist() for line in axis.lines[:2]] == [[1], [1]]


def test_curves_that_the_table_lacks_are_found() -> None:
    axis = Figure().subplots()
    theirs = pd.DataFrame({"x": [1, 2], "y": [0.5, 0.25]})
    draw_published(axis, theirs)
    ours = pd.DataFrame({"x": [1, 2], "variance": [1.0, 2.0]})
    assert missing_points(axis.figure, beside(ours, theirs, {"y": "variance"})) == []
    assert len(missing_points(axis.figure, ours)) == 2

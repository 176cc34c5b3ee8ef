"""The gradient by parameter: sums, what a parameter turns, states and shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.circuits import Circuit, Gate, separate_uses
from bornscape.circuits.tracing import from_pennylane
from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model import parameter_table as module
from bornscape.my_model.components import ComponentSums, described, descriptions
from bornscape.my_model.parameter_figure import parameter_figure_table
from bornscape.my_model.parameter_table import (
    DEAD,
    LIVE,
    SILENT,
    VANISHES,
    listed,
    mean_square_band,
    parameter_summary,
    parameter_table,
    too_many,
)
from bornscape.my_model.verdict.intervals import mean_band
from support.small_model import sized

LOSSES: dict[str, Any] = {"mmd": {"kind": "mmd", "bandwidth": 1}, "lqf": {"kind": "lqf"}}
LINE: dict[str, Any] = {"circuit": {"family": "line", "layers": 1}, "losses": LOSSES}


def table_of(components: np.ndarray, dead: set[int] = frozenset()) -> pd.DataFrame:  # type: ignore[assignment]
    """The table of made-up components (draws, parameters) of one loss at n = 4."""
    sums = ComponentSums(["l"], components.shape[1])
    for row in components:
        sums.add("l", row)
    k = components.shape[1]
    circuit = Circuit(1, k, tuple(Gate("RY", (0,), (j,)) for j in range(k)))
    found = described(sums.table(), circuit, {"l": set(range(k)) - set(dead)}).assign(n_qubits=4)
    return parameter_table({"losses": {"l": {}}}, found)


def test_sums_are_those_of_the_components_at_the_draws() -> None:
    model = sized(3, **LINE)
    sums = model.chunk(3, np.random.default_rng(2)).components
    rng, expected = np.random.default_rng(2), []
    probe = sized(3, **LINE)
    for _ in range(3):
        theta = probe.start(rng)
        expected.append(gradient(model.circuit, theta, MMDLoss(model.target.dense(), 1.0)))
        rng.integers(len(model.parameters))
    mmd = sums[sums["loss"] == "mmd"]
    np.testing.assert_allclose(mmd["total"], np.sum(expected, axis=0), atol=1e-14)
    np.testing.assert_allclose(mmd["squares"], np.sum(np.square(expected), axis=0), atol=1e-14)
    np.testing.assert_allclose(mmd["eighths"], np.sum(np.power(expected, 8), axis=0), atol=1e-14)
    assert set(sums["draws"]) == {3}


def test_dead_parameters_are_those_that_nothing_moves() -> None:
    """Of a line from zeros the first R_z, and for a distribution the last one; the fidelity sees the last phases."""
    model = sized(3, **LINE)
    chunk = model.chunk(10, np.random.default_rng(2))
    found = model.described(chunk.components)
    for label, group in found.groupby("loss"):
        still = group["squares"] == 0
        assert (group["dead"] == still).all(), label
    dead = {label: group.loc[group["dead"], "parameter"].tolist() for label, group in found.groupby("loss")}
    assert dead["mmd"] == [0, 3, 6, 13, 16, 19]
    assert dead["lqf"] != dead["mmd"]


def test_what_a_parameter_turns() -> None:
    """A user's circuit: one parameter enters two gates, and layers are unknown."""

    def circuit(p: Any, wires: Any) -> None:
        import pennylane as qml

        qml.RY(p[0], wires=0)
        qml.CNOT(wires=[0, 1])
        qml.RZ(2 * p[1], wires=1)
        qml.IsingXX(p[0] - p[1], wires=[1, 2])

    found = descriptions(from_pennylane(circuit, 3, 2))
    assert found["layer"].isna().all()
    assert found[["depth", "gate", "wires", "uses"]].to_numpy().tolist() == [
        [1, "IsingXX+RY", "0 1 2", 2],
        [3, "IsingXX+RZ", "1 2", 2],
    ]


def test_separate_uses_keep_the_layers() -> None:
    model = sized(3, **LINE)
    pd.testing.assert_frame_equal(
        *(descriptions(one).drop(columns="depth") for one in (separate_uses(model.circuit), model.circuit))
    )


def test_the_interval_is_that_of_the_draws_themselves() -> None:
    squares = np.random.default_rng(1).normal(size=50) ** 2
    moments = np.array([[np.mean(squares**k)] for k in (1, 2, 3, 4)])
    found, expected = mean_square_band(moments, 50), mean_band(squares)
    for end, other in zip(found, expected, strict=True):
        assert float(end[0]) == pytest.approx(float(other), rel=1e-10)


def test_intervals_cover_in_95_of_100() -> None:
    """Of 2000 intervals from 100 normal draws 93 to 98 % hold 1: four standard errors and more from 95 %."""
    draws = np.random.default_rng(11).normal(size=(2000, 100)) ** 2
    moments = np.array([np.mean(draws**k, axis=1) for k in (1, 2, 3, 4)])
    band = mean_square_band(moments, 100)
    covered = int(np.sum((band.low < 1) & (band.high > 1)))
    assert 0.93 < covered / 2000 < 0.98


def test_states_and_shares_by_hand() -> None:
    rng = np.random.default_rng(3)
    sizes = np.array([1.0, 1.0, 1e-4, 0.0, 0.0])
    table = table_of(rng.normal(size=(50, 5)) * sizes, dead={4})
    assert table["state"].tolist() == [LIVE, LIVE, VANISHES, SILENT, DEAD]
    assert table["share"].sum() == pytest.approx(1)
    assert table["share"][2] < 1e-6
    assert table["ci_low"][3:].isna().all()
    largest = parameter_summary(table).set_index("state")
    assert largest.loc[LIVE, "count"] == 2
    assert largest.loc[LIVE, "parameters"] == "0, 1"


def test_variance_and_mean_square() -> None:
    draws = np.array([[1.0], [3.0], [5.0]])
    table = table_of(draws)
    assert table["variance"][0] == pytest.approx(4)
    assert table["mean_square"][0] == pytest.approx(35 / 3)


def test_a_loss_that_nothing_moves_has_no_shares() -> None:
    table = table_of(np.zeros((5, 2)))
    assert table["share"].isna().all()
    assert table["state"].tolist() == [SILENT, SILENT]


def test_the_figure_averages_over_a_kind_of_gate() -> None:
    table = table_of(np.array([[1.0, 2.0, 0.0], [-1.0, 2.0, 0.0]]), dead={2})
    shown = parameter_figure_table(table)
    by_size = shown[shown["panel"] == "size"]
    assert by_size["value"].tolist() == [2.5]
    assert by_size["parameters"].tolist() == [2]
    assert shown.loc[shown["panel"] == "place", "x"].tolist() == [1, 2]


def test_estimated_squares_may_be_negative() -> None:
    """As an engine that samples gives them: the mean square is their mean, without an interval where it is below 0."""
    sums = ComponentSums(["l"], 1)
    for component, square in ((0.1, 0.02), (-0.1, -0.04)):
        sums.add("l", np.array([component]), np.array([square]))
    circuit = Circuit(1, 1, (Gate("RY", (0,), (0,)),))
    table = parameter_table({"losses": {"l": {}}}, described(sums.table(), circuit, {"l": [0]}).assign(n_qubits=4))
    assert table["mean_square"][0] == pytest.approx(-0.01)
    assert np.isnan(table["ci_low"][0])


def test_beyond_a_number_of_parameters_those_of_a_kind_share_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    components = np.random.default_rng(8).normal(size=(20, 6))
    components[:, 4] = 0
    whole = table_of(components, {5})
    assert too_many(whole) == []
    assert listed(whole) is whole
    assert set(whole["parameters"]) == {1}
    monkeypatch.setattr(module, "LISTED", 5)
    assert too_many(whole) == [4]
    # Gates follow one another on one wire: each depth has one parameter; one depth for all makes kinds of them.
    short = listed(whole.assign(depth=1)).set_index("state")
    assert short["parameters"].to_dict() == {DEAD: 1, LIVE: 4, SILENT: 1}
    assert short["parameter"].isna().all()
    live = whole[whole["state"] == LIVE]
    for name in ("mean_square", "variance"):
        assert short.loc[LIVE, name] == pytest.approx(live[name].mean())
    assert short.loc[LIVE, "share"] == pytest.approx(live["share"].sum())
    assert short.loc[LIVE, "ci_low"] < live["mean_square"].mean() < short.loc[LIVE, "ci_high"]
    assert short["parameters"].sum() == len(whole)
    # Sizes with few stay as they are.
    both = listed(pd.concat([whole, whole.head(3).assign(n_qubits=3)]))
    assert both.loc[both["n_qubits"] == 3, "parameter"].tolist() == [0, 1, 2]
    # What the figure and the summary show is made of every parameter.
    assert parameter_summary(whole)["count"].sum() == 6

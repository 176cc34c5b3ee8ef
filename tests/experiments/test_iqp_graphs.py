"""IQP circuits' words and first gradients: against state vectors, by hand, and closed means."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import separate_uses
from bornscape.circuits.iqp import iqp_circuit, iqp_generators
from bornscape.experiments import iqp_graphs
from bornscape.simulators.state_vector import probabilities, probability_gradient
from bornscape.simulators.words.iqp import IqpEngine

SETTINGS: dict[str, Any] = {
    "generators": {"line": 9, "complete": 4},
    "word_draws": 400,
    "draws": 40,
    "start_draws": 30,
    "starts_on": "complete",
    "starts_up_to": 4,
    "collision_draws": 60,
    "dense_up_to": 4,
}


def test_words_that_an_angle_moves_by_hand() -> None:
    qubit, pair = (iqp_graphs.met_words(3, generator).tolist() for generator in ((1,), (0, 1)))
    assert qubit == [[0, 1, 0], [1, 1, 0], [0, 1, 1]]
    assert pair == [[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 1, 1]]


def test_the_wire_inside_a_graph() -> None:
    assert iqp_graphs.inner_wire(9, "lattice") == 4
    assert iqp_graphs.inner_wire(5, "line") in (2, 3)


@pytest.mark.parametrize("by", ["qubit", "pair"])
def test_a_component_of_the_gradient_is_that_of_the_loss(by: str) -> None:
    n_qubits = 4
    circuit, generators = iqp_circuit(n_qubits), iqp_generators(n_qubits)
    engine = IqpEngine(separate_uses(circuit))
    rows = iqp_graphs._gradient_rows(n_qubits, "complete", engine, by, 1, np.random.default_rng(9))
    theta = iqp_graphs.STARTS["full_range"](n_qubits, generators, np.random.default_rng(9))
    # All words of one and two wires, those that the angle does not move too.
    words = [index for index in range(16) if index.bit_count() in (1, 2)]
    flip = (1 - np.exp(-1 / 2)) / 2
    weights = np.array([flip ** w.bit_count() * (1 - flip) ** (4 - w.bit_count()) for w in words])
    ends = [[wire for wire in range(4) if word >> (3 - wire) & 1] for word in words]
    data = np.array([0.6 ** (e[1] - e[0]) if len(e) == 2 else 0 for e in ends])
    means = walsh_hadamard(probabilities(circuit, theta))[words]
    spectrum = np.zeros(16)
    spectrum[words] = 2 * weights * (means - data)
    wire = iqp_graphs.inner_wire(n_qubits, "complete")
    place = generators.index((wire,)) if by == "qubit" else next(
        k for k, wires in enumerate(generators) if len(wires) == 2 and wire in wires
    )  # fmt: skip
    slope = probability_gradient(circuit, theta, walsh_hadamard(spectrum))[place]
    assert rows[0]["square"] == pytest.approx(slope**2)


def test_the_table_of_two_sizes() -> None:
    parts = [iqp_graphs.measure(n, SETTINGS, {}, np.random.default_rng(n)).assign(n_qubits=n, chunk=0) for n in (4, 9)]
    table = iqp_graphs.table(pd.concat(parts), SETTINGS)
    assert list(table.columns) == iqp_graphs.COLUMNS
    line = table[(table["part"] == "words") & (table["generators"] == "line") & (table["word"] == "one")]
    assert line["rank"].tolist() == [3, 3]
    assert ((line["mean_square"] - 1 / 8).abs() < 5 * line["mean_square_error"]).all()
    starts = table[(table["part"] == "gradient") & (table["word"] == "pair")]
    assert set(starts["start"]) == set(iqp_graphs.STARTS)
    assert set(starts["n_qubits"]) == {4}
    assert starts.loc[starts["start"] == "full_range", "lower"].notna().all()
    measured = table[(table["generators"] != "dense") | (table["n_qubits"] == 4)]
    assert (measured["draws"] > 1).all()
    # Beyond dense_up_to there are bounds and no draws.
    (beyond,) = table[(table["generators"] == "dense") & (table["part"] == "gradient") & (table["n_qubits"] == 9)].index
    assert table.loc[beyond, "draws"] == 0
    assert 0 < table.loc[beyond, "lower"] < table.loc[beyond, "upper"]
    collisions = table[table["part"] == "collisions"]
    assert set(collisions["generators"]) == {"product", "line", "lattice", "random", "complete", "dense"}
    away = (collisions["mean_square"] - collisions["expected"]) / collisions["mean_square_error"]
    assert (away.abs() < 5).all()
    assert (collisions["lower"] < collisions["expected"]).all()


def test_collisions_beyond_state_vectors_are_closed_forms() -> None:
    rng = np.random.default_rng(1)
    for kind, known in {"lattice": False, "line": True, "complete": True, "dense": True}.items():
        (row,) = iqp_graphs._collision_rows(100, kind, 50, rng)
        assert np.isnan(row["square"])
        assert np.isnan(row["expected"]) != known
    assert rng.random() == np.random.default_rng(1).random()


def test_every_dense_draw_has_a_graph_of_its_own_and_keeps_between_its_bounds() -> None:
    rows = iqp_graphs._dense_rows(9, 300, np.random.default_rng(3))
    squares = np.array([row["square"] for row in rows])
    error = squares.std(ddof=1) / np.sqrt(300)
    assert rows[0]["lower"] - 5 * error < squares.mean() < rows[0]["upper"] + 5 * error
    kinds = [iqp_graphs._anew(9, "dense", np.random.default_rng(seed)) for seed in (1, 2)]
    assert iqp_generators(9, kinds[0]) != iqp_generators(9, kinds[1])

"""Frame potentials and exact fits: by hand, against closed forms, and what a control leaves."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bornscape import theory
from bornscape.circuits import line_circuit
from bornscape.datasets import Target
from bornscape.experiments import exact_fits, expressivity
from bornscape.losses.explicit import total_variation
from bornscape.simulators.state_vector import probabilities

SETTINGS: dict[str, Any] = {"depths": [0, 2, "log2(n)"], "unentangled_up_to": 4, "states": 60, "repetitions": 12}


def test_frame_potential_by_hand() -> None:
    """One state thrice: every F is 1. Two that are orthogonal: 0."""
    assert expressivity.frame_potential(np.ones((3, 1), dtype=complex)) == pytest.approx(1)
    assert expressivity.frame_potential(np.eye(2, dtype=complex)) == 0
    turned = np.array([[1, 0], [np.cos(0.3), 1j * np.sin(0.3)]])
    assert expressivity.frame_potential(turned) == pytest.approx(np.cos(0.3) ** 4)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    found = expressivity.measure(3, SETTINGS, {}, np.random.default_rng(12)).assign(n_qubits=3, chunk=1)
    return expressivity.table(found, SETTINGS)


def test_rows(rows: pd.DataFrame) -> None:
    """log2(3) rounds to 2 layers, which are measured once."""
    assert list(rows.columns) == expressivity.COLUMNS
    assert set(zip(rows["circuit"], rows["n_layers"], rows["n_parameters"], strict=True)) == {
        ("haar", np.inf, 0),
        ("line", 0, 9),
        ("line", 2, 31),
        ("unentangled", 0, 9),
        ("unentangled", 2, 27),
    }
    assert rows.groupby(["circuit", "n_layers"])["repetition"].apply(list).iloc[0] == list(range(12, 24))


def bare(n_layers: int) -> float:
    return theory.product_frame_potential(3, n_layers) / theory.haar_frame_potential(3)


@pytest.mark.parametrize(
    ("circuit", "layers", "expected", "wrong"),
    [("haar", np.inf, 1.0, bare(2)), ("line", 0, bare(0), 1.0), ("unentangled", 2, bare(2), 1.0)],
)
def test_closed_forms(rows: pd.DataFrame, circuit: str, layers: float, expected: float, wrong: float) -> None:
    """The p-value of a right formula is below 1e-4 once in 10,000 seeds; that of another ensemble is."""
    ratio = rows[(rows["circuit"] == circuit) & (rows["n_layers"] == layers)]["ratio"]
    assert stats.ttest_1samp(ratio, expected).pvalue > 1e-4
    assert stats.ttest_1samp(ratio, wrong).pvalue < 1e-4


def test_unentangled_circuits_stop_at_their_size() -> None:
    found = expressivity.measure(5, SETTINGS | {"states": 2, "repetitions": 1}, {}, np.random.default_rng(3))
    assert set(found["circuit"]) == {"haar", "line"}


def test_a_fit_reaches_a_target_that_the_circuit_holds() -> None:
    """Any distribution of one bit; the distribution of a line circuit of as many layers, from a start beside it."""
    rng = np.random.default_rng(5)
    model = line_circuit(1, 0)
    p = np.array([0.3, 0.7])
    theta, evaluations = exact_fits.fit(model, p, rng.uniform(0.5, 2.5, model.n_parameters), 100)
    assert total_variation(p, probabilities(model, theta)) < 1e-4
    assert evaluations < 100
    deeper = line_circuit(3, 1)
    own = rng.uniform(0, 2 * np.pi, deeper.n_parameters)
    q = probabilities(deeper, own)
    theta, _ = exact_fits.fit(deeper, q, own + 0.01, 300)
    assert total_variation(q, probabilities(deeper, theta)) < 1e-3


def test_a_product_state_misses_the_ghz_pair_and_a_layer_does_not() -> None:
    """Without entanglers nothing is better than the uniform distribution on two bits, at TVD 1 and KLD log 2."""
    settings = {"depths": [0, 1], "iterations": 200, "repetitions": 3}
    pair = Target(np.array([[0, 0], [1, 1]], dtype=np.uint8), np.array([0.5, 0.5]))
    found = exact_fits.measure(2, settings, {"ghz": pair}, np.random.default_rng(6)).assign(n_qubits=2, chunk=0)
    table = exact_fits.table(found, settings)
    assert list(table.columns) == exact_fits.COLUMNS
    best = table.groupby("n_layers")[["tvd", "kld"]].min()
    assert best.loc[0].tolist() == pytest.approx([1, np.log(2)], abs=1e-3)
    assert best.loc[1, "tvd"] < 1e-2

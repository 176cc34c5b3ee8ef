"""Models without a circuit beside training curves: numbers by hand, limits, and that every panel has its own."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from bornscape.classical_models import MatrixProductModel, fit
from bornscape.datasets import Target, synthetic_target
from bornscape.datasets.published import published_target
from bornscape.experiments import baselines
from bornscape.formulas import depth_value
from support.shipped import CONFIG, settings_of

SETTINGS: dict[str, Any] = {
    "transforms": {"negative_log": [2]},
    "smallest": 1e-2,
    "sample_sizes": [100, 10000],
    "draws": 200,
    "matrix_product": {"n_layers": {"n": [4], "4": [16]}, "starts": 3, "epochs": 150},
}
THREE = Target(np.array([[0, 0], [0, 1], [1, 1]], dtype=np.uint8), np.array([0.5, 0.25, 0.25]))


def table_of(target: Target, **changes: Any) -> pd.DataFrame:
    settings = SETTINGS | changes
    rows = baselines.measure(target.n_qubits, settings, {"mine": target}, np.random.default_rng(3))
    return baselines.table(rows.assign(n_qubits=target.n_qubits, chunk=0), settings)


def medians(table: pd.DataFrame, transform: str = "none") -> dict[str, float]:
    """Median TVD of the models without anything random."""
    fixed = table[(table["transform"] == transform) & (table["repetitions"] == 1)]
    return dict(zip(fixed["baseline"], fixed["median"], strict=True))


def test_two_bits_by_hand() -> None:
    table = table_of(THREE)
    assert list(table.columns) == baselines.COLUMNS
    # Wire 0 is 1 with 1/4, wire 1 with 1/2: the product is 3/8, 3/8, 1/8, 1/8 on 00, 01, 10, 11.
    assert medians(table) == {"uniform": 0.5, "mode": 1.0, "marginals": 0.5}


def test_negative_log_by_hand() -> None:
    # -log 1/2, -log 1/4 twice, and -log 1/100 on 10, which never occurs.
    weights = np.log([2, 4, 100, 4])
    p = weights / weights.sum()
    found = medians(table_of(THREE), "negative_log")
    assert found["uniform"] == pytest.approx(np.abs(p - 0.25).sum(), rel=1e-12)
    assert found["mode"] == pytest.approx(2 - 2 * p[2], rel=1e-12)
    one = np.array([p[2] + p[3], p[1] + p[3]])
    product = np.outer([1 - one[0], one[0]], [1 - one[1], one[1]]).ravel()
    assert found["marginals"] == pytest.approx(np.abs(p - product).sum(), rel=1e-12)


def test_marginals_of_a_product_are_the_product() -> None:
    ones = np.array([0.1, 0.7, 0.4])
    strings = np.array(list(np.ndindex(2, 2, 2)), dtype=np.uint8)
    target = Target(strings, np.where(strings, ones, 1 - ones).prod(axis=1))
    assert baselines.distance(target.probabilities, baselines.marginal_product(target)) < 1e-15
    # The control: strings that are no product.
    correlated = synthetic_target("ghz", 3, np.random.default_rng(0))
    assert baselines.distance(correlated.probabilities, baselines.marginal_product(correlated)) == pytest.approx(1.5)


def test_samples_approach_the_data_as_one_over_the_root_of_their_number() -> None:
    rows = baselines.measure(2, SETTINGS, {"mine": THREE}, np.random.default_rng(5))
    sampled = rows[(rows["baseline"] == "samples") & (rows["transform"] == "none")]
    means = sampled.groupby("samples")["tvd"].mean()
    expected = {
        n: sum(binom(n, p).expect(lambda k, p=p, n=n: abs(k / n - p)) for p in (0.5, 0.25, 0.25)) for n in means.index
    }
    assert means.to_dict() == pytest.approx(expected, rel=0.1)
    assert means[100] / means[10000] == pytest.approx(10, rel=0.15)


def test_a_large_enough_bond_learns_a_small_set() -> None:
    def distances(**changes: Any) -> pd.Series:
        table = table_of(synthetic_target("ghz", 4, np.random.default_rng(0)), **changes)
        return table[table["baseline"] == "matrix_product"].iloc[0]

    learnt = distances()
    assert learnt[["bond", "n_layers", "repetitions"]].tolist() == [3, 4, 3]
    assert learnt["high"] < 0.02
    # The control: bond 1 is a product state, whose best KLD is that of the marginals.
    alone = distances(matrix_product=SETTINGS["matrix_product"] | {"n_layers": {"1": [4]}})
    assert alone["bond"] == 1
    assert alone["median"] == pytest.approx(1.75, abs=0.01)


def test_the_matrices_have_stopped_by_the_last_step() -> None:
    target, epochs = published_target("published", 16), CONFIG["experiments"]["baselines"]["matrix_product"]["epochs"]
    model, p = MatrixProductModel(16, baselines.largest_bond(16, 4)), target.probabilities
    start = model.start(np.random.default_rng(1))
    found = [
        baselines.distance(p, np.exp(model.log_probabilities(theta, target.bitstrings)))
        for _, theta in fit(model, start, target.bitstrings, p, epochs, baselines.rates(epochs))
    ]
    assert found[-1] == pytest.approx(found[int(0.8 * epochs)], abs=0.01)
    # The control: a fifth of the way it has not.
    assert found[-1] < found[epochs // 5] - 0.02


@pytest.mark.parametrize("figure", ["fig_9", "fig_10", "fig_12"])
def test_every_panel_of_the_training_figures_has_baselines(figure: str) -> None:
    asked = CONFIG["experiments"]["baselines"]

    def listed(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    for entry in (name for names in settings_of(figure)["studies"].values() for name in listed(names)):
        runs = CONFIG["training"][entry]
        assert all(shots in (None, *asked["sample_sizes"]) for shots in listed(runs["shots"]))
        for n in listed(runs["n_qubits"]):
            assert n in set(asked["n_qubits"]) & set(asked["datasets"][runs["dataset"]]), (entry, n)
            if runs.get("transform"):
                assert n in asked["transforms"][runs["transform"]]
                assert runs.get("smallest", runs["epsilon"]) == asked["smallest"]
            depths = {depth_value(key, n) for key, sizes in asked["matrix_product"]["n_layers"].items() if n in sizes}
            assert {depth_value(layers, n) for layers in listed(runs["n_layers"])} - {1} <= depths, (entry, n)

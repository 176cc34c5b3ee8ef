"""The best bandwidth: peaks and medians by hand, the closed form against draws, resamples against plain loops."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from bornscape import theory
from bornscape.bitstrings.distances import distance_distribution, median_of
from bornscape.bitstrings.walsh import bodyness_spectrum
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.datasets import synthetic_target
from bornscape.experiments import optimal_bandwidth
from bornscape.losses.mmd import mmd, mmd_of_spectra
from bornscape.statistics.maxima import peak, resampled_variances

RNG = np.random.default_rng(0)


def test_peak_of_a_parabola_is_exact() -> None:
    grid = np.geomspace(0.1, 10, 9)
    rows = np.exp([-((np.log(grid) - 0.3) ** 2) + 1, -2 * (np.log(grid) + 1.1) ** 2])
    found = peak(grid, rows)
    assert found.bandwidth == pytest.approx(np.exp([0.3, -1.1]))
    assert found.variance == pytest.approx(np.exp([1, 0]))


def test_peak_at_an_end_is_that_end() -> None:
    grid = np.geomspace(1, 8, 4)
    found = peak(grid, np.array([grid, 1 / grid]))
    assert found.bandwidth == pytest.approx([8, 1])
    assert found.variance == pytest.approx([8, 1])


def test_one_spectrum_serves_every_bandwidth() -> None:
    q, p = RNG.dirichlet(np.ones(16)), RNG.dirichlet(np.ones(16))
    found = mmd_of_spectra(bodyness_spectrum(q - p)[None, :], np.array([0.3, 1.0, 5.0]))
    assert found[0] == pytest.approx([mmd(q, p, s) for s in (0.3, 1.0, 5.0)], rel=1e-12)


def test_distances_of_known_distributions() -> None:
    n = 5
    uniform, zero, ghz = np.full(32, 1 / 32), np.eye(32)[0], (np.eye(32)[0] + np.eye(32)[31]) / 2
    assert distance_distribution(bodyness_spectrum(uniform)) == pytest.approx(binom.pmf(range(6), n, 0.5))
    assert distance_distribution(bodyness_spectrum(zero)) == pytest.approx(np.eye(6)[0], abs=1e-14)
    assert distance_distribution(bodyness_spectrum(ghz)) == pytest.approx([0.5, 0, 0, 0, 0, 0.5], abs=1e-14)
    assert [median_of(np.array(d)) for d in ([1, 0], [0.5, 0.5], [0.4, 0.2, 0.4])] == [0, 0, 1]


def test_resampled_variances_scatter_around_the_variance() -> None:
    values = RNG.normal(3, [1.0, 0.1], size=(400, 2))
    found = resampled_variances(values, np.random.default_rng(1))
    # Bootstrap variances average (1 - 1/draws) of the sample's.
    assert found.mean(axis=0) == pytest.approx(values.var(axis=0, ddof=1), rel=0.03)
    constant = resampled_variances(np.full((10, 1), 7.0), np.random.default_rng(1))
    assert constant.tolist() == [[0.0]] * len(constant)


@pytest.mark.parametrize("single_qubit", ["haar", "ry"])
@pytest.mark.parametrize("dataset", ["zero", "ghz", "o_n"])
def test_variances_are_those_of_theorem_2(single_qubit: str, dataset: str) -> None:
    strings = synthetic_target(dataset, 12, np.random.default_rng(0)).bitstrings
    found = theory.product_mmd_variances(12, [0.5, 3.0, 20.0], strings, single_qubit=single_qubit)
    expected = [theory.product_mmd_variance(12, s, strings, single_qubit=single_qubit) for s in (0.5, 3.0, 20.0)]
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("single_qubit", "biased", "limit"), [("haar", True, 0.240), ("ry", True, 0.230)])
def test_limits_of_the_best_bandwidth_at_zero(single_qubit: str, biased: bool, limit: float) -> None:
    n = 400
    grid = n * np.geomspace(0.1, 0.5, 41)
    variances = theory.product_mmd_variances(n, grid, np.zeros((1, n), dtype=np.uint8), single_qubit=single_qubit)
    assert peak(grid, variances).bandwidth[0] / n == pytest.approx(limit, abs=0.002)
    assert theory.asymptotic_best_bandwidth(single_qubit, biased) == 0.25


@pytest.mark.parametrize(("single_qubit", "limit"), [("haar", 1 / 6), ("ry", 1 / 8)])
def test_limits_of_the_best_bandwidth_without_biased_wires(single_qubit: str, limit: float) -> None:
    n = 400
    grid = n * np.geomspace(0.05, 0.5, 41)
    ghz = np.repeat(np.array([[0], [1]], dtype=np.uint8), n, axis=1)
    found = peak(grid, theory.product_mmd_variances(n, grid, ghz, single_qubit=single_qubit)).bandwidth[0] / n
    assert found == pytest.approx(limit, rel=0.01)
    assert theory.asymptotic_best_bandwidth(single_qubit, biased_wires=False) == pytest.approx(limit)


def test_median_distance_by_hand() -> None:
    """One qubit, target 0, Haar: equal strings with chance 1/4 + (2/3)/4 + (1/2)/2 = 2/3, so the median is 0."""
    assert theory.median_distance(1, np.zeros((1, 1), dtype=np.uint8)) == 0
    # GHZ at large n: a quarter at 0 or n, a quarter near n/3, half near n/2.
    ghz = np.repeat(np.array([[0], [1]], dtype=np.uint8), 300, axis=1)
    assert 0.45 < theory.median_distance(300, ghz) / 300 < 0.5


SETTINGS = {
    "datasets": ["zero", "ghz"],
    "draws": 60,
    "largest_state": 6,
    "smallest": 0.015625,
    "largest": 4,
    "points": 41,
    "state_vectors": False,
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("bandwidths")
    parts = []
    for n in (6, 200):
        targets = {name: synthetic_target(name, n, np.random.default_rng(0)) for name in SETTINGS["datasets"]}
        rows = optimal_bandwidth.measure(n, SETTINGS, targets, np.random.default_rng(n))
        parts.append(rows.assign(n_qubits=n, chunk=0))
    table = optimal_bandwidth.table(pd.concat(parts, ignore_index=True), SETTINGS)
    assert list(table.columns) == optimal_bandwidth.COLUMNS
    table.to_csv(folder / "optimal_bandwidth.csv", index=False)
    return Tables(folder)


def test_table_keeps_its_orders(tables: Tables) -> None:
    rows = tables.read("optimal_bandwidth")
    assert set(rows["ansatz"]) == {"product_haar", "product_ry", "line"}
    assert rows[rows["ansatz"] == "line"]["n_qubits"].unique().tolist() == [6]
    assert (rows["ci_low"] <= rows["variance"]).all()
    assert (rows["variance"] <= rows["ci_high"]).all()
    assert (rows["ratio"] >= 1 - 1e-9).all()
    best = rows[rows["point"] == "best"]
    assert ((best["s_low"] <= best["s"]) & (best["s"] <= best["s_high"])).all()
    closed = rows[(rows["ansatz"] == "product_haar") & (rows["dataset"] == "zero") & (rows["point"] == "n/4")]
    expected = [theory.product_mmd_variance(n, n / 4, np.zeros((1, n), dtype=np.uint8)) for n in (6, 200)]
    assert closed["variance"].to_numpy() == pytest.approx(expected)


@pytest.mark.parametrize("single_qubit", ["haar", "ry"])
def test_best_bandwidths_hold_and_exchanged_limits_do_not(tables: Tables, single_qubit: str) -> None:
    given = {"single_qubit": single_qubit, "datasets": {"zero": True, "ghz": False}}
    found = MEASUREMENTS["best_bandwidth"](tables, given)
    assert [c.label for c in found] == ["zero, n = 200", "ghz, n = 200"]
    assert max(c.deviation for c in found) < 0.1
    exchanged = MEASUREMENTS["best_bandwidth"](tables, given | {"datasets": {"zero": False, "ghz": True}})
    assert min(c.deviation for c in exchanged) > 0.3


def test_variance_given_up(tables: Tables) -> None:
    found = MEASUREMENTS["variance_given_up"](tables, {"point": "n/4", "factor": 2})
    assert len(found) == 2 * (2 + 2 + 1)
    ratios = {c.label: c for c in found}
    assert ratios["product_haar, zero, n = 200"].deviation < 0
    # Six qubits and GHZ: smaller bandwidths see its parity of all qubits.
    assert ratios["product_ry, ghz, n = 6"].deviation > 0
    assert max(c.deviation for c in MEASUREMENTS["variance_given_up"](tables, {"point": "1", "factor": 2})) > 1e6


def test_small_sizes_do_not_judge_growth(tmp_path: Path, tables: Tables) -> None:
    rows = tables.read("optimal_bandwidth")
    rows[rows["n_qubits"] < 200].to_csv(tmp_path / "optimal_bandwidth.csv", index=False)
    assert MEASUREMENTS["variance_given_up"](Tables(tmp_path), {"point": "n/4", "factor": 2}) == []
    given = {"single_qubit": "haar", "datasets": {"zero": True}}
    assert MEASUREMENTS["best_bandwidth"](Tables(tmp_path), given) == []

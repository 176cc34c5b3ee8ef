"""Restricted supports and near starts: closed forms by hand and enumeration, the experiment, its figure, its claims."""

from itertools import product
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.circuits import line_circuit
from bornscape.circuits.starts import near_angles, turning_angles
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.measurements.laws import law_comparison
from bornscape.datasets import synthetic_target, write_target
from bornscape.experiments import exceptions as experiment
from bornscape.figures import exceptions as drawing
from bornscape.simulators.state_vector import probabilities

FALSE_ALARM = 1e-4


# Starts


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_start_without_noise_prepares_the_product_state(layers: int) -> None:
    circuit, ones = line_circuit(3, layers), np.array([1.0, 0.0, 0.25])
    q = probabilities(circuit, near_angles(circuit.n_parameters, ones, 0.0, np.random.default_rng(0)))
    wires = [[1 - one, one] for one in ones]
    assert q == pytest.approx([a * b * c for a, b, c in product(*wires)], abs=1e-12)


def test_noise_of_the_angles() -> None:
    n = line_circuit(5, 400).n_parameters
    ones = np.full(5, 0.5)
    noise = near_angles(n, ones, 0.3, np.random.default_rng(1))
    noise[-15:].reshape(-1, 3)[:, 1] -= turning_angles(ones)
    assert abs(noise.mean()) < stats.norm.isf(FALSE_ALARM / 2) * 0.3 / np.sqrt(n)
    ratio = n * np.mean(noise**2) / 0.3**2
    assert stats.chi2.ppf(FALSE_ALARM / 2, n) < ratio < stats.chi2.isf(FALSE_ALARM / 2, n)


# Closed forms


def test_sector_subset_mass_by_hand() -> None:
    assert theory.sector_subset_mass(4, 2, 3) == 0.5
    assert theory.sector_subset_mass(5, 0, 1) == 1
    for weight, strings in ((2, 7), (2, 0), (5, 1), (-1, 1)):
        with pytest.raises(ValueError, match="strings of weight"):
            theory.sector_subset_mass(4, weight, strings)


@given(st.integers(1, 6), st.floats(0, 3), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_start_masses_of_all_strings_sum_to_one(n: int, sigma: float, seed: int) -> None:
    ones = np.random.default_rng(seed).random(n)
    everything = list(product([0, 1], repeat=n))
    assert theory.product_start_mass(everything, ones, sigma) == pytest.approx(1)
    assert theory.product_start_mass(everything[:1], ones, np.inf) == pytest.approx(2.0**-n)


def test_start_mass_around_one_string() -> None:
    string = np.array([[0, 1, 1]])
    found = theory.product_start_mass(string, string[0], 0.4)
    assert found == pytest.approx(((1 + np.exp(-0.08)) / 2) ** 3)
    assert theory.product_start_mass(string, string[0], 0.0) == 1
    for ones, sigma in (([0.0, 1.0], 0.1), ([0.0, 1.0, 1.0], -0.1)):
        with pytest.raises(ValueError, match="sigma >= 0"):
            theory.product_start_mass(string, ones, sigma)


def test_start_mass_by_monte_carlo() -> None:
    strings, ones, sigma, draws = np.array([[0, 1], [1, 1]]), np.array([0.0, 0.7]), 0.6, 4000
    circuit, rng = line_circuit(2, 0), np.random.default_rng(2)
    masses = [probabilities(circuit, near_angles(6, ones, sigma, rng))[[1, 3]].sum() for _ in range(draws)]
    z = (np.mean(masses) - theory.product_start_mass(strings, ones, sigma)) / (np.std(masses) / np.sqrt(draws))
    assert abs(z) < stats.norm.isf(FALSE_ALARM / 2)


# The experiment and its figure

SETTINGS: dict[str, Any] = {
    "n_layers": 1,
    "largest_state": 6,
    "sigmas": [0, 0.3, "1/sqrt(n)"],
    "subsets": ["n", "n**2"],
    "draws": 60,
    "batches": 5,
    "batch": 50,
    "shots": 20,
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    parts = []
    for n in (4, 6, 8):
        targets = {name: synthetic_target(name, n, np.random.default_rng(1)) for name in ("ghz", "o_n")}
        rows = experiment.measure(n, SETTINGS, targets, np.random.default_rng(n))
        parts.append(rows.assign(n_qubits=n, chunk=0))
    return experiment.table(pd.concat(parts), SETTINGS)


def test_table(table: pd.DataFrame) -> None:
    assert table.columns.tolist() == experiment.COLUMNS
    assert not table.duplicated(experiment.KEYS).any()
    assert set(table.loc[table["n_qubits"] == 8, "model"]) == {"product"}
    assert table["mass"].between(0, 1 + 1e-12).all()
    assert (table["ci_low"] <= table["mass"]).all()
    assert (table["mass"] <= table["ci_high"]).all()
    # n^2 strings only where the sector has more.
    assert set(table.loc[table["dataset"] == "sector_n**2", "n_qubits"]) == set()
    counted = table[table["hits"].notna()]
    assert (counted["draws"] == SETTINGS["draws"]).all()
    assert not (counted["model"] == "product").any()


def test_masses_that_are_known(table: pd.DataFrame) -> None:
    kept = table[(table["dataset"] == "sector") & (table["model"] != "line")]
    assert kept["mass"].to_numpy() == pytest.approx(1, abs=1e-12)
    assert (kept["fraction"] == 1).all()
    prepared = table[(table["start"] == "string") & (table["sigma"] == "0")]
    assert len(prepared) == 10
    assert prepared["mass"].to_numpy() == pytest.approx(1, abs=1e-12)
    ghz = table[(table["start"] == "marginals") & (table["sigma"] == "0") & (table["dataset"] == "ghz")]
    assert ghz["mass"].to_numpy() == pytest.approx(2.0 ** (1 - ghz["n_qubits"].to_numpy()), rel=1e-9)


def test_hits_are_as_frequent_as_the_masses_say(table: pd.DataFrame) -> None:
    counted = table[table["hits"].notna()]
    chances = [
        min(stats.binom.cdf(row.hits, row.draws, row.predicted), stats.binom.sf(row.hits - 1, row.draws, row.predicted))
        for row in counted.itertuples()
    ]
    # Draws of unequal chances scatter less than a binomial of their mean.
    assert min(chances) > FALSE_ALARM / 2 / len(counted)


def test_figure(table: pd.DataFrame) -> None:
    drawn, shown = drawing.figure(exceptions=table)
    assert set(shown["panel"]) == {"support", "start", "product", "left"}
    assert sum(axis.axison for axis in drawn.axes) == 4
    assert (shown["low"] <= shown["value"] + 1e-12).all()
    assert set(shown.loc[shown["panel"] != "support", "dataset"]) == {"ghz"}


# Claims on made-up tables


def row(**changes: Any) -> dict[str, Any]:
    made = {"n_qubits": 8, "n_layers": 3, "model": "line", "start": "uniform", "sigma": "uniform", "dataset": "ghz"}
    made |= {"strings": 8, "draws": 100, "samples": 100, "mass": 0.1, "shots": 100, "hits": 50, "fraction": 0.5}
    made |= {"fraction_low": 0.4, "fraction_high": 0.6, "predicted": 0.5} | changes
    factor = np.exp(stats.t.ppf(0.975, made["samples"] - 1) * 0.02)
    return {"ci_low": made["mass"] / factor, "ci_high": made["mass"] * factor} | made


def tables_of(folder: Path, rows: list[dict[str, Any]]) -> Tables:
    write_table(pd.DataFrame(rows, columns=experiment.COLUMNS), folder / "exceptions.csv")
    return Tables(folder)


def verdict(kind: str, check: str, tables: Tables, expected: str, tolerance: float, **changes: Any) -> str:
    return judge(kind, MEASUREMENTS[check](tables, changes), expected, tolerance).verdict


SIZES = (4, 6, 8, 10, 12, 14, 16)


def test_mass_laws_and_their_controls(tmp_path: Path) -> None:
    laws = {("uniform", "uniform"): lambda n: 2.0**-n, ("string", "1/sqrt(n)"): lambda n: n**-0.7}
    rows = [row(n_qubits=n, start=a, sigma=s, mass=law(n)) for (a, s), law in laws.items() for n in SIZES]
    tables = tables_of(tmp_path, rows)
    for start, sigma, expected in (
        ("uniform", "uniform", "reproduced"),
        ("string", "1/sqrt(n)", "contradicted"),
    ):
        settings = {"model": "line", "start": start, "sigma": sigma, "datasets": ["ghz"]}
        assert verdict("scaling", "training_mass_law", tables, "exponential", 0.05, **settings) == expected


def test_a_constant_counts_as_polynomial_and_four_sizes_are_needed() -> None:
    means = pd.DataFrame({"n_qubits": SIZES, "value": 0.5, "ci_low": 0.49, "ci_high": 0.51})
    (found,) = law_comparison("made", means)
    assert found.found == "polynomial"
    assert found.deviation <= 0.05
    assert law_comparison("made", means[:3]) == []
    assert law_comparison("made", means.assign(ci_low=0.5, ci_high=0.5)) == []


def test_sector_mass_and_its_control(tmp_path: Path) -> None:
    rows = [row(model="half_weight", dataset="sector", mass=1.0), row(dataset="sector", mass=0.3)]
    tables = tables_of(tmp_path, rows)
    assert verdict("identity", "sector_mass", tables, "1", 1e-9, model="half_weight") == "reproduced"
    assert verdict("identity", "sector_mass", tables, "1", 1e-9, model="line") == "contradicted"


def test_sector_subsets_and_their_control(tmp_path: Path) -> None:
    expected = 8 / comb(8, 4)
    rows = [
        row(model="half_weight", dataset="sector_n", mass=expected * 1.02),
        row(model="weight_two", dataset="sector_n", mass=8 / comb(8, 2)),
        row(model="line", dataset="sector_n", mass=expected / 2),
        row(model="half_weight", dataset="sector", mass=1.0),
    ]
    tables = tables_of(tmp_path, rows)
    (found, _) = MEASUREMENTS["sector_subset_mass"](tables, {"models": ["half_weight", "weight_two"]})
    # One t of log(1.02) / 0.02 = 0.99 with 99 degrees of freedom is nearly as many normal deviates.
    assert found.expected == expected
    assert found.deviation == pytest.approx(np.log(1.02) / 0.02, abs=0.02)
    for models, wanted in ((["half_weight", "weight_two"], "reproduced"), (["line"], "contradicted")):
        assert verdict("monte_carlo", "sector_subset_mass", tables, "", 0.01, models=models) == wanted


def test_start_masses_and_their_control(tmp_path: Path) -> None:
    target = synthetic_target("ghz", 8, np.random.default_rng(0))
    (tmp_path / "targets").mkdir()
    write_target(target, tmp_path / "targets" / "ghz_n8.csv")
    rows = [
        row(model="product", start=start, sigma=sigma, mass=theory.product_start_mass(target.bitstrings, ones, value))
        for start, ones, sigma, value in (
            ("string", np.zeros(8), "0.3", 0.3),
            ("string", np.zeros(8), "1/sqrt(n)", 8**-0.5),
            ("string", np.zeros(8), "0", 0.0),
            ("uniform", np.zeros(8), "uniform", np.inf),
        )
    ]
    tables = tables_of(tmp_path, rows)
    assert len(MEASUREMENTS["start_mass"](tables, {"sigma_factor": 1})) == 3
    assert verdict("monte_carlo", "start_mass", tables, "", 0.01, sigma_factor=1) == "reproduced"
    assert verdict("monte_carlo", "start_mass", tables, "", 0.01, sigma_factor=2) == "contradicted"


def test_leaving_order_and_its_control(tmp_path: Path) -> None:
    near = {"start": "string", "sigma": "0.3", "hits": 95, "fraction": 0.95}
    tables = tables_of(
        tmp_path,
        [row(hits=3, fraction=0.03), row(**near), row(n_qubits=4, hits=99, fraction=0.99), row(n_qubits=4, **near)],
    )
    sides = {"start": "uniform", "sigma": "uniform"}, {"start": "string", "sigma": 0.3}
    for (lower, higher), expected in ((sides, "reproduced"), (sides[::-1], "contradicted")):
        settings = {"model": "line", "datasets": ["ghz"], "lower": lower, "higher": higher}
        assert verdict("ordering", "leaving_order", tables, "", 0.05, **settings) == expected
    assert MEASUREMENTS["leaving_order"](tables, settings | {"datasets": ["o_n"]}) == []

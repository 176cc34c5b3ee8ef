"""The exceptions' claims on made-up tables."""

from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.measurements.laws import law_comparison
from bornscape.datasets import synthetic_target, write_target
from bornscape.experiments import exceptions as experiment

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
    return judge(kind, MEASUREMENTS[check](tables, {"table": "exceptions", **changes}), expected, tolerance).verdict


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
    assert found.deviation > 0
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
    (found, _) = MEASUREMENTS["sector_subset_mass"](
        tables, {"table": "exceptions", "models": ["half_weight", "weight_two"]}
    )
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
    assert len(MEASUREMENTS["start_mass"](tables, {"table": "exceptions", "sigma_factor": 1})) == 3
    assert verdict("monte_carlo", "start_mass", tables, "", 0.01, sigma_factor=1) == "reproduced"
    assert verdict("monte_carlo", "start_mass", tables, "", 0.01, sigma_factor=2) == "contradicted"


def test_leaving_order_and_its_control(tmp_path: Path) -> None:
    near = {"start": "string", "sigma": "0.3", "hits": 95, "fraction": 0.95}
    # At n = 4 uniform angles leave as often: the control.
    small = [row(n_qubits=4, hits=95, fraction=0.95), row(n_qubits=4, **near)]
    tables = tables_of(tmp_path, [row(hits=3, fraction=0.03), row(**near), *small])
    sides = {"start": "uniform", "sigma": "uniform"}, {"start": "string", "sigma": 0.3}
    for size, (lower, higher), expected in (
        ("largest", sides, "reproduced"),
        ("largest", sides[::-1], "contradicted"),
        ("smallest", sides, "inconclusive"),
    ):
        settings = {"model": "line", "datasets": ["ghz"], "size": size, "lower": lower, "higher": higher}
        assert verdict("ordering", "leaving_order", tables, "", 0.05, **settings) == expected
    assert MEASUREMENTS["leaving_order"](tables, {"table": "exceptions", **settings, "datasets": ["o_n"]}) == []

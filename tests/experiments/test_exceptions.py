"""Restricted supports and near starts: the experiment, its masses and its figure."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bornscape.datasets import synthetic_target
from bornscape.experiments import exceptions as experiment
from bornscape.figures import exceptions as drawing

FALSE_ALARM = 1e-4


# The experiment and its figure

SETTINGS: dict[str, Any] = {
    "n_layers": 1,
    "largest_state": 6,
    "sigmas": [0, 0.3, "1/sqrt(n)"],
    "subsets": ["n", "n**2"],
    "sets": 3,
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
    assert len(prepared) == 13
    assert prepared["mass"].to_numpy() == pytest.approx(1, abs=1e-12)
    assert prepared["rest"].to_numpy() == pytest.approx(0, abs=1e-12)
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


def test_the_rest_of_the_data_by_its_closed_form(table: pd.DataFrame) -> None:
    """One of n bits flips, each kept with chance (1 + exp(-1 / 2n)) / 2; t at 4 degrees, false alarm 1e-4 each."""
    rows = table[(table["start"] == "string") & (table["sigma"] == "1/sqrt(n)") & (table["model"] == "product")]
    cluster = rows[rows["dataset"] == "cluster"]
    assert (cluster["strings"] == cluster["n_qubits"] + 1).all()
    kept = (1 + np.exp(-1 / (2 * cluster["n_qubits"]))) / 2
    expected = cluster["n_qubits"] * kept ** (cluster["n_qubits"] - 1) * (1 - kept)
    spread = np.log(cluster["rest_high"] / cluster["rest"]) / stats.t.ppf(0.975, 4)
    assert (np.abs(np.log(cluster["rest"] / expected)) < stats.t.ppf(1 - 5e-5, 4) * spread).all()
    assert table.loc[table["start"] != "string", "rest"].isna().all()
    # The other GHZ string is n flips away.
    ghz = rows[rows["dataset"] == "ghz"]
    assert (ghz["rest"].to_numpy() < 1e-3 * cluster["rest"].to_numpy()).all()


# Claims on made-up tables


def row(**changes: Any) -> dict[str, Any]:
    made = {"n_qubits": 8, "n_layers": 3, "model": "line", "start": "uniform", "sigma": "uniform", "dataset": "ghz"}
    made |= {"strings": 8, "draws": 100, "samples": 100, "mass": 0.1, "shots": 100, "hits": 50, "fraction": 0.5}
    made |= {"fraction_low": 0.4, "fraction_high": 0.6, "predicted": 0.5} | changes
    factor = np.exp(stats.t.ppf(0.975, made["samples"] - 1) * 0.02)
    return {"ci_low": made["mass"] / factor, "ci_high": made["mass"] * factor} | made

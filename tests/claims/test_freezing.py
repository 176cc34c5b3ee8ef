"""Hits of product circuits: the table, the laws, and the claims' judges."""

from itertools import combinations
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
from bornscape.claims.measurements.fixed_points import hit_bound
from bornscape.claims.measurements.freezing import freezing, hit_frequency
from bornscape.experiments import training_hits
from bornscape.experiments.training_hits import _training_sample
from bornscape.tables.columns import FIXED_POINT_COLUMNS

SIZES = np.array([4, 6, 8, 10, 12, 14, 16, 20, 24])


def share(base: float, power: float, amplitude: float = 1.0) -> Any:
    return 1 - np.exp(-amplitude * SIZES**power / base**SIZES)


# Hits of product circuits


def test_hit_probability_by_hand() -> None:
    """One qubit: E[1 - (1 - u)^N] = N / (N + 1); one sample: E[q] = 2^-n; and never above the union bound."""
    for n_samples in (1, 3, 1000):
        assert theory.product_hit_probability(1, n_samples) == pytest.approx(n_samples / (n_samples + 1), rel=1e-9)
    for n in (1, 2, 10, 100):
        assert theory.product_hit_probability(n, 1) == pytest.approx(2.0**-n, rel=1e-9)
    assert theory.product_hit_probability(2, 2) == pytest.approx(2 / 4 - 1 / 9)
    bounds = [theory.product_hit_probability(n, 500) / (500 * 2.0**-n) for n in (8, 16, 32, 64)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == pytest.approx(1, rel=1e-6)
    with pytest.raises(ValueError, match="n_samples >= 1"):
        theory.product_hit_probability(3, 0)


ENSEMBLES = ("product_haar", "haar", "product_near", "random")
HIT_SETTINGS = {"ensembles": list(ENSEMBLES), "draws": 400, "shots": [20, "n**2"], "counted": ["2.7**n"]}


@pytest.fixture(scope="module")
def hits() -> pd.DataFrame:
    """The experiment itself, at sizes that take no time."""
    from bornscape.datasets import synthetic_target

    parts = []
    for n in (4, 5, 6, 7, 8):
        rng = np.random.default_rng(n)
        targets = {name: synthetic_target(name, n, rng) for name in ("zero", "o_n")}
        parts.append(training_hits.measure(n, HIT_SETTINGS, targets, rng).assign(n_qubits=n, chunk=0))
    return training_hits.table(pd.concat(parts), HIT_SETTINGS)


def tables_of(folder: Path, **tables: pd.DataFrame) -> Tables:
    for name, table in tables.items():
        write_table(table, folder / f"{name}.csv")
    return Tables(folder)


def test_training_hits_table(hits: pd.DataFrame) -> None:
    assert list(hits.columns) == training_hits.COLUMNS
    assert set(hits["formula"]) == {"20", "n**2", "2.7**n"}
    assert hits.groupby(["ensemble", "n_qubits", "dataset", "formula"]).size().eq(1).all()
    assert set(hits["ensemble"]) == set(ENSEMBLES)
    # Exact tails, of which those of unequal chances are too long: false alarm at most 0.1 % of all comparisons.
    tails = [stats.binomtest(row.hits, row.draws, row.predicted).pvalue for row in hits.itertuples()]
    assert min(tails) > 1e-3 / len(hits)
    drawn = hits[(hits["ensemble"] == "product_haar") & (hits["dataset"] != "sampled")]
    sampled = drawn[drawn["formula"] != "2.7**n"]
    assert (sampled["nearest_low"] <= sampled["nearest"]).all()
    assert (sampled["distance"] < 0.7 * sampled["n_qubits"]).all()
    assert (sampled["distance"] > 0.3 * sampled["n_qubits"]).all()
    assert hits[hits["formula"] == "2.7**n"]["nearest"].isna().all()


def test_hit_frequency_says_yes_and_no(tmp_path: Path, hits: pd.DataFrame) -> None:
    tables = tables_of(tmp_path, training_hits=hits)
    for ensemble, comparisons in (("product_haar", 10), ("haar", 20), ("random", 16)):
        for factor, verdict in ((1, "reproduced"), (3, "contradicted")):
            settings = {"table": "training_hits", "ensemble": ensemble, "shots": [20, "n**2"], "shots_factor": factor}
            found = hit_frequency(tables, settings)
            assert len(found) == comparisons
            assert judge("monte_carlo", found, "", 0.01).verdict == verdict


def test_sampled_training_sets_are_drawn_and_their_hits_freeze(hits: pd.DataFrame) -> None:
    """n^2 samples with repetitions of 6 strings at n = 4 miss one with a chance of 6 (5/6)^16 = 0.32 at most."""
    sampled = hits[hits["dataset"] == "sampled"]
    assert set(sampled["ensemble"]) == {"product_haar", "haar"}
    smallest = sampled[sampled["n_qubits"] == 4]["strings"]
    assert smallest.between(6 - 6 * (5 / 6) ** 16 - 0.15, 6).all()
    rows = _training_sample(10, np.random.default_rng(3))
    assert (rows.sum(axis=1) == 5).all()
    assert len(np.unique(rows, axis=0)) == len(rows) <= 100


def test_the_hits_of_haar_states_by_brute_force() -> None:
    """Gaussian vectors of 3 qubits, 2 strings and 5 samples, false alarm 6e-7; and supports by enumeration."""
    rng = np.random.default_rng(8)
    states = rng.normal(size=(20_000, 8, 2))
    q = (states**2).sum(axis=2)
    mass = (q / q.sum(axis=1)[:, None])[:, :2].sum(axis=1)
    chance = 1 - (1 - mass) ** 5
    error = chance.std() / np.sqrt(len(chance))
    assert abs(chance.mean() - theory.haar_hit_probability(3, 2, 5)) < 5 * error
    pairs = [set(pair) & {0, 1, 2} for pair in combinations(range(8), 2)]
    assert theory.random_supports_meet(3, 3, 2) == pytest.approx(np.mean([bool(pair) for pair in pairs]))
    assert theory.random_supports_meet(2, 3, 2) == 1


@pytest.mark.parametrize("form", ["union", "paper", "random"])
def test_hits_stay_below_their_bounds_and_those_of_near_circuits_do_not(form: str, tmp_path: Path) -> None:
    """Counts at the exact chance of each ensemble, and a model that always hits."""
    rows = []
    for n in (16, 24, 32):
        for ensemble in ENSEMBLES:
            chances = {"product_haar": theory.product_hit_probability(n, 20), "product_near": 1.0}
            chance = chances.get(ensemble, 20 * 2.0**-n)
            row = {"ensemble": ensemble, "n_qubits": n, "dataset": "zero", "strings": 1, "shots": 20, "draws": 1000}
            rows.append(row | {"hits": round(1000 * chance), "fraction": chance})
    tables = tables_of(tmp_path, training_hits=pd.DataFrame(rows, columns=training_hits.COLUMNS))
    for ensemble, verdict in (("product_haar", "reproduced"), ("haar", "reproduced"), ("product_near", "contradicted")):
        found = hit_bound(tables, {"table": "training_hits", "ensembles": [ensemble], "form": form})
        assert found
        assert all(float(c.expected) < 1 for c in found)
        assert judge("bound", found, "", 0.01).verdict == verdict


def test_the_papers_delta_by_hand() -> None:
    """N = 10, M = 2, mu = 1e-3 and sigma = 5e-5: 10 (2e-3 + 1e-2) + 1e-4."""
    assert theory.concentration_delta(1e-3, 5e-5, 2, 10) == pytest.approx(0.1201)


def fixed_points(base: float) -> pd.DataFrame:
    rows = []
    for n, off in zip(SIZES, np.rint(300 * share(base, 2.0 if base > 1 else -1.0)), strict=True):
        for shots, kept in ((100, 300 - off), (int(n) ** 2, 300 - off)):
            row = {"experiment": "product_shots", "ansatz": "product_haar", "loss": "kld", "dataset": "zero"}
            row |= {"n_qubits": n, "n_layers": 0, "shots": shots, "draws": 300, "at_fixed_point": kept}
            rows.append(row | {"fraction": kept / 300})
    return pd.DataFrame(rows, columns=FIXED_POINT_COLUMNS).drop_duplicates()


FREEZING = {"table": "fixed_points", "experiment": "product_shots", "loss": "kld", "n_layers": 0} | {
    "shots": [100, "n**2"],
    "datasets": ["zero", "ghz"],
}


@pytest.mark.parametrize(("base", "verdict"), [(2.0, "reproduced"), (1.0, "contradicted")])
def test_freezing_law_of_estimates(tmp_path: Path, base: float, verdict: str) -> None:
    found = freezing(tables_of(tmp_path, fixed_points=fixed_points(base)), FREEZING)
    labels = [c.label.split(":")[0] for c in found]
    assert labels == ["product_haar, zero, N = 100", "product_haar, zero, N = n**2"]
    assert judge("scaling", found, "exponential", 0.05).verdict == verdict


def test_exponentially_many_samples_are_the_control(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"n_qubits": SIZES, "dataset": "zero", "formula": "2.7**n", "draws": 1000})
    table["hits"] = rng.binomial(1000, [theory.product_hit_probability(int(n), round(2.7**n)) for n in SIZES])
    table = table.assign(ensemble="product_haar").reindex(columns=training_hits.COLUMNS)
    settings = FREEZING | {"table": "training_hits", "shots": ["2.7**n"], "ensembles": ["product_haar"]}
    found = freezing(tables_of(tmp_path, training_hits=table), settings)
    assert judge("scaling", found, "exponential", 0.05).verdict == "contradicted"


def test_empty_tables_are_no_evidence(tmp_path: Path) -> None:
    tables = tables_of(
        tmp_path,
        fixed_points=pd.DataFrame(columns=FIXED_POINT_COLUMNS),
        training_hits=pd.DataFrame(columns=training_hits.COLUMNS),
    )
    hits = {"table": "training_hits", "ensembles": ["haar"], "ensemble": "haar", "form": "union"}
    assert freezing(tables, FREEZING) == freezing(tables, FREEZING | hits) == hit_bound(tables, hits) == []
    assert hit_frequency(tables, hits | {"shots": [100], "shots_factor": 1}) == []

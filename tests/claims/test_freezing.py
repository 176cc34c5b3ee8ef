"""Hits of product circuits: the table, the laws, and the claims' judges."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements.freezing import freezing, hit_frequency
from bornscape.experiments import training_hits
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


HIT_SETTINGS = {"ensemble": "haar", "draws": 400, "shots": [20, "n**2"], "counted": ["2.7**n"]}


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
    assert hits.groupby(["n_qubits", "dataset", "formula"]).size().eq(1).all()
    z = (hits["fraction"] - hits["predicted"]) / hits["predicted_sd"]
    assert z.abs().max() < 4.2  # 30 comparisons: false alarm 0.1 %
    sampled = hits[hits["formula"] != "2.7**n"]
    assert (sampled["nearest_low"] <= sampled["nearest"]).all()
    assert (sampled["distance"] < 0.7 * sampled["n_qubits"]).all()
    assert (sampled["distance"] > 0.3 * sampled["n_qubits"]).all()
    assert hits[hits["formula"] == "2.7**n"]["nearest"].isna().all()


def test_hit_frequency_says_yes_and_no(tmp_path: Path, hits: pd.DataFrame) -> None:
    tables = tables_of(tmp_path, training_hits=hits)
    for factor, verdict in ((1, "reproduced"), (3, "contradicted")):
        found = hit_frequency(tables, {"table": "training_hits", "shots": [20, "n**2"], "shots_factor": factor})
        assert len(found) == 10
        assert judge("monte_carlo", found, "", 0.01).verdict == verdict


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
    assert [c.label.split(":")[0] for c in found] == ["zero, N = 100", "zero, N = n**2"]
    assert judge("scaling", found, "exponential", 0.05).verdict == verdict


def test_exponentially_many_samples_are_the_control(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"n_qubits": SIZES, "dataset": "zero", "formula": "2.7**n", "draws": 1000})
    table["hits"] = rng.binomial(1000, [theory.product_hit_probability(int(n), round(2.7**n)) for n in SIZES])
    tables = tables_of(tmp_path, training_hits=table.reindex(columns=training_hits.COLUMNS))
    found = freezing(tables, FREEZING | {"table": "training_hits", "shots": ["2.7**n"]})
    assert judge("scaling", found, "exponential", 0.05).verdict == "contradicted"


def test_empty_tables_are_no_evidence(tmp_path: Path) -> None:
    tables = tables_of(
        tmp_path,
        fixed_points=pd.DataFrame(columns=FIXED_POINT_COLUMNS),
        training_hits=pd.DataFrame(columns=training_hits.COLUMNS),
    )
    assert freezing(tables, FREEZING) == freezing(tables, FREEZING | {"table": "training_hits"}) == []
    assert hit_frequency(tables, {"table": "training_hits", "shots": [100], "shots_factor": 1}) == []

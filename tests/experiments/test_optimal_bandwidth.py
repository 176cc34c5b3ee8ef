"""The best bandwidth: the experiment's table, and what its measurements say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target
from bornscape.experiments import optimal_bandwidth
from support.shipped import shipped_claims

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
    found = MEASUREMENTS["best_bandwidth"](tables, {"table": "optimal_bandwidth", **given})
    assert [c.label for c in found] == ["zero, n = 200", "ghz, n = 200"]
    assert max(c.deviation for c in found) < 0.1
    exchanged = MEASUREMENTS["best_bandwidth"](
        tables, {"table": "optimal_bandwidth"} | given | {"datasets": {"zero": False, "ghz": True}}
    )
    assert min(c.deviation for c in exchanged) > 0.3


def test_variance_given_up(tables: Tables) -> None:
    found = MEASUREMENTS["variance_given_up"](tables, {"table": "optimal_bandwidth", "point": "n/4", "factor": 2})
    assert len(found) == 2 * (2 + 2 + 1)
    ratios = {c.label: c for c in found}
    assert ratios["product_haar, zero, n = 200"].deviation < 0
    # Six qubits and GHZ: smaller bandwidths see its parity of all qubits.
    assert ratios["product_ry, ghz, n = 6"].deviation > 0
    assert (
        max(
            c.deviation
            for c in MEASUREMENTS["variance_given_up"](
                tables, {"table": "optimal_bandwidth", "point": "1", "factor": 2}
            )
        )
        > 1e6
    )


NAMES = ("optimal_bandwidth_median", "optimal_bandwidth_beyond")
CLAIMS = {c["claim"]: c for c in shipped_claims() if c["claim"] in NAMES}


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_are_reproduced_and_their_broken_variants_contradicted(claim: str, tables: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], tables)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def test_variance_beyond_by_hand(tables: Tables) -> None:
    given = {"table": "optimal_bandwidth", "start": 1, "to": 4}
    found = {c.label: c for c in MEASUREMENTS["variance_beyond"](tables, given)}
    assert len(found) == 2 * (2 + 2 + 1)
    zeros = np.zeros((1, 200), dtype=np.uint8)
    first, last = (theory.product_mmd_variance(200, s * 200, zeros) for s in (1, 4))
    assert found["product_haar, zero, n = 200"].estimate == pytest.approx(last / first)
    # As s^-2, but for what k^n = exp(-n / 2s) takes at s = n.
    assert 1 / 16 < last / first < 1 / 11


def test_small_sizes_do_not_judge_growth(tmp_path: Path, tables: Tables) -> None:
    rows = tables.read("optimal_bandwidth")
    rows[rows["n_qubits"] < 200].to_csv(tmp_path / "optimal_bandwidth.csv", index=False)
    assert (
        MEASUREMENTS["variance_given_up"](Tables(tmp_path), {"table": "optimal_bandwidth", "point": "n/4", "factor": 2})
        == []
    )
    given = {"single_qubit": "haar", "datasets": {"zero": True}}
    assert MEASUREMENTS["best_bandwidth"](Tables(tmp_path), {"table": "optimal_bandwidth", **given}) == []

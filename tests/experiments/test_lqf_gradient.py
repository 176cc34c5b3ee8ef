"""The LQF's gradient: a small run of the experiment, its closed forms, and its claims with their broken variants."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target
from bornscape.experiments import lqf_gradient
from support.shipped import BANDWIDTHS, shipped_claims

CLAIMS = {c["claim"]: c for c in shipped_claims() if c["claim"].startswith("fig_8_lqf_gradient")}
SETTINGS = {"depths": [1, 2, "log2(n)"], "batches": 20, "paths": 100, "largest_state": 10, "draws": 40, "pairs": 3000}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder, parts = tmp_path_factory.mktemp("run"), []
    for n in (4, 5, 6, 7, 8, 9, 10, 30, 100, 300):
        rng = np.random.default_rng([3, n])
        targets = {name: synthetic_target(name, n, rng) for name in ("zero", "ghz")}
        parts.append(lqf_gradient.measure(n, SETTINGS, targets, rng).assign(n_qubits=n, chunk=0))
    table = lqf_gradient.table(pd.concat(parts), SETTINGS)
    assert list(table.columns) == lqf_gradient.COLUMNS
    table.to_csv(folder / "lqf_gradient.csv", index=False)
    return Tables(folder, BANDWIDTHS)


def test_deep_circuits_by_their_two_design(run: Tables) -> None:
    """Var[dL/d angle] = N^2 / (8 n (N + 1) (N^2 - 1)); intervals of 7 sizes at 5 standard errors."""
    rows = run.read("lqf_gradient")
    rows = rows[rows["method"] == "haar"]
    n, size = rows["n_qubits"], 2.0 ** rows["n_qubits"]
    expected = size**2 / (8 * n * (size + 1) * (size**2 - 1))
    assert len(rows) == 7
    assert (abs(rows["total"] - expected) < 5 / 1.96 * (rows["ci_high"] - rows["ci_low"]) / 2).all()


@pytest.mark.parametrize("claim", list(CLAIMS))
def test_every_claim_is_reproduced_and_its_broken_variant_contradicted(claim: str, run: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], run)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def test_an_empty_table_is_no_evidence(tmp_path: Path, run: Tables) -> None:
    run.read("lqf_gradient")[:0].to_csv(tmp_path / "lqf_gradient.csv", index=False)
    for claim in CLAIMS.values():
        assert judge_claim(claim, Tables(tmp_path, BANDWIDTHS))[0].verdict == "not_run"

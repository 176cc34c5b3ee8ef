"""Cor. 2: estimates that hit nothing are their fixed points, those that hit something are not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements.stuck_estimates import stuck_estimate
from bornscape.datasets import Target
from bornscape.experiments import stuck_estimates
from bornscape.losses.explicit import DEFINITIONS

EPSILON = 1e-14
SETTINGS = {"ensemble": "haar", "draws": 30, "shots": ["n**2"], "epsilon": EPSILON}
UNEQUAL = Target(np.array([[0, 0, 0, 0], [0, 1, 1, 0]], dtype=np.uint8), np.array([0.3, 0.7]))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rows = stuck_estimates.measure(4, SETTINGS, {"unequal": UNEQUAL}, np.random.default_rng(1))
    return stuck_estimates.table(rows.assign(n_qubits=4, chunk=0), SETTINGS)


def test_columns_and_counts(table: pd.DataFrame) -> None:
    assert list(table.columns) == stuck_estimates.COLUMNS
    assert set(table["loss"]) == set(DEFINITIONS)
    assert table.groupby("loss")["draws"].sum().eq(30).all()
    assert set(table["hit"]) == {0, 1}
    assert set(table["shots"]) == {16}


def test_fixed_points_by_hand(table: pd.DataFrame) -> None:
    missed = table[table["hit"] == 0].set_index("loss")["estimate"]
    entropy = -(0.3 * np.log(0.3) + 0.7 * np.log(0.7))
    assert missed["kld"] == pytest.approx(-np.log(EPSILON) - entropy)
    assert missed["renyi_2"] == pytest.approx(np.log((0.09 + 0.49) / EPSILON))
    assert missed["renyi_0.5"] == pytest.approx(-2 * np.log((0.3**0.5 + 0.7**0.5) * EPSILON**0.5))
    assert (missed["tvd"], missed["classical_fidelity"], missed["jsd"]) == (pytest.approx(2), 1, pytest.approx(0))
    assert -np.log(EPSILON) - np.log(16) <= missed["reverse_kld"] <= -np.log(EPSILON)


@pytest.mark.parametrize("loss", list(DEFINITIONS))
@pytest.mark.parametrize(("hit", "verdict"), [(0, "reproduced"), (1, "contradicted")])
def test_claims(tmp_path: Path, table: pd.DataFrame, loss: str, hit: int, verdict: str) -> None:
    write_table(table, tmp_path / "stuck_estimates.csv")
    found = stuck_estimate(Tables(tmp_path), {"table": "stuck_estimates", "loss": loss, "hit": hit})
    assert len(found) == 1
    assert judge("identity", found, "", 1e-12).verdict == verdict


def test_empty_table_is_no_evidence(tmp_path: Path) -> None:
    write_table(pd.DataFrame(columns=stuck_estimates.COLUMNS), tmp_path / "stuck_estimates.csv")
    assert stuck_estimate(Tables(tmp_path), {"table": "stuck_estimates", "loss": "kld", "hit": 0}) == []

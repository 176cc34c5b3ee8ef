"""Forms of the KLD at few shots: the experiment, and its claims with their controls on made-up tables."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target
from bornscape.experiments import kld_forms as experiment
from support.made_up_tables import made_up
from support.shipped import shipped_claims

SETTINGS: dict[str, Any] = {
    "n_layers": 1,
    "shots": 20,
    "trained": {"ghz": [3]},
    "forms": {"clipped": [1e-6, "1/(2N)"], "added": [1e-6], "flat": [1e-6]},
    "repetitions": 2,
    "epochs": 3,
    "pace": 10,
}
CLAIMS = [claim for claim in shipped_claims() if claim["result"] == "kld_forms"]


def measured(n: int, seed: int = 0) -> pd.DataFrame:
    targets = {name: synthetic_target(name, n, np.random.default_rng(1)) for name in ("ghz", "o_n")}
    rows = experiment.measure(n, SETTINGS, targets, np.random.default_rng(seed))
    return experiment.table(rows.assign(n_qubits=n, chunk=1), SETTINGS)


def test_rows_of_starts_and_of_what_follows_where_that_is_asked() -> None:
    table = pd.concat([measured(3), measured(4)])
    assert table.columns.tolist() == experiment.COLUMNS
    assert set(table["repetition"]) == {2, 3}
    trained = table[table["epochs"] > 0]
    assert (set(trained["dataset"]), set(trained["n_qubits"]), set(trained["epochs"])) == ({"ghz"}, {3}, {3})
    # Half of one in 20 shots.
    assert set(table["epsilon"]) == {1e-6, 0.025}
    pd.testing.assert_frame_equal(measured(3), measured(3))


def test_what_forms_share_and_where_they_differ() -> None:
    table = pd.concat([measured(3), measured(4)])
    usual = table[(table["form"] == "clipped") & (table["epsilon"] == 1e-6)]
    assert (usual["gain"] == 1).all()
    for column in ("hits", "chance", "exact_norm", "entries"):
        assert (table.groupby(["n_qubits", "dataset", "repetition", "epochs"])[column].nunique() == 1).all(), column
    assert table["hits"].between(0, 20).all()
    assert table["alignment"].between(-1, 1).all()
    counts = table.pivot_table("nonzero", ["n_qubits", "dataset", "repetition", "epochs"], ["form", "epsilon"])
    # The clipped KLD's own derivative has no slope where no shot fell.
    assert (counts["flat", 1e-6] <= counts["clipped", 1e-6]).all()
    # Exact steps towards the data bring shots there.
    ghz = table[(table["dataset"] == "ghz") & (table["n_qubits"] == 3)].groupby("epochs")["hits"].mean()
    assert ghz[3] > ghz[0]


def tables(folder: Path) -> Tables:
    write_table(made_up("kld_forms"), folder / "kld_forms.csv")
    return Tables(folder)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim["claim"] for claim in CLAIMS])
def test_claims_and_their_controls(claim: dict[str, Any], tmp_path: Path) -> None:
    found, control = judge_claim(claim, tables(tmp_path))
    assert found.verdict == "reproduced", found.evidence
    assert control.verdict in ("contradicted", "inconclusive" if claim["kind"] == "ordering" else "contradicted")

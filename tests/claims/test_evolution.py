"""The claims of Fig. 6b on made-up runs of CMA-ES."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import claim_settings, judge_claim
from bornscape.experiments import cma_training
from support.shipped import shipped_claims

CLAIMS = shipped_claims()


def made_up(fails: bool = True, generations: int = 1400) -> pd.DataFrame:
    """Runs as the paper has them: n/4 trains fast everywhere, s = 1 slowly at 50 and not at 100."""
    rows = []
    speeds = {(50, "n/4"): 0.01, (50, "1"): 0.003, (100, "n/4"): 0.01, (100, "1"): 0.0 if fails else 0.002}
    speeds |= {(1000, "n/4"): 0.002}
    for (n, bandwidth), speed in speeds.items():
        for repetition in range(3):
            for generation in range(0, generations + 1, 10):
                left = np.exp(-speed * (1 + 0.1 * repetition) * generation)
                row = {"n_qubits": n, "bandwidth": bandwidth, "repetition": repetition, "trained": True}
                row |= {"generation": generation, "evaluations": 10 * generation, "step_size": 0.5, "estimate": left}
                rows.append(row | {"loss": left, "fidelity": 0.0, "ones": 0.5 * left})
            start = {"n_qubits": n, "bandwidth": bandwidth, "repetition": repetition, "trained": False}
            start |= {"generation": 0, "evaluations": 0, "step_size": np.nan, "estimate": np.nan}
            rows += [start | {"loss": 1 + 0.01 * k, "fidelity": 0.0, "ones": 0.5} for k in range(20)]
    return pd.DataFrame(rows, columns=cma_training.COLUMNS)


def tables_of(folder: Path, **changes: Any) -> Tables:
    table = made_up(**changes)
    for name in ("fig_6b", "fig_6b_large"):
        table.to_csv(folder / f"{name}.csv", index=False)
    return Tables(folder)


MINE = [claim for claim in CLAIMS if claim["result"] == "fig_6b"]


@pytest.mark.parametrize("claim", MINE, ids=[claim["claim"] for claim in MINE])
def test_claims_on_runs_that_obey_the_paper(claim: dict[str, Any], tmp_path: Path) -> None:
    found, control = judge_claim(claim, tables_of(tmp_path))
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def test_a_run_at_s_1_that_trains_contradicts(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, fails=False)
    verdicts = {claim["claim"]: judge_claim(claim, tables)[0].verdict for claim in MINE}
    assert verdicts["fig_6b_fails_in_generations"] == "contradicted"
    assert verdicts["fig_6b_slower_at_100"] == "reproduced"


def test_short_runs_are_no_evidence(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, generations=50)
    assert all(MEASUREMENTS[claim["check"]](tables, claim_settings(claim)) == [] for claim in MINE)


def test_halving_by_hand(tmp_path: Path) -> None:
    claim = next(claim for claim in MINE if claim["claim"] == "fig_6b_slower_at_50")
    (found,) = MEASUREMENTS["slower_training"](tables_of(tmp_path), claim_settings(claim))
    # ln 2 / (0.01 x 1.1) = 63 generations: 70 in steps of 10, hence 700 evaluations; at s = 1 none within 1400.
    assert "halve the ones 700 (s = n/4), 1401 (s = 1)" in found.label

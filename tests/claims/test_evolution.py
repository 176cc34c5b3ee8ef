"""The claims of Fig. 6b on made-up runs of CMA-ES."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import claim_settings
from bornscape.experiments import cma_training
from support.shipped import shipped_claims

CLAIMS = shipped_claims()


def made_up(fails: bool = True, generations: int = 1400) -> pd.DataFrame:
    """Runs as the paper has them: n/4 trains fast everywhere, s = 1 slowly at 50 and not at 100."""
    rows = []
    speeds = {(50, "n/4"): 0.01, (50, "1"): 0.003, (100, "n/4"): 0.06, (100, "1"): 0.0 if fails else 0.002}
    speeds |= {(10, "n/4"): 0.2, (10, "1"): 0.2, (1000, "n/4"): 0.01, (1000, "1"): 0.0}
    for (n, bandwidth), speed in speeds.items():
        for repetition in range(8):
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


def judged(claim: dict[str, Any], tables: Tables, changes: dict[str, Any]) -> str:
    comparisons = MEASUREMENTS[claim["check"]](tables, {**claim_settings(claim), **changes})
    return judge(claim["kind"], comparisons, claim["expected"], claim["tolerance"]).verdict


@pytest.mark.parametrize("claim", MINE, ids=[claim["claim"] for claim in MINE])
def test_claims_on_runs_that_obey_the_paper(claim: dict[str, Any], tmp_path: Path) -> None:
    tables = tables_of(tmp_path)
    assert judged(claim, tables, {}) == "reproduced"
    # An order whose mechanism is broken need not be the opposite one.
    wanted = ("contradicted",) if claim["kind"] != "ordering" else ("contradicted", "inconclusive", "consistent")
    assert judged(claim, tables, claim["control"]) in wanted


def test_runs_below_a_level_by_hand(tmp_path: Path) -> None:
    """Nine runs end at 1, ..., 9 within their budget, and at 0 beyond it: 7 of them below 7.5."""
    rows = [
        {"n_qubits": 5, "bandwidth": "1", "repetition": r, "trained": True, "generation": g, "loss": loss}
        for r in range(9)
        for g, loss in ((0, 10.0), (20, r + 1.0), (30, 0.0))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "made.csv", index=False)
    settings = {"experiment": "made", "bandwidth": "1", "step": "generation", "level": 7.5}
    (found,) = MEASUREMENTS["reached_level"](Tables(tmp_path), {**settings, "cases": [{"n_qubits": 5, "budget": 20}]})
    # 7, 8 or 9 heads of 9: 36 + 9 + 1 of 512; the other way round 2 or more.
    assert found.deviation == pytest.approx(46 / 512)
    assert found.reversed_deviation == pytest.approx(1 - 10 / 512)
    # The second and the eighth of nine hold the median in 1 - 2 (1 + 9) / 512 = 96 % of experiments.
    assert (found.estimate, found.low, found.high) == (5 - 7.5, 2 - 7.5, 8 - 7.5)
    assert "7 of 9 runs below 7.5 within 20 generations" in found.label
    too_long = {**settings, "cases": [{"n_qubits": 5, "budget": 40}]}
    assert MEASUREMENTS["reached_level"](Tables(tmp_path), too_long) == []


def test_a_run_at_s_1_that_trains_contradicts(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, fails=False)
    verdicts = {claim["claim"]: judged(claim, tables, {}) for claim in MINE}
    assert verdicts["fig_6b_fails_in_generations"] == "contradicted"
    assert verdicts["fig_6b_slower_at_100"] == "reproduced"


def test_short_runs_are_no_evidence(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, generations=50)
    assert all(MEASUREMENTS[claim["check"]](tables, claim_settings(claim)) == [] for claim in MINE)


def test_halving_by_hand(tmp_path: Path) -> None:
    claim = next(claim for claim in MINE if claim["claim"] == "fig_6b_slower_at_50")
    (found,) = MEASUREMENTS["slower_training"](tables_of(tmp_path), claim_settings(claim))
    # Runs 4 and 5 of 8: ln 2 / 0.013 = 53 and ln 2 / 0.014 = 50 generations, 60 and 50 in steps of 10, hence 550
    # evaluations; at s = 1 none within 1400.
    assert "halve the ones 550 (s = n/4), 1401 (s = 1)" in found.label

"""Training runs beside models without a circuit: numbers by hand, and the shipped claims with their controls."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import judge_claim
from support.shipped import shipped_claims

CLAIMS = [claim for claim in shipped_claims() if claim["result"] == "baselines"]
LEVELS = {"uniform": 1.99, "marginals": 0.9, "matrix_product": 0.4, "samples": 0.25}
"""TVD of each baseline on every data set."""
FINAL = {"mmd_average": 0.6, "lqf": 0.5, "kld": 1.2}
"""And of runs with 100 shots; exact gradients end at half of it."""


def tables(folder: Path) -> Tables:
    cells = [("fig_10", "published", 16, 4), ("fig_9", "showers", 9, 3), ("fig_12_polynomial", "published", 6, 8)]
    runs = [
        {"experiment": experiment, "dataset": dataset, "n_qubits": n, "n_layers": layers, "loss": loss}
        | {"shots": shots, "repetition": r, "epoch": epoch, "tvd": tvd + 0.01 * r}
        for experiment, dataset, n, layers in cells
        for loss, final in FINAL.items()
        for shots, end in ((100, final), (np.nan, final / 2))
        for epoch, tvd in ((0, 1.9), (100, end))
        for r in range(7)
    ]
    lead = {"transform": "none", "n_layers": np.nan, "samples": np.nan, "dataset": "", "n_qubits": 0}
    levels = [
        lead | {"dataset": dataset, "n_qubits": n, "baseline": baseline, "median": level} | more
        for _, dataset, n, layers in cells
        for baseline, level in LEVELS.items()
        for more in [{"matrix_product": {"n_layers": layers}, "samples": {"samples": 100}}.get(baseline, {})]
    ]
    # None of these is the runs' own.
    wrong = ({"transform": "negative_log"}, {"dataset": "jets"}, {"n_qubits": 4}, {"n_layers": 1}, {"samples": 1000})
    others = [
        row | more | {"median": 9.0}
        for row in levels
        for more in wrong
        if set(more) & {k for k, v in row.items() if v == v}
    ]
    write_table(pd.DataFrame(runs), folder / "training.csv")
    write_table(pd.DataFrame([*others, *levels]), folder / "baselines.csv")
    return Tables(folder)


def compared(folder: Path, **changes: Any) -> list[Comparison]:
    settings: dict[str, Any] = {
        "where": {"experiment": "fig_10", "loss": "mmd_average", "shots": 100, "epoch": "last"},
        "baseline": {"baseline": "marginals"},
        "runs": "below",
    }
    return MEASUREMENTS["beats_baseline"](tables(folder), settings | changes)


def test_seven_runs_below_by_hand(tmp_path: Path) -> None:
    (found,) = compared(tmp_path)
    # 0.60 ... 0.66 less 0.9; all seven signs are one way.
    assert found.estimate == pytest.approx(-0.27)
    assert (found.deviation, found.reversed_deviation) == (pytest.approx(2.0**-7), pytest.approx(1))
    assert found.label.startswith("published, n = 16, mmd_average: median 0.63 against 0.9 (marginals), 7 pairs")
    (turned,) = compared(tmp_path, runs="above")
    assert (turned.estimate, turned.deviation) == (pytest.approx(0.27), pytest.approx(1))


@pytest.mark.parametrize(("baseline", "level"), [("matrix_product", 0.4), ("uniform", 1.99)])
def test_the_row_of_the_runs_own_data_and_depth_is_taken(tmp_path: Path, baseline: str, level: float) -> None:
    (found,) = compared(tmp_path, baseline={"baseline": baseline})
    assert found.estimate == pytest.approx(0.63 - level)


def test_without_runs_or_a_baseline_there_is_nothing(tmp_path: Path) -> None:
    assert compared(tmp_path, where={"experiment": "fig_10", "loss": "qf", "epoch": "last"}) == []
    assert compared(tmp_path, baseline={"baseline": "samples", "samples": 7}) == []
    # Runs of several sizes have no one baseline.
    assert compared(tmp_path, where={"loss": "mmd_average", "shots": 100, "epoch": "last"}) == []


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim["claim"] for claim in CLAIMS])
def test_claims_and_their_controls(claim: dict[str, Any], tmp_path: Path) -> None:
    found, control = judge_claim(claim, tables(tmp_path))
    assert found.verdict == "reproduced", found.evidence
    assert control.verdict == "contradicted", control.evidence

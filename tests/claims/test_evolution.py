"""The claims of Fig. 6b on made-up runs of CMA-ES."""

from itertools import product
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


FIRST = {("1", 10): 0.88, ("1", 50): 1.0, ("1", 100): 1 + 1 / 512, ("n/4", 10): 0.7, ("n/4", 1000): 0.65}
"""First losses by bandwidth and size; others 0.66."""

STEPS = {("n/4", 10): 30, ("n/4", 50): 90, ("n/4", 100): 150, ("n/4", 1000): 1000, ("1", 10): 30, ("1", 50): 125}
"""Generations until the loss is 1e-3; others never."""


def runs(
    sizes: tuple[int, ...],
    first: dict[tuple[str, int], float] = FIRST,
    steps: dict[tuple[str, int], float] = STEPS,
    generations: int = 1200,
    repetitions: int = 8,
) -> pd.DataFrame:
    """Losses that fall exponentially from ``first`` to 1e-3 at ``steps``, some runs a little later than others."""
    rows = []
    for n, bandwidth, repetition in product(sizes, ("1", "n/4"), range(repetitions)):
        time = np.arange(generations + 1)
        rate = np.log(700) / (steps.get((bandwidth, n), np.inf) * (1 + 0.02 * repetition))
        loss = first.get((bandwidth, n), 0.66) * np.exp(-rate * time)
        cell = {"n_qubits": n, "bandwidth": bandwidth, "repetition": repetition, "generation": time}
        cell |= {"evaluations": 10 * time, "step_size": 0.2, "estimate": loss, "loss": 0.9 * loss, "fidelity": 0.0}
        rows.append(pd.DataFrame(cell | {"ones": 0.5 * np.sqrt(loss / loss[0])}))
    return pd.concat(rows, ignore_index=True)[cma_training.COLUMNS]


def made_up(generations: int = 1200) -> dict[str, pd.DataFrame]:
    """Runs as the paper has them; in double precision s = 1 trains at n = 100 too, from uniform angles late."""
    uniform = {("1", 100): 1.0, ("n/4", 100): 0.87}
    return {
        "fig_6b": runs((10, 50, 100), generations=min(240, generations)),
        "fig_6b_large": runs((1000,), generations=generations, repetitions=1),
        "fig_6b_double": runs((100,), steps={("1", 100): 250}, generations=min(350, generations)),
        "fig_6b_uniform": runs((100,), uniform, STEPS, generations=1400 if generations == 1200 else generations),
    }


def tables_of(folder: Path, **changes: Any) -> Tables:
    for name, table in (made_up() | changes).items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return Tables(folder)


@pytest.fixture(scope="module")
def obeying(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return tables_of(tmp_path_factory.mktemp("obeying"))


MINE = [claim for claim in CLAIMS if claim["result"] == "fig_6b"]


def judged(claim: dict[str, Any], tables: Tables, changes: dict[str, Any]) -> str:
    comparisons = MEASUREMENTS[claim["check"]](tables, {**claim_settings(claim), **changes})
    return judge(claim["kind"], comparisons, claim["expected"], claim["tolerance"]).verdict


@pytest.mark.parametrize("claim", MINE, ids=[claim["claim"] for claim in MINE])
def test_claims_on_runs_that_obey_the_paper(claim: dict[str, Any], obeying: Tables) -> None:
    assert judged(claim, obeying, {}) == "reproduced"
    # An order whose mechanism is broken need not be the opposite one.
    wanted = ("contradicted",) if claim["kind"] != "ordering" else ("contradicted", "inconclusive", "consistent")
    assert judged(claim, obeying, claim["control"]) in wanted


def test_runs_below_a_level_by_hand(tmp_path: Path) -> None:
    """Nine runs end at 1, ..., 9 within their budget, and at 0 beyond it: 7 of them below 7.5."""
    rows = [
        {"n_qubits": 5, "bandwidth": "1", "repetition": r, "generation": g, "loss": loss}
        for r in range(9)
        for g, loss in ((0, 10.0), (20, r + 1.0), (30, 0.0))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "made.csv", index=False)
    settings = {"experiment": "made", "bandwidth": "1", "level": 7.5}
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
    trains = {("1", 100): 190.0}
    tables = tables_of(
        tmp_path,
        fig_6b=runs((10, 50, 100), steps=STEPS | trains, generations=240),
        fig_6b_uniform=runs((100,), steps=trains, generations=200),
    )
    verdicts = {claim["claim"]: judged(claim, tables, {}) for claim in MINE}
    assert verdicts["fig_6b_untrained_at_100"] == "contradicted"
    assert verdicts["fig_6b_fails_in_generations"] == "contradicted"
    assert verdicts["fig_6b_slower_at_100"] == "reproduced"


def test_short_runs_are_no_evidence(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, **made_up(generations=20))
    short = [claim for claim in MINE if not claim["check"].startswith("published")]
    assert all(MEASUREMENTS[claim["check"]](tables, claim_settings(claim)) == [] for claim in short)
    steps = next(claim for claim in MINE if claim["claim"] == "fig_6b_steps")
    assert judged(steps, tables, {}) == "not_run"


def test_times_by_hand(obeying: Tables) -> None:
    claim = next(claim for claim in MINE if claim["claim"] == "fig_6b_slower_at_50")
    (found,) = MEASUREMENTS["slower_training"](obeying, claim_settings(claim))
    # Ones fall by exp(-log(700) g / 2 T): to 3 % after 2 log(1/0.03) T / log(700) = 1.07054 T generations. Runs 4 and 5
    # of 8 have T = 90 x 1.06 and 90 x 1.08, or 125 x 1.06 and 125 x 1.08: 103 and 105, 142 and 145 generations.
    assert "to 3% of the first ones 104 (s = n/4), 143.5 (s = 1)" in found.label


def test_published_steps_and_starts_by_hand(tmp_path: Path) -> None:
    """Five runs below 1e-3 at 20, 25, 50, 60 and never: the median is 50, published are 31; they start at 0.5."""
    rows = [
        {"n_qubits": 10, "bandwidth": "n/4", "repetition": r, "generation": g, "estimate": loss}
        for r, end in enumerate((20, 25, 50, 60, 99))
        for g, loss in ((0, 0.5), (end, 9e-4 if end < 99 else 0.1))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "made.csv", index=False)
    settings = {"experiment": "made", "bandwidth": "n/4", "level": 1e-3, "until": 1.5}
    cases = [{"n_qubits": 10, "published": 10}, {"n_qubits": 7, "published": 10}]
    (found,) = MEASUREMENTS["published_steps"](Tables(tmp_path), {**settings, "cases": cases})
    assert (found.estimate, found.low, found.high, found.expected) == (50, 20, np.inf, 31)
    assert found.deviation == pytest.approx(50 / 31 - 1)
    cases = [{"n_qubits": 10, "published": 100}]
    (slower,) = MEASUREMENTS["published_steps"](Tables(tmp_path), {**settings, "cases": cases})
    assert slower.deviation == pytest.approx(1 - 50 / 157)
    (start,) = MEASUREMENTS["published_start"](Tables(tmp_path), {**settings, "sizes": [10, 7], "above": 0.1})
    assert (start.estimate, start.expected) == pytest.approx((0.4, 0.60188))
    assert start.deviation == pytest.approx(1 - 0.4 / 0.60188)


def test_runs_that_stop_before_the_published_steps_decide_nothing(tmp_path: Path) -> None:
    """Published are 31 steps, to 50 %: only from 46.5 generations on has a run that is not there missed them."""
    settings = {"experiment": "made", "bandwidth": "n/4", "level": 1e-3, "until": 1.5}
    settings["cases"] = [{"n_qubits": 10, "published": 10}]
    for last, judged in ((10, 0), (46, 0), (47, 1)):
        rows = [{"generation": g, "estimate": 0.5} for g in (0, last)]
        made = pd.DataFrame(rows).assign(n_qubits=10, bandwidth="n/4", repetition=0)
        made.to_csv(tmp_path / "made.csv", index=False)
        assert len(MEASUREMENTS["published_steps"](Tables(tmp_path), settings)) == judged

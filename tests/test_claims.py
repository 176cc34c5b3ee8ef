"""Every judge can say yes and no; no claim is reproduced by a judge that lets its broken variant pass."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.judges import JUDGES, judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import CLAIM_COLUMNS, CONTROL_COLUMNS, VERDICTS, count_verdicts, judge_claim, register
from synthetic_run import write_tables, write_targets

ROOT = Path(__file__).parents[1]
EXPERIMENTS = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))["experiments"]
STAGES = ("variance.csv", "scaling.csv", "fixed_points.csv", "bodyness.csv", "training.csv", "training_summary.csv")
"""Tables of the stages that are not experiments."""
SHIPPED: list[dict[str, Any]] = yaml.safe_load((ROOT / "config/claims.yaml").read_text(encoding="utf-8"))["claims"]
ALPHA = 0.01


def values(*deviations: float) -> list[Comparison]:
    """Comparisons of a kind that looks at the deviation alone."""
    return [Comparison(f"case {k}", 1.0, 0.9, 1.1, 1.0, float(d)) for k, d in enumerate(deviations)]


def laws(*found: tuple[str, float]) -> list[Comparison]:
    return [
        Comparison(law, 1.0, 0.9, 1.1, "", np.nan if law == "inconclusive" else 1 - weight, found=law)
        for law, weight in found
    ]


def order(p: float, reverse: float, estimate: float) -> list[Comparison]:
    return [Comparison("order", estimate, estimate - 0.1, estimate + 0.1, 0.0, p, reverse)]


def level(median: float, low: float, high: float) -> list[Comparison]:
    return [Comparison("level", median, low, high, 0.28, abs(median / 0.28 - 1))]


# Critical values at 1 %: two-sided 2.58 for one comparison and 2.81 for two (Sidak), one-sided 2.33 and 2.58.
CASES: list[tuple[str, Sequence[Comparison], str, float, str]] = [
    ("identity", values(0.0, 1e-12), "", 1e-9, "reproduced"),
    ("identity", values(1e-9), "", 1e-9, "reproduced"),
    ("identity", values(0.0, 2e-9, 0.0), "", 1e-9, "contradicted"),
    ("identity", values(1e-12, np.nan), "", 1e-9, "inconclusive"),
    ("monte_carlo", values(2.5), "", ALPHA, "reproduced"),
    ("monte_carlo", values(-2.5), "", ALPHA, "reproduced"),
    ("monte_carlo", values(2.6), "", ALPHA, "contradicted"),
    ("monte_carlo", values(-2.6), "", ALPHA, "contradicted"),
    ("monte_carlo", values(2.7, 0.0), "", ALPHA, "reproduced"),
    ("monte_carlo", values(0.0, -2.9), "", ALPHA, "contradicted"),
    ("monte_carlo", values(0.0, np.inf), "", ALPHA, "contradicted"),
    ("monte_carlo", values(np.nan, 0.0), "", ALPHA, "inconclusive"),
    ("bound", values(-50.0, 2.3), "", ALPHA, "reproduced"),
    ("bound", values(-np.inf), "", ALPHA, "reproduced"),
    ("bound", values(2.4), "", ALPHA, "contradicted"),
    ("bound", values(-50.0, 2.6), "", ALPHA, "contradicted"),
    ("bound", values(0.0, np.nan), "", ALPHA, "inconclusive"),
    ("scaling", laws(("polynomial", 0.96), ("polynomial", 1.0)), "polynomial", 0.05, "reproduced"),
    ("scaling", laws(("polynomial", 1.0), ("inconclusive", 0.5)), "polynomial", 0.05, "consistent"),
    ("scaling", laws(("polynomial", 1.0), ("exponential", 0.9)), "polynomial", 0.05, "consistent"),
    ("scaling", laws(("inconclusive", 0.5), ("polynomial", 0.9)), "polynomial", 0.05, "inconclusive"),
    ("scaling", laws(("polynomial", 1.0), ("exponential", 1.0)), "polynomial", 0.05, "contradicted"),
    ("scaling", laws(("exponential", 1.0), ("inconclusive", 0.5)), "polynomial", 0.05, "contradicted"),
    ("scaling", laws(("exponential", 1.0)), "exponential", 0.05, "reproduced"),
    ("ordering", order(0.04, 0.97, -0.2), "", 0.05, "reproduced"),
    ("ordering", order(0.2, 0.9, -0.2), "", 0.05, "consistent"),
    ("ordering", order(0.6, 0.5, 0.01), "", 0.05, "inconclusive"),
    ("ordering", order(0.97, 0.04, 0.2), "", 0.05, "contradicted"),
    ("ordering", order(0.01, 0.99, -0.2) + order(0.2, 0.9, -0.2), "", 0.05, "consistent"),
    ("ordering", order(0.01, 0.99, -0.2) + order(0.99, 0.01, 0.2), "", 0.05, "contradicted"),
    ("digitised", level(0.28, 0.27, 0.29), "0.28", 0.2, "reproduced"),
    ("digitised", level(0.33, 0.32, 0.34), "0.28", 0.2, "reproduced"),
    ("digitised", level(0.36, 0.30, 0.45), "0.28", 0.2, "consistent"),
    ("digitised", level(0.20, 0.15, 0.24), "0.28", 0.2, "consistent"),
    ("digitised", level(0.36, 0.35, 0.45), "0.28", 0.2, "contradicted"),
    ("digitised", level(0.10, 0.09, 0.11), "0.28", 0.2, "contradicted"),
    *((kind, [], "", 0.05, "not_run") for kind in JUDGES),
]


@pytest.mark.parametrize(("kind", "comparisons", "expected", "tolerance", "verdict"), CASES)
def test_verdicts(kind: str, comparisons: Sequence[Comparison], expected: str, tolerance: float, verdict: str) -> None:
    found = judge(kind, comparisons, expected, tolerance)
    assert found.verdict == verdict
    assert found.evidence
    assert (found.decisive is None) == (verdict == "not_run")


def test_the_cases_above_hold_every_verdict_that_a_judge_can_give() -> None:
    given = {kind: {case[-1] for case in CASES if case[0] == kind} for kind in JUDGES}
    everything = set(VERDICTS)
    assert given["scaling"] == given["ordering"] == everything
    assert given["digitised"] == everything - {"inconclusive"}
    for kind in ("identity", "monte_carlo", "bound"):
        assert given[kind] == everything - {"consistent"}


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        judge("vibes", values(0.0), "", 0.05)


@pytest.mark.parametrize("kind", ["identity", "monte_carlo", "bound"])
def test_the_decisive_comparison_is_the_worst(kind: str) -> None:
    found = judge(kind, values(0.0, 7.0, 3.0), "", 0.01)
    assert found.decisive is not None
    assert found.decisive.label == "case 1"
    assert "case 1" in found.evidence


def test_the_tolerance_decides() -> None:
    assert judge("monte_carlo", values(2.7), "", 0.01).verdict == "contradicted"
    assert judge("monte_carlo", values(2.7), "", 0.001).verdict == "reproduced"


# False alarms


def alarms(kind: str, deviations: np.ndarray, tolerance: float) -> int:
    return sum(judge(kind, values(*row), "", tolerance).verdict == "contradicted" for row in deviations)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_the_false_alarm_rate_is_the_tolerance(kind: str) -> None:
    """3000 correct sets of 20 comparisons at 5 %: 150 alarms expected, within 5 standard deviations (6e-7)."""
    deviations = np.random.default_rng(1).normal(size=(3000, 20))
    assert abs(alarms(kind, deviations, 0.05) - 150) < 5 * np.sqrt(150 * 0.95)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_correlated_comparisons_alarm_less_often(kind: str) -> None:
    one = np.random.default_rng(2).normal(size=(3000, 1))
    assert alarms(kind, np.broadcast_to(one, (3000, 20)), 0.05) < 150 - 5 * np.sqrt(150 * 0.95)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_one_wrong_comparison_of_twenty_is_found(kind: str) -> None:
    deviations = np.random.default_rng(3).normal(size=(300, 20))
    deviations[:, 7] += 6.0
    assert alarms(kind, deviations, 0.01) > 290


# Claims and their controls


def claim_of(**changes: Any) -> dict[str, Any]:
    claim = {
        "claim": "made_up",
        "result": "theorem_2",
        "source": "Theorem 2",
        "statement": "So it is.",
        "kind": "monte_carlo",
        "check": "by_settings",
        "settings": {"deviation": 0.5},
        "expected": "closed form",
        "tolerance": 0.01,
        "control": {"deviation": 9.0},
        "evidence": ["variance.csv"],
    }
    return claim | changes


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tables:
    """An empty table, and a measurement that finds the deviation that its settings say (none: nothing found)."""

    def by_settings(tables: Tables, settings: dict[str, Any]) -> list[Comparison]:
        deviation = settings["deviation"]
        return [] if deviation is None else [Comparison("here", 2.0, 1.5, 2.5, 1.8, deviation)]

    monkeypatch.setitem(MEASUREMENTS, "by_settings", by_settings)
    (tmp_path / "variance.csv").touch()
    return Tables(tmp_path)


def test_a_claim_with_a_working_control_is_reproduced(tables: Tables) -> None:
    found, control = judge_claim(claim_of(), tables)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted")


@pytest.mark.parametrize(("deviation", "verdict"), [(0.1, "reproduced"), (None, "not_run"), (np.nan, "inconclusive")])
def test_a_claim_whose_control_is_not_contradicted_is_inconclusive(
    tables: Tables, deviation: float | None, verdict: str
) -> None:
    found, control = judge_claim(claim_of(control={"deviation": deviation}), tables)
    assert (found.verdict, control.verdict) == ("inconclusive", verdict)
    assert verdict in found.evidence
    assert "broken variant" in found.evidence


@pytest.mark.parametrize(("deviation", "verdict"), [(9.0, "contradicted"), (None, "not_run")])
def test_a_failed_control_changes_no_other_verdict(tables: Tables, deviation: float | None, verdict: str) -> None:
    claim = claim_of(settings={"deviation": deviation}, control={"deviation": 0.1})
    assert judge_claim(claim, tables)[0].verdict == verdict


def test_an_unknown_check_names_its_claim(tables: Tables) -> None:
    with pytest.raises(ValueError, match=r"made_up.*product_variance"):
        judge_claim(claim_of(check="nothing"), tables)


def test_register(tables: Tables) -> None:
    missing = claim_of(claim="missing", settings={"deviation": None}, control={"deviation": None, "more": 1})
    claims, controls = register([claim_of(), missing], tables)
    assert list(claims.columns) == CLAIM_COLUMNS
    assert list(controls.columns) == CONTROL_COLUMNS
    first, second = claims.to_dict("records")
    assert first["verdict"] == "reproduced"
    assert (first["estimate"], first["ci_low"], first["ci_high"]) == (2.0, 1.5, 2.5)
    assert (first["expected"], first["tolerance"], first["kind"]) == ("closed form", 0.01, "monte_carlo")
    assert first["evidence"].endswith("[variance.csv]")
    assert second["verdict"] == "not_run"
    assert np.isnan(second["estimate"])
    assert controls["verdict"].tolist() == ["contradicted", "not_run"]
    assert controls["control"].tolist() == ["deviation = 9.0", "deviation = None, more = 1"]


def test_a_claim_without_its_table_is_not_run(tables: Tables) -> None:
    found, control = judge_claim(claim_of(evidence=["variance.csv", "absent.csv"]), tables)
    assert (found.verdict, control.verdict) == ("not_run", "not_run")
    assert found.evidence == "no absent.csv in this run"


def test_count_verdicts(tables: Tables) -> None:
    claims = [claim_of(), claim_of(claim="again"), claim_of(claim="wrong", settings={"deviation": 9.0})]
    counts = count_verdicts(register(claims, tables)[0])
    assert list(counts) == list(VERDICTS)
    assert counts == {"reproduced": 2, "consistent": 0, "inconclusive": 0, "contradicted": 1, "not_run": 0}


# The register that is shipped


def test_every_shipped_claim_can_be_judged() -> None:
    names = [claim["claim"] for claim in SHIPPED]
    assert len(set(names)) == len(names) > 0
    for claim in SHIPPED:
        assert claim["check"] in MEASUREMENTS
        assert claim["kind"] in JUDGES
        assert {**claim["settings"], **claim["control"]} != claim["settings"]
        assert {name for name in claim["evidence"] if name.removesuffix(".csv") not in EXPERIMENTS} <= set(STAGES)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("paper")
    write_targets(folder)
    write_tables(folder)
    return Tables(folder)


ELSEWHERE = {"proposition_1", "fig_2", "corollary_1", "fig_8", "theorem_3"}
OF_STAGES = [c for c in SHIPPED if set(c["evidence"]) <= set(STAGES) and c["result"] not in ELSEWHERE]
"""Claims that rest on experiments, and those of the results ``ELSEWHERE``, have made-up tables of their own, in the
tests of their measurements."""


@pytest.mark.parametrize("claim", OF_STAGES, ids=[claim["claim"] for claim in OF_STAGES])
def test_tables_that_obey_the_paper_reproduce_every_claim_and_contradict_its_broken_variant(
    claim: dict[str, Any], paper: Tables
) -> None:
    found, control = judge_claim(claim, paper)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def test_empty_tables_are_not_run(tmp_path: Path) -> None:
    write_tables(tmp_path, lambda table: table[:0])
    claims, controls = register(SHIPPED, Tables(tmp_path))
    assert set(claims["verdict"]) == set(controls["verdict"]) == {"not_run"}

"""No claim is reproduced by a judge that lets its broken variant pass; every shipped claim can be judged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bornscape.artifacts import compress
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.judges import JUDGES
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import CLAIM_COLUMNS, CONTROL_COLUMNS, VERDICTS, count_verdicts, judge_claim, register
from support.shipped import BANDWIDTHS, shipped_claims
from support.synthetic_run import write_tables, write_targets

ROOT = Path(__file__).parents[2]
EXPERIMENTS = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))["experiments"]
STAGES = ("variance.csv", "scaling.csv", "fixed_points.csv", "bodyness.csv", "training.csv", "training_summary.csv")
"""Tables of the stages that are not experiments."""
SHIPPED: list[dict[str, Any]] = shipped_claims()


# Claims and their controls


def claim_of(**changes: Any) -> dict[str, Any]:
    claim = {
        "claim": "made_up",
        "result": "theorem_2",
        "source": "Theorem 2",
        "origin": "paper",
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
    return Tables(tmp_path, BANDWIDTHS)


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


def test_a_compressed_table_is_evidence(tables: Tables) -> None:
    plain = judge_claim(claim_of(), tables)
    packed = compress(tables.folder / "variance.csv")
    assert packed.is_file()
    assert not (tables.folder / "variance.csv").exists()
    assert judge_claim(claim_of(), tables) == plain


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
    return Tables(folder, BANDWIDTHS)


ELSEWHERE = {"proposition_1", "fig_2", "corollary_1", "fig_8", "theorem_3"}
OF_STAGES = [
    claim
    for claim in SHIPPED
    if set(claim["evidence"]) <= set(STAGES)
    and claim["result"] not in ELSEWHERE
    and "_published_" not in claim["claim"]
]
"""Claims that rest on experiments, those of the results ``ELSEWHERE``, and levels of the paper's own curves have
made-up tables of their own, in the tests of their measurements."""


@pytest.mark.parametrize("claim", OF_STAGES, ids=[claim["claim"] for claim in OF_STAGES])
def test_tables_that_obey_the_paper_reproduce_every_claim_and_contradict_its_broken_variant(
    claim: dict[str, Any], paper: Tables
) -> None:
    found, control = judge_claim(claim, paper)
    # That no order is seen where its reason is taken away is all that a broken order can show.
    undecided = ("consistent", "inconclusive") if claim["kind"] == "ordering" else ()
    assert found.verdict == "reproduced", found.evidence
    assert control.verdict in ("contradicted", *undecided), control.evidence


def test_empty_tables_are_not_run(tmp_path: Path) -> None:
    write_tables(tmp_path, lambda table: table[:0])
    claims, controls = register(SHIPPED, Tables(tmp_path, BANDWIDTHS))
    assert set(claims["verdict"]) == set(controls["verdict"]) == {"not_run"}

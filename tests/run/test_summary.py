"""What a person is told when a run is over."""

from pathlib import Path

from bornscape.run.summary import models_summary, run_summary

CLAIMS = "claim,origin,verdict\na,paper,reproduced\nb,ours,reproduced\nc,paper,not_run\nd,slides,contradicted\n"


def test_nothing_is_said_of_a_run_without_a_report(tmp_path: Path) -> None:
    assert run_summary(tmp_path) == ""
    (tmp_path / "claims.csv").write_text(CLAIMS)
    assert run_summary(tmp_path) == ""


def test_claims_are_counted_by_origin(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(CLAIMS)
    (tmp_path / "report.html").write_text("")
    told = run_summary(tmp_path)
    assert f"report    {tmp_path}/report.html" in told
    assert told.splitlines()[-3:] == [
        "  claims    of the paper: 1 reproduced, 1 not run",
        "            of the talk alone: 1 contradicted",
        "            of this project: 1 reproduced",
    ]


def test_models_and_their_pages(tmp_path: Path) -> None:
    assert models_summary(tmp_path, ["p"]) == ""
    (tmp_path / "models.csv").write_text("model,loss,verdict,reason\nm,mmd,yes,it is\n")
    assert models_summary(tmp_path, []) == ""
    told = models_summary(tmp_path, ["p.html"]).splitlines()
    assert told[0] == "  m, mmd: yes, it is"
    assert told[-1] == "  page      p.html"

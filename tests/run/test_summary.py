"""What a person is told when a run is over."""

from pathlib import Path

from bornscape.run.summary import models_summary, run_summary


def test_nothing_is_said_of_a_run_without_a_report(tmp_path: Path) -> None:
    assert run_summary(tmp_path) == ""
    (tmp_path / "claims.json").write_text('{"reproduced": 3, "contradicted": 0, "not_run": 1}')
    assert run_summary(tmp_path) == ""
    (tmp_path / "report.html").write_text("")
    told = run_summary(tmp_path)
    assert f"report    {tmp_path}/report.html" in told
    assert told.endswith("claims    3 reproduced, 1 not_run\n")


def test_models_and_their_pages(tmp_path: Path) -> None:
    assert models_summary(tmp_path, ["p"]) == ""
    (tmp_path / "models.csv").write_text("model,loss,verdict,reason\nm,mmd,yes,it is\n")
    assert models_summary(tmp_path, []) == ""
    told = models_summary(tmp_path, ["p.html"]).splitlines()
    assert told[0] == "  m, mmd: yes, it is"
    assert told[-1] == "  page      p.html"

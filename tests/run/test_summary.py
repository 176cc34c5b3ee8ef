"""What a person is told when a run is over."""

from pathlib import Path

from bornscape.run.summary import models_summary, run_summary

CLAIMS = "claim,origin,verdict\na,paper,reproduced\nb,ours,reproduced\nc,paper,not_run\nd,slides,contradicted\n"


def test_nothing_is_said_of_a_run_without_a_report(tmp_path: Path) -> None:
    assert run_summary(tmp_path) == ""
    (tmp_path / "claims.csv").write_text(CLAIMS)
    assert run_summary(tmp_path) == ""


def test_claims_are_counted_by_origin_and_contradictions_named(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(CLAIMS)
    (tmp_path / "report.html").write_text("")
    told = run_summary(tmp_path)
    assert told.splitlines()[-5:] == [
        "  claims    of the paper: 1 reproduced, 1 not run",
        "            of the talk alone: 1 contradicted",
        "            of this project: 1 reproduced",
        "  contradicted: d",
        f"  report    file://{tmp_path}/report.html",
    ]
    (tmp_path / "claims.csv").write_text(CLAIMS.replace("contradicted", "consistent"))
    assert "contradicted" not in run_summary(tmp_path)


TABLE = """circuit_depth,strategy,verdict,paper,agrees,evidence
product,conventional,no,no,yes,
product,quantum,inconclusive,yes,,
product,mmd,yes,yes,yes,
deep,quantum,yes,no,no,
"""


def test_the_table_is_told_also_without_a_report(tmp_path: Path) -> None:
    (tmp_path / "trainability_table.csv").write_text(TABLE)
    assert run_summary(tmp_path).splitlines() == [
        "",
        "  trainable?  explicit, conventional  explicit, quantum  implicit (MMD)",
        "  product     no                      inconclusive       yes",
        "  deep        -                       yes*               -",
        "  * the paper says otherwise",
        "",
        f"  figures   {tmp_path}/figures/",
    ]
    (tmp_path / "trainability_table.csv").write_text(TABLE.replace("yes,no,no", "no,no,yes"))
    assert "*" not in run_summary(tmp_path)


def test_a_link_survives_any_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a b#c"
    folder.mkdir()
    (folder / "claims.csv").write_text(CLAIMS)
    (folder / "report.html").write_text("")
    assert run_summary(folder).splitlines()[-1].endswith("/a%20b%23c/report.html")


def test_models_and_their_pages(tmp_path: Path) -> None:
    assert models_summary(tmp_path, ["p"]) == ""
    (tmp_path / "models.csv").write_text("model,loss,verdict,reason\nm,mmd,yes,it is\n")
    assert models_summary(tmp_path, []) == ""
    told = models_summary(tmp_path, ["p.html"]).splitlines()
    assert told[0] == "  m, mmd: yes, it is"
    assert told[-1] == f"  page      {Path.cwd().as_uri()}/p.html"

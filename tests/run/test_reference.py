"""The reference is a thinned copy of a whole run of this code, or there is none."""

from __future__ import annotations

import json
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bornscape.run import reference
from bornscape.run.manifest import entry, read_manifest, write_manifest
from bornscape.run.reference import main, refusals, thinned, write_reference

TABLE = "loss,epoch,tvd\nmmd,5,0.50\nmmd,10,0.30\nlqf,10,1e-05\n"
KEEP: dict[str, Any] = {"files": ["page.md"], "tables": {"training": {"last_epoch_of": ["loss"]}, "claims": None}}


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A made-up run in a checkout of its own."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/code.py").write_text("1\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "All")
    folder = tmp_path / "results/default"
    folder.mkdir(parents=True)
    for name, text in (("training.csv", TABLE), ("claims.csv", "claim,verdict\na,\n"), ("page.md", "| a |\n")):
        (folder / name).write_text(text, encoding="utf-8")
    about = {"run": "default", "seed": 7, "commit": git(tmp_path, "rev-parse", "HEAD"), "python": "3"}
    about |= {
        "machine": "m",
        "instructions": ["X86_V3"],
        "not_in_commit": [],
        "versions": {},
        "cost": {},
        "config": {"seed": 7},
    }
    about["artifacts"] = {path.name: entry(path) for path in folder.iterdir()}
    write_manifest(about, folder / "manifest.json")
    return folder


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract is tested elsewhere; a made-up run does not hold it."""
    monkeypatch.setattr(reference, "problems_of", lambda folder: [])


def test_rows_and_columns_that_are_kept() -> None:
    table = pd.read_csv(StringIO(TABLE), dtype=str)
    assert thinned(table, {}).equals(table)
    assert thinned(table, {"rows": "loss == 'mmd' and epoch == '5'", "columns": ["tvd"]}).to_numpy().tolist() == [
        ["0.50"]
    ]
    assert thinned(table, {"last_epoch_of": ["loss"]})["tvd"].tolist() == ["0.30", "1e-05"]


def test_cells_are_copied_as_they_are(run: Path, tmp_path: Path) -> None:
    goal = tmp_path / "results/reference"
    write_reference(run, goal, KEEP)
    assert (goal / "training.csv").read_text(encoding="utf-8") == "loss,epoch,tvd\nmmd,10,0.30\nlqf,10,1e-05\n"
    assert (goal / "claims.csv").read_bytes() == (run / "claims.csv").read_bytes()
    about = json.loads((goal / "manifest.json").read_text(encoding="utf-8"))
    assert about["tables"]["training"] == {"rows": 2, "rows_of_the_run": 3}
    assert about["artifacts"]["page.md"] == entry(run / "page.md")
    assert len(about["config_sha256"]) == 64
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"default", "reference"}


def test_what_was_there_is_replaced(run: Path, tmp_path: Path) -> None:
    goal = tmp_path / "results/reference"
    goal.mkdir()
    (goal / "old.csv").touch()
    write_reference(run, goal, KEEP)
    assert not (goal / "old.csv").exists()


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"nowhere": None}, r"nowhere\.csv is not there"),
        ({"training": {"rows": "loss == 'kld'"}}, "no row is left"),
    ],
)
def test_a_table_that_cannot_be_kept_is_named(run: Path, tmp_path: Path, tables: dict[str, Any], message: str) -> None:
    goal = tmp_path / "results/reference"
    with pytest.raises(ValueError, match=message):
        write_reference(run, goal, {"files": [], "tables": tables})
    assert not goal.exists()


def test_a_large_reference_is_refused(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "LARGEST", 10)
    with pytest.raises(ValueError, match="at most 10 bytes"):
        write_reference(run, tmp_path / "results/reference", KEEP)


@pytest.mark.usefixtures("whole")
def test_a_run_of_this_code_is_taken(run: Path) -> None:
    assert refusals(run) == []


@pytest.mark.usefixtures("whole")
def test_a_run_of_other_code_is_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no code\n", encoding="utf-8")
    assert refusals(run) == []
    (tmp_path / "src/code.py").write_text("2\n", encoding="utf-8")
    assert "changed since then: src/code.py" in refusals(run)[0]
    git(tmp_path, "commit", "--quiet", "--all", "--message", "Changed")
    assert "changed since then: src/code.py" in refusals(run)[0]


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"run": "smoke"}, "expected the run default; got smoke"),
        ({"commit": None}, "outside of git"),
        ({"commit": "0" * 40}, "git diff"),
        ({"not_in_commit": ["src/code.py"]}, "it ran with changes that are in no commit: src/code.py"),
    ],
)
def test_another_run_is_refused(run: Path, change: dict[str, Any], message: str) -> None:
    path = run / "manifest.json"
    write_manifest(read_manifest(path) | change, path)
    assert any(message in problem for problem in refusals(run))


def test_a_run_that_is_not_whole_is_refused(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    goal = tmp_path / "results/reference"
    assert main([str(run), str(goal)]) == 1
    assert "report.html: missing or empty" in capsys.readouterr().out
    assert not goal.exists()

"""The workflow as a module of another one: one result is imported, and where that cannot work it is said."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest

from support.workflow_run import ROOT, Outcome, Project

WORKDIR = 'workdir: "/path/to/bornscape"'


def documented() -> str:
    """The Snakefile that docs/use/running.md shows."""
    page = (ROOT / "docs/use/running.md").read_text(encoding="utf-8")
    shown = page.split("## As a module of another workflow")[1].split("Run it by")[0]
    return textwrap.dedent("\n".join(line for line in shown.splitlines() if line.startswith("    ") or not line))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.make(tmp_path_factory.mktemp("imported") / "bornscape", cut_down=False)


def importing(project: Project, folder: Path, text: str, *arguments: str) -> Outcome:
    """Run a workflow of another folder that imports the project's."""
    for shown, own in (("/path/to/bornscape", project.folder), ("/path/of/your/own", folder)):
        text = text.replace(shown, str(own))
    (folder / "Snakefile").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", *arguments],
        cwd=folder,
        env=project.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    return Outcome(done.returncode, done.stdout)


def test_one_result_is_imported(project: Project, tmp_path: Path) -> None:
    found = importing(project, tmp_path, documented())
    assert found.status == 0, found.output
    assert "rule bornscape_tabulate" in found.output
    table = pd.read_csv(project.folder / "results/imported/fig_5.csv")
    assert len(table) > 100
    assert int((tmp_path / "fig_5_rows.txt").read_text(encoding="utf-8")) == len(table) + 1


def test_another_working_directory_is_refused(project: Project, tmp_path: Path) -> None:
    assert WORKDIR in documented()
    text = documented().replace(WORKDIR, "").replace("config/config.yaml", "/path/to/bornscape/config/config.yaml")
    found = importing(project, tmp_path, text, "--dry-run")
    assert found.status == 1
    assert f"Error: run it in the folder of the Snakefile: cd {project.folder}" in found.output
    assert not (tmp_path / "results").exists()

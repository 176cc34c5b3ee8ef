"""The workflow where Pythia cannot be imported: the kept jets, the same bytes, and one error where there are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bornscape.artifacts import sha256
from bornscape.datasets.images import GRIDS
from bornscape.datasets.kept_jets import GENERATOR, KEPT
from support.missing import without
from support.workflow_run import Project

TARGETS = [f"results/smoke/targets/jets_n{n}.csv" for n in GRIDS]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of the workflow for processes that have no Pythia."""
    (tmp_path / "start").mkdir()
    for name, value in without(GENERATOR, tmp_path / "start").items():
        monkeypatch.setenv(name, value)
    return Project.make(tmp_path / "project", cut_down=False)


def test_the_kept_jets_are_taken_and_said_so(project: Project) -> None:
    found = project.snakemake(TARGETS[0], configfile="config/smoke.yaml", cores=1)
    assert found.status == 0, found.output
    results = project.folder / "results/smoke"
    kept = KEPT / "jets_120"
    for name in ("cuts", "checks", "spectrum"):
        assert sha256(results / f"data/jet_{name}.csv") == sha256(kept / f"jet_{name}.csv")
    assert all((project.folder / name).is_file() for name in TARGETS)
    assert not (results / "data/jets").exists()
    log = (results / "logs/jet_targets.log").read_text(encoding="utf-8")
    assert log.startswith("Pythia is not installed: jets from src/bornscape/datasets/kept/jets_120 are taken, made by ")
    told = json.loads((results / "data/jet_origin.json").read_text(encoding="utf-8"))
    assert told["source"] == "kept with the code"
    assert project.planned(TARGETS[0], configfile="config/smoke.yaml").rules == {}


def test_jets_that_are_not_kept_stop_the_run_before_any_job(project: Project) -> None:
    found = project.snakemake("results/smoke/targets/jets_n4.csv", configfile="config/smoke.yaml", overlay={"seed": 7})
    assert found.status != 0
    assert "seed is 7, kept with 230502881" in found.output
    assert 'pip install "bornscape[hep]"' in found.output
    assert not (project.folder / "results").exists()
    # Only a run that needs them.
    ghz = "results/smoke/targets/ghz_n4.csv"
    assert "synthetic_targets" in project.planned(ghz, configfile="config/smoke.yaml", overlay={"seed": 7}).rules

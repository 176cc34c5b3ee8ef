"""What bornscape init writes runs through Snakemake, with the numbers of a call from Python."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import bornscape as bs
from bornscape.artifacts import write_table
from bornscape.interface.command import main
from support.workflow_run import Project

OVERLAY = {"models": {"first_try": {"sizes": [3, 4], "draws": 10, "chunk": 10}}}
TABLES = ("sizes", "laws", "extrapolation", "bodyness", "verdicts")


def test_the_workflow_and_python_give_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project.make(tmp_path / "project")
    monkeypatch.chdir(project.folder)
    assert main(["init"]) == 0
    found = project.snakemake("my_model", cores=1, configfile="mine.yaml", overlay=OVERLAY)
    assert found.status == 0, found.output

    settings = {"sizes": [3, 4], "draws": 10, "chunk": 10, "name": "first_try"}
    answer = bs.trainability("my_circuit.py", "ghz", **settings)
    assert f"first_try, mmd: {answer.answer}, " in found.output
    for name in TABLES:
        # Written alike, so that nothing is lost in the text of one of them: byte for byte.
        write_table(answer.tables[name], tmp_path / "mine.csv")
        made = project.folder / f"results/mine/models/first_try/{name}.csv"
        assert (tmp_path / "mine.csv").read_bytes() == made.read_bytes()
    # Negative control: the seed of mine.yaml is 0.
    other = bs.trainability("my_circuit.py", "ghz", seed=1, **settings)
    sizes = pd.read_csv(project.folder / "results/mine/models/first_try/sizes.csv")
    assert not other.table["variance"].equals(sizes["variance"])

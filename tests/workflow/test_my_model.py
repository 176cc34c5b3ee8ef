"""An example of a user's model through the workflow, at a tiny size."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd

from bornscape.artifacts import sha256
from support.workflow_run import ROOT, Project

EXAMPLE = "examples/my_loss.yaml"
TABLES = ("sizes", "laws", "extrapolation", "bodyness", "verdicts")


def tiny(draws: int) -> dict[str, object]:
    return {"models": {"my_loss": {"sizes": [4, 5], "draws": draws, "chunk": 10}}}


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in files if not {"logs", "benchmarks", ".chunks"} & set(path.relative_to(folder).parts)]
    return {path.relative_to(folder).as_posix(): sha256(path) for path in kept}


def test_example_from_draws_to_verdict(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "project")
    shutil.copytree(ROOT / "examples", project.folder / "examples")
    results = project.folder / "results/my_loss"
    model = results / "models/my_loss"
    drawn = "results/my_loss/models/my_loss/draws/n4-5.parquet"
    found = project.snakemake(drawn, cores=1, configfile=EXAMPLE, overlay=tiny(10))
    assert found.status == 0, found.output
    chunks = {path: path.stat().st_mtime_ns for path in model.rglob("*_draws.parquet")}
    assert len(chunks) == 2

    # More draws: the chunks that there are stay.
    found = project.snakemake("my_model", cores=1, configfile=EXAMPLE, overlay=tiny(20))
    assert found.status == 0, found.output
    assert {path: path.stat().st_mtime_ns for path in chunks} == chunks
    assert len(list(model.rglob("*_draws.parquet"))) == 4
    assert pd.read_csv(model / "sizes.csv")["draws"].tolist() == [20] * 6

    told = r"^  my_loss, domain_walls: visible, at 5 qubits with 25 shots a gradient component is .*one needs 5$"
    assert re.search(told, found.output, re.MULTILINE)
    expected = {f"{name}.csv" for name in TABLES} | {f"figure.{ending}" for ending in ("png", "pdf", "csv")}
    assert expected | {"report.html"} <= {path.name for path in model.iterdir()}
    assert pd.read_csv(results / "models.csv")["loss"].tolist() == ["domain_walls", "parity", "hellinger"]
    page = (model / "report.html").read_text(encoding="utf-8")
    assert "Is my_loss trainable?" in page
    assert not re.search(r'(src|href)="(?!data:)', page)

    # From nothing and on two cores: the same bytes.
    before = hashes(results)
    shutil.rmtree(results)
    assert project.snakemake("my_model", cores=2, configfile=EXAMPLE, overlay=tiny(20)).status == 0
    assert hashes(results) == before

    # A mistake in the user's file is one line before any job, and names it.
    project.append("examples/my_loss.py", "\n\ndef parity(n):\n    return np.zeros(n)\n")
    found = project.snakemake("my_model", configfile=EXAMPLE, overlay=tiny(20))
    assert found.status != 0
    message = (
        r"^Error: .*: models\.my_loss\.losses\.parity: examples/my_loss\.py: parity: expected the diagonal, .*\(16,\)"
    )
    assert re.search(message, found.output, re.MULTILINE)
    assert "Traceback" not in found.output
    assert hashes(results) == before

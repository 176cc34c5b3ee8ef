"""Snakemake itself refuses a configuration that would run code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.executed import Executed, template

ROOT = Path(__file__).parents[2]


@pytest.fixture
def executed(tmp_path: Path) -> Executed:
    return Executed(tmp_path)


# Configurations


def snakemake(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--dry-run", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)


def test_snakemake_ends_with_that_line_before_it_reads_the_file(executed: Executed, tmp_path: Path) -> None:
    path = template(executed, tmp_path / "own.yaml")
    done = snakemake("--configfile", str(path))
    told = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("Using workflow specific")]
    assert done.returncode == 1
    assert len(told) == 1
    assert told[0].startswith(f"Error: {path}: __use_yte__: expected no template")
    assert not executed

"""Whether jobs of the largest size hold what they ask for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bornscape.planning.job_resources import SNAKEMAKES, memory

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["line", "fidelity"])
def test_draws_at_20_qubits_hold_what_they_ask_for(kind: str) -> None:
    command = [sys.executable, "benchmarks/memory.py", kind]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    # Four data sets and one state of 20 qubits alone are above the first bound.
    assert 150 < float(done.stdout) < memory(20) - SNAKEMAKES

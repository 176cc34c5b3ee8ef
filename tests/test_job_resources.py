"""What jobs ask for, and whether they keep to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bornscape.planning.job_resources import SNAKEMAKES, memory, minutes, state_seconds, training_seconds
from bornscape.run.memory import main, peaks_of

ROOT = Path(__file__).parents[1]
COLUMNS = ("s", "h:m:s", "max_rss", "cpu_time", "wildcards", "resources")


def write_benchmark(folder: Path, name: str, peak: str, resources: str) -> None:
    path = folder / "benchmarks" / f"{name}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    row = ("1.5", "0:00:01", peak, "1.25", "{'title': 'a \"quoted\\n\" word'}", resources)
    path.write_text("\n".join("\t".join(cells) for cells in (COLUMNS, row)) + "\n", encoding="utf-8")


def test_draws_at_20_qubits_ask_for_less_than_a_gibibyte() -> None:
    assert memory(20) < 1024


@pytest.mark.parametrize("kind", ["line", "fidelity"])
def test_draws_at_20_qubits_hold_what_they_ask_for(kind: str) -> None:
    command = [sys.executable, "benchmarks/memory.py", kind]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    # Four data sets and one state of 20 qubits alone are above the first bound.
    assert 150 < float(done.stdout) < memory(20) - SNAKEMAKES


def test_sizes_without_state_vectors_ask_for_no_more_than_the_largest_with() -> None:
    assert memory(0) < memory(14) < memory(20) == memory(1000)


def test_time_grows_with_what_it_depends_on() -> None:
    assert minutes(0) < minutes(600) < minutes(6000)
    assert state_seconds(20, 12, 25) == pytest.approx(100, rel=0.1)
    assert state_seconds(16, 12, 50) == 2 * state_seconds(16, 12, 25)
    assert training_seconds(16, 4, 100, 1000) == pytest.approx(63, rel=0.1)
    assert training_seconds(12, 12, 1500, 10000) > training_seconds(12, 12, 1500, None)
    assert training_seconds(12, 0, 10, 100) > 0


def test_a_job_within_what_it_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_benchmark(tmp_path, "line_draws/n4_c0", "150.25", "{'mem_mb': 700, '_cores': 1}")
    assert peaks_of(tmp_path) == [("line_draws/n4_c0", 150.25, 700.0)]
    assert main([str(tmp_path)]) == 0
    assert "0 of 1 jobs" in capsys.readouterr().out


def test_a_job_above_what_it_asked_for_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_benchmark(tmp_path, "line_draws/n4_c0", "150.25", "{'mem_mb': 700}")
    write_benchmark(tmp_path, "variance", "701", "{'mem_mb': 700}")
    assert main([str(tmp_path)]) == 1
    output = capsys.readouterr().out
    assert "variance: held 701 MB, asked for 700 MB" in output
    assert "line_draws" not in output


def test_a_job_too_short_to_be_seen_says_nothing(tmp_path: Path) -> None:
    write_benchmark(tmp_path, "bodyness", "NA", "{'mem_mb': 700}")
    assert peaks_of(tmp_path) == []


def test_a_run_that_recorded_nothing_does_not_pass(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks/variance.tsv").write_text("s\tmax_rss\n1.5\t100.0\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert main([str(tmp_path / "missing")]) == 1


def test_a_broken_benchmark_is_named(tmp_path: Path) -> None:
    write_benchmark(tmp_path, "variance", "701", "{'mem_mb': ")
    with pytest.raises(ValueError, match=r"variance\.tsv"):
        peaks_of(tmp_path)

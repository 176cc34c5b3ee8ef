"""Whether jobs keep to the memory that they asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bornscape.run.memory import main, peaks_of

COLUMNS = ("s", "h:m:s", "max_rss", "cpu_time", "wildcards", "resources")


def write_benchmark(folder: Path, name: str, peak: str, resources: str) -> None:
    path = folder / "benchmarks" / f"{name}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    row = ("1.5", "0:00:01", peak, "1.25", "{'title': 'a \"quoted\\n\" word'}", resources)
    path.write_text("\n".join("\t".join(cells) for cells in (COLUMNS, row)) + "\n", encoding="utf-8")


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

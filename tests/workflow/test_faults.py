"""What goes wrong on real machines: each fault ends in a clear error or a recovery, and the tables stay the same."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from bornscape.artifacts import write_json
from bornscape.run.contract import problems_of
from support.finished_run import write_manifest, write_run
from support.workflow_run import RUN, Project

TABLE = str(RUN / "variance.csv")
DRAWS = [f"draws/{name}.parquet" for name in ("line/n4_c0", "line/n5_c1", "product_ry/n4_c0")]


def mounted(kind: str, *arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount {kind} here: {done.stderr.strip()}")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A tmpfs of a given size."""
    folder.mkdir(parents=True)
    mounted("a tmpfs", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Permissions do not bind root; a mount does."""
    mounted("a folder on itself", "--bind", str(folder), str(folder))
    try:
        mounted("it read-only", "-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def same_where_made(project: Project, finished: Project) -> None:
    """Whatever the run left under a final name is what an undisturbed run leaves there."""
    expected, hashes = finished.hashes(), project.hashes()
    assert [name for name in hashes if hashes[name] != expected.get(name)] == []


def test_a_full_disk(finished: Project, tmp_path: Path) -> None:
    project = Project.make(tmp_path / "project")
    results = project.folder / "results"
    with small_disk(results, "64k"):
        found = project.snakemake(TABLE)
        assert found.status != 0
        assert "No space left on device" in found.output, found.output
        same_where_made(project, finished)
        mounted("a larger tmpfs", "-o", "remount,size=64m", str(results))
        found = project.snakemake(TABLE)
        assert found.status == 0, found.output
        same_where_made(project, finished)
        assert {"variance.csv", *DRAWS} <= set(project.hashes())


def test_a_read_only_results_folder(copied: Project, finished: Project) -> None:
    copied.path("bodyness.csv").unlink()
    with read_only(copied.folder / "results"):
        found = copied.snakemake(str(RUN / "bodyness.csv"))
        assert found.status != 0
        assert found.output.strip().splitlines()[-1] == "Error: results/tiny: cannot be written: Read-only file system"
        assert "jobs]" not in found.output
    assert copied.snakemake(str(RUN / "bodyness.csv")).status == 0
    assert copied.hashes() == finished.hashes()


def job_of(run: psutil.Process, script: str) -> psutil.Process | None:
    """The running job of a script, if any."""
    for process in run.children(recursive=True):
        try:
            if process.name() == script:
                return process
        except psutil.NoSuchProcess:
            continue
    return None


def test_a_job_that_the_system_kills_for_its_memory(finished: Project, tmp_path: Path) -> None:
    """Linux ends it by SIGKILL."""
    project, drawn = Project.make(tmp_path / "project"), str(RUN / DRAWS[0])
    run = project.start(drawn)
    jobs: list[psutil.Process] = []

    def job_is_there() -> bool:
        jobs.extend(filter(None, [job_of(psutil.Process(run.process.pid), "line_draws.py")]))
        return bool(jobs)

    run.wait_until(job_is_there)
    jobs[0].kill()
    assert run.process.wait(300) != 0
    output = run.output.read_text(encoding="utf-8")
    assert "line_draws" in output
    assert "SIGKILL: the system ends jobs so when memory runs out" in output, output
    same_where_made(project, finished)
    found = project.snakemake(drawn)
    assert found.status == 0, found.output
    same_where_made(project, finished)
    assert DRAWS[0] in project.hashes()


def test_a_clock_set_back(copied: Project, finished: Project) -> None:
    """Inputs from the future, as after a clock that was ahead: a clear error, and none once times are mended."""
    draws = list(copied.path("draws").rglob("*.parquet"))
    for path in draws:
        subprocess.run(["touch", "--date", "2 days", str(path)], check=True)
    for table in ("variance", "variance/line"):
        copied.path(f"{table}.csv").unlink()
    found = copied.snakemake(TABLE)
    assert found.status != 0
    assert re.search(r"variance/\w+\.csv has older modification time", found.output), found.output
    assert "clock skew" in found.output
    for path in draws:
        path.touch()
    found = copied.snakemake(TABLE)
    assert found.status == 0, found.output
    assert copied.planned(TABLE).rules == {}
    assert copied.hashes() == finished.hashes()


def test_fewer_draws_keep_the_evidence_and_more_find_it_again(copied: Project) -> None:
    chunks = sorted(copied.path("draws").rglob("*.parquet"))
    before = {path: path.stat().st_mtime_ns for path in chunks}
    found = copied.snakemake(TABLE, overlay={"variance": {"line": {"draws": 4}}})
    assert found.status == 0, found.output
    assert {path: path.stat().st_mtime_ns for path in chunks} == before
    planned = copied.planned(TABLE)
    assert planned.rules == {"variance_of_study": 1, "variance": 1}


def test_one_bit(tmp_path: Path) -> None:
    """Any bit of any artifact: the contract names the file, and no other."""
    run = write_run(tmp_path / "tiny")
    (run / "draws").mkdir()
    write_json({"some": ["more", "bytes"] * 50}, run / "draws/more.json")
    write_manifest(run)
    assert problems_of(run) == []
    moments = random.Random(230502881)
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.name != "manifest.json")
    kept = [path for path in files if path.relative_to(run).parts[0] not in ("logs", "benchmarks")]
    for path in moments.choices(kept, k=60):
        content = path.read_bytes()
        place = moments.randrange(len(content) * 8)
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(bytes(changed))
        problems = problems_of(run)
        assert f"{path}: not the bytes that the manifest lists" in problems
        assert all(problem.startswith(f"{path}:") for problem in problems), problems
        path.write_bytes(content)
    assert problems_of(run) == []


@pytest.mark.faults
def test_the_smoke_run_killed_twenty_times(tmp_path: Path) -> None:
    """The tables of a run that was killed 20 times at random moments are those of an undisturbed one."""
    project = Project.make(tmp_path / "project", cut_down=False)
    shutil.copy2(project.folder / "config/smoke.yaml", project.folder / "tiny.yaml")
    moments = random.Random(230502881)
    for _ in range(20):
        run = project.start()
        try:
            run.process.wait(moments.uniform(4, 20))
        except subprocess.TimeoutExpired:
            run.stop(signal.SIGKILL)
    found = project.snakemake()
    assert found.status == 0, found.output
    undisturbed = Project.make(tmp_path / "undisturbed", cut_down=False)
    shutil.copy2(undisturbed.folder / "config/smoke.yaml", undisturbed.folder / "tiny.yaml")
    found = undisturbed.snakemake()
    assert found.status == 0, found.output
    expected, hashes = undisturbed.hashes("smoke"), project.hashes("smoke")
    assert set(hashes) == set(expected)
    assert [name for name in expected if hashes[name] != expected[name]] == []
    assert len(expected) > 300

"""The workflow through SLURM: a real cluster of this one machine, and the tables of a local run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bornscape.run.manifest import changed_artifacts
from bornscape.run.memory import peaks_of
from support.slurm_cluster import Cluster, cluster, install, wait_for
from support.workflow_run import RUN, Project, comparable

pytestmark = pytest.mark.cluster

REFERENCE = "BORNSCAPE_SMOKE_RUN"
"""Variable that names a finished smoke-scale run of these sources; without it the test makes one."""

PROFILE = ("--profile", "profiles/slurm", "--slurm-status-command", "squeue")
# A queue that nobody else uses and a file system that is not shared: no need to wait.
PATIENCE = ("--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "5")
TIMEOUT = 1800


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    reason = install()
    if reason:
        pytest.skip(f"no SLURM: {reason}")
    with cluster(tmp_path_factory.mktemp("slurm") / "cluster") as started:
        yield started


def through_slurm(project: Project, slurm: Cluster, configfile: str, *targets: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "snakemake", *targets, *PROFILE, *PATIENCE, "--configfile", configfile]
    environment = project.environment() | {name: slurm.environment[name] for name in ("SLURM_CONF", "PATH")}
    with open(project.folder / "output.txt", "wb") as output:
        return subprocess.Popen(
            command,
            cwd=project.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def finish(run: subprocess.Popen[bytes], project: Project) -> str:
    """What the run printed, once it has succeeded."""
    try:
        status = run.wait(TIMEOUT)
    finally:
        run.kill()
    output = (project.folder / "output.txt").read_text(encoding="utf-8")
    assert status == 0, output
    return output


def test_the_cluster_kills_what_holds_more_than_it_asked_for(slurm: Cluster) -> None:
    hold = "x = bytearray(300 * 2**20); import time; time.sleep(20)"
    command = ["srun", "--ntasks=1", "--mem={}", sys.executable, "-c", hold]
    small, large = (
        subprocess.Popen([part.format(mb) for part in command], env=slurm.environment, stderr=subprocess.PIPE)
        for mb in (100, 600)
    )
    error = small.communicate(timeout=60)[1]
    assert small.returncode != 0
    assert b"memory" in error.lower() or b"killed" in error.lower(), error
    assert large.wait(60) == 0


def test_smoke_scale_makes_the_same_tables(slurm: Cluster, tmp_path: Path) -> None:
    project = Project.make(tmp_path / "slurm", cut_down=False)
    run = through_slurm(project, slurm, "config/smoke.yaml")
    if REFERENCE in os.environ:
        reference = Path(os.environ[REFERENCE])
        assert changed_artifacts(reference) == []
    else:
        local = Project.make(tmp_path / "local", cut_down=False)
        made = local.snakemake(configfile="config/smoke.yaml", cores=1)
        assert made.status == 0, made.output
        reference = local.folder / "results/smoke"
    finish(run, project)
    found = project.folder / "results/smoke"
    assert comparable(found) == comparable(reference)
    peaks = peaks_of(found)
    assert len(peaks) > 100
    assert [peak for peak in peaks if peak.held > peak.asked] == []


def test_a_node_that_is_killed_costs_only_time(slurm: Cluster, tmp_path: Path) -> None:
    targets = [str(RUN / name) for name in ("variance.csv", "scaling.csv", "proposition_5.csv")]
    local = Project.make(tmp_path / "local")
    made = local.snakemake(*targets)
    assert made.status == 0, made.output

    project = Project.make(tmp_path / "slurm")
    run = through_slurm(project, slurm, "tiny.yaml", *targets)
    draws = project.path("draws")
    wait_for(lambda: any(draws.rglob("*.parquet")) or run.poll() is not None, "the first draws", TIMEOUT)
    assert slurm.kill_node() > 0
    before = comparable(project.folder / RUN)
    wait_for(lambda: slurm.node_state().startswith("down"), "SLURM to give the node up")
    assert not (project.folder / targets[0]).exists()
    assert comparable(project.folder / RUN) == before, "something still ran"
    slurm.start_node()
    finish(run, project)
    assert comparable(project.folder / RUN) == comparable(local.folder / RUN)
    log = (slurm.folder / "slurmctld.log").read_text(encoding="utf-8")
    assert "equeu" in log, log

"""The workflow through SLURM: a real cluster of this one machine, and the tables of a local run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bornscape.run.job_log import costs
from bornscape.run.memory import peaks_of
from support.slurm_cluster import Cluster, cluster, install, wait_for
from support.workflow_run import ROOT, RUN, Project, comparable

pytestmark = pytest.mark.cluster

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
    hold = "x = bytearray(300 * 2**20); import time; time.sleep(8)"
    command = ["srun", "--ntasks=1", "--mem={}", sys.executable, "-c", hold]
    small, large = (
        subprocess.Popen([part.format(mb) for part in command], env=slurm.environment, stderr=subprocess.PIPE)
        for mb in (100, 600)
    )
    error = small.communicate(timeout=60)[1]
    assert small.returncode != 0
    assert b"memory" in error.lower() or b"killed" in error.lower(), error
    assert large.wait(60) == 0


def test_every_rule_makes_the_same_artifacts(slurm: Cluster, finished: Project, tmp_path: Path) -> None:
    project = Project.make(tmp_path / "slurm")
    finish(through_slurm(project, slurm, "tiny.yaml"), project)
    found = project.folder / RUN
    assert comparable(found) == comparable(finished.folder / RUN)
    # None is left out that shares a SLURM job with others, by the profile or by a group of its own.
    ran = set(costs(found / "logs"))
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8"))
    assert {entry.split("=")[0] for entry in profile["groups"]} <= ran
    assert {"jet_chunk", "jet_targets", "claims_register", "draws_line_tensor_n4_6"} <= ran
    assert ran == set(costs(finished.folder / RUN / "logs"))
    peaks = peaks_of(found)
    assert len(peaks) > 30
    assert [peak for peak in peaks if peak.held > peak.asked] == []


def test_a_node_that_is_killed_costs_only_time(slurm: Cluster, finished: Project, tmp_path: Path) -> None:
    targets = [str(RUN / name) for name in ("variance.csv", "scaling.csv", "proposition_5.csv")]
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
    expected, made = comparable(finished.folder / RUN), comparable(project.folder / RUN)
    assert {name: expected[name] for name in made} == made
    assert set(targets) <= {str(RUN / name) for name in made}
    log = (slurm.folder / "slurmctld.log").read_text(encoding="utf-8")
    assert "equeu" in log, log

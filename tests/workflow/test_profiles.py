"""The profiles for workstations, clusters and Kubernetes: dry runs, and what jobs ask for under them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from support.workflow_run import ROOT, Outcome, Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.make(tmp_path_factory.mktemp("profiles") / "project", cut_down=False)


def dry_run(project: Project, *options: str) -> Outcome:
    return project.forked("--dry-run", "--quiet", "rules", *options)


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text(encoding="utf-8"))


def assert_many_jobs(found: Outcome) -> None:
    assert found.status == 0, found.output
    jobs = re.search(r"^Dry run, (\d+) jobs", found.output, re.MULTILINE)
    assert jobs is not None, found.output
    assert int(jobs[1]) > 100


def test_slurm(project: Project) -> None:
    assert_many_jobs(dry_run(project, "--profile", "profiles/slurm", "--configfile", "config/smoke.yaml"))


def test_a_key_that_snakemake_does_not_know_is_refused(project: Project) -> None:
    with project.edited("profiles/workstation/config.yaml") as content:
        content["coers"] = 2
    found = dry_run(project, "--profile", "profiles/workstation")
    with project.edited("profiles/workstation/config.yaml") as content:
        del content["coers"]
    assert found.status != 0
    assert "coers" in found.output


@pytest.mark.parametrize("name", ["workstation", "slurm"])
def test_a_profile_sets_nothing_that_the_default_profile_overrides(name: str) -> None:
    assert not set(profile(name)) & set(profile("default"))


def test_groups_name_rules_of_the_workflow() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
    rules = set(re.findall(r"^rule (\w+):", text, re.MULTILINE))
    groups = dict(entry.split("=") for entry in profile("slurm")["groups"])
    assert set(groups) <= rules
    named = {*groups.values(), *re.findall(r'group:\s+"(\w+)"', text)}
    assert {entry.split("=")[0] for entry in profile("slurm")["group-components"]} <= named


def test_every_job_asks_for_memory_and_time(project: Project) -> None:
    """Rules without a script do nothing; every other one asks."""
    text = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow/rules").glob("*.smk"))}
    blocks = [(name, block) for name, content in text.items() for block in re.split(r"^ *rule\b", content, flags=re.M)]
    scripts = [(name, block) for name, block in blocks if re.search(r"^ +script:", block, re.MULTILINE)]
    assert len(scripts) > 20
    assert [(name, block[:40]) for name, block in scripts if "asks(" not in block] == []


def test_the_workstation_and_the_pod_of_kubernetes_that_takes_its_profile(project: Project) -> None:
    job = yaml.safe_load((ROOT / "profiles/kubernetes/job.yaml").read_text(encoding="utf-8"))
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (script,) = container["args"]
    environment, _, run = script.partition(" && ")
    assert environment == "make environment"
    program, *options = shlex.split(run)
    assert Path(program) == Path(".venv/bin/snakemake")
    assert options[options.index("--cores") + 1] == container["resources"]["limits"]["cpu"]
    volumes = {volume["name"] for volume in job["spec"]["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    assert container["workingDir"] in {mount["mountPath"] for mount in container["volumeMounts"]}
    # Planning thousands of jobs takes a minute.
    small = ["config/smoke.yaml" if option == "config/paper.yaml" else option for option in options]
    assert small != options
    # The dry run of the workstation's profile, too.
    assert options[options.index("--profile") + 1] == "profiles/workstation"
    assert_many_jobs(dry_run(project, *small))

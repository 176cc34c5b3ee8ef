"""Which code runs, in which folders, and on machines that lack what Snakemake takes for granted."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bornscape.claims.register import CLAIM_COLUMNS
from bornscape.configuration import read_claims
from bornscape.planning.opening import inert
from snakemake_logger_plugin_bornscape.machine import check_folder, mend_home
from support.workflow_run import ROOT, Outcome, Project

ODD = "a b;'c\" \u00e9$x(1)&[z]%d"
"""What shells, format strings and URLs have a meaning for."""

SMOKE = ("--configfile", "config/smoke.yaml")
TARGET = "results/smoke/targets/ghz_n4.csv"
"""The cheapest real job."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A checkout whose path and whose interpreter's path hold such characters."""
    project = Project.make(tmp_path_factory.mktemp("checkout") / ODD, cut_down=False)
    (project.folder / ".venv").symlink_to(sys.prefix)
    return project


def snakemake(
    project: Project, *arguments: str, folder: str = "", before: Sequence[str] = (), **variables: str
) -> Outcome:
    """Run it by the checkout's own interpreter; what Snakemake says of profiles is left out."""
    done = subprocess.run(
        [*before, str(project.folder / ".venv/bin/python"), "-m", "snakemake", "--cores", "1", *arguments],
        cwd=project.folder / folder,
        env=project.environment() | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return without_profile(Outcome(done.returncode, done.stdout))


def without_profile(found: Outcome) -> Outcome:
    lines = [line for line in found.output.splitlines() if not line.startswith("Using workflow specific profile")]
    return Outcome(found.status, "\n".join(lines))


def forked(project: Project, *arguments: str, folder: str = "") -> Outcome:
    """Where the interpreter is not what is asked about."""
    return without_profile(project.forked("--cores", "1", *arguments, folder=folder))


# Folders


def test_any_character_in_the_path_a_figure(project: Project) -> None:
    found = snakemake(project, "fig_5", "--dry-run", *SMOKE)
    assert found.status == 0, found.output
    assert "draw fig_5" in found.output


def test_another_folder_than_the_snakefiles(project: Project) -> None:
    found = forked(project, "--snakefile", "../Snakefile", "--dry-run", folder="config")
    assert found.status == 1
    assert found.output.startswith("Error: run it in the folder of the Snakefile: cd '")
    assert "\n" not in found.output


# Code


def test_another_checkouts_code_does_not_run(project: Project) -> None:
    """As with another checkout's environment activated: the same workflow, whose package lies elsewhere."""
    found = snakemake(project, TARGET, "--force", *SMOKE, PYTHONPATH=str(ROOT / "src"))
    assert found.status == 1
    assert f"holds the code of {ROOT}, not of {project.folder}; say make -C " in found.output
    assert found.output.endswith("or put PYTHONPATH=src before the command")
    assert "\n" not in found.output


def test_a_job_runs_this_checkouts_code_whatever_is_in_the_path(project: Project) -> None:
    """Also with a relative PYTHONPATH, and one that names another checkout second."""
    path = project.folder / "src/bornscape/run/job_log.py"
    text = path.read_text(encoding="utf-8")
    told = "\ndef log_to(*job, first=log_to):\n    first(*job)\n    print('from', __file__)\n"
    path.write_text(text + told, encoding="utf-8")
    try:
        found = snakemake(project, "--force", TARGET, *SMOKE, PYTHONPATH=f"src{os.pathsep}{ROOT / 'src'}")
    finally:
        path.write_text(text, encoding="utf-8")
    assert found.status == 0, found.output
    assert (project.folder / TARGET).read_text(encoding="utf-8").startswith("bitstring,probability\n")
    logs = "".join(log.read_text(encoding="utf-8") for log in (project.folder / "results/smoke/logs").rglob("*.log"))
    assert f"from {path}" in logs


# Machines


def test_no_home_and_no_standard_output(project: Project) -> None:
    closed = ["bash", "-c", 'exec "$@" >&-', "bash"]
    variables = {"HOME": "/proc/no_home", "XDG_CACHE_HOME": ""}
    found = snakemake(project, "--force", TARGET, *SMOKE, before=closed, **variables)
    assert found.status == 0, found.output
    assert "1 job in" in found.output


def test_a_home_that_cannot_be_written_is_left_alone(tmp_path: Path) -> None:
    variables = {"HOME": "/proc/no_home", "IPYTHONDIR": "/mine"}
    mend_home(tmp_path, variables)
    assert variables["IPYTHONDIR"] == "/mine"
    assert variables["XDG_CACHE_HOME"] == str(tmp_path / ".snakemake/home/cache")
    usable = {"HOME": str(tmp_path)}
    mend_home(tmp_path, usable)
    assert usable == {"HOME": str(tmp_path)}


def test_a_reader_that_goes_away_does_not_fail_the_run(project: Project) -> None:
    head = ["bash", "-c", 'set -o pipefail; "$@" 2>&1 | head -1', "bash"]
    found = snakemake(project, "--force", TARGET, *SMOKE, before=head)
    assert (found.status, found.output) == (0, "")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_folder(tmp_path)
    asked = []
    monkeypatch.setattr(os, "access", lambda path, mode: asked.append(path))
    with pytest.raises(SystemExit, match=r"cannot be written, also for a dry run; copy the folder"):
        check_folder(tmp_path)
    (tmp_path / ".snakemake").mkdir()
    with pytest.raises(SystemExit, match=r"\.snakemake: cannot be written"):
        check_folder(tmp_path)
    assert asked == [tmp_path, tmp_path / ".snakemake"]


# The command line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cores", "0"], "Error: --cores: expected a number from 1 on, or all"),
        (
            ["fig7", "--dry-run"],
            "Error: fig7: expected a file or a target; did you mean fig_7? All targets: snakemake --list-target-rules",
        ),
    ],
)
def test_one_line_for_a_slip(project: Project, arguments: list[str], message: str) -> None:
    found = forked(project, *arguments)
    assert (found.status, found.output) == (1, message)


def test_nothing_is_deleted_beside_a_run(project: Project) -> None:
    (project.folder / ".snakemake").mkdir(exist_ok=True)
    with open(project.folder / ".snakemake/run.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = forked(project, TARGET, *SMOKE, "--delete-all-output")
        assert found.status == 1
        assert "another run is going on in this folder" in found.output


# Snakemake's own report


def test_what_a_claim_says_stays_text_in_snakemakes_report(project: Project) -> None:
    statement = "x</script><script>document.title='run'</script><!--"
    with project.edited("config/claims/baselines.yaml") as register:
        register["claims"][0]["statement"] = statement
    table = project.folder / "results/smoke/claims.csv"
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(",".join(CLAIM_COLUMNS) + "\n", encoding="utf-8")
    found = forked(project, "claims", *SMOKE, "--report", "snakemake_report.html")
    assert found.status == 0, found.output
    page = (project.folder / "snakemake_report.html").read_text(encoding="utf-8")
    assert "document.title='run'" in page
    assert "<script>document.title" not in page
    assert "x</script>" not in page


def test_what_jobs_are_told_is_the_same_after_all() -> None:
    content = {"a": ["<b> & </script>", "\u00e9", 1.5e-300, float("inf"), True, None]}
    assert json.loads(inert(content)) == content
    assert not set("<>&") & set(inert(content))
    claims = read_claims(ROOT / "config/claims")
    assert json.loads(inert(claims)) == claims


# make


def make(folder: Path, *arguments: str) -> Outcome:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout + done.stderr)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The Makefile with an environment whose interpreter only notes what it is asked."""
    folder = tmp_path / ODD
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    for name in ("pyproject.toml", "requirements.lock", ".venv/.installed"):
        (folder / name).touch()
    python = folder / ".venv/bin/python"
    python.write_text('#!/bin/sh\necho "$@" >>asked\ncase "$*" in *--check) test ! -e moved;; esac\n', encoding="utf-8")
    python.chmod(0o755)
    return folder


def test_make_asks_whether_the_environment_works(bare: Path) -> None:
    found = make(bare, "environment")
    assert (found.status, found.output) == (0, "make: Nothing to be done for 'environment'.\n")
    (bare / "moved").touch()
    (bare / "asked").unlink()
    found = make(bare, "environment")
    assert found.status == 0, found.output
    asked = (bare / "asked").read_text(encoding="utf-8")
    for step in ("-m venv --without-pip .venv", "-r requirements.lock", "-e .", "-m bornscape.run.installed --settle"):
        assert step in asked


def test_make_takes_the_python_that_is_asked_for(bare: Path) -> None:
    other = bare.parent / "python3.99"
    other.write_text('#!/bin/sh\necho "$@" >>asked_other\ncase "$*" in *version_info*2*) echo 3.99;; esac\n')
    other.chmod(0o755)
    found = make(bare, "environment", f"PYTHON={other}")
    assert found.status == 0, found.output
    assert "-m venv --clear .venv" in (bare / "asked_other").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("a:b", [], "a:b: Python makes no environment below a folder with : in its name; rename it"),
        ("c", ["VENV=a b"], "VENV: expected"),
    ],
)
def test_make_refuses_what_cannot_work_before_it_installs(
    tmp_path: Path, name: str, arguments: list[str], message: str
) -> None:
    (tmp_path / name).mkdir()
    for file in ("Makefile", "pyproject.toml", "requirements.lock"):
        (tmp_path / name / file).write_bytes((ROOT / file).read_bytes())
    found = make(tmp_path / name, "environment", *arguments)
    assert found.status != 0
    assert message in found.output
    assert {path.name for path in (tmp_path / name).iterdir()} == {"Makefile", "pyproject.toml", "requirements.lock"}


def test_make_clean_waits_for_a_run(bare: Path) -> None:
    (bare / ".snakemake").mkdir()
    (bare / "results/smoke").mkdir(parents=True)
    with open(bare / ".snakemake/run.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = make(bare, "clean")
        assert found.status != 0
        assert "a run is going on in this folder" in found.output
    assert (bare / "results/smoke").is_dir()
    assert make(bare, "clean").status == 0
    assert not (bare / "results/smoke").exists()

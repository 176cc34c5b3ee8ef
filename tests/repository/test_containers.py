"""Container files and CI: what they are made from, what they call, and the page that says where what is missing."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bornscape.interface.command import parser

ROOT = Path(__file__).parents[2]
CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
DEVCONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
CI: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
FILES = ["Containerfile", ".dockerignore", ".devcontainer/devcontainer.json", "docs/use/machines.md"]


def instructions(text: str) -> list[tuple[str, str]]:
    """Instructions and what follows, of a container file."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


@pytest.mark.parametrize("name", [*FILES, ".github/workflows/ci.yml"])
def test_no_addresses(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_the_image_is_made_from_the_lock() -> None:
    steps = instructions(CONTAINERFILE)
    assert steps[0] == ("FROM", "python:3.11-slim")
    commands = [rest for word, rest in steps if word == "RUN"]
    assert any("--require-hashes --no-deps -r requirements.lock" in command for command in commands)
    assert commands[-1].endswith("make environment")
    order = [rest.split()[0] for word, rest in steps if word == "COPY"]
    assert order == ["requirements.lock", "."]
    (variables,) = [rest for word, rest in steps if word == "ENV"]
    places = dict(part.split("=", 1) for part in variables.split())
    for name in ("NUMBA_CACHE_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME"):
        assert places[name].startswith("/tmp/")
    (folder,) = [rest for word, rest in steps if word == "WORKDIR"]
    assert places["PATH"].startswith(f"{folder}/.venv/bin:")


def test_an_environment_or_results_of_the_checkout_do_not_come_along() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".venv", ".snakemake", "results/*", "**/__pycache__"} <= set(lines)
    # What git keeps of the results does.
    kept = re.findall(r"^!(results/\S+?)/?$", (ROOT / ".gitignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert kept
    assert {f"!{name}" for name in kept} <= set(lines)


def test_the_development_container() -> None:
    assert DEVCONTAINER["image"] == "python:3.11"
    assert DEVCONTAINER["postCreateCommand"] == "make environment"
    assert DEVCONTAINER["remoteEnv"]["NUMBA_CACHE_DIR"].startswith("/tmp/")


def machines(job: str) -> set[tuple[str, str]]:
    matrix = CI["jobs"][job]["strategy"]["matrix"]
    if "include" in matrix:
        return {(entry["os"], entry["python"]) for entry in matrix["include"]}
    return {(system, python) for system in matrix["os"] for python in matrix["python"]}


def test_ci_runs_on_every_platform() -> None:
    found = machines("machines") | machines("library")
    assert {system for system, _ in found} == {"ubuntu-latest", "ubuntu-24.04-arm", "macos-latest"}
    assert {python for _, python in found} == {"3.11", "3.12", "3.13", "3.14"}
    for job in CI["jobs"].values():
        assert job["timeout-minutes"] <= 120
        assert job["steps"][0] == {"uses": "actions/checkout@v4"}


def test_ci_calls_what_is_there() -> None:
    """Folders of tests, targets of make, modules and files of the checkout."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = [step["run"] for job in CI["jobs"].values() for step in job["steps"] if "run" in step]
    words = {word for command in commands for word in command.split()}
    paths = {word for word in words if re.match(r"(tests|examples|\.ci)/", word)}
    assert {"tests/repository/test_platforms.py", "examples/my_data.csv", ".ci/run"} <= paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
    targets = {command.split()[1] for command in commands if command.startswith("make ")}
    assert targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
    modules = {found for command in commands for found in re.findall(r"-m (bornscape[\w.]*)", command)}
    assert all((ROOT / "src" / module.replace(".", "/")).with_suffix(".py").is_file() for module in modules)


def test_the_command_of_ci_and_of_the_page_is_understood() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in (*FILES, ".github/workflows/ci.yml")]
    found = [words for text in texts for words in re.findall(r"bornscape (check .*--data .*)$", text, re.MULTILINE)]
    assert len(found) == 4
    assert {parser().parse_args(words.split()).data for words in found} == {"examples/my_data.csv", "bits.csv"}


def test_the_page_lists_the_extras_and_the_kept_jets() -> None:
    page = (ROOT / "docs/use/machines.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = re.findall(r"^\| `(\w+)` \| ", page, re.MULTILINE)
    assert set(rows) == set(project["optional-dependencies"])
    assert (ROOT / "src/bornscape/datasets/kept").is_dir()
    assert "src/bornscape/datasets/kept" in page

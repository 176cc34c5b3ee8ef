"""The steps of the bare machine: the README's own commands are run, and a step that fails or is missing is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEPS = ROOT / "tests/workflow/bare_machine/steps.sh"

README = """
# A project

    make first    # makes everything
    make second   # tests it

Text.

    make third
"""
MAKEFILE = """
first:
\t@echo "first $$ARGS" >> ../ran
\t@mkdir -p .venv/bin results/smoke && touch .venv/.installed
\t@printf '#!/bin/sh\\n[ "$$1" = -m ] && exit 0; exec {python} "$$@"\\n' > .venv/bin/python && chmod +x .venv/bin/python
\t@cp manifest.json claims.json results/smoke
second:
\t@echo second >> ../ran
third:
\t@echo third >> ../ran
"""


class Machine:
    """A folder in which the steps are run on a small repository."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.repository = folder / "home", folder / "repository"
        self.folder.mkdir()
        self.repository.mkdir()
        cost = {"a": {"jobs": 2, "cpu_seconds": 1.5}, "b": {"jobs": 3, "cpu_seconds": 2.5}}
        self.files = {
            "README.md": README,
            "Makefile": MAKEFILE.replace("{python}", sys.executable),
            "manifest.json": json.dumps({"cost": cost, "artifacts": {"x": 1}}),
            "claims.json": json.dumps({"reproduced": 4, "consistent": 0, "contradicted": 1}),
        }

    def run(self) -> subprocess.CompletedProcess[str]:
        for name, content in self.files.items():
            (self.repository / name).write_text(content, encoding="utf-8")
        git = ["git", "-C", str(self.repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "All"]):
            subprocess.run([*git, *words], check=True)
        command = ["bash", str(STEPS), str(self.repository)]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def outcomes(machine: Machine) -> list[tuple[str, str]]:
    rows = [row.strip("| ").split(" | ") for row in machine.text("steps.md").splitlines()]
    return [(name, outcome) for name, outcome, _ in rows]


def test_the_first_commands_of_the_readme_are_run_at_the_smoke_scale(machine: Machine) -> None:
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert machine.text("ran") == "first --configfile config/smoke.yaml\nsecond\n"
    names = ["git clone", "`make first`", "`make second`", "artifact contract"]
    assert outcomes(machine) == [(name, "passed") for name in names]
    assert "5 jobs in 4 s of CPU time and left 1 artifacts. Claims: 4 reproduced, 1 contradicted." in machine.text(
        "run.md"
    )


def test_a_command_that_fails_is_named_and_ends_it(machine: Machine) -> None:
    machine.files["Makefile"] = machine.files["Makefile"].replace("second >> ../ran", "second; exit 3")
    done = machine.run()
    assert done.returncode == 2
    assert outcomes(machine)[-1] == ("`make second`", "**failed** (status 2)")
    assert machine.text("run.md") == ""


def test_a_target_that_is_missing_fails(machine: Machine) -> None:
    machine.files["Makefile"] = machine.files["Makefile"].replace("second:", "other:")
    assert machine.run().returncode == 2
    assert outcomes(machine)[-1] == ("`make second`", "**failed** (status 2)")


@pytest.mark.parametrize("readme", ["# None\n", "    make first\n", README.replace("\nText.\n\n", "")])
def test_a_readme_without_two_commands_fails(machine: Machine, readme: str) -> None:
    machine.files["README.md"] = readme
    done = machine.run()
    assert done.returncode == 1
    assert "README.md: expected a first block of two make commands" in done.stderr
    assert outcomes(machine)[-1][1].startswith("**failed**")
    assert machine.text("ran") == ""


def test_a_run_without_results_fails(machine: Machine) -> None:
    machine.files["Makefile"] = machine.files["Makefile"].replace("cp manifest.json claims.json", "true")
    assert machine.run().returncode != 0


def test_the_readme_has_two_commands() -> None:
    """Else the bare machine fails on it."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("    make "))
    block = [line.split("#")[0].strip() for line in lines[first : first + 3] if line.startswith("    make ")]
    assert block == ["make reproduce", "make test"]


def test_the_container_takes_the_same_steps() -> None:
    container = (ROOT / "tests/workflow/bare_machine/Containerfile").read_text(encoding="utf-8")
    script = (ROOT / "tests/workflow/bare_machine/run.sh").read_text(encoding="utf-8")
    (packages,) = [line.removeprefix("PACKAGES=") for line in script.splitlines() if line.startswith("PACKAGES=")]
    assert f"--no-install-recommends {packages.replace(',', ' ')} " in container
    assert "RUN /srv/steps.sh /srv/bornscape.git" in container

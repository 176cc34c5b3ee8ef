"""An environment that goes wherever its folder goes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bornscape.run import installed
from bornscape.run.installed import settle_programs, settle_source

ODD = "a b;'c\" \u00e9$x(1)&[z]%d"
"""What shells, format strings and URLs have a meaning for."""


def output(*command: str | Path, cwd: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


class Checkout:
    """A folder with an environment, the module that is tested, and programs as pip writes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def make(cls, folder: Path) -> Checkout:
        checkout = cls(folder)
        run = folder / "src/bornscape/run"
        run.mkdir(parents=True)
        for path in (run / "__init__.py", run.parent / "__init__.py"):
            path.touch()
        shutil.copy2(installed.__file__, run)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
        for name in ("pip", "snakemake", "snakemake_logger_plugin_bornscape"):
            (checkout.packages / f"{name}.py").touch()
        (checkout.packages / "_editable_impl_bornscape.pth").write_text(str(folder / "src"), encoding="utf-8")
        text = "import bornscape, sys\nprint(sys.prefix, bornscape.__file__, *sys.argv[1:], sep='\\n')\n"
        python = folder / ".venv/bin/python"
        checkout.program("short", f"#!{python}\n{text}")
        checkout.program("long", f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n{text}")
        checkout.program("shell", "#!/bin/sh\necho python\n")
        return checkout

    @property
    def packages(self) -> Path:
        (found,) = (self.folder / ".venv/lib").glob("python*/site-packages")
        return found

    def program(self, name: str, text: str) -> None:
        path = self.folder / ".venv/bin" / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def installed(self, what: str) -> str:
        return output(self.folder / ".venv/bin/python", "-m", "bornscape.run.installed", what, cwd=self.folder)

    def check(self, name: str) -> None:
        """A program runs in this folder's environment, and this folder's code."""
        expected = [self.folder / ".venv", self.folder / "src/bornscape/__init__.py", "a b", "$c"]
        assert output(self.folder / ".venv/bin" / name, "a b", "$c").splitlines() == [str(part) for part in expected]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout.make(tmp_path / "first")
    assert "it is not whole" in made.installed("--check")
    assert made.installed("--settle") == ""
    return made


@pytest.mark.parametrize("name", ["short", "long"])
@pytest.mark.parametrize("goal", ["second", ODD])
def test_programs_go_with_a_folder_that_is_renamed(checkout: Checkout, tmp_path: Path, name: str, goal: str) -> None:
    checkout.check(name)
    moved = Checkout(checkout.folder.rename(tmp_path / goal))
    moved.check(name)
    (tmp_path / "linked").symlink_to(moved.folder / ".venv/bin" / name)
    assert output(tmp_path / "linked").splitlines()[0] == str(moved.folder / ".venv")


def test_a_copy_runs_its_own_code(checkout: Checkout, tmp_path: Path) -> None:
    shutil.copytree(checkout.folder, tmp_path / "copy", symlinks=True)
    Checkout(tmp_path / "copy").check("short")
    checkout.check("short")


def test_without_settling_a_copy_runs_the_other_code(tmp_path: Path) -> None:
    """The fault, as pip leaves it, and that it is seen."""
    first = Checkout.make(tmp_path / "first")
    shutil.copytree(first.folder, tmp_path / "copy", symlinks=True)
    copy = Checkout(tmp_path / "copy")
    assert str(first.folder / "src") in output(copy.folder / ".venv/bin/short")
    assert f"it runs the code of {first.folder}" in copy.installed("--check")


def test_a_folder_that_moved_is_noticed_until_it_is_settled_again(checkout: Checkout, tmp_path: Path) -> None:
    assert checkout.installed("--check") == ""
    moved = Checkout(checkout.folder.rename(tmp_path / ODD))
    assert "it was made in another folder" in moved.installed("--check")
    moved.installed("--settle")
    assert moved.installed("--check") == ""
    activated = output(
        "bash", "-c", '. "$0" && echo "$VIRTUAL_ENV" && command -v short', moved.folder / ".venv/bin/activate"
    )
    assert activated.splitlines() == [str(moved.folder / ".venv"), str(moved.folder / ".venv/bin/short")]


@pytest.mark.parametrize("name", ["pip", "snakemake"])
def test_what_is_missing_is_named(checkout: Checkout, name: str) -> None:
    (checkout.packages / f"{name}.py").unlink()
    assert f"{name} is missing" in checkout.installed("--check")


def test_an_environment_that_links_to_another_checkouts_runs_the_code_beside_the_link(
    checkout: Checkout, tmp_path: Path
) -> None:
    other = tmp_path / "worktree"
    shutil.copytree(checkout.folder / "src", other / "src")
    (other / ".venv").symlink_to(checkout.folder / ".venv")
    assert Checkout(other).installed("--check") == ""
    found = output(other / ".venv/bin/python", "-c", "import bornscape; print(bornscape.__file__)")
    assert found == str(other / "src/bornscape/__init__.py")


def test_other_files_are_left_alone(checkout: Checkout) -> None:
    programs = checkout.folder / ".venv/bin"
    before = {path.name: path.read_bytes() for path in programs.iterdir()}
    assert before["shell"] == b"#!/bin/sh\necho python\n"
    assert settle_programs(programs) == 0
    assert {path.name: path.read_bytes() for path in programs.iterdir()} == before
    assert os.access(programs / "short", os.X_OK)


def test_a_package_that_is_not_installed_from_its_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"run: make environment$"):
        settle_source(tmp_path, tmp_path)

"""The tests' folders are the package's: whoever looks for the tests of a module knows where."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHER = {"package", "repository", "support", "workflow"}
"""Loose modules of the package, the repository's files, what tests share, and what starts whole programs."""


def packages(source: Path) -> set[str]:
    """Folders of a package that hold code."""
    return {path.relative_to(source).parts[0] for path in source.glob("*/**/*.py")}


def folders(tests: Path) -> set[str]:
    """Folders that hold tests or what they share."""
    return {path.relative_to(tests).parts[0] for path in tests.glob("*/**/*.py")}


def test_folders_mirror_the_package() -> None:
    found = folders(ROOT / "tests")
    assert found >= OTHER
    assert found - OTHER == packages(ROOT / "src/bornscape")


def test_no_test_lies_outside_of_a_folder() -> None:
    assert [path.name for path in (ROOT / "tests").glob("*.py")] == ["conftest.py"]


def test_every_test_file_of_the_package_is_found() -> None:
    """A file of another name would be collected by nobody."""
    files = {path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("*.py")}
    other = {str(path) for path in files if not path.name.startswith("test_") and path.parts[0] != "support"}
    assert other == {"conftest.py", "workflow/conftest.py"}


def test_a_missing_folder_is_noticed(tmp_path: Path) -> None:
    for name in ("src/losses/mmd.py", "src/theory/deep/kld.py", "tests/losses/test_mmd.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "src/empty/__pycache__").mkdir(parents=True)
    assert packages(tmp_path / "src") == {"losses", "theory"}
    assert folders(tmp_path / "tests") == {"losses"}

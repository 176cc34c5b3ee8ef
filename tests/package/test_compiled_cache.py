"""Numba's folder: its own places where they can be written, a private one otherwise, none that others could fill."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bornscape import compiled_cache
from bornscape.compiled_cache import choose_cache

ROOT = Path(__file__).parents[2]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Folders, of which those listed under ``locked`` say that they cannot be written, to root too."""
    found = {name: tmp_path / name for name in ("package", "home", "temporary")}
    for path in found.values():
        path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(found["temporary"]))
    return found


def lock(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    monkeypatch.setattr(compiled_cache.os, "access", lambda path, mode: Path(path) not in paths)


def chosen(places: dict[str, Path], **variables: str) -> str | None:
    environment = {"XDG_CACHE_HOME": str(places["home"] / "cache"), **variables}
    choose_cache(str(places["package"]), environment)
    return environment.get("NUMBA_CACHE_DIR")


def test_numba_chooses_where_it_can_write(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(places) is None
    lock(monkeypatch, places["package"])
    assert chosen(places) is None
    lock(monkeypatch, places["home"])
    assert chosen(places) is None
    assert list(places["temporary"].iterdir()) == []


def test_where_nothing_can_be_written_a_private_folder_is_made(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(monkeypatch, places["package"], places["home"])
    folder = places["temporary"] / f"bornscape-numba-{os.getuid()}"
    assert chosen(places) == str(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert chosen(places) == str(folder)
    assert chosen(places, NUMBA_CACHE_DIR="/mine") == "/mine"


@pytest.mark.parametrize("kind", ["open to others", "a link", "a file"])
def test_a_folder_that_others_could_fill_is_not_taken(
    kind: str, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled code is run as it is found."""
    lock(monkeypatch, places["package"], places["home"])
    folder = places["temporary"] / f"bornscape-numba-{os.getuid()}"
    if kind == "open to others":
        folder.mkdir()
        folder.chmod(0o777)
    elif kind == "a link":
        folder.symlink_to(places["home"])
    else:
        folder.write_text("", encoding="utf-8")
    assert chosen(places) is None


def test_the_library_starts_from_a_read_only_folder_and_home(tmp_path: Path) -> None:
    """In a mount namespace of its own, as root cannot be kept from writing otherwise."""
    mounted = tmp_path / "mounted"
    shutil.copytree(ROOT / "src", mounted / "src", ignore=shutil.ignore_patterns("*.nb?", "*.pyc*"))
    (tmp_path / "temporary").mkdir()
    code = "import bornscape.simulators.state_vector.compiled_gates, os; print(os.environ['NUMBA_CACHE_DIR'])"
    lines = [f"mount --bind {mounted} {mounted}", f"mount -o remount,ro,bind {mounted}"]
    script = " && ".join([*lines, f'exec {sys.executable} -c "{code}"'])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "NUMBA_"))}
    places = {"HOME": str(mounted), "PYTHONPATH": str(mounted / "src"), "TMPDIR": str(tmp_path / "temporary")}
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", script]
    try:
        done = subprocess.run(command, env=kept | places, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed: nothing was mounted")
    if "unshare:" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"mounts are not allowed here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "temporary" / f"bornscape-numba-{os.getuid()}")

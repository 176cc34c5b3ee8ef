"""The lock on other machines: every package has a wheel there, so that no compiler is needed. Nothing is downloaded."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"

PURE_SOURCES = ("connection-pool",)
"""Have no wheel anywhere; to build them takes Python alone."""

LINUX, LINUX_ARM, MACOS = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "aarch64-apple-darwin"
SUPPORTED = [(machine, python) for machine in (LINUX, LINUX_ARM, MACOS) for python in ("3.11", "3.12", "3.13")]

UNREACHABLE = re.compile(r"error sending request|failed to fetch|dns error|timed out|network|connect", re.IGNORECASE)


def resolved(lock: Path, machine: str, python: str, folder: Path, sources: Sequence[str] = PURE_SOURCES) -> str:
    """The error of installing a lock on a machine from wheels alone, or nothing. Skips without an answer."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed: no lock was resolved")
    command = [uv, "pip", "install", "--dry-run", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += [word for name in sources for word in ("--no-binary", name)]
    command += ["--python-platform", machine, "--python-version", python, "--target", str(folder), "-r", str(lock)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("no package registry answered in 120 s: no lock was resolved")
    if done.returncode == 0:
        return ""
    if "wheels" not in done.stderr and UNREACHABLE.search(done.stderr):
        pytest.skip(f"no package registry answers: no lock was resolved: {done.stderr.strip().splitlines()[-1]}")
    return done.stderr


@pytest.mark.parametrize(("machine", "python"), SUPPORTED)
def test_every_package_of_the_lock_has_a_wheel(machine: str, python: str, tmp_path: Path) -> None:
    assert resolved(LOCK, machine, python, tmp_path) == ""


def entry(name: str) -> str:
    """A package's lines of the lock."""
    (found,) = re.findall(rf"^{name}==.*?(?<!\\)$", LOCK.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(found)


def test_a_package_without_a_wheel_is_found(tmp_path: Path) -> None:
    """Negative controls: Pythia on macOS, as the lock had it, and a source that is named nowhere."""
    text = entry("pythia8mc")
    unconditional = re.sub(r"^(pythia8mc==\S+) ;[^\\]+", r"\1 ", text)
    assert unconditional != text
    lock = tmp_path / "changed.lock"
    lock.write_text(unconditional, encoding="utf-8")
    assert "pythia8mc" in resolved(lock, MACOS, "3.12", tmp_path)
    lock.write_text(entry("connection-pool"), encoding="utf-8")
    assert "connection-pool" in resolved(lock, LINUX, "3.12", tmp_path, sources=())
    assert resolved(lock, LINUX, "3.12", tmp_path) == ""


def test_python_3_14_needs_a_compiler_for_one_package(tmp_path: Path) -> None:
    """What docs/use/machines.md says of it; once there is a wheel, the page can say less."""
    assert "immutables" in resolved(LOCK, LINUX, "3.14", tmp_path)
    assert resolved(LOCK, LINUX, "3.14", tmp_path, sources=(*PURE_SOURCES, "immutables")) == ""


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed: nothing would be asked for")
def test_a_registry_that_does_not_answer_skips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "0")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(pytest.skip.Exception, match="no package registry answers"):
        resolved(LOCK, LINUX, "3.11", tmp_path)

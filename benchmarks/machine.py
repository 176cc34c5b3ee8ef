"""The machine that was measured on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from bornscape.run.machine import machine

PACKAGES = ("numpy", "scipy", "numba", "pennylane", "pennylane-lightning")


def _cache(level: str) -> str:
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (index / "type").read_text().strip()
        if (index / "level").read_text().strip() == level and kind != "Instruction":
            return (index / "size").read_text().strip()
    return "unknown"


def description(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """What a reader needs to compare times with their own; packages that are not installed are left out."""
    here = machine()
    versions = {name: metadata.version(name) for name in packages if find_spec(name.replace("-", "_"))}
    return {
        "cpu": f"{here['cpu']}, {os.cpu_count()} cores",
        "caches a core": f"L1 {_cache('1')}, L2 {_cache('2')}; L3 {_cache('3')}",
        "memory": here["memory"],
        "system": f"{platform.uname()[0]}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version}" for name, version in versions.items()),
    }


def describe() -> str:
    return "; ".join(description().values())


def write(path: Path, said: Mapping[str, str] | None = None) -> None:
    """Write a description, this machine's if none is given, to a temporary name and rename it."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(said or description(), indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)

"""Processes in which modules cannot be imported, as where they are not installed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_CODE = """
import os, sys
class Missing:
    names = set(os.environ["MISSING"].split())
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
"""


def without(modules: Iterable[str], folder: Path) -> dict[str, str]:
    """Variables for a Python process; what it starts with goes into ``folder``."""
    (folder / "sitecustomize.py").write_text(_CODE, encoding="utf-8")
    return {"PYTHONPATH": str(folder), "MISSING": " ".join(sorted(modules))}

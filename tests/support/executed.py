"""A mark that code leaves behind when it runs, for the tests of what is never run."""

from __future__ import annotations

from pathlib import Path

import yaml


class Executed:
    """True once its ``code`` has run."""

    def __init__(self, folder: Path) -> None:
        self.mark = folder / "executed"
        self.code = f"__import__('pathlib').Path({str(self.mark)!r}).touch()"

    def __bool__(self) -> bool:
        return self.mark.exists()


def template(executed: Executed, path: Path) -> Path:
    """A configuration that Snakemake takes for a template, and whose Python it runs."""
    content = {"__use_yte__": True, "run": "mine", f"?if {executed.code} is None": {"seed": 7}}
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path

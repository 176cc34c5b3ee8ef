"""A mark that code leaves behind when it runs, for the tests of what is never run."""

from __future__ import annotations

from pathlib import Path


class Executed:
    """True once its ``code`` has run."""

    def __init__(self, folder: Path) -> None:
        self.mark = folder / "executed"
        self.code = f"__import__('pathlib').Path({str(self.mark)!r}).touch()"

    def __bool__(self) -> bool:
        return self.mark.exists()

"""How far the draws are: one line on stderr that is written anew, and gone at the end."""

from __future__ import annotations

import sys
from typing import TextIO

_CELLS = 20


class Progress:
    """Called before every chunk of draws, with words; shows how many of ``total`` are done.

    Parameters
    ----------
    total
        Chunks there will be; None: not known beforehand.
    shown
        Whether anything is written; None: on a terminal or in a notebook.
    """

    def __init__(self, total: int | None, shown: bool | None = None, stream: TextIO | None = None) -> None:
        self.total, self.done, self.width = total, -1, 0
        self.stream = sys.stderr if stream is None else stream
        self.shown = ("ipykernel" in sys.modules or self.stream.isatty()) if shown is None else shown

    def __call__(self, words: str) -> None:
        """The next chunk begins."""
        self.done += 1
        bar = ""
        if self.total:
            full = min(_CELLS * self.done // self.total, _CELLS)
            bar = f"[{'#' * full}{'.' * (_CELLS - full)}] {min(self.done / self.total, 1):4.0%}  "
        self._write(bar + words)

    def close(self) -> None:
        """Wipe the line."""
        self._write("")
        if self.shown:
            self.stream.write("\r")
            self.stream.flush()

    def _write(self, line: str) -> None:
        if self.shown:
            self.stream.write("\r" + line.ljust(self.width))
            self.stream.flush()
            self.width = len(line)

"""The end of a job's log file."""

from __future__ import annotations

import json
import re
from pathlib import Path

READ_AT_MOST = 65536
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def tail(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log; of a notebook, the end of its error. Empty if there is nothing to read.

    Parameters
    ----------
    path
        A text file, or an executed notebook (.ipynb).
    lines
        How many lines at most.
    """
    try:
        text = _error_of_notebook(path) if path.suffix == ".ipynb" else _end_of_file(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [line.rstrip() for line in ESCAPES.sub("", text).strip().splitlines()[-lines:]]


def _end_of_file(path: Path) -> str:
    with open(path, "rb") as handle:
        size = handle.seek(0, 2)
        handle.seek(max(size - READ_AT_MOST, 0))
        text = handle.read().decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _error_of_notebook(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    errors = [output for output in outputs if output.get("output_type") == "error"]
    return "\n".join(errors[-1]["traceback"]) if errors else ""

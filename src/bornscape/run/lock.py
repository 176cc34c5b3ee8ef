"""One run at a time in a folder, and only where results can be written."""

from __future__ import annotations

import fcntl
import tempfile
from pathlib import Path
from typing import IO


def hold_run(path: str | Path) -> IO[str]:
    """Refuse to run beside another run in this folder; the run lasts as long as the file that is returned.

    Snakemake's own lock outlives a killed run; the system drops this one with the process.

    Raises
    ------
    SystemExit
        If another run holds the file.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    handle = open(path, "w", encoding="utf-8")  # noqa: SIM115, it is held as long as the run lasts
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise SystemExit(f"Error: {path}: another run is going on in this folder; wait for it or stop it") from None
    return handle


def check_writable(path: str | Path) -> None:
    """Stop before any job if results cannot be written: each job would fail by itself, some after minutes.

    Raises
    ------
    SystemExit
        If nothing can be written into the folder.
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise SystemExit(f"Error: {path}: cannot be written: {error.strerror}") from None

"""Sending all that a workflow's job prints to its log file."""

from __future__ import annotations

import os
import sys


def log_to(path: str) -> None:
    """Send standard output and error of this process, compiled libraries' too, to ``path`` from now on."""
    sys.stdout.flush()
    sys.stderr.flush()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)

"""The machine that a page was made on, and when the jobs of a run ended."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path


def machine() -> dict[str, str]:
    """Processor, cores that may be used, memory and system, in words; what the system does not tell is left out."""
    told = {"cpu": _processor(), "cores": str(_cores()), "memory": _memory(), "system": platform.platform(terse=True)}
    return {name: text for name, text in told.items() if text}


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return ""
    return f"{size / 2**30:.0f} GiB"


def times(benchmarks: Path) -> dict[str, str]:
    """When the first and the last job of a run ended (``first``, ``last``), in UTC; empty if no job left a trace.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "job.tsv").write_text("s")
    ...     os.utime(Path(folder, "job.tsv"), (0, 0))
    ...     times(Path(folder))
    1
    {'first': '1970-01-01 00:00', 'last': '1970-01-01 00:00'}
    """
    ended = sorted(path.stat().st_mtime for path in benchmarks.rglob("*.tsv"))
    if not ended:
        return {}
    return {
        name: datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d %H:%M")
        for name, when in (("first", ended[0]), ("last", ended[-1]))
    }

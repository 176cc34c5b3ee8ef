"""Sending all that a workflow's job prints to its log file, which ends in what the job cost.

Snakemake's own benchmark looks at a job twice a second at first and then every 30 seconds, and misses what a job does
after the last look, or a short peak of memory. A job knows both when it ends.
"""

from __future__ import annotations

import atexit
import os
import re
import resource
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_COST = re.compile(r"^# cost: (\w+) ([\d.]+) CPU seconds, ([\d.]+) MB$", re.MULTILINE)


class Cost(NamedTuple):
    """CPU seconds of jobs, their kernels and compilers included, and the largest process's peak memory in MB."""

    cpu_seconds: float
    peak_memory_mb: float


def log_to(path: str, rule: str) -> None:
    """Send standard output and error of this process, compiled libraries' too, to ``path`` from now on.

    The log's last line says what the process cost, for ``costs``.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    atexit.register(say_cost, rule)


def _peak_memory_mb() -> float:
    # Not this process's ru_maxrss, which begins with what the parent process held when it started this one.
    held = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(int(held[1]) if held else 0, children) / 1000


def cost_until_now() -> Cost:
    """What this process cost, with the processes that it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Cost(sum(entry.ru_utime + entry.ru_stime for entry in used), _peak_memory_mb())


def say_cost(rule: str) -> None:
    """Write into the log what this process cost until now, for a job of ``rule``."""
    cost = cost_until_now()
    sys.stdout.flush()
    os.write(1, f"# cost: {rule} {cost.cpu_seconds:.2f} CPU seconds, {cost.peak_memory_mb:.1f} MB\n".encode())


def job_name(path: Path, folder: Path) -> str:
    """What a job's benchmark, or its log, names after the rule's own folder: the same for both.

    >>> job_name(Path("logs/training/fig_9/n4_l1.log"), Path("logs"))
    'fig_9_n4_l1'
    """
    parts = path.relative_to(folder).with_suffix("").parts
    return "_".join(parts[1:] or parts)


def costs(logs: Path, wanted: Callable[[str], bool] = lambda job: True) -> dict[str, Cost]:
    """What the jobs of each rule cost together, from their logs; of the ``wanted`` ones by their names."""
    by_rule: dict[str, list[Cost]] = defaultdict(list)
    for rule, seconds, memory in _lines(path for path in sorted(logs.rglob("*.log")) if wanted(job_name(path, logs))):
        by_rule[rule].append(Cost(seconds, memory))
    return {
        rule: Cost(sum(cost.cpu_seconds for cost in jobs), max(cost.peak_memory_mb for cost in jobs))
        for rule, jobs in by_rule.items()
    }


def _lines(logs: Iterable[Path]) -> Iterator[tuple[str, float, float]]:
    for path in logs:
        for rule, seconds, memory in _COST.findall(path.read_text(encoding="utf-8", errors="replace")):
            yield rule, float(seconds), float(memory)

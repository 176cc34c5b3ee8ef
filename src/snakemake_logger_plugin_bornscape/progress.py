"""What is done, what runs, and how long the rest will take."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SHOWN_JOBS = 4


def duration(seconds: float) -> str:
    """Write a time as ``m:ss``, or ``h:mm:ss`` from an hour on."""
    minutes, second = divmod(round(max(seconds, 0)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def count_jobs(n: int) -> str:
    """Write ``1 job``, ``2 jobs``."""
    return f"{n} job" if n == 1 else f"{n} jobs"


def describe(rule: str, wildcards: Mapping[str, str]) -> str:
    """Name a job by its rule and wildcards, ``draws line n=14``: only numbers need the wildcard's name."""
    parts = [rule]
    for name, value in wildcards.items():
        text = str(value)
        parts.append(f"{name}={text}" if text.replace(".", "", 1).isdigit() else text)
    return " ".join(parts)


def read_expected(path: Path) -> dict[str, float]:
    """Read seconds by rule; only ``all`` takes none if there is no such file, or it is not a JSON object of numbers."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {"all": 0.0} | {str(rule): float(seconds) for rule, seconds in table.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {"all": 0.0}


@dataclass
class Job:
    """A job: its rule, its name for people and when it started, in seconds."""

    rule: str
    label: str
    started: float


@dataclass
class Progress:
    """The state of one run; every time is in seconds since the epoch.

    Attributes
    ----------
    total, done
        Numbers of jobs.
    slots
        Jobs that run at a time.
    began
        When the run began.
    expected
        Seconds of a job by rule, used while no job of that rule has finished.
    waiting
        Jobs not started yet, by rule.
    running, failed
        Jobs by Snakemake's number.
    taken
        Seconds that the finished jobs took, by rule.
    last
        The job that finished last and its time.
    """

    total: int = 0
    done: int = 0
    slots: int = 1
    began: float = 0.0
    expected: dict[str, float] = field(default_factory=dict)
    waiting: Counter[str] = field(default_factory=Counter)
    running: dict[int, Job] = field(default_factory=dict)
    failed: dict[int, Job] = field(default_factory=dict)
    taken: dict[str, list[float]] = field(default_factory=dict)
    last: str = ""

    def plan(self, counts: Mapping[str, int], now: float) -> None:
        """Take the numbers of jobs by rule."""
        self.waiting = Counter(counts)
        self.total = self.waiting.total()
        self.began = self.began or now

    def start(self, number: int, rule: str, label: str, now: float) -> None:
        """Note that a job starts, or starts again after it failed."""
        if self.failed.pop(number, None) is None:
            self.waiting[rule] = max(self.waiting[rule] - 1, 0)
        self.running[number] = Job(rule, label, now)

    def finish(self, number: int, now: float) -> None:
        """Note that a job finished."""
        self.done += 1
        job = self.running.pop(number, None)
        if job is not None:
            seconds = now - job.started
            self.taken.setdefault(job.rule, []).append(seconds)
            self.last = f"{job.label} {seconds:.1f} s" if seconds < 60 else f"{job.label} {duration(seconds)}"

    def fail(self, number: int, rule: str) -> str:
        """Note that a job failed; return its name."""
        job = self.running.pop(number, None) or self.failed.get(number) or Job(rule, rule, 0.0)
        self.failed[number] = job
        return job.label

    def seconds_of(self, rule: str) -> float | None:
        """Time of one job: the mean of this rule in this run, else the expected one, else the mean of all rules."""
        if rule in self.taken:
            return sum(self.taken[rule]) / len(self.taken[rule])
        if rule in self.expected:
            return self.expected[rule]
        every = [seconds for times in self.taken.values() for seconds in times]
        return sum(every) / len(every) if every else None

    def left(self, now: float) -> float | None:
        """Seconds left: the remaining jobs' times over ``slots``, and no less than the longest; None if unknown."""
        work, longest = 0.0, 0.0
        for rule, elapsed, count in [
            *((job.rule, now - job.started, 1) for job in self.running.values()),
            *((rule, 0.0, count) for rule, count in self.waiting.items() if count > 0),
        ]:
            seconds = self.seconds_of(rule)
            if seconds is None:
                return None
            remaining = max(seconds - elapsed, 0.0)
            work += count * remaining
            longest = max(longest, remaining)
        return max(work / max(self.slots, 1), longest)

    def line(self, now: float) -> str:
        """Write the progress line."""
        width = len(str(self.total))
        share = 100 * self.done // self.total if self.total else 0
        text = f"[{self.done:>{width + 1}}/{self.total} {share:>3} %] {duration(now - self.began)} elapsed"
        left = self.left(now)
        if left is not None and self.done < self.total:
            text += f", about {duration(left)} left"
        names = [job.label for job in self.running.values()]
        if names:
            more = f", {len(names) - SHOWN_JOBS} more" if len(names) > SHOWN_JOBS else ""
            text += f" | running: {', '.join(names[:SHOWN_JOBS])}{more}"
        return text + (f" | done: {self.last}" if self.last else "")

"""What is done, what runs, and how long the rest will take."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SHOWN_JOBS = 4

OVERDUE = 0.1
"""What is left of a job that takes longer than expected, as a share of what it took."""

PHASES = {
    "data": ("synthetic_targets", "jet_chunk", "jet_targets", "shower_targets"),
    "draws": ("line_draws", "product_draws", "product_shot_draws"),
    "experiments": ("measure", "tabulate"),
    "training": ("train", "training_of_entry", "training_table"),
    "models": ("model_draws", "model_report", "models_table", "model_claims"),
    "tables": ("variance_of_study", "variance", "scaling", "bodyness"),
    "verdicts": ("claims_register", "table", "verify"),
    "figures": ("draw",),
    "notebooks": ("notebook",),
    "report": ("report_page", "manifest"),
}
"""Rules of each phase of a run, in the order in which people think of them."""

_PHASE_OF = {rule: phase for phase, rules in PHASES.items() for rule in rules}


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


def phase_of(rule: str) -> str:
    """The phase that a rule belongs to; a rule that is in none is a phase of its own."""
    return "draws" if rule.startswith("draws_") else _PHASE_OF.get(rule, rule)


def read_expected(path: Path) -> dict[str, float]:
    """Read seconds by rule; only ``all`` takes none if there is no such file, or it is not a JSON object of numbers."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {"all": 0.0} | {str(rule): float(seconds) for rule, seconds in table.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {"all": 0.0}


@dataclass(frozen=True)
class Planned:
    """A job to be done.

    Attributes
    ----------
    rule
        Its rule.
    needs
        Numbers of the jobs that it waits for.
    priority
        Of two jobs that can start the larger one does.
    seconds
        What it is expected to take; None if only its rule says so.
    """

    rule: str
    needs: frozenset[int] = frozenset()
    priority: int = 0
    seconds: float | None = None


@dataclass
class Job:
    """A job: its rule, its name for people, when it started, in seconds, and what was expected."""

    rule: str
    label: str
    started: float
    seconds: float | None = None


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
        Seconds of a job by rule, for those of which nothing closer is known.
    waiting
        Jobs not started yet, by Snakemake's number; numbers below 0 stand for jobs of which only the rule is known.
    running, failed
        Jobs by Snakemake's number.
    taken
        Seconds that the finished jobs took and were expected to take, by rule; without an expectation both are equal.
    last
        The job that finished last and its time.
    """

    total: int = 0
    done: int = 0
    slots: int = 1
    began: float = 0.0
    expected: dict[str, float] = field(default_factory=dict)
    waiting: dict[int, Planned] = field(default_factory=dict)
    running: dict[int, Job] = field(default_factory=dict)
    failed: dict[int, Job] = field(default_factory=dict)
    taken: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    last: str = ""

    def plan(self, counts: Mapping[str, int], now: float) -> None:
        """Take the numbers of jobs by rule."""
        rules = [rule for rule, count in counts.items() for _ in range(count)]
        self.waiting = {-1 - number: Planned(rule) for number, rule in enumerate(rules)}
        self.total = len(rules)
        self.began = self.began or now

    def detail(self, jobs: Mapping[int, Planned]) -> None:
        """Take what is known of each job in place of its rule alone; nothing once jobs have started."""
        if len(jobs) == len(self.waiting) == self.total:
            self.waiting = dict(jobs)

    def start(self, number: int, rule: str, label: str, now: float) -> None:
        """Note that a job starts, or starts again after it failed."""
        again = self.failed.pop(number, None)
        if again is not None:
            self.running[number] = Job(rule, label, now, again.seconds)
            return
        known = self.waiting.pop(number, None)
        if known is None:
            same = next((key for key, job in self.waiting.items() if key < 0 and job.rule == rule), None)
            known = self.waiting.pop(same) if same is not None else Planned(rule)
        self.running[number] = Job(rule, label, now, known.seconds)

    def finish(self, number: int, now: float) -> None:
        """Note that a job finished."""
        self.done += 1
        job = self.running.pop(number, None)
        if job is not None:
            seconds = now - job.started
            expected = self._before(job)
            self.taken.setdefault(job.rule, []).append((seconds, seconds if expected is None else expected))
            self.last = f"{job.label} {seconds:.1f} s" if seconds < 60 else f"{job.label} {duration(seconds)}"

    def fail(self, number: int, rule: str) -> str:
        """Note that a job failed; return its name."""
        job = self.running.pop(number, None) or self.failed.get(number) or Job(rule, rule, 0.0)
        self.failed[number] = job
        return job.label

    def _before(self, job: Job | Planned) -> float | None:
        """What a job was expected to take before anything ran: itself, or a job of its rule."""
        return self.expected.get(job.rule) if job.seconds is None else job.seconds

    def seconds_of(self, job: Job | Planned) -> float | None:
        """Time of a job: what was expected, times what finished jobs took over what was expected of them.

        The ratio is that of its rule's jobs with all jobs' as one more of them. Where nothing was expected it is the
        mean of the rule, or of all jobs; None if none has finished.
        """
        every = [entry for entries in self.taken.values() for entry in entries]
        own = self.taken.get(job.rule, [])
        before = self._before(job)
        if before is None:
            seconds = [taken for taken, _ in own or every]
            return sum(seconds) / len(seconds) if seconds else None
        ratio = sum(taken for taken, _ in every) / max(sum(was for _, was in every), 1e-9) if every else 1.0
        if not own:
            return before * ratio
        mean = sum(was for _, was in own) / len(own)
        if not mean:
            return before
        return before * (sum(taken for taken, _ in own) + ratio * mean) / ((len(own) + 1) * mean)

    def _remaining(self, now: float) -> tuple[dict[int, float], dict[int, float]] | None:
        """Seconds that are left of each running and of each waiting job; None if any is unknown."""
        running, waiting = {}, {}
        for number, job in self.running.items():
            seconds, elapsed = self.seconds_of(job), now - job.started
            if seconds is None:
                return None
            running[number] = max(seconds - elapsed, OVERDUE * elapsed if elapsed > seconds else 0.0)
        by_kind: dict[tuple[str, float | None], float | None] = {}
        for number, planned in self.waiting.items():
            kind = (planned.rule, planned.seconds)
            if kind not in by_kind:
                by_kind[kind] = self.seconds_of(planned)
            if (known := by_kind[kind]) is None:
                return None
            waiting[number] = known
        return running, waiting

    def left(self, now: float) -> float | None:
        """Seconds left, if every job takes as long as expected and starts as soon as it can; None if unknown."""
        remaining = self._remaining(now)
        if remaining is None:
            return None
        running, waiting = remaining
        ends = [(seconds, number) for number, seconds in running.items()]
        heapq.heapify(ends)
        open_needs = {number: set(self.waiting[number].needs) & (running.keys() | waiting.keys()) for number in waiting}
        users: dict[int, list[int]] = {}
        for number, needs in open_needs.items():
            for need in needs:
                users.setdefault(need, []).append(number)
        ready = [(-self.waiting[number].priority, number) for number, needs in open_needs.items() if not needs]
        heapq.heapify(ready)
        clock = 0.0
        while ends or ready:
            while ready and len(ends) < max(self.slots, 1):
                _, number = heapq.heappop(ready)
                heapq.heappush(ends, (clock + waiting[number], number))
            clock, ended = heapq.heappop(ends)
            for number in users.get(ended, ()):
                open_needs[number].discard(ended)
                if not open_needs[number]:
                    heapq.heappush(ready, (-self.waiting[number].priority, number))
        return clock

    def share(self, now: float) -> int:
        """Percent of the work that is done: of the jobs' seconds, or, where those are unknown, of the jobs."""
        if not self.total or self.done >= self.total:
            return 100 if self.total else 0
        remaining = self._remaining(now)
        if remaining is None:
            return 100 * self.done // self.total
        left = sum(remaining[0].values()) + sum(remaining[1].values())
        done = sum(taken for entries in self.taken.values() for taken, _ in entries)
        done += sum(now - job.started for job in self.running.values())
        return min(int(100 * done / (done + left)) if done + left else 0, 99)

    def _phases(self) -> str:
        """The running jobs by phase, each phase with how many of its jobs are done."""
        done = Counter({rule: len(entries) for rule, entries in self.taken.items()})
        count = done + Counter(job.rule for job in self.waiting.values())
        count += Counter(job.rule for job in self.running.values())
        done_of, all_of = Counter[str](), Counter[str]()
        for rule, number in count.items():
            all_of[phase_of(rule)] += number
            done_of[phase_of(rule)] += done[rule]
        shown: dict[str, list[str]] = {}
        for job in list(self.running.values())[:SHOWN_JOBS]:
            shown.setdefault(phase_of(job.rule), []).append(job.label)
        parts = [f"{phase} {done_of[phase]}/{all_of[phase]}: {', '.join(names)}" for phase, names in shown.items()]
        more = f"; {len(self.running) - SHOWN_JOBS} more" if len(self.running) > SHOWN_JOBS else ""
        return "; ".join(parts) + more

    def line(self, now: float) -> str:
        """Write the progress line."""
        width = len(str(self.total))
        text = f"[{self.share(now):>3} %, {self.done:>{width}}/{self.total} jobs] {duration(now - self.began)} elapsed"
        left = self.left(now)
        if left is not None and self.done < self.total:
            text += f", about {duration(left)} left"
        if self.running:
            text += f" | {self._phases()}"
        return text + (f" | done: {self.last}" if self.last else "")

"""The progress display: a Snakemake logger plugin."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.tests import MockOutputSettings, TestLogHandlerBase

from snakemake_logger_plugin_bornscape import LogHandler, LogHandlerSettings, planned
from snakemake_logger_plugin_bornscape.logs import tail
from snakemake_logger_plugin_bornscape.progress import PHASES, Planned, Progress, describe, duration

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
START = 1_000_000.0


class TestInterface(TestLogHandlerBase):
    """The plugin interface's own checks."""

    __test__ = True

    def get_log_handler_cls(self) -> type[LogHandlerBase]:
        return LogHandler

    def get_log_handler_settings(self) -> LogHandlerSettings:
        return LogHandlerSettings()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Run:
    """Drives a handler with records as Snakemake makes them; ``at`` is in seconds after the start."""

    def __init__(
        self, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, basedir: Path = Path("nowhere"), **common: Any
    ) -> None:
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys, "stdout" if common.get("stdout") else "stderr", stream)
        settings = MockOutputSettings()
        settings.printshellcmds = False
        for name, value in common.items():
            setattr(settings, name, value)
        self.stream = stream
        self.handler = LogHandler(settings, LogHandlerSettings())
        self.send(0, LogEvent.WORKFLOW_STARTED, basedir=str(basedir))

    def send(
        self, at: float, event: LogEvent | str | None, msg: str | None = None, level: int = logging.INFO, **fields: Any
    ) -> None:
        record = logging.LogRecord("snakemake.logging", level, self.handler._snakemake / "x.py", 1, msg, (), None)
        record.created = START + at
        record.__dict__.update(fields, **({"event": event} if event else {}))
        self.handler.handle(record)

    def plan(self, cores: int, **counts: int) -> None:
        self.send(0, LogEvent.RESOURCES_INFO, cores=cores)
        self.send(0, LogEvent.RUN_INFO, stats={**counts, "total": sum(counts.values())})

    def start(self, at: float, number: int, rule: str, **wildcards: str) -> None:
        self.send(at, LogEvent.JOB_INFO, jobid=number, rule_name=rule, wildcards=wildcards, reason="Missing output")

    def finish(self, at: float, number: int) -> None:
        self.send(at, LogEvent.JOB_FINISHED, job_id=number)

    def error(self, at: float, number: int, rule: str, log: list[str], **fields: Any) -> None:
        fields = {"rule_msg": None, "shellcmd": None, "aux": {}, **fields}
        self.send(at, LogEvent.JOB_ERROR, level=logging.ERROR, jobid=number, rule_name=rule, log=log, **fields)

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(io.StringIO(), monkeypatch)


def test_a_whole_run_line_by_line(run: Run) -> None:
    run.plan(2, draw=2, train=1, variance=1)
    run.start(0, 1, "draw", n="12")
    run.start(0, 2, "draw", n="14")
    run.finish(10, 1)  # rules of unknown length count as 10 s each: both are done 10 s after the one that is running
    run.start(10, 3, "train", loss="mmd_n", r="1")
    run.finish(
        70, 2
    )  # draws take 40 s on average, train is overdue by 20 s of 60: a tenth of 60 s; variance starts now
    run.finish(71, 3)  # the next line is not due before 75 s
    run.start(71, 4, "variance")
    run.finish(73.1, 4)
    run.handler.close()
    run.handler.close()
    assert run.lines == [
        "[  0 %, 0/4 jobs] 0:00 elapsed | figures 0/2: draw n=12",
        "[ 50 %, 1/4 jobs] 0:10 elapsed, about 0:10 left | figures 1/2: draw n=14 | done: draw n=12 10.0 s",
        "[ 75 %, 2/4 jobs] 1:10 elapsed, about 0:40 left | training 0/1: train mmd_n r=1 | done: draw n=14 1:10",
        "[100 %, 4/4 jobs] 1:13 elapsed | done: variance 2.1 s",
        "4 jobs in 1:13",
    ]


def test_seconds_of_a_job_are_scaled_by_what_finished_jobs_took() -> None:
    progress = Progress(slots=3, expected={"draws": 30.0, "tables": 5.0})
    progress.plan({"draws": 4, "train": 2, "tables": 1}, START)
    assert progress.left(START) is None  # nothing is known of train
    progress.start(1, "train", "train", START)
    progress.finish(1, START + 12)
    # As expected so far: train counts as the mean of what was seen.
    assert progress.seconds_of(Planned("train")) == 12
    assert progress.seconds_of(Planned("draws")) == 30
    progress.start(2, "draws", "draws", START + 12)
    assert progress.left(START + 22) == pytest.approx(20 + 30)  # the last of four draws begins when the first ends
    progress.finish(2, START + 27)
    # Draws took 15 of 30 s, all jobs 27 of 42: the rule counts twice, all jobs once more in place of a draw.
    ratio = (15 + 30 * 27 / 42) / 60
    assert progress.seconds_of(Planned("draws")) == pytest.approx(30 * ratio)
    assert progress.seconds_of(Planned("draws", seconds=10.0)) == pytest.approx(10 * ratio)
    assert progress.seconds_of(Planned("tables")) == pytest.approx(5 * 27 / 42)
    progress.slots = 1000
    assert progress.left(START + 27) == pytest.approx(30 * ratio)  # no less than the longest job


def test_time_left_follows_what_jobs_wait_for() -> None:
    """Two long jobs of which the second needs the first take as long on ten cores as on one."""
    jobs = {1: Planned("a", seconds=60.0), 2: Planned("b", frozenset({1}), seconds=40.0)}
    jobs |= {number: Planned("c", priority=-1, seconds=5.0) for number in range(3, 8)}
    for slots, left in ((1, 125.0), (2, 100.0), (10, 100.0)):
        progress = Progress(slots=slots)
        progress.plan({"a": 1, "b": 1, "c": 5}, START)
        progress.detail({1: jobs[1]})  # Not all of them: another version of Snakemake.
        assert progress.left(START) is None
        progress.detail(jobs)
        assert progress.left(START) == left
        progress.start(1, "a", "a", START)
        progress.detail(jobs)  # Said again with every job.
        assert progress.left(START + 10) == left - 10
        assert progress.share(START + 10) == 8


def simulated_run(rng: np.random.Generator, machine: float, scatter: float, slots: int) -> list[tuple[float, float]]:
    """(elapsed, relative error of the time left) at every end of a job, of a made-up run of 200 jobs in four stages.

    Jobs take ``machine`` times as long as expected, each rule by a factor of its own and each job by another.
    """
    rules = {"draws": (60, 6.0), "train": (40, 15.0), "draw": (60, 4.0), "notebook": (40, 7.0)}
    jobs: dict[int, Planned] = {}
    stages: list[list[int]] = []
    for rule, (count, mean) in rules.items():
        numbers = list(range(len(jobs), len(jobs) + count))
        before = frozenset(stages[-1][:5]) if stages else frozenset()
        jobs |= {k: Planned(rule, before, seconds=float(mean * rng.lognormal(0, 0.8))) for k in numbers}
        stages.append(numbers)
    factor = {rule: machine * rng.lognormal(0, scatter) for rule in rules}
    takes = {k: (job.seconds or 0.0) * factor[job.rule] * rng.lognormal(0, scatter) for k, job in jobs.items()}
    progress = Progress(slots=slots)
    progress.plan({rule: count for rule, (count, _) in rules.items()}, START)
    progress.detail(jobs)
    clock, running, done, told = START, {}, set(), []
    while len(done) < len(jobs):
        for k in [k for k in progress.waiting if jobs[k].needs <= done][: slots - len(running)]:
            progress.start(k, jobs[k].rule, str(k), clock)
            running[k] = clock + takes[k]
        k = min(running, key=running.__getitem__)
        clock = running.pop(k)
        done.add(k)
        progress.finish(k, clock)
        told.append((clock, progress.left(clock)))
    return [(at - START, (left or 0.0) / (clock - at) - 1) for at, left in told[:-1]]


@pytest.mark.parametrize(("machine", "slots"), [(0.5, 2), (2.0, 8)])
def test_time_left_is_within_30_percent_from_one_minute_on(machine: float, slots: int) -> None:
    """On a machine twice as fast and one half as fast as that where jobs were timed; all but a run's last minute.

    Rules, and jobs of one rule, differ by 15 % from what the machine's speed makes of them.
    """
    outside = total = 0
    for seed in range(3):
        told = simulated_run(np.random.default_rng(seed), machine, 0.15, slots)
        judged = [error for elapsed, error in told if 60 <= elapsed <= told[-1][0] - 60]
        total, outside = total + len(judged), outside + sum(abs(error) > 0.3 for error in judged)
    assert total > 300
    assert outside <= 0.02 * total


def test_every_rule_with_a_script_belongs_to_a_phase() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "workflow/rules").glob("*.smk"))
    rules = {block.split(":")[0] for block in text.split("\nrule ")[1:] if "\n    script:" in block}
    assert len(rules) > 20
    assert rules == {rule for names in PHASES.values() for rule in names}


def test_expected_seconds_are_read_from_the_workflow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "expected_seconds.json").write_text(json.dumps({"draws": 90}))
    run = Run(io.StringIO(), monkeypatch, tmp_path)
    run.plan(1, draws=2, all=1)
    run.start(1, 1, "draws", n="4")
    assert run.lines == ["[  0 %, 0/3 jobs] 0:01 elapsed, about 3:00 left | draws 0/2: draws n=4"]


@pytest.mark.parametrize("content", ["", "[1]", '{"draws": "long"}'])
def test_unusable_expected_seconds_do_not_matter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "expected_seconds.json").write_text(content)
    run = Run(io.StringIO(), monkeypatch, tmp_path)
    run.plan(1, draws=2)
    run.start(1, 1, "draws")
    assert run.lines == ["[  0 %, 0/2 jobs] 0:01 elapsed | draws 0/2: draws"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.4, "0:59"), (60, "1:00"), (3599.6, "1:00:00"), (7325, "2:02:05")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_only_numbers_are_shown_with_the_name_of_their_wildcard() -> None:
    assert describe("draws", {"experiment": "line", "n": "14", "s": "0.25"}) == "draws line n=14 s=0.25"


def test_many_running_jobs_are_counted(run: Run) -> None:
    run.plan(6, draws=6)
    for number in range(6):
        run.start(0, number, "draws", n=str(number))
    assert run.handler.progress.line(START).endswith("| draws 0/6: draws n=0, draws n=1, draws n=2, draws n=3; 2 more")


def test_a_failed_job_shows_the_end_of_its_log(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text("\n".join(f"step {i}" for i in range(40)) + "\nValueError: loss is not finite\n")
    run.plan(1, train=2, all=1)
    run.start(0, 7, "train", loss="mmd_n")
    run.send(3, LogEvent.ERROR, "RuleException:\nscript failed", logging.ERROR, exception="RuleException")
    run.error(3, 7, "train", [str(log), str(tmp_path / "none.log")], shellcmd="python train.py", aux={"external_id": 5})
    run.send(3, None, "Exiting because a job execution failed. Look above for error messages", logging.ERROR)
    run.send(3, None, "Complete log(s): run.snakemake.log")
    run.send(3, LogEvent.ERROR, "WorkflowError:\nAt least one job did not complete successfully.", logging.ERROR)
    run.handler.close()
    assert run.lines[1:] == [
        "RuleException:",
        "script failed",
        "Error in rule train (job 7: train mmd_n)",
        "  shell: python train.py",
        "  external_id: 5",
        f"  log: {log}:",
        *(f"    step {i}" for i in range(26, 40)),
        "    ValueError: loss is not finite",
        f"  log: {tmp_path / 'none.log'} (empty or missing)",
        "0 of 3 jobs in 0:03, 1 failed",
        "Snakemake's full log: run.snakemake.log",
    ]


def test_a_failed_notebook_shows_its_traceback(tmp_path: Path) -> None:
    error = {"output_type": "error", "traceback": ["\x1b[31mTraceback\x1b[0m\n  cell 2", "KeyError: 'mmd'"]}
    cells = [{"outputs": [{"output_type": "stream", "text": "fine"}]}, {"cell_type": "markdown"}, {"outputs": [error]}]
    notebook = tmp_path / "fig_7.ipynb"
    notebook.write_text(json.dumps({"cells": cells}))
    assert tail(notebook, 2) == ["  cell 2", "KeyError: 'mmd'"]
    notebook.write_text("half a noteb")
    assert tail(notebook, 2) == []


def test_the_end_of_a_log_that_is_large_or_not_text(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_bytes(b"line\n" * 100_000 + b"\xff\n10 %\r20 %\r\nend\n\n")
    assert tail(log, 4) == ["\ufffd", "10 %", "20 %", "end"]


def test_a_restarted_job_counts_once(run: Run) -> None:
    run.plan(1, train=2)
    run.start(0, 1, "train")
    run.error(1, 1, "train", [])
    run.send(1, None, "Trying to restart job 1.")
    run.start(2, 1, "train")
    assert [job.rule for job in run.handler.progress.waiting.values()] == ["train"]
    run.finish(3, 1)
    run.start(3, 2, "train")
    run.finish(4, 2)
    run.handler.close()
    assert run.lines[-1] == "2 jobs in 0:04"
    assert "Trying to restart job 1." in run.lines


def test_an_interrupted_run_says_so_and_is_quiet_about_killed_jobs(run: Run) -> None:
    run.plan(1, train=2)
    run.start(0, 1, "train")
    run.send(4, None, "Terminating processes on user request, this might take some time.")
    run.send(5, LogEvent.ERROR, "RuleException:\ndied with SIGINT", logging.ERROR)
    run.error(5, 1, "train", [])
    run.handler.close()
    assert run.lines[1:] == [
        "Terminating processes on user request, this might take some time.",
        "0 of 2 jobs in 0:05, interrupted: the same command goes on from here",
    ]


def test_chatter_is_left_out_and_warnings_are_not(run: Run) -> None:
    for message in ("Building DAG of jobs...", "Using shell: bash", "Select jobs to execute...", "Elapsed time: 0:01"):
        run.send(0, None, message)
    run.send(0, LogEvent.SHELLCMD, "Shell command: true", shellcmd="true")
    run.send(0, None, "Nothing to be done (all requested files are present and up to date).")
    run.send(0, None, "The code used to generate x\nhas changed.", logging.WARNING)
    run.handler.close()
    assert run.lines == [
        "Nothing to be done (all requested files are present and up to date).",
        "The code used to generate x",
        "has changed.",
    ]


def test_what_a_snakefile_says_is_shown(run: Run) -> None:
    record = logging.LogRecord("snakemake.logging", logging.INFO, "Snakefile", 3, "scale: %s", ("smoke",), None)
    run.handler.handle(record)
    assert run.lines == ["scale: smoke"]


@pytest.mark.parametrize("event", ["from_a_later_snakemake", *LogEvent])
def test_no_event_ends_the_run(run: Run, event: str) -> None:
    run.send(1, event)  # without any of the fields that it should have
    run.send(1, event, "something is wrong", logging.ERROR)
    assert run.lines == ["something is wrong"]


def test_a_reader_that_went_away_does_not_end_the_run(run: Run) -> None:
    run.plan(1, draws=1)
    run.stream.close()
    run.start(0, 1, "draws")
    run.finish(9, 1)
    run.handler.close()


def test_a_terminal_line_is_rewritten_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(Terminal(), monkeypatch)
    monkeypatch.setattr(run.handler, "_width", lambda: 30)
    monkeypatch.setattr(run.handler, "_tick", lambda: None)  # its clock is not the records'
    run.plan(2, draws=2)
    run.start(0, 1, "draws", n="12")
    run.start(0, 2, "draws", n="14")
    run.send(1, None, "a warning", logging.WARNING)
    run.finish(2, 1)
    run.finish(2, 2)
    run.handler.close()
    assert run.stream.getvalue().split("\r") == [
        "",
        "[  0 %, 0/2 jobs] 0:00 elapse\x1b[K",
        "[  0 %, 0/2 jobs] 0:00 elapse\x1b[K",
        "\x1b[Ka warning\n",
        "[ 99 %, 1/2 jobs] 0:02 elapse\x1b[K",
        "[100 %, 2/2 jobs] 0:02 elapse\x1b[K",
        "\x1b[K2 jobs in 0:02\n",
    ]


def test_the_clock_of_a_terminal_line_runs_between_events(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(Terminal(), monkeypatch)
    monkeypatch.setattr("snakemake_logger_plugin_bornscape.time", SimpleNamespace(time=lambda: START + 65))
    run.plan(1, draws=1)
    run.start(0, 1, "draws")
    for _ in range(100):
        if "1:05 elapsed" in run.stream.getvalue():
            break
        time.sleep(0.1)
    assert "\r[  0 %, 0/1 jobs] 1:05 elapsed | draws 0/1: draws" in run.stream.getvalue()
    run.finish(66, 1)
    time.sleep(1.5)  # nothing more is written once all jobs are done
    assert run.stream.getvalue().endswith("\x1b[K1 job in 1:06\n")
    run.handler.close()
    assert run.stream.getvalue().count("1 job in") == 1


def test_a_dry_run_lists_the_jobs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(io.StringIO(), monkeypatch, dryrun=True, stdout=True)
    run.plan(1, draws=1, all=1)
    run.start(0, 1, "draws", n="12")
    run.start(0, 2, "all")
    run.plan(1, draws=1, all=1)
    run.handler.close()
    assert [re.sub(" +", " ", line) for line in run.lines] == [
        "Dry run, 2 jobs: 1 draws, 1 all",
        " draws n=12 Missing output",
        " all Missing output",
    ]


@pytest.mark.parametrize(("quiet", "n_lines"), [({"all"}, 0), ({"progress"}, 1)])
def test_quiet(monkeypatch: pytest.MonkeyPatch, quiet: set[str], n_lines: int) -> None:
    run = Run(io.StringIO(), monkeypatch, quiet=quiet)
    run.plan(1, draws=1)
    run.start(0, 1, "draws")
    run.send(1, None, "a warning", logging.WARNING)
    run.handler.close()
    assert len(run.lines) == n_lines


SNAKEFILE = """
from snakemake_logger_plugin_bornscape import PLANNED
from snakemake_logger_plugin_bornscape.planned import planned_jobs
onstart:
    PLANNED.update(planned_jobs(workflow.dag, "mine"))
    logger.info("planned: " + ", ".join(
        f"{job.rule} {job.seconds} after {sorted(PLANNED[need].rule for need in job.needs if need in PLANNED)}"
        for job in sorted(PLANNED.values(), key=lambda job: job.rule)
    ))
rule all:
    input: "b_1.txt"
rule a:
    output: "a.txt"
    log: "a.log"
    shell: "echo made > {output} 2> {log}"
rule b:
    input: "a.txt"
    output: "b_{n}.txt"
    log: "b_{n}.log"
    shell: "( echo before; test ! -e broken; echo after > {output} ) > {log} 2>&1"
"""


def test_seconds_of_jobs_are_taken_from_a_finished_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "results/mine/benchmarks"
    folder.mkdir(parents=True)
    with pytest.raises(ValueError, match="expected benchmarks that name their jobs"):
        planned.taken_by("results/mine")
    rows = [("line_draws", "{'study': 'line', 'n': '4'}", "1.54", "2"), ("scaling", "{}", "NA", "3.26")]
    for number, row in enumerate(rows):
        text = "rule_name\twildcards\tcpu_time\ts\n" + "\t".join(row) + "\n"
        (folder / f"{number}.tsv").write_text(text, encoding="utf-8")
    assert planned.main(["results/mine"]) == 0
    assert planned.expected_jobs("mine") == {"line_draws line n=4": 2.0, "scaling": 3.3}
    assert planned.expected_jobs("other") == {}
    # Whatever another version of Snakemake has in place of its graph.
    assert planned.planned_jobs(SimpleNamespace(), "mine") == {}


@pytest.mark.workflow
def test_with_snakemake_a_failure_and_then_a_success(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    (tmp_path / "broken").touch()
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow/expected_jobs.json").write_text(json.dumps({"mine": {"b n=1": 2.5}, "other": {"a": 9}}))

    def snakemake() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--scheduler", "greedy", "--logger", "bornscape"]
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)

    failure = snakemake()
    assert failure.returncode == 1
    assert "planned: a None after [], all None after ['b'], b 2.5 after ['a']" in failure.stderr
    assert "Error in rule b (job 1: b n=1)\n" in failure.stderr
    assert "  log: b_1.log:\n    before\n" in failure.stderr
    assert re.search(r"^1 of 3 jobs in 0:\d\d, 1 failed$", failure.stderr, re.MULTILINE)

    (tmp_path / "broken").unlink()
    success = snakemake()
    assert success.returncode == 0
    assert (tmp_path / "b_1.txt").read_text() == "after\n"
    lines = success.stderr.splitlines()
    assert lines[0] == "planned: all None after ['b'], b 2.5 after []"
    assert re.fullmatch(r"\[  0 %, 0/2 jobs\] 0:\d\d elapsed, about 0:02 left \| b 0/1: b n=1", lines[1])
    assert re.fullmatch(r"\[100 %, 2/2 jobs\] 0:\d\d elapsed \| done: all 0\.\d s", lines[-2])
    assert re.fullmatch(r"2 jobs in 0:\d\d", lines[-1])
    assert len(lines) <= 5

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

import pytest
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.tests import MockOutputSettings, TestLogHandlerBase

from snakemake_logger_plugin_bornscape import LogHandler, LogHandlerSettings
from snakemake_logger_plugin_bornscape.logs import tail
from snakemake_logger_plugin_bornscape.progress import Progress, describe, duration

SOURCE = Path(__file__).parents[2] / "src"
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
    run.plan(2, draws=2, train=1, variance=1)
    run.start(0, 1, "draws", experiment="line", n="12")
    run.start(0, 2, "draws", experiment="line", n="14")
    run.finish(10, 1)  # two rules of unknown length count as 10 s each: max((0 + 20) / 2, 10) s are left
    run.start(10, 3, "train", loss="mmd_n", repetition="1")
    run.finish(70, 2)  # draws take 40 s on average: max((0 + 40) / 2, 40); the train job is overdue
    run.finish(71, 3)  # the next line is not due before 75 s
    run.start(71, 4, "variance")
    run.finish(73.1, 4)
    run.handler.close()
    run.handler.close()
    assert run.lines == [
        "[ 0/4   0 %] 0:00 elapsed | running: draws line n=12",
        "[ 1/4  25 %] 0:10 elapsed, about 0:10 left | running: draws line n=14 | done: draws line n=12 10.0 s",
        "[ 2/4  50 %] 1:10 elapsed, about 0:40 left | running: train mmd_n repetition=1 | done: draws line n=14 1:10",
        "[ 4/4 100 %] 1:13 elapsed | done: variance 2.1 s",
        "4 jobs in 1:13",
    ]


def test_time_left() -> None:
    progress = Progress(slots=3, expected={"draws": 30.0})
    progress.plan({"draws": 4, "train": 2}, START)
    assert progress.left(START) is None  # nothing is known of train
    progress.start(1, "train", "train", START)
    progress.finish(1, START + 12)
    assert progress.left(START + 12) == pytest.approx((4 * 30 + 12) / 3)
    progress.start(2, "draws", "draws", START + 12)
    assert progress.left(START + 22) == pytest.approx((20 + 3 * 30 + 12) / 3)
    progress.finish(2, START + 27)  # 15 s, so the expected 30 s no longer count
    assert progress.left(START + 27) == pytest.approx((3 * 15 + 12) / 3)
    progress.slots = 1000
    assert progress.left(START + 27) == pytest.approx(15)  # no less than the longest job


def test_expected_seconds_are_read_from_the_workflow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "expected_seconds.json").write_text(json.dumps({"draws": 90}))
    run = Run(io.StringIO(), monkeypatch, tmp_path)
    run.plan(1, draws=2, all=1)
    run.start(1, 1, "draws", n="4")
    assert run.lines == ["[ 0/3   0 %] 0:01 elapsed, about 3:00 left | running: draws n=4"]


@pytest.mark.parametrize("content", ["", "[1]", '{"draws": "long"}'])
def test_unusable_expected_seconds_do_not_matter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str) -> None:
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "expected_seconds.json").write_text(content)
    run = Run(io.StringIO(), monkeypatch, tmp_path)
    run.plan(1, draws=2)
    run.start(1, 1, "draws")
    assert run.lines == ["[ 0/2   0 %] 0:01 elapsed | running: draws"]


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
    assert run.handler.progress.line(START).endswith("| running: draws n=0, draws n=1, draws n=2, draws n=3, 2 more")


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
    assert run.handler.progress.waiting == {"train": 1}
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
        "[ 0/2   0 %] 0:00 elapsed | r\x1b[K",
        "[ 0/2   0 %] 0:00 elapsed | r\x1b[K",
        "\x1b[Ka warning\n",
        "[ 1/2  50 %] 0:02 elapsed, ab\x1b[K",
        "[ 2/2 100 %] 0:02 elapsed | d\x1b[K",
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
    assert "\r[ 0/1   0 %] 1:05 elapsed | running: draws" in run.stream.getvalue()
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


@pytest.mark.workflow
def test_with_snakemake_a_failure_and_then_a_success(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    (tmp_path / "broken").touch()

    def snakemake() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--scheduler", "greedy", "--logger", "bornscape"]
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)

    failure = snakemake()
    assert failure.returncode == 1
    assert "Error in rule b (job 1: b n=1)\n" in failure.stderr
    assert "  log: b_1.log:\n    before\n" in failure.stderr
    assert re.search(r"^1 of 3 jobs in 0:\d\d, 1 failed$", failure.stderr, re.MULTILINE)

    (tmp_path / "broken").unlink()
    success = snakemake()
    assert success.returncode == 0
    assert (tmp_path / "b_1.txt").read_text() == "after\n"
    lines = success.stderr.splitlines()
    assert re.fullmatch(r"\[ 0/2   0 %\] 0:\d\d elapsed \| running: b n=1", lines[0])
    assert re.fullmatch(r"\[ 2/2 100 %\] 0:\d\d elapsed \| done: all 0\.\d s", lines[-2])
    assert re.fullmatch(r"2 jobs in 0:\d\d", lines[-1])
    assert len(lines) <= 4

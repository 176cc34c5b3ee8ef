"""One progress line a person can follow: a Snakemake logger plugin (``snakemake --logger bornscape``).

    [ 32 %, 23/71 jobs] 0:48 elapsed, about 1:40 left | training 3/18: train mmd_n | done: variance 2.1 s

The percentage is of the work, in seconds of jobs. What each takes is guessed before the run, and scaled by what the
first ones took.
On a terminal the line is rewritten in place; elsewhere one is printed when a job finishes, at most every few seconds.
Warnings and errors are printed in full, a failed job with the end of its log; Snakemake's other messages stay in its
own log file. Snakemake finds the plugin by the name of this package, and passes records on from a thread of its own:
an exception that left ``emit`` would end that thread, and every later message with it.
"""

import difflib
import logging
import os
import re
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

from snakemake_logger_plugin_bornscape.configfiles import check_configuration_files
from snakemake_logger_plugin_bornscape.logs import tail
from snakemake_logger_plugin_bornscape.machine import check_folder, drop_reader, mend_home, open_streams
from snakemake_logger_plugin_bornscape.progress import Planned, Progress, count_jobs, describe, duration, read_expected

REASON_LENGTH = 160

INTERRUPTED = "Terminating processes on user request"

SHOWN_MESSAGES = (
    INTERRUPTED,
    "Nothing to be done",
    "Will exit after finishing currently running jobs",
    "Trying to restart job",
)
"""What is shown of Snakemake's own plain messages while it runs a workflow, by their beginnings."""

HIDDEN_MESSAGES = ("Assuming unrestricted shared filesystem usage", "Building DAG of jobs", "Config file ")
"""What is hidden of them before that (where they are answers, as to --unlock or --lint)."""

REPEATED_ERRORS = ("Exiting because a job execution failed", "WorkflowError:\nAt least one job did not complete")
"""Errors that only say that a job failed, which its own error has said."""


# No postponed annotations in this module: Snakemake reads the types of these fields.
@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """Settings, on the command line or in a profile: ``--logger-bornscape-interval 10`` and so on."""

    interval: float = field(
        default=5.0, metadata={"help": "Seconds between two progress lines where the output is not a terminal."}
    )
    expected: Path = field(
        default=Path("workflow/expected_seconds.json"),
        metadata={
            "help": "JSON object, rule to seconds: what a job takes of which nothing closer is known. "
            "Relative to the workflow's folder."
        },
    )
    tail: int = field(default=15, metadata={"help": "Lines shown from the end of a failed job's log file."})


NO_TARGET = re.compile(r"No rule to produce ([^\s/]+) \(if you use input functions")

TARGETS: list[str] = []
"""What can be asked for by name; the Snakefile fills it in."""

PLANNED: dict[int, Planned] = {}
"""What is known of each job of the run by its number; the Snakefile fills it in when a run starts."""

OUT_OF_MEMORY = (
    "\nSIGKILL: the system ends jobs so when memory runs out. "
    "The same command goes on from here, and needs less with fewer --cores."
)


def _no_target(name: str) -> str:
    close = difflib.get_close_matches(name, TARGETS, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"Error: {name}: expected a file or a target; {hint}All targets: snakemake --list-target-rules"


class LogHandler(LogHandlerBase):
    """Turns Snakemake's log events into the progress line, errors and a closing line."""

    def __post_init__(self) -> None:
        open_streams()
        check_folder(Path())
        mend_home(Path(), os.environ)
        check_configuration_files(sys.argv[1:])
        self.options = self.settings if isinstance(self.settings, LogHandlerSettings) else LogHandlerSettings()
        common = self.common_settings
        self.stream = sys.stdout if common.stdout else sys.stderr
        self.quiet = {getattr(level, "name", str(level)).lower() for level in common.quiet or ()}
        terminal = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.rewrites = terminal and not common.dryrun and not common.verbose
        self.progress = Progress()
        self.now = 0.0
        self.in_workflow = False
        self.interrupted = False
        self.full_log = ""
        self._printed_at = float("-inf")
        self._ended_at = 0
        self._line_open = False
        self._stop = threading.Event()
        spec = find_spec("snakemake")
        self._snakemake = Path(spec.origin).parent if spec and spec.origin else None

    @property
    def writes_to_stream(self) -> bool:
        """True: Snakemake's own stream handler is replaced."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """False."""
        return False

    @property
    def has_filter(self) -> bool:
        """True: Snakemake's filter would hide events that the progress is counted from."""
        return True

    @property
    def has_formatter(self) -> bool:
        """True."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """False."""
        return False

    def emit(self, record: logging.LogRecord) -> None:
        """Handle one record; whatever is wrong with it, the run goes on and no warning or error is lost."""
        if "all" in self.quiet and not self.common_settings.dryrun:
            return
        self.now = record.created
        try:
            event = getattr(record, "event", None) or "message"
            expected = record.levelno < logging.WARNING or event in ("message", "error", "job_error", "group_error")
            handle = getattr(self, f"_on_{event}", self._on_other) if expected else self._on_other
            handle(record)
        except Exception:
            if record.levelno >= logging.WARNING:
                with suppress(Exception):
                    self._print(record.getMessage())

    def close(self) -> None:
        """Print the closing line if it is still due, once: Snakemake and logging's own shutdown both call this."""
        if not self._stop.is_set():
            self._stop.set()
            self.acquire()
            try:
                self._print_end()
            finally:
                self.release()
        super().close()

    # Events. Their fields are attributes of the record.

    def _on_workflow_started(self, record: Any) -> None:
        self.in_workflow = True
        self.progress.began = record.created
        self.progress.expected = read_expected(Path(record.basedir) / self.options.expected)

    def _on_resources_info(self, record: Any) -> None:
        for limit in ("cores", "nodes"):
            if hasattr(record, limit):
                self.progress.slots = getattr(record, limit)

    def _on_run_info(self, record: Any) -> None:
        counts = {rule: int(count) for rule, count in record.stats.items() if rule != "total"}
        if not self.common_settings.dryrun:
            self.progress.plan(counts, self.now)
            if self.rewrites and "progress" not in self.quiet:
                threading.Thread(target=self._tick, name="progress", daemon=True).start()
        elif not self.progress.total:  # a dry run says it twice
            self.progress.plan(counts, self.now)
            parts = ", ".join(f"{count} {rule}" for rule, count in counts.items())
            self._print(f"Dry run, {count_jobs(sum(counts.values()))}: {parts}")

    def _on_job_info(self, record: Any) -> None:
        label = describe(record.rule_name, record.wildcards)
        if not self.common_settings.dryrun:
            self.progress.detail(PLANNED)
            self.progress.start(record.jobid, record.rule_name, label, self.now)
            self._show(due=self._printed_at == float("-inf"))
        elif "rules" not in self.quiet:
            reason = "" if "reason" in self.quiet else str(record.reason)
            if len(reason) > REASON_LENGTH:
                reason = reason[:REASON_LENGTH] + " ..."
            self._print(f"  {label:<36}  {reason}".rstrip())

    def _on_job_finished(self, record: Any) -> None:
        self.progress.finish(record.job_id, self.now)
        complete = self.progress.done >= self.progress.total
        self._show(due=complete or self.now - self._printed_at >= self.options.interval)
        if complete:  # before anything that the Snakefile says when it ends
            self._print_end()

    def _on_progress(self, record: Any) -> None:
        self.progress.total = record.total  # checkpoints change it

    def _on_job_error(self, record: Any) -> None:
        if self.interrupted:  # killed with the run, not failed
            return
        label = self.progress.fail(record.jobid, record.rule_name)
        lines = [f"Error in rule {record.rule_name} (job {record.jobid}: {label})"]
        for name, value in {"message": record.rule_msg, "shell": record.shellcmd, **record.aux}.items():
            if value:
                lines.append(f"  {name}: {value}")
        lines += self._logs(record.log)
        self._print("\n".join(lines))

    def _on_group_error(self, record: Any) -> None:  # each of its jobs reports its own error as well
        self._print("\n".join([record.getMessage(), *self._logs(record.aux_logs)]))

    def _on_shellcmd(self, record: Any) -> None:
        command = getattr(record, "shellcmd", None) or getattr(record, "cmd", None)
        if command and self.common_settings.printshellcmds:
            self._print(command)

    def _on_debug_dag(self, record: Any) -> None:
        if self.common_settings.debug_dag:
            job = getattr(record, "job", None)
            self._print(f"{record.status} {job}" if job else f"{record.file}: {record.exception}")

    def _on_message(self, record: logging.LogRecord) -> None:
        """Handle a record without an event: a message of Snakemake's, or of code in a Snakefile."""
        if record.levelno >= logging.WARNING:
            self._on_error(record)
            return
        text = record.getMessage()
        self.interrupted |= text.startswith(INTERRUPTED)
        if text.startswith("Complete log(s): "):
            self.full_log = text.removeprefix("Complete log(s): ")
        snakemakes = self._snakemake is not None and Path(record.pathname).is_relative_to(self._snakemake)
        if record.levelno <= logging.DEBUG:
            shown = self.common_settings.verbose
        elif snakemakes and self.in_workflow:
            shown = self.common_settings.verbose or text.startswith(SHOWN_MESSAGES)
        else:
            shown = not text.startswith(HIDDEN_MESSAGES)
        if shown:
            self._print(text)

    def _on_error(self, record: logging.LogRecord) -> None:
        repeated = self.progress.failed and record.getMessage().startswith(REPEATED_ERRORS)
        if not (self.interrupted or repeated):
            self._on_other(record)

    def _on_other(self, record: logging.LogRecord) -> None:
        """Handle events that are unknown or of no interest: only what is at least a warning is shown."""
        if record.levelno >= logging.WARNING:
            text = record.getMessage()
            if unknown := NO_TARGET.search(text):
                text = _no_target(unknown[1])
            self._print(text + OUT_OF_MEMORY if "Signals.SIGKILL" in text else text)

    # Output

    def _logs(self, paths: list[str]) -> list[str]:
        lines = []
        for path in paths:
            last = tail(Path(path), self.options.tail)
            lines.append(f"  log: {path}" + (":" if last else " (empty or missing)"))
            lines += [f"    {line}" for line in last]
        return lines

    def _print(self, text: str) -> None:
        """Print whole lines, in place of the progress line if there is one."""
        self._write(("\r\x1b[K" if self._line_open else "") + text + "\n")
        self._line_open = False

    def _show(self, due: bool) -> None:
        """Bring the progress line up to date; where it cannot be rewritten, print it only when ``due``."""
        if "progress" in self.quiet:
            return
        if self.rewrites:
            self._write("\r" + self.progress.line(self.now)[: self._width() - 1] + "\x1b[K")
            self._line_open = True
        elif due:
            self._print(self.progress.line(self.now))
            self._printed_at = self.now

    def _print_end(self) -> None:
        progress = self.progress
        if self.common_settings.dryrun or progress.total == self._ended_at or "progress" in self.quiet:
            return
        self._ended_at = progress.total
        took = duration(self.now - progress.began)
        if progress.done >= progress.total and not progress.failed:
            self._print(f"{count_jobs(progress.done)} in {took}")
            return
        why = f"{len(progress.failed)} failed" if progress.failed else "stopped"
        if self.interrupted:
            why = "interrupted: the same command goes on from here"
        self._print(f"{progress.done} of {count_jobs(progress.total)} in {took}, {why}")
        if self.full_log:
            self._print(f"Snakemake's full log: {self.full_log}")

    def _tick(self) -> None:
        """Keep the clock of the progress line running between events."""
        while not self._stop.wait(1.0):
            self.acquire()
            try:
                if not self._stop.is_set() and self._ended_at != self.progress.total:
                    self.now = max(self.now, time.time())
                    self._show(due=False)
            finally:
                self.release()

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self.stream.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:  # the reader is gone: the run goes on
            with suppress(OSError, ValueError):
                drop_reader(self.stream.fileno())
        except ValueError:  # the stream is closed
            pass

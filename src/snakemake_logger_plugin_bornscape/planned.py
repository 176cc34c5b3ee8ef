"""What is known of a run's jobs before they run, for the progress line: what each waits for, and how long it may take.

Seconds of single jobs are those of finished runs with nothing beside them, kept in ``workflow/expected_jobs.json`` by
``python -m snakemake_logger_plugin_bornscape.planned results/smoke results/default``.
"""

from __future__ import annotations

import ast
import csv
import json
import sys
from pathlib import Path
from typing import Any

from bornscape.planning.job_resources import MARGIN, START
from snakemake_logger_plugin_bornscape.progress import Planned, describe

EXPECTED = Path("workflow/expected_jobs.json")
"""Seconds by job, by run: the same job takes longer at another scale."""

csv.field_size_limit(sys.maxsize)  # A job's parameters stand in its benchmark too.


def expected_jobs(run: str, path: Path = EXPECTED) -> dict[str, float]:
    """Seconds by job that a finished run of this name took; empty if none is kept."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")).get(run, {}))
    except (OSError, ValueError, AttributeError):
        return {}


def planned_jobs(dag: Any, run: str) -> dict[int, Planned]:
    """Jobs that Snakemake's graph has still to run, by number; empty if this version's graph is another one.

    Parameters
    ----------
    dag
        Snakemake's graph of jobs.
    run
        Name of the run.
    """
    known = expected_jobs(run)
    try:
        jobs = list(dag.needrun_jobs())
        return {
            dag.jobid(job): Planned(
                job.rule.name,
                frozenset(dag.jobid(needed) for needed in dag.dependencies[job]),
                int(job.priority),
                known.get(describe(job.rule.name, job.wildcards_dict), _asked_seconds(job)),
            )
            for job in jobs
        }
    except (AttributeError, KeyError, TypeError):
        return {}


def _asked_seconds(job: Any) -> float | None:
    """The seconds that a job's time limit was made of; None if they are lost in its rounding to minutes.

    Other rules than these ask for a time that is enough for any of their jobs.
    """
    asked = job.resources.get("runtime") if job.rule.name in ("train", "line_draws") else None
    seconds = (asked - START) * 60 / MARGIN if isinstance(asked, int | float) else 0.0
    return seconds if seconds > 2 * 60 / MARGIN else None


def taken_by(folder: str | Path) -> dict[str, float]:
    """Seconds of each job of a finished run, by the job's name.

    By the clock: Snakemake's CPU times stop at its last look, up to 15 s before a job's end.

    Raises
    ------
    ValueError
        If no benchmark of the run says what its job was.
    """
    found = {}
    for path in sorted(Path(folder, "benchmarks").rglob("*.tsv")):
        with open(path, encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
                if {"rule_name", "wildcards", "s"} <= set(row):
                    name = describe(row["rule_name"], ast.literal_eval(row["wildcards"] or "{}"))
                    found[name] = max(round(float(row["s"]), 1), 0.1)
    if not found:
        raise ValueError(f"{folder}: expected benchmarks that name their jobs; make the run with profiles/default")
    return found


def main(folders: list[str]) -> int:
    """Keep the seconds of finished runs; those of other runs stay."""
    from bornscape.artifacts import write_json

    content = json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.exists() else {}
    for folder in folders:
        content[Path(folder).name] = taken_by(folder)
        print(f"{EXPECTED}: {len(content[Path(folder).name])} jobs of {folder}")
    write_json(content, EXPECTED)
    return 0 if folders else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

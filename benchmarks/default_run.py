"""A whole run, from its folder: time on the wall and in jobs, and what of it is start-up and Snakemake's own.

A job's place in time is the date of its benchmark file and the seconds in it; start-up is the interpreter and the
imports of its kind of job, measured here. Target: start-up and Snakemake below a quarter of the run.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.results import Row

TARGET = 0.25
CORES = 2

IMPORTS = {
    "draw": "import pandas, bornscape.figures.look.style",
    "notebook": "import papermill, nbconvert, bornscape.pages.notebooks",
    "train": "import bornscape.training, bornscape.training.shifted_shots",
    "claims_register": "import bornscape.claims.register, bornscape.claims.measurements",
    "": "import pandas, pyarrow, bornscape.variance",
}
"""What a job imports, by how its rule's name begins; the first that fits."""


def kind_of(rule: str) -> str:
    return next(start for start in IMPORTS if rule.startswith(start))


def start_up(kind: str, repeats: int = 3) -> float:
    """Median seconds of an interpreter that imports what this kind of job imports."""
    seconds = []
    for _ in range(repeats):
        start = perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS[kind]], check=True, capture_output=True)
        seconds.append(perf_counter() - start)
    return float(np.median(seconds))


def spans(run: Path) -> list[tuple[float, float]]:
    """(begin, end) of every job, in seconds since the epoch."""
    found = []
    for path in run.glob("benchmarks/**/*.tsv"):
        with path.open(encoding="utf-8", newline="") as lines:
            seconds = float(next(csv.DictReader(lines, delimiter="\t"))["s"])
        end = path.stat().st_mtime
        found.append((end - seconds, end))
    return found


def _row(run: str, who: str, seconds: float, ratio: float, note: str, target: bool = False) -> Row:
    milliseconds = 1e3 * seconds
    met = ("met" if ratio < TARGET else "missed") if target else ""
    limit = TARGET if target else float("nan")
    nan = float("nan")
    return Row("whole_run", run, "", who, "", *[milliseconds] * 3, 1, nan, nan, ratio, limit, met, note)


def rows(quick: bool, budget: float, run: Path | None = None) -> Iterator[Row]:
    if run is None or not (run / "manifest.json").is_file():
        return
    jobs = spans(run)
    wall = max(end for _, end in jobs) - min(begin for begin, _ in jobs)
    busy = sum(end - begin for begin, end in jobs)
    cost = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["cost"]
    cpu = sum(entry["cpu_seconds"] for entry in cost.values())
    kinds = {kind: start_up(kind) for kind in IMPORTS}
    starting = sum(entry["jobs"] * kinds[kind_of(rule)] for rule, entry in cost.items())
    capacity = CORES * wall
    name = run.name
    yield _row(name, "on the wall", wall, 1.0, f"ratio: share of {CORES} cores' time, here and below")
    yield _row(name, "CPU time of jobs", cpu, cpu / capacity, f"{sum(entry['jobs'] for entry in cost.values())} jobs")
    yield _row(name, "start-up of jobs", starting, starting / capacity, "interpreter and imports, measured here")
    idle = capacity - busy
    yield _row(name, "Snakemake, and cores that wait", idle, idle / capacity, "cores' time outside jobs")
    both = (starting + idle) / capacity
    yield _row(name, "start-up and Snakemake", starting + idle, both, "", target=True)

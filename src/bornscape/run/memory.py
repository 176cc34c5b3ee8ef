"""Whether jobs kept to the memory that they asked for: ``python -m bornscape.run.memory FOLDER``.

Snakemake writes a job's peak beside what the job asked for (``benchmark-extended`` in ``profiles/default``). It looks
twice a second at first and later less often: a short peak can be missed.
"""

from __future__ import annotations

import ast
import csv
import sys
from pathlib import Path
from typing import NamedTuple

csv.field_size_limit(sys.maxsize)  # A job's parameters stand there too.


class Peak(NamedTuple):
    """The most memory that one job held and what it asked for, in MB."""

    job: str
    held: float
    asked: float


def peaks_of(folder: str | Path) -> list[Peak]:
    """Every job of a run whose benchmark says both, by name.

    Raises
    ------
    ValueError
        If a benchmark file cannot be read.
    """
    benchmarks = Path(folder) / "benchmarks"
    peaks = []
    for path in sorted(benchmarks.rglob("*.tsv")):
        job = path.relative_to(benchmarks).with_suffix("").as_posix()
        with open(path, encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
                try:
                    asked = ast.literal_eval(row.get("resources") or "{}").get("mem_mb")
                    if asked is not None and row["max_rss"] not in ("NA", "-"):
                        peaks.append(Peak(job, float(row["max_rss"]), float(asked)))
                except (KeyError, TypeError, ValueError, SyntaxError, AttributeError) as error:
                    raise ValueError(f"{path}: expected an extended benchmark of Snakemake: {error!r}") from None
    return peaks


def main(arguments: list[str]) -> int:
    """Print the jobs that held more than they asked for, and the one that came closest; 1 if any held more."""
    peaks = [peak for folder in arguments for peak in peaks_of(folder)]
    over = [peak for peak in peaks if peak.held > peak.asked]
    for peak in over:
        print(f"{peak.job}: held {peak.held:.0f} MB, asked for {peak.asked:.0f} MB")
    if not peaks:
        print("no benchmark says what its job asked for: was the run made with profiles/default?")
        return 1
    closest = max(peaks, key=lambda peak: peak.held / peak.asked)
    print(
        f"memory: {len(over)} of {len(peaks)} jobs above what they asked for; "
        f"closest: {closest.job}, {closest.held:.0f} of {closest.asked:.0f} MB"
    )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

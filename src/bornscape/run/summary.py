"""What a person wants to know when a run is over: verdicts, and where the pages are."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from bornscape.tables.verdicts import ORIGINS, counts_by_origin, told


def run_summary(folder: str | Path) -> str:
    """Where figures, table and report of a finished run are, and its verdicts; "" if it has no report yet.

    Claims of the paper, of the talk and of this project are counted apart.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "claims.csv").write_text("origin,verdict\\npaper,reproduced\\nours,not_run\\n")
    ...     before = run_summary(folder)
    ...     _ = Path(folder, "report.html").write_text("<p>")
    ...     after = run_summary(folder)
    >>> before, [line.split() for line in after.splitlines()[-2:]]
    ('', [['claims', 'of', 'the', 'paper:', '1', 'reproduced'], ['of', 'this', 'project:', '1', 'not', 'run']])
    """
    claims = Path(folder, "claims.csv")
    if not (claims.is_file() and Path(folder, "report.html").is_file()):
        return ""
    with open(claims, encoding="utf-8", newline="") as handle:
        counts = counts_by_origin(csv.DictReader(handle))
    named = "\n            ".join(f"{ORIGINS[origin]}: {told(entry)}" for origin, entry in counts.items())
    return (
        f"\n  figures   {folder}/figures/\n  table     {folder}/trainability_table.md\n"
        f"  report    {folder}/report.html\n  claims    {named}\n"
    )


def models_summary(folder: str | Path, pages: Sequence[str]) -> str:
    """The verdicts on the user's models, and where their pages are; "" if there are none."""
    table = Path(folder, "models.csv")
    if not (pages and table.is_file()):
        return ""
    with open(table, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    lines = [f"  {row['model']}, {row['loss']}: {row['verdict']}, {row['reason']}" for row in rows]
    lines += [f"\n  table     {folder}/models.md", *(f"  page      {page}" for page in pages)]
    return "\n".join(lines) + "\n"

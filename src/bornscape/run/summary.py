"""What a person wants to know when a run is over: verdicts, and where the pages are."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path


def run_summary(folder: str | Path) -> str:
    """Where figures, table and report of a finished run are, and its verdicts; "" if it has no report yet.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "claims.json").write_text('{"reproduced": 3, "contradicted": 0}')
    ...     before = run_summary(folder)
    ...     _ = Path(folder, "report.html").write_text("<p>")
    ...     after = run_summary(folder)
    >>> before, after.splitlines()[-1].split()
    ('', ['claims', '3', 'reproduced'])
    """
    verdicts = Path(folder, "claims.json")
    if not (verdicts.is_file() and Path(folder, "report.html").is_file()):
        return ""
    counts = json.loads(verdicts.read_text(encoding="utf-8"))
    named = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
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

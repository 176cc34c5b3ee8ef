"""What a person wants to know when a run is over: the table, the verdicts, and where the pages are."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from bornscape.tables.verdicts import ORIGINS, counts_by_origin, told

STRATEGIES = {"conventional": "explicit, conventional", "quantum": "explicit, quantum", "mmd": "implicit (MMD)"}
"""Columns of the trainability table."""


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _link(path: Path) -> str:
    """What terminals open on a click."""
    return path.resolve().as_uri()


def table_in_words(rows: Sequence[dict[str, str]]) -> str:
    """The trainability table, rows of trainability_table.csv given, in aligned columns; a star where the paper differs.

    Examples
    --------
    >>> row = {"circuit_depth": "deep", "strategy": "mmd", "verdict": "yes", "agrees": "no"}
    >>> print(table_in_words([row]))
      trainable?  explicit, conventional  explicit, quantum  implicit (MMD)
      deep        -                       -                  yes*
    """
    cells = {(row["circuit_depth"], row["strategy"]): row for row in rows}
    lines = [["trainable?", *STRATEGIES.values()]]
    for depth in dict.fromkeys(row["circuit_depth"] for row in rows):
        found = [cells.get((depth, strategy)) for strategy in STRATEGIES]
        lines.append([depth, *(c["verdict"] + ("*" if c["agrees"] == "no" else "") if c else "-" for c in found)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  " + "  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def run_summary(folder: str | Path) -> str:
    """The trainability table of a run, its claims with the contradicted ones by name, and a link to its report.

    Claims of the paper, of the talk and of this project are counted apart. "" if there is neither table nor report.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "claims.csv").write_text("claim,origin,verdict\\na,paper,reproduced\\nb,ours,not_run\\n")
    ...     before = run_summary(folder)
    ...     _ = Path(folder, "report.html").write_text("<p>")
    ...     after = run_summary(folder)
    >>> before, [line.split() for line in after.splitlines()[2:4]]
    ('', [['claims', 'of', 'the', 'paper:', '1', 'reproduced'], ['of', 'this', 'project:', '1', 'not', 'run']])
    """
    run = Path(folder)
    table, claims = _rows(run / "trainability_table.csv"), _rows(run / "claims.csv")
    report = run / "report.html"
    parts = []
    if table:
        starred = any(row["agrees"] == "no" for row in table)
        parts.append(table_in_words(table) + ("\n  * the paper says otherwise" if starred else "") + "\n")
    finished = bool(claims) and report.is_file()
    if table or finished:
        parts.append(f"  figures   {run}/figures/")
    if finished:
        counts = "\n            ".join(f"{ORIGINS[o]}: {told(entry)}" for o, entry in counts_by_origin(claims).items())
        parts.append(f"  claims    {counts}")
        contradicted = [row["claim"] for row in claims if row["verdict"] == "contradicted"]
        if contradicted:
            parts.append("  contradicted: " + ", ".join(contradicted))
        parts.append(f"  report    {_link(report)}")
    return "\n" + "\n".join(parts) + "\n" if parts else ""


def models_summary(folder: str | Path, pages: Sequence[str]) -> str:
    """The verdicts on the user's models, and links to their pages; "" if there are none."""
    rows = _rows(Path(folder, "models.csv"))
    if not (pages and rows):
        return ""
    lines = [f"  {row['model']}, {row['loss']}: {row['verdict']}, {row['reason']}" for row in rows]
    lines += [f"\n  table     {folder}/models.md", *(f"  page      {_link(Path(page))}" for page in pages)]
    return "\n".join(lines) + "\n"

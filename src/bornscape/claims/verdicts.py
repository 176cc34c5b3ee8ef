"""The verdicts of a run, read from its claims.csv: no table library is needed, as Snakemake asks at every start."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path


def verdicts_in_words(folder: str | Path, claims: Iterable[str]) -> str:
    """How often each verdict was given to these claims in a run: "3 reproduced, 1 contradicted"."""
    path = Path(folder, "claims.csv")
    if not path.is_file():
        return "not judged yet"
    with open(path, encoding="utf-8", newline="") as handle:
        given = {row["claim"]: row["verdict"] for row in csv.DictReader(handle)}
    counts = Counter(given[claim] for claim in claims if claim in given)
    return ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.most_common()) or "no claims"

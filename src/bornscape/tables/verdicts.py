"""Counting verdicts: claims of the paper and of this project are never added up.

No table library is needed, as Snakemake asks at every start.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

VERDICTS = ("reproduced", "consistent", "inconclusive", "contradicted", "not_run")
"""Verdicts, in the order in which they are told."""

ORIGINS = {"paper": "of the paper", "slides": "of the talk alone", "ours": "of this project"}
"""Whose a claim is, by the column ``origin`` of claims.csv, and how readers are told."""


def counts_by_origin(claims: Iterable[Mapping[Any, Any]]) -> dict[str, dict[str, int]]:
    """Number of claims of each verdict by origin, rows of claims.csv given; what did not come out is left out.

    Raises
    ------
    ValueError
        An origin or a verdict that is not known.

    Examples
    --------
    >>> rows = [{"origin": "paper", "verdict": "reproduced"}, {"origin": "paper", "verdict": "consistent"}]
    >>> counts_by_origin([*rows, {"origin": "ours", "verdict": "not_run"}])
    {'paper': {'reproduced': 1, 'consistent': 1}, 'ours': {'not_run': 1}}
    """
    found = Counter((row["origin"], row["verdict"]) for row in claims)
    for kind, known, seen in (
        ("origin", tuple(ORIGINS), {origin for origin, _ in found}),
        ("verdict", VERDICTS, {verdict for _, verdict in found}),
    ):
        if unknown := sorted(seen - set(known)):
            raise ValueError(f"{kind}: expected one of {', '.join(known)}; got {', '.join(unknown)}")
    counts = {origin: {name: found[origin, name] for name in VERDICTS if found[origin, name]} for origin in ORIGINS}
    return {origin: entry for origin, entry in counts.items() if entry}


def told(counts: Mapping[str, int]) -> str:
    """Counts of verdicts in words.

    Examples
    --------
    >>> told({"reproduced": 3, "not_run": 1})
    '3 reproduced, 1 not run'
    """
    return ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items())


def verdicts_in_words(folder: str | Path, claims: Iterable[str]) -> str:
    """How often each verdict was given to these claims in a run: "3 reproduced, 1 contradicted"."""
    path = Path(folder, "claims.csv")
    if not path.is_file():
        return "not judged yet"
    with open(path, encoding="utf-8", newline="") as handle:
        given = {row["claim"]: row["verdict"] for row in csv.DictReader(handle)}
    counts = Counter(given[claim] for claim in claims if claim in given)
    return told(dict(counts.most_common())) or "no claims"

"""What the report page says of each claim, figure and notebook, read from the files of a run."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bornscape.extras import extra
from bornscape.pages.mathml import markdown_to_html
from bornscape.pages.self_contained import packed, picture_uri
from bornscape.tables.trainability import DEPTHS, STRATEGIES, STRATEGY_TITLES

LARGEST_TABLE = 2_000_000
"""Bytes up to which a figure's table is put into the page; above, the page names the file only."""

VERDICT_SIGNS = {"reproduced": "✓", "consistent": "≈", "inconclusive": "?", "contradicted": "✗", "not_run": "–"}
ANSWER_SIGNS = {"yes": "✓", "no": "✗", "depends": "◐", "inconclusive": "?", "not_run": "–"}


@dataclass(frozen=True)
class FigureFiles:
    """A figure as the workflow wrote it, its table, and its caption with the configuration filled in."""

    name: str
    png: Path
    csv: Path
    caption: str


@dataclass(frozen=True)
class NotebookSource:
    """A notebook as it is committed, and the figures that it shows."""

    name: str
    path: Path
    figures: Sequence[str]


@dataclass(frozen=True)
class Result:
    """Where a result's evidence is shown: names of figures and notebooks."""

    figures: Sequence[str]
    notebooks: Sequence[str]


def shown_number(value: float | None, digits: int = 4) -> str:
    """A number for readers; empty if there is none.

    Examples
    --------
    >>> shown_number(0.123456), shown_number(1e-9), shown_number(float("nan"))
    ('0.1235', '1e-09', '')
    """
    return "" if value is None or math.isnan(value) else f"{value:.{digits}g}"


def duration(seconds: float) -> str:
    """A time in words.

    Examples
    --------
    >>> duration(8.51), duration(3599), duration(4200)
    ('8.5 seconds', '60 minutes', '1 h 10 min')
    """
    if seconds < 120:
        return f"{seconds:.2g} seconds" if seconds < 100 else f"{seconds:.0f} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes <= 60 else f"{minutes // 60} h {minutes % 60} min"


def reason(rests_on: Mapping[str, Any], strategy: str, verdict: str) -> str:
    """Why a cell of the table is what it is, in one plain line of the catalogue."""
    reasons = rests_on["reasons"]
    return str(reasons[strategy].get(verdict) or reasons["any"][verdict])


def answers(table: pd.DataFrame, figures: Collection[str], rests_on: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The trainability table, one entry a depth, from trainability_table.csv (empty cells as "").

    ``rests_on`` is the catalogue's: its ``depths`` name the figures that show what each cell was decided by, its
    ``reasons`` are plain lines.
    """
    cells = {(row["circuit_depth"], row["strategy"]): row for row in table.to_dict("records")}
    return [
        {
            "depth": depth,
            "cells": [
                cells[depth, strategy]
                | {
                    "title": STRATEGY_TITLES[strategy],
                    "sign": ANSWER_SIGNS[cells[depth, strategy]["verdict"]],
                    "reason": reason(rests_on, strategy, cells[depth, strategy]["verdict"]),
                    "figures": [name for name in rests_on["depths"][depth]["figures"][strategy] if name in figures],
                    "loss": {"quantum": "lqf", "mmd": "mmd"}.get(strategy),
                }
                for strategy in STRATEGIES
            ],
        }
        for depth in DEPTHS
    ]


def claim_rows(
    claims: pd.DataFrame, controls: pd.DataFrame, topics: Mapping[str, str], results: Mapping[str, Result]
) -> list[dict[str, Any]]:
    """One entry a claim: claims.csv, the verdict on its broken variant, its topic and where its evidence is shown.

    ``topics`` gives each claim's result; a claim without one is its own.
    """
    rows = claims.merge(controls, on="claim", suffixes=("", "_control"), validate="one_to_one").to_dict("records")
    for row in rows:
        topic = topics.get(row["claim"], row["claim"])
        shown = results.get(topic, Result((), ()))
        row |= {"topic": topic, "figures": shown.figures, "notebooks": shown.notebooks}
        row["sign"] = VERDICT_SIGNS[row["verdict"]]
        row["number"] = shown_number(row["estimate"])
        low, high = shown_number(row["ci_low"]), shown_number(row["ci_high"])
        row["interval"] = f"{low} to {high}" if low and high and low != high else ""
    return rows


def figure_entry(figure: FigureFiles) -> dict[str, Any]:
    """A figure's picture with its size in pixels, its caption and its table for the page."""
    with extra("report"):
        from PIL import Image

    content = figure.csv.read_bytes()
    rows = sum(1 for _ in csv.reader(content.decode("utf-8").splitlines(keepends=True))) - 1
    with Image.open(figure.png) as image:
        width, height = image.size
    return {
        "name": figure.name,
        "caption": figure.caption,
        "picture": picture_uri(figure.png),
        "width": width,
        "height": height,
        "rows": rows,
        "table": packed(content) if len(content) <= LARGEST_TABLE else None,
    }


def notebook_opening(path: Path) -> tuple[str, str]:
    """(title, rest) of a notebook's first cell, both HTML: the claim, in words and formulas."""
    cell = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    title, _, rest = "".join(cell["source"]).partition("\n")
    heading = markdown_to_html(title.removeprefix("# ")).strip()
    return heading.removeprefix("<p>").removesuffix("</p>"), markdown_to_html(rest.strip())

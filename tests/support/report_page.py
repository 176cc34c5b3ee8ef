"""A report page made from made-up but complete tables, for the tests of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from bornscape.artifacts import write_table, write_text
from bornscape.claims.register import CLAIM_COLUMNS, CONTROL_COLUMNS, VERDICTS
from bornscape.pages.report.content import FigureFiles, NotebookSource
from bornscape.pages.report.page import RunTables, page
from bornscape.tables.trainability import trainability_table
from support.shipped import CATALOGUE, RESTS_ON
from support.synthetic_run import read_again, scaling, write_draws

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "workflow/report/report.html.jinja"
CONFIG = {"run": "made_up", "seed": 7, "variance": {"line": {"draws": 300}}}
FIGURES = ("fig_7", "theorem_2")
TOPICS = ("theorem_2", "fig_7")
PROVENANCE = {
    "run": "made_up",
    "seed": 7,
    "commit": "0" * 40,
    "python": "3.11",
    "machine": "x86_64",
    "versions": {"a": "1"},
    "hardware": {"cpu": "A made-up processor", "cores": "2", "memory": "4 GiB"},
    "times": {"first": "2026-01-01 10:00", "last": "2026-01-01 11:30"},
}
COST = {"train": {"jobs": 3, "wall_seconds": 9.0, "cpu_seconds": 8.5, "peak_memory_mb": 150.0}}
NUMBERS = {"estimate": 0.123456, "ci_low": 0.1, "ci_high": 0.2}


def claim_rows() -> list[dict[str, Any]]:
    """Two claims of each verdict, of two topics; the one that was not run has no number."""
    rows = []
    for verdict in VERDICTS:
        for topic in TOPICS:
            name = f"{topic}_{verdict}"
            row = dict.fromkeys(CLAIM_COLUMNS, "") | {"claim": name, "verdict": verdict, "kind": "bound"}
            row["origin"] = "paper" if topic == TOPICS[0] else "ours"
            row |= {"statement": f'The claim "{name}" says a < b & c.', "source": f"Source of {topic}", "expected": "E"}
            rows.append(row | {"tolerance": 0.05, "evidence": f"{name} was seen [variance.csv]"})
            rows[-1] |= NUMBERS if verdict != "not_run" else {}
    return rows


def claim_rows_of(claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row for each of the project's own claims: of 16 one is contradicted, one inconclusive, one consistent."""
    rows = []
    for number, claim in enumerate(claims):
        verdict = {0: "contradicted", 4: "inconclusive", 8: "consistent"}.get(number % 16, "reproduced")
        told = {key: str(claim[key]) for key in ("claim", "origin", "source", "statement", "kind", "expected")}
        row = dict.fromkeys(CLAIM_COLUMNS, "") | told | NUMBERS | {"verdict": verdict, "tolerance": claim["tolerance"]}
        rows.append(row | {"evidence": "12 comparisons; the farthest is 0.1 for 0.2 (ghz, n = 4) [variance.csv]"})
    return rows


def write_claims(folder: Path, claims: pd.DataFrame | None = None) -> None:
    claims = pd.DataFrame(claim_rows(), columns=CLAIM_COLUMNS) if claims is None else claims
    controls = [(name, "sign = -1", "contradicted", "seen") for name in claims["claim"]]
    write_table(claims, folder / "claims.csv")
    write_table(pd.DataFrame(controls, columns=CONTROL_COLUMNS), folder / "claim_controls.csv")


def write_figure(folder: Path, name: str, size: tuple[int, int] = (400, 240)) -> FigureFiles:
    """A picture and a table of 60 rows, one cell of which has to be quoted."""
    png, csv = folder / f"figures/{name}.png", folder / f"figures/{name}.csv"
    png.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    shades = np.linspace(0, 255, width * height).reshape(height, width).astype(np.uint8)
    Image.fromarray(np.dstack([shades, shades[::-1], shades])).save(png)
    words = ['a, "b"\nc', *("plain",) * 59]
    write_table(pd.DataFrame({"n": range(60), "word": words, "value": np.arange(60) / 7}), csv)
    return FigureFiles(name, png, csv, f"Caption of {name}: |0...0> & 2^n, a < b.")


def write_notebook(folder: Path) -> NotebookSource:
    text = "# Theorem 2: a title\n\n**Claim.** With $s = n/4$:\n\n$$\\mathrm{Var} = \\sum_A \\frac{z_A^2}{3^n}$$\n"
    write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": [text]}]}), folder / "theorem_2.ipynb")
    return NotebookSource("theorem_2", folder / "theorem_2.ipynb", ["theorem_2"])


@cache
def trainability() -> pd.DataFrame:
    """trainability_table.csv. Not to be changed."""
    return trainability_table(scaling(), pd.DataFrame(), read_again()[0], RESTS_ON)


def write_run(folder: Path, claims: pd.DataFrame | None = None) -> None:
    """The tables that the page is made from; ``claims`` are other rows of claims.csv."""
    write_draws(folder)
    write_table(scaling(), folder / "scaling.csv")
    write_table(trainability(), folder / "trainability_table.csv")
    write_claims(folder, claims)


def write_report(folder: Path, claims: pd.DataFrame | None = None, **changes: Any) -> Path:
    """report.html, the tables it was made from and its figures.

    ``claims`` are other rows of claims.csv, ``changes`` other arguments of ``page``.
    """
    write_run(folder, claims)
    shown = {
        "topics": {row["claim"]: row["source"].removeprefix("Source of ") for row in claim_rows()},
        "results": {
            "theorem_2": {"figures": ["theorem_2"], "notebooks": ["theorem_2"]},
            "fig_7": {"figures": ["fig_7"], "notebooks": []},
        },
        "labels": {name: CATALOGUE.label(name) for name in FIGURES},
        "statements": {"theorem_2": "A variance with s = n/4 is 2^-n & more."},
        "words": CATALOGUE.words,
        "studies": {"line": "line circuits"},
        "story": [
            {
                "title": "One chapter",
                "opening": "It opens with N = n^2 shots.",
                "steps": [
                    {"asked": "Does it fall?", "results": ["theorem_2"], "found": ["theorem_2_consistent"]},
                    {"asked": "Is it there?", "results": ["not_in_this_run"], "found": ["none"]},
                ],
            }
        ],
        "rests_on": RESTS_ON,
    }
    given: dict[str, Any] = {
        "template": TEMPLATE,
        "config": CONFIG,
        "tables": RunTables.read(folder),
        "shown": shown,
        "figures": changes.get("figures") or [write_figure(folder, name) for name in FIGURES],
        "notebooks": [write_notebook(folder)],
        "cost": COST,
        "provenance": PROVENANCE,
        "options": " --configfile made_up.yaml",
    }
    write_text(page(**given | changes), folder / "report.html")
    return folder / "report.html"

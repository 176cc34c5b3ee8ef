"""The smallest folder that keeps the artifact contract: one row a table, one figure, one notebook, one target."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from bornscape.artifacts import write_table, write_text
from bornscape.run import manifest
from bornscape.run.contract import TABLES

CONFIG = {"run": "tiny", "seed": 7}

WORDS: dict[str, Any] = {
    "preferred": "polynomial",
    "verdict": "no",
    "circuit_depth": "deep",
    "strategy": "mmd",
    "agrees": "yes",
    "variance": 0.5,
    "ci_low": 0.4,
    "ci_high": 0.6,
}


def row_of(table: str, columns: list[str]) -> pd.DataFrame:
    words = WORDS | ({"verdict": "reproduced"} if table.startswith("claim") else {})
    return pd.DataFrame([{column: words.get(column, 1) for column in columns}])


def notebook(**code: Any) -> dict[str, Any]:
    """An executed notebook of two cells."""
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["x = 1"]}
    return {"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Title"]}, cell | code]}


def write_manifest(folder: Path) -> None:
    manifest.write_manifest(manifest.manifest(folder, CONFIG), folder / "manifest.json")


def write_run(folder: Path) -> Path:
    for table, columns in TABLES.items():
        write_table(row_of(table, columns), folder / table)
    for name in ("report.html", "trainability_table.md", "trainability_table.html", "notebooks/fig_7.html"):
        write_text("content\n", folder / name)
    for ending in ("png", "pdf", "csv"):
        write_text("figure\n", folder / f"figures/fig_7.{ending}")
    write_text(json.dumps(notebook()), folder / "notebooks/fig_7.ipynb")
    write_text("bitstring,probability\n00,0.25\n11,0.75\n", folder / "targets/zero_n2.csv")
    write_text("s\th:m:s\tmax_rss\tcpu_time\n1.5\t0:00:01\t100.0\t1.25\n", folder / "benchmarks/report_page.tsv")
    write_text("a message\n", folder / "logs/report.log")
    write_manifest(folder)
    return folder

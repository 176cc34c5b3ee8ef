"""The tables of docs/measured/benchmarks.md, with its figure, and of gpu.md: ``python -m benchmarks.page``."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill

import pandas as pd

HERE = Path(__file__).parent
MEASURED = HERE.parent / "docs" / "measured"
PAGES = {"results": MEASURED / "benchmarks.md", "on_gpu": MEASURED / "gpu.md"}
"""Table of measurements, beside this file, and the page that shows it."""

IMAGE = HERE.parent / "docs" / "images" / "benchmarks.png"
PICTURE = f"![Time of each contender over ours, by kind of work and size](../images/{IMAGE.name})"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"

TITLES = {
    "draws": "Draws",
    "everything": "A draw with everything evaluated on it",
    "gradients": "Exact gradients",
    "epochs": "A sampled parameter-shift epoch",
    "sampled_epochs": "A sampled epoch, every rival written for speed",
    "samples": "MMD from samples",
    "products": "Product states",
    "iqp_words": "Products of Z of IQP circuits",
    "limit": "The machine's limit, and how cost grows",
    "whole_run": "A whole run",
}


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.3g}" if abs(value) < 1e4 else f"{value:,.0f}"


def _ratio(row: pd.Series) -> str:
    """With one more digit where a missed target would be read as met."""
    shown = _number(row["ratio"])
    return f"{row['ratio']:.4g}" if row["met"] == "missed" and float(shown) >= row["target"] else shown


def _kind(row: pd.Series) -> str:
    return f"{row['case']}, single" if row["precision"] == "single" and row["part"] == "draws" else row["case"]


def _row(row: pd.Series) -> str:
    spread = "" if row["q1_ms"] == row["q3_ms"] else f" ({_number(row['q1_ms'])} to {_number(row['q3_ms'])})"
    who = f"{row['who']} {row['version']}".strip()
    target = f"{row['met']} ({row['target']:g})" if row["met"] else ""
    time = f"{_number(row['median_ms'])}{spread}"
    return f"| {_kind(row)} | {who} | {time} | {_ratio(row)} | {target} | {row['note']} |"


def _missed(row: pd.Series) -> str:
    ahead = f"{_ratio(row)} times ahead of {row['who']}, not {row['target']:g}"
    return fill(f"- {TITLES[row['part']]}, {_kind(row)}: {ahead}.", 100, subsequent_indent="  ")


def tables(measured: pd.DataFrame, machine: dict[str, str]) -> str:
    """The page's generated part: the machine, then a table a part."""
    texts = ["version", "note", "met", "precision"]
    measured = measured.assign(**measured[texts].astype(object).fillna(""))
    lines = [*(f"- {name}: {value}" for name, value in machine.items()), ""]
    judged = measured[measured["met"] != ""]
    if not judged.empty:
        lines = [PICTURE, "", *lines, f"Targets met: {(judged['met'] == 'met').sum()} of {len(judged)}.", ""]
        missed = judged[judged["met"] != "met"]
        if not missed.empty:
            lines += [*(_missed(row) for _, row in missed.iterrows()), ""]
    for part, title in TITLES.items():
        rows = measured[measured["part"] == part]
        if not rows.empty:
            lines += [
                f"## {title}",
                "",
                "| case | who | ms (quartiles) | ratio | target | |",
                "|---|---|---|---|---|---|",
            ]
            lines += [*(_row(row) for _, row in rows.iterrows()), ""]
    return "\n".join(lines) + "\n"


def filled(page: str, generated: str) -> str:
    """The page with its generated part replaced."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + generated + END + rest.split(END)[1]


def main() -> None:
    from benchmarks.figure import figure

    for name, page in PAGES.items():
        machine = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
        generated = tables(pd.read_csv(HERE / f"{name}.csv"), machine)
        page.write_text(filled(page.read_text(encoding="utf-8"), generated), encoding="utf-8")
    figure(pd.read_csv(HERE / "results.csv")).savefig(IMAGE, dpi=200, metadata={"Software": None})


if __name__ == "__main__":
    main()

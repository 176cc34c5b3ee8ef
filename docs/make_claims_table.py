"""Write docs/claims.md: each claim, its verdicts, what it expects, the command that makes its evidence, and its cost.

python docs/make_claims_table.py                          from config/claims, kept runs and docs/measured/times.csv
python docs/make_claims_table.py --times results/default  measure docs/measured/times.csv and figure_times.csv first,
                                                          from a finished run
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bornscape.configuration import read_claims as read_register
from bornscape.configuration import read_source
from bornscape.planning.catalogue import FigureEntry, read_catalogue
from bornscape.planning.shown import SECTIONS
from bornscape.tables.verdicts import ORIGINS, VERDICTS

ROOT = Path(__file__).parents[1]
CLAIMS = ROOT / "config/claims"
CATALOGUE = ROOT / "config/results.yaml"
TIMES = ROOT / "docs/measured/times.csv"
FIGURE_TIMES = ROOT / "docs/measured/figure_times.csv"
PAGE = ROOT / "docs/claims.md"
RUNS = {"default run": ROOT / "results/reference/claims.csv", "paper's scale": ROOT / "results/paper/claims.csv"}
"""The last kept run of each scale: its column, and its verdicts."""

DRAWS = ["*_draws/*.tsv", "variance_of_study/*.tsv", "variance.tsv"]
TRAINED = ["train/*.tsv", "training_of_entry/*.tsv", "training_table.tsv"]
JOBS = {
    "variance": DRAWS,
    "fixed_points": DRAWS,
    "scaling": [*DRAWS, "scaling.tsv"],
    "bodyness": ["bodyness.tsv"],
    "training": TRAINED,
    "training_final": TRAINED,
    "training_summary": TRAINED,
    "trainability_table": [*DRAWS, "scaling.tsv", "table.tsv"],
}
"""Benchmark files of the jobs behind a table; all others are experiments."""


HEAD = """# Claims and commands

Every claim of `config/claims/`: {count} in all,
{origins}.
Made by `docs/make_claims_table.py`. A test fails if it is out of date.

## In short

{counts}

Contradicted, by the result that each belongs to:

{contradicted}

## How to read this page

Each result has its claims folded in: click on the line that counts them.

- **Command**: `snakemake --cores 2 TARGET` makes the result's tables, figures and notebook, and the
  claims register. The register judges all claims, so its first run makes every table, which is the
  same work as `make reproduce`. Afterwards only what changed is made again.
- **Evidence alone**: `snakemake --cores 2 results/default/TABLE`, without a verdict.
- **Cost**: seconds of all jobs behind the claim's tables, one core each, at the default scale, from
  nothing. Several claims share a table.
- **Expected** and **tolerance** were fixed before the verdict was seen, but for the changes that
  [Changed after a look](changed-after-a-look.md) lists.
- **Default run** and **paper's scale** are the verdicts of the kept runs, `results/reference` and
  `results/paper`; empty: the run is older than the claim. A run of your own has its verdicts in
  `claims.csv` and on its page `report.html`. Where they contradict the paper,
  [Findings](findings.md) says why.

What origins, kinds and tolerances mean stands in `config/claims/README.md` and
`config/claims/_defaults.yaml`. Words such as MMD, LQF and bodyness: [Glossary](glossary.md).
"""


def job_seconds(benchmarks: Path, patterns: Iterable[str]) -> float:
    """Seconds of the jobs whose benchmark files match, each once."""
    total = 0.0
    for path in {path for pattern in patterns for path in benchmarks.glob(pattern)}:
        with path.open(encoding="utf-8") as lines:
            total += sum(float(row["s"]) for row in csv.DictReader(lines, delimiter="\t"))
    return total


def _jobs(table: str) -> list[str]:
    return JOBS.get(table, [f"measure/{table}_n*.tsv", f"tabulate/{table}.tsv"])


def measured_times(benchmarks: Path, tables: Sequence[str]) -> dict[str, float]:
    """Seconds of jobs behind each table of a finished run."""
    found = {}
    for table in tables:
        found[table] = job_seconds(benchmarks, _jobs(table))
        if not found[table]:
            raise SystemExit(f"{benchmarks}: no benchmark files behind {table}.csv; expected a finished run")
    return found


def _jobs_of(table: str, entries: Iterable[str]) -> list[str]:
    """As ``_jobs``, of some entries alone where a table is made of one for each."""
    section = SECTIONS.get(table)
    if section is None or not entries:
        return _jobs(table)
    stages = {"variance": ("*_draws", "variance_of_study"), "training": ("train", "training_of_entry")}
    draws, table_of = stages[section]
    return [path for name in entries for path in (f"{draws}/{name}_n[0-9]*.tsv", f"{table_of}/{name}.tsv")]


def measured_figures(benchmarks: Path, figures: Mapping[str, FigureEntry]) -> dict[str, float]:
    """Seconds of jobs behind each figure of a finished run, by what it reads; its data apart."""
    return {
        name: job_seconds(
            benchmarks, [f"draw/{name}.tsv", *(job for t in entry.tables for job in _jobs_of(t, entry.entries))]
        )
        for name, entry in figures.items()
    }


def write_times(path: Path, column: str, seconds: Mapping[str, float]) -> None:
    """A row a name."""
    lines = [f"{column},job_seconds", *(f"{name},{value:.1f}" for name, value in seconds.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(text: Any) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _told(verdicts: Iterable[str]) -> str:
    """Verdicts counted, in words."""
    counts = Counter(verdicts)
    words = {verdict: verdict.replace("_", " ") for verdict in VERDICTS} | {"": "not judged"}
    return ", ".join(f"{counts[verdict]} {told}" for verdict, told in words.items() if counts[verdict])


def _counts(claims: Sequence[Mapping[str, Any]], verdicts: Mapping[str, Mapping[str, str]]) -> str:
    """A table: verdicts of each run, of the claims of each origin."""
    lines = [f"| whose claims | {' | '.join(verdicts)} |", f"|{' --- |' * (1 + len(verdicts))}"]
    for origin, words in ORIGINS.items():
        names = [claim["claim"] for claim in claims if claim["origin"] == origin]
        told = (_told(of_run.get(name, "") for name in names) for of_run in verdicts.values())
        lines.append(f"| {words.removeprefix('of ')} | {' | '.join(told)} |")
    return "\n".join(lines)


def _anchor(heading: str) -> str:
    """How a heading is linked to, on GitHub and on the site: where they make another of it, a test of links fails."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return "-".join(kept.split())


def _contradicted(
    claims: Sequence[Mapping[str, Any]], labels: Mapping[str, str], verdicts: Mapping[str, Mapping[str, str]]
) -> str:
    """A list: the result, the claim, whose it is, and the runs that contradict it."""
    lines = []
    for claim in claims:
        runs = [run for run, of_run in verdicts.items() if of_run.get(claim["claim"]) == "contradicted"]
        if runs:
            label, whose = labels[claim["result"]], ORIGINS[claim["origin"]].removeprefix("of ")
            lines.append(f"- [{label}](#{_anchor(label)}): `{claim['claim']}`\n  ({whose}; {' and '.join(runs)})")
    return "\n".join(lines) or "none."


def page(
    claims: Sequence[Mapping[str, Any]],
    times: Mapping[str, float],
    labels: Mapping[str, str],
    verdicts: Mapping[str, Mapping[str, str]],
) -> str:
    """The page's text; a section for each result, in the order of the register.

    ``labels`` names results for readers, ``verdicts`` holds those of each run by claim.
    """
    counts = Counter(claim["origin"] for claim in claims)
    origins = ", ".join(f"{counts[origin]} {words}" for origin, words in ORIGINS.items())
    short = {"counts": _counts(claims, verdicts), "contradicted": _contradicted(claims, labels, verdicts)}
    parts = [HEAD.format(count=len(claims), origins=origins, **short)]
    for result in dict.fromkeys(claim["result"] for claim in claims):
        rows = [claim for claim in claims if claim["result"] == result]
        told = (f"{run}: {_told(of_run.get(claim['claim'], '') for claim in rows)}" for run, of_run in verdicts.items())
        number = f"{len(rows)} claim{'s' if len(rows) > 1 else ''}"
        parts.append(
            f"## {labels[result]}\n\n`snakemake --cores 2 {result}`\n\n"
            f'<details markdown="1">\n<summary>{number}; {"; ".join(told)}</summary>\n\n'
            f"| claim | whose | {' | '.join(verdicts)} | expected | tolerance | evidence | seconds |\n"
            f"|{' --- |' * (6 + len(verdicts))}"
        )
        for claim in rows:
            tables = [name.removesuffix(".csv") for name in claim["evidence"]]
            cost = sum(times.get(table, 0.0) for table in tables)
            cells = [
                f"{claim['statement']} (`{claim['claim']}`; {claim['source']})",
                ORIGINS[claim["origin"]].removeprefix("of "),
                *(of_run.get(claim["claim"], "").replace("_", " ") for of_run in verdicts.values()),
                claim["expected"],
                f"{claim['tolerance']:g}",
                ", ".join(f"`{name}`" for name in claim["evidence"]),
                f"{cost:.0f}" if cost >= 1 else "< 1",
            ]
            parts.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
        parts.append("\n</details>\n")
    return "\n".join(parts)


def read_claims() -> list[dict[str, Any]]:
    """The register, in the catalogue's order of results."""
    return read_register(CLAIMS, list(read_source(CATALOGUE).content["results"]))


def read_times() -> dict[str, float]:
    """Seconds of jobs behind each table, as last measured."""
    with TIMES.open(encoding="utf-8") as lines:
        return {row["table"]: float(row["job_seconds"]) for row in csv.DictReader(lines)}


def read_labels() -> dict[str, str]:
    """How readers are told each result."""
    return {name: entry["label"] for name, entry in read_source(CATALOGUE).content["results"].items()}


def read_verdicts() -> dict[str, dict[str, str]]:
    """Verdicts of the kept runs, by claim."""
    found = {}
    for name, path in RUNS.items():
        with path.open(encoding="utf-8") as lines:
            found[name] = {row["claim"]: row["verdict"] for row in csv.DictReader(lines)}
    return found


def main() -> None:
    """Write the page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", metavar="RUN", type=Path, help="a finished run of the default scale")
    run = options.parse_args().times
    claims = read_claims()
    if run is not None:
        tables = sorted({name.removesuffix(".csv") for claim in claims for name in claim["evidence"]})
        write_times(TIMES, "table", measured_times(run / "benchmarks", tables))
        figures = read_catalogue(CATALOGUE, schema=None).figures
        write_times(FIGURE_TIMES, "figure", measured_figures(run / "benchmarks", figures))
    PAGE.write_text(page(claims, read_times(), read_labels(), read_verdicts()), encoding="utf-8")


if __name__ == "__main__":
    main()

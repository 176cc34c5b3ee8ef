"""The artifact contract: what a finished run must hold (``python -m bornscape.run.contract FOLDER`` checks it)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

from bornscape.claims.register import CLAIM_COLUMNS, CONTROL_COLUMNS
from bornscape.datasets import read_target
from bornscape.experiments import experiment_of
from bornscape.pages.self_contained import page_problems
from bornscape.run.manifest import changed_artifacts, read_manifest
from bornscape.tables.columns import (
    FIXED_POINT_COLUMNS,
    MASS_COLUMNS,
    SCALING_COLUMNS,
    TRAINING_COLUMNS,
    TRAINING_FINAL_COLUMNS,
    TRAINING_SUMMARY_COLUMNS,
    VARIANCE_COLUMNS,
)
from bornscape.tables.trainability import DEPTHS, STRATEGIES, TABLE_COLUMNS
from bornscape.tables.trainability import VERDICTS as ANSWERS
from bornscape.tables.verdicts import VERDICTS

TABLES = {
    "variance.csv": VARIANCE_COLUMNS,
    "scaling.csv": SCALING_COLUMNS,
    "training.csv": TRAINING_COLUMNS,
    "training_final.csv": TRAINING_FINAL_COLUMNS,
    "training_summary.csv": TRAINING_SUMMARY_COLUMNS,
    "fixed_points.csv": FIXED_POINT_COLUMNS,
    "training_mass.csv": MASS_COLUMNS,
    "claims.csv": CLAIM_COLUMNS,
    "claim_controls.csv": CONTROL_COLUMNS,
    "trainability_table.csv": TABLE_COLUMNS,
}
VALUES = {
    ("scaling.csv", "preferred"): {"exponential", "polynomial", "inconclusive"},
    ("claims.csv", "verdict"): set(VERDICTS),
    ("trainability_table.csv", "verdict"): set(ANSWERS),
    ("trainability_table.csv", "circuit_depth"): set(DEPTHS),
    ("trainability_table.csv", "strategy"): set(STRATEGIES),
}
"""What a column may hold."""

NOT_EMPTY = ("report.html", "manifest.json", "trainability_table.md", "trainability_table.html")


def _experiment_tables(folder: Path) -> dict[str, list[str]]:
    """Columns of the table of each experiment that the run's own configuration names."""
    try:
        experiments = read_manifest(folder / "manifest.json")["config"]["experiments"]
        return {f"{name}.csv": experiment_of(settings["kind"]).COLUMNS for name, settings in experiments.items()}
    except (ValueError, KeyError):
        return {}  # A manifest that is missing or broken is named elsewhere.


def _table_problems(folder: Path) -> list[str]:
    problems = []
    for name, columns in (TABLES | _experiment_tables(folder)).items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path}: missing")
            continue
        try:
            table = pd.read_csv(path)
        except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
            problems.append(f"{path}: expected a CSV file: {error}")
            continue
        if list(table.columns) != columns:
            problems.append(f"{path}: expected the columns {', '.join(columns)}; got {', '.join(table.columns)}")
            continue
        if table.empty:
            problems.append(f"{path}: no rows")
        for (file, column), allowed in VALUES.items():
            if file == name and set(table[column]) - allowed:
                values = sorted(set(table[column]), key=str)
                problems.append(f"{path}: {column}: expected {sorted(allowed)}, got {values}")
        if "ci_low" in table and "variance" in table:
            low, middle, high = (pd.to_numeric(table[key], "coerce") for key in ("ci_low", "variance", "ci_high"))
            # Written so that what is no number is counted too.
            outside = ~((low <= middle) & (middle <= high))
            if name not in TABLES:  # An experiment may leave out a variance that it cannot measure, interval and all.
                outside &= table[["ci_low", "variance", "ci_high"]].notna().any(axis=1)
            if outside.any():
                problems.append(f"{path}: {int(outside.sum())} variances outside their own interval")
    return problems


def _file_problems(folder: Path) -> list[str]:
    problems = [f"{folder / name}: missing or empty" for name in NOT_EMPTY if not _has_content(folder / name)]
    for page in (folder / "report.html", *sorted((folder / "models").glob("*/report.html"))):
        problems += page_problems(page) if _has_content(page) else []
    figures = {path.with_suffix("") for path in (folder / "figures").glob("*.*")}
    for figure in sorted(figures):
        files = [figure.with_suffix(ending) for ending in (".png", ".pdf", ".csv")]
        problems += [f"{path}: missing or empty" for path in files if not _has_content(path)]
    if not figures:
        problems.append(f"{folder / 'figures'}: no figures")
    for notebook in sorted((folder / "notebooks").glob("*.ipynb")):
        problems += _notebook_problems(notebook)
    if not list((folder / "notebooks").glob("*.ipynb")):
        problems.append(f"{folder / 'notebooks'}: no notebooks")
    for target in sorted((folder / "targets").glob("*.csv")):
        try:
            read_target(target)
        except ValueError as error:
            problems.append(str(error))
    return problems


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _notebook_problems(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError) as error:
        return [f"{path}: expected a notebook: {error}"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    failed = [out for cell in code for out in cell["outputs"] if out["output_type"] == "error"]
    problems = [f"{path}: a cell failed"] if failed else []
    if any(cell["execution_count"] is None for cell in code):
        problems.append(f"{path}: not executed to its end")
    if not _has_content(path.with_suffix(".html")):
        problems.append(f"{path.with_suffix('.html')}: missing or empty")
    return problems


def problems_of(folder: str | Path) -> list[str]:
    """Everything in a run's folder that breaks the contract, one line each; empty if it holds.

    Examples
    --------
    >>> problems_of("results/never_run")
    ['results/never_run: no such folder']
    """
    run = Path(folder)
    if not run.is_dir():
        return [f"{run}: no such folder"]
    problems = _table_problems(run) + _file_problems(run)
    return problems + (changed_artifacts(run) if (run / "manifest.json").is_file() else [])


def main(arguments: list[str]) -> int:
    """Check the folders named; print what is wrong; 0 if nothing is."""
    problems = [problem for folder in arguments for problem in problems_of(folder)]
    for problem in problems:
        print(problem)
    print(f"artifact contract: {'broken in ' + str(len(problems)) + ' places' if problems else 'holds'}")
    return 1 if problems or not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

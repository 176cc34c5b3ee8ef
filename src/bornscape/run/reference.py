"""The reference: tables of a finished run, thinned, that git keeps and that documents take their numbers from.

``python -m bornscape.run.reference results/default results/reference`` (``make reference``) renews it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from bornscape.configuration import read_source
from bornscape.run.contract import problems_of
from bornscape.run.manifest import CODE, NO_CODE, artifacts, entry, read_manifest, write_manifest
from bornscape.tables.selection import rows_where

LIST = Path("config/reference.yaml")
LARGEST = 3_000_000
"""Bytes of all tables together."""


def thinned(table: pd.DataFrame, keep: Mapping[str, Any]) -> pd.DataFrame:
    """Rows and columns of a table that the reference keeps; cells stay the text that they are in the file.

    Parameters
    ----------
    table
        All columns read as text.
    keep
        ``rows``: a condition, in which cells are text. ``last_epoch_of``: columns; of the rows that agree in them
        the last epoch is kept. ``columns``: those kept, in this order. Each may be left out.

    Examples
    --------
    >>> table = pd.DataFrame({"loss": ["a", "a", "b"], "epoch": ["9", "10", "2"], "tvd": ["1", ".5", ".2"]})
    >>> thinned(table, {"last_epoch_of": ["loss"], "columns": ["loss", "tvd"]}).to_numpy().tolist()
    [['a', '.5'], ['b', '.2']]
    """
    kept = rows_where(table, keep["rows"]) if "rows" in keep else table
    if "last_epoch_of" in keep:
        epochs = kept["epoch"].astype(int)
        last = epochs.groupby([kept[name] for name in keep["last_epoch_of"]], dropna=False).transform("max")
        kept = kept[epochs == last]
    return kept[keep["columns"]] if "columns" in keep else kept


def _changed_code(run: Path, commit: str) -> list[str]:
    """Files of a run's checkout that make numbers and are not those of a commit."""
    left_out = [f":(top,exclude){name}" for name in NO_CODE]
    asked = ["git", "diff", "--name-only", commit, "--", *(f":(top){name}" for name in CODE), *left_out]
    answer = subprocess.run(asked, cwd=run, capture_output=True, text=True, check=False)
    if answer.returncode:
        return [f"git diff: {answer.stderr.strip()}"]
    return answer.stdout.split()


def refusals(run: Path, name: str = "default") -> list[str]:
    """Why a run cannot be the reference, one line each: it is not whole, another run, or of other code."""
    if problems := problems_of(run):
        return problems
    manifest = read_manifest(run / "manifest.json")
    found = [] if manifest["run"] == name else [f"{run}: expected the run {name}; got {manifest['run']}"]
    if not manifest["commit"]:
        return [*found, f"{run}: made outside of git, so that its code is not known"]
    for what, changed in (
        ("it ran with changes that are in no commit", manifest["not_in_commit"]),
        ("changed since then", _changed_code(run, manifest["commit"])),
    ):
        if changed:
            names = ", ".join(changed[:3]) + (" and others" if len(changed) > 3 else "")
            found.append(f"{run}: made by the commit {manifest['commit'][:7]}; {what}: {names}")
    return found


def _write_tables(run: Path, goal: Path, keep: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Any]:
    told = {}
    for name, selection in keep.items():
        source = run / f"{name}.csv"
        if not source.is_file():
            raise ValueError(f"{LIST}: {name}: {source} is not there")
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
        small = thinned(table, selection or {})
        if small.empty:
            raise ValueError(f"{LIST}: {name}: no row is left")
        path = goal / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        small.to_csv(path, index=False, lineterminator="\n")
        told[name] = {"rows": len(small), "rows_of_the_run": len(table)}
    return told


def write_reference(run: Path, goal: Path, keep: Mapping[str, Any]) -> None:
    """Put the thinned tables of a run into ``goal``, in place of what is there, with a manifest.

    Parameters
    ----------
    run, goal
        Folders.
    keep
        The content of config/reference.yaml: ``files`` that are copied, ``tables`` and what is kept of each.

    Raises
    ------
    ValueError
        A table that the run has not, of which no row is left, or all together too large.
    """
    made = read_manifest(run / "manifest.json")
    written = datetime.fromtimestamp((run / "manifest.json").stat().st_mtime, UTC)
    config = json.dumps(made["config"], sort_keys=True, separators=(",", ":"))
    with TemporaryDirectory(dir=goal.parent, prefix=".reference") as folder:
        new = Path(folder, "new")
        new.mkdir()
        tables = _write_tables(run, new, keep["tables"])
        for name in keep["files"]:
            shutil.copyfile(run / name, new / name)
        files = {path.as_posix(): entry(new / path) for path in artifacts(new)}
        size = sum(file["bytes"] for file in files.values())
        if size > LARGEST:
            raise ValueError(f"{LIST}: expected at most {LARGEST} bytes; got {size}")
        names = ("run", "seed", "commit", "not_in_commit", "python", "machine", "instructions", "versions", "cost")
        about = {name: made[name] for name in names}
        about |= {"date": written.date().isoformat(), "config_sha256": hashlib.sha256(config.encode()).hexdigest()}
        about |= {"config": made["config"], "tables": tables, "artifacts": files}
        write_manifest(about, new / "manifest.json")
        if goal.exists():
            shutil.rmtree(goal)
        new.replace(goal)


def main(arguments: list[str]) -> int:
    """Renew the reference, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("goal", type=Path)
    options = parser.parse_args(arguments)
    problems = refusals(options.run)
    for problem in problems:
        print(problem)
    if problems:
        return 1
    write_reference(options.run, options.goal, read_source(LIST).content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

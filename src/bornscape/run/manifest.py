"""The manifest of a run: what each artifact holds, byte for byte, and what made it."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bornscape.artifacts import sha256, write_text
from bornscape.extras import versions
from bornscape.run.job_log import costs, job_name
from bornscape.run.same_arithmetic import instructions

PACKAGES = (
    *("bornscape", "fastjet", "h5py", "matplotlib", "nbconvert", "numpy", "pandas", "papermill", "pennylane"),
    *("pennylane-lightning", "plotly", "pyarrow", "pythia8mc", "scipy", "seaborn", "snakemake", "statsmodels"),
)

CODE = ("src", "workflow", "config", "notebooks", "Snakefile")
"""What makes a run's numbers, relative to its checkout."""

NO_CODE = ("config/reference.yaml", "config/claims/README.md", "config/README.md", "src/bornscape/pages/documents")
"""What lies there and does not."""

SEAL = "manifest_sha256"
"""The manifest's own SHA-256, taken with zeros in its place."""

_SEALED = re.compile(rf'"{SEAL}": "([0-9a-f]{{64}})"')

LEFT_OUT = ("benchmarks", "logs")
"""Folders of a run that hold times and messages, not artifacts."""

DESCRIPTIONS = ("manifest.json", "ro-crate-metadata.json")
"""What describes the artifacts, and is none."""


def artifacts(folder: Path) -> list[Path]:
    """Files of a run that the manifest lists, sorted, relative to ``folder``; hidden files and itself are left out.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("variance.csv", "manifest.json", ".hidden"):
    ...         _ = Path(folder, name).write_text("")
    ...     [path.as_posix() for path in artifacts(Path(folder))]
    ['variance.csv']
    """
    listed = []
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and relative.parts[0] not in LEFT_OUT and relative.name not in DESCRIPTIONS:
            listed.append(relative)
    return sorted(listed)


def cost_by_rule(
    benchmarks: Path, logs: Path, wanted: Callable[[str], bool] = lambda job: True
) -> dict[str, dict[str, float]]:
    """Jobs, wall seconds, CPU seconds and peak memory (MB) of each rule, by the folders of its benchmark files.

    Number and wall time come from Snakemake's benchmarks; CPU time and peak from what jobs say at their end, where that
    is more than Snakemake saw. Only the ``wanted`` jobs count, by their names (``job_log.job_name``).
    """
    cost: dict[str, dict[str, float]] = defaultdict(
        lambda: {"jobs": 0, "wall_seconds": 0.0, "cpu_seconds": 0.0, "peak_memory_mb": 0.0}
    )
    rules: dict[str, set[str]] = defaultdict(set)
    for path in sorted(benchmarks.rglob("*.tsv")):
        if not wanted(job_name(path, benchmarks)):
            continue
        table = pd.read_csv(path, sep="\t", na_values="-")
        name = path.relative_to(benchmarks).parts[0].removesuffix(".tsv")
        rules[name] |= set(table.get("rule_name", [name]))
        entry = cost[name]
        entry["jobs"] += 1
        entry["wall_seconds"] += float(table["s"].sum())
        entry["cpu_seconds"] += float(table["cpu_time"].fillna(0).sum())
        entry["peak_memory_mb"] = max(entry["peak_memory_mb"], float(table["max_rss"].fillna(0).max()))
    said = costs(logs, wanted)
    for name, entry in cost.items():
        told = [said[rule] for rule in sorted(rules[name] & said.keys())]
        entry["cpu_seconds"] = max(entry["cpu_seconds"], sum(job.cpu_seconds for job in told))
        entry["peak_memory_mb"] = max([entry["peak_memory_mb"], *(job.peak_memory_mb for job in told)])
    return {rule: {key: round(value, 2) for key, value in entry.items()} for rule, entry in cost.items()}


def git(folder: Path, *words: str) -> str | None:
    """What git says in ``folder``; None if it says nothing good, or is not there."""
    try:
        answer = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip("\n")


def commit_of(folder: Path) -> tuple[str | None, list[str]]:
    """The commit of the checkout of ``folder``, and which files that make numbers are not as it has them.

    Without one, (None, []): outside of git, or unpacked inside a repository of something else.
    """
    if git(folder, "ls-files", "--error-unmatch", ":(top)Snakefile") is None:
        return None, []
    places = [*(f":(top){name}" for name in CODE), *(f":(top,exclude){name}" for name in NO_CODE)]
    told = git(folder, "status", "--porcelain", "--no-renames", "--untracked-files=all", "--", *places) or ""
    return git(folder, "rev-parse", "HEAD"), [line[3:] for line in told.splitlines()]


def provenance(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a run was made from: its name and seed, the commit (None outside of git), Python, machine and packages."""
    return {"run": config["run"], "seed": config["seed"]} | environment(Path())


def environment(folder: Path) -> dict[str, Any]:
    """The commit of the checkout of ``folder``, what is not as in it, and Python, machine and packages here."""
    commit, changed = commit_of(folder)
    return {
        "commit": commit,
        "not_in_commit": changed,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "instructions": instructions(),
        "versions": versions(PACKAGES),
    }


def entry(path: Path) -> dict[str, Any]:
    """What the manifest lists of a file."""
    return {"sha256": sha256(path), "bytes": path.stat().st_size}


def manifest(folder: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Content of manifest.json for the run in ``folder``."""
    jets = folder / "data/jet_origin.json"
    return provenance(config) | {
        "config": config,
        # Made in the run, or kept ones for want of Pythia; None if the run has no jets.
        "jets": json.loads(jets.read_text(encoding="utf-8")) if jets.is_file() else None,
        "cost": cost_by_rule(folder / "benchmarks", folder / "logs"),
        "artifacts": {path.as_posix(): entry(folder / path) for path in artifacts(folder)},
    }


def _sealed(text: str) -> str:
    """The text of a manifest with its own hash in it; that it holds already counts as zeros."""
    plain = _SEALED.sub(f'"{SEAL}": "{"0" * 64}"', text)
    digest = hashlib.sha256(plain.encode()).hexdigest()
    return _SEALED.sub(f'"{SEAL}": "{digest}"', plain)


def write_manifest(content: Mapping[str, Any], path: Path) -> None:
    """Write a manifest atomically, with its own SHA-256 as the last key."""
    plain = {key: value for key, value in content.items() if key != SEAL} | {SEAL: "0" * 64}
    write_text(_sealed(json.dumps(plain, indent=2) + "\n"), path)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest that ``write_manifest`` wrote.

    Raises
    ------
    ValueError
        If it is not there or not the bytes that were written; the message names it, and how to have it made again.
    """
    try:
        text = path.read_bytes().decode()
        content: dict[str, Any] = json.loads(text)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: expected a manifest: {error}") from error
    if not _SEALED.search(text) or _sealed(text) != text:
        raise ValueError(f"{path}: expected a manifest as it was written; delete it and run the same command again")
    return content


def changed_artifacts(folder: Path) -> list[str]:
    """Artifacts that are not as the manifest says: missing, of another size, or of other bytes; named.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     run, table = Path(folder), Path(folder, "variance.csv")
    ...     _ = table.write_text("n_qubits\\n2\\n")
    ...     write_manifest({"artifacts": {"variance.csv": entry(table)}}, run / "manifest.json")
    ...     unchanged = changed_artifacts(run)
    ...     _ = table.write_text("n_qubits\\n4\\n")
    ...     changed = [problem.replace(folder, "mine") for problem in changed_artifacts(run)]
    >>> unchanged, changed
    ([], ['mine/variance.csv: not the bytes that the manifest lists'])
    """
    try:
        listed = read_manifest(folder / "manifest.json")["artifacts"]
    except ValueError as error:
        return [str(error)]
    problems = []
    for name, entry in listed.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path}: missing")
        elif path.stat().st_size != entry["bytes"] or sha256(path) != entry["sha256"]:
            problems.append(f"{path}: not the bytes that the manifest lists")
    unlisted: Sequence[Path] = [path for path in artifacts(folder) if path.as_posix() not in listed]
    return problems + [f"{folder / path}: not listed in the manifest" for path in unlisted]

"""The manifest of a run: what each artifact holds, byte for byte, and what made it."""

from __future__ import annotations

import json
import platform
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from bornscape.artifacts import sha256
from bornscape.run.job_log import costs

PACKAGES = (
    *("bornscape", "fastjet", "h5py", "matplotlib", "nbconvert", "numpy", "pandas", "papermill", "pennylane"),
    *("pennylane-lightning", "plotly", "pyarrow", "pythia8mc", "scipy", "seaborn", "snakemake", "statsmodels"),
)

LEFT_OUT = ("benchmarks", "logs")
"""Folders of a run that hold times and messages, not artifacts."""


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
        if path.is_file() and not hidden and relative.parts[0] not in LEFT_OUT and relative.name != "manifest.json":
            listed.append(relative)
    return sorted(listed)


def cost_by_rule(benchmarks: Path, logs: Path) -> dict[str, dict[str, float]]:
    """Jobs, wall seconds, CPU seconds and peak memory (MB) of each rule, by the folders of its benchmark files.

    Number and wall time come from Snakemake's benchmarks; CPU time and peak from what jobs say at their end, where that
    is more than Snakemake saw.
    """
    cost: dict[str, dict[str, float]] = defaultdict(
        lambda: {"jobs": 0, "wall_seconds": 0.0, "cpu_seconds": 0.0, "peak_memory_mb": 0.0}
    )
    rules: dict[str, set[str]] = defaultdict(set)
    for path in sorted(benchmarks.rglob("*.tsv")):
        table = pd.read_csv(path, sep="\t", na_values="-")
        name = path.relative_to(benchmarks).parts[0].removesuffix(".tsv")
        rules[name] |= set(table.get("rule_name", [name]))
        entry = cost[name]
        entry["jobs"] += 1
        entry["wall_seconds"] += float(table["s"].sum())
        entry["cpu_seconds"] += float(table["cpu_time"].fillna(0).sum())
        entry["peak_memory_mb"] = max(entry["peak_memory_mb"], float(table["max_rss"].fillna(0).max()))
    said = costs(logs)
    for name, entry in cost.items():
        told = [said[rule] for rule in sorted(rules[name] & said.keys())]
        entry["cpu_seconds"] = max(entry["cpu_seconds"], sum(job.cpu_seconds for job in told))
        entry["peak_memory_mb"] = max([entry["peak_memory_mb"], *(job.peak_memory_mb for job in told)])
    return {rule: {key: round(value, 2) for key, value in entry.items()} for rule, entry in cost.items()}


def _commit(folder: str | Path = ".") -> str | None:
    try:
        answer = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def provenance(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a run was made from: its name and seed, the commit (None outside of git), Python, machine and packages."""
    return {"run": config["run"], "seed": config["seed"]} | environment(Path())


def environment(folder: Path) -> dict[str, Any]:
    """The commit of the checkout of ``folder`` (None outside of git), and Python, machine and packages here."""
    return {
        "commit": _commit(folder),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def entry(path: Path) -> dict[str, Any]:
    """What the manifest lists of a file."""
    return {"sha256": sha256(path), "bytes": path.stat().st_size}


def manifest(folder: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Content of manifest.json for the run in ``folder``."""
    return provenance(config) | {
        "config": config,
        "cost": cost_by_rule(folder / "benchmarks", folder / "logs"),
        "artifacts": {path.as_posix(): entry(folder / path) for path in artifacts(folder)},
    }


def changed_artifacts(folder: Path) -> list[str]:
    """Artifacts that are not as the manifest says: missing, of another size, or of other bytes; named.

    Examples
    --------
    >>> import json
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     run, table = Path(folder), Path(folder, "variance.csv")
    ...     _ = table.write_text("n_qubits\\n2\\n")
    ...     _ = (run / "manifest.json").write_text(json.dumps({"artifacts": {"variance.csv": entry(table)}}))
    ...     unchanged = changed_artifacts(run)
    ...     _ = table.write_text("n_qubits\\n4\\n")
    ...     changed = [problem.replace(folder, "mine") for problem in changed_artifacts(run)]
    >>> unchanged, changed
    ([], ['mine/variance.csv: not the bytes that the manifest lists'])
    """
    path = folder / "manifest.json"
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["artifacts"]
    except (ValueError, KeyError, TypeError) as error:
        return [f"{path}: expected a manifest: {error}"]
    problems = []
    for name, entry in listed.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path}: missing")
        elif path.stat().st_size != entry["bytes"] or sha256(path) != entry["sha256"]:
            problems.append(f"{path}: not the bytes that the manifest lists")
    unlisted: Sequence[Path] = [path for path in artifacts(folder) if path.as_posix() not in listed]
    return problems + [f"{folder / path}: not listed in the manifest" for path in unlisted]

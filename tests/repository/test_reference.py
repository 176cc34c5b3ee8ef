"""What git keeps of runs, results/paper and results/reference: files are what the manifests list."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

from bornscape.artifacts import sha256, table_path
from bornscape.claims.register import CLAIM_COLUMNS, VERDICTS
from bornscape.configuration import read_claims

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "results/paper"
NEVER = ("draws", "measurements", "training", "data", "logs", "benchmarks")
"""What a run keeps for itself: large, or made of times."""


def committed() -> list[Path]:
    """Files of the reference that git keeps, relative to its folder; none outside of a clone."""
    found = subprocess.run(["git", "ls-files", "results/paper"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [Path(line).relative_to("results/paper") for line in found.stdout.splitlines()]


FILES = committed()
pytestmark = pytest.mark.skipif(not FILES, reason="results/paper is not in git here")


def differing(folder: Path, names: list[Path]) -> list[str]:
    """Files that are not the bytes of the folder's manifest, or that it does not list."""
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    return [
        str(name)
        for name in names
        if name.name not in ("manifest.json", "README.md")
        and listed.get(name.as_posix(), {}).get("sha256") != sha256(folder / name)
    ]


def test_every_file_is_as_the_manifest_says() -> None:
    assert differing(FOLDER, FILES) == []


def test_the_thinned_tables_are_as_their_manifest_says() -> None:
    """And small; what is kept is what config/reference.yaml lists."""
    folder = ROOT / "results/reference"
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert differing(folder, files) == []
    assert sum((folder / name).stat().st_size for name in files) < 3e6
    listed = yaml.safe_load((ROOT / "config/reference.yaml").read_text(encoding="utf-8"))
    wanted = {*listed["files"], *(f"{name}.csv" for name in listed["tables"]), "manifest.json"}
    assert {name.as_posix() for name in files} == wanted


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n", encoding="utf-8")
    listed = {"a.csv": {"sha256": sha256(tmp_path / "a.csv")}, "b.csv": {"sha256": "0"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": listed}), encoding="utf-8")
    assert differing(tmp_path, [Path("a.csv")]) == []
    (tmp_path / "a.csv").write_text("2\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("2\n", encoding="utf-8")
    assert differing(tmp_path, [Path("a.csv"), Path("c.csv")]) == ["a.csv", "c.csv"]


def test_only_small_files_are_kept() -> None:
    assert not {name.parts[0] for name in FILES} & set(NEVER)
    assert max((FOLDER / name).stat().st_size for name in FILES) < 4e6
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 25e6


def test_claims_are_those_of_the_register() -> None:
    claims = pd.read_csv(FOLDER / "claims.csv")
    assert list(claims.columns) == CLAIM_COLUMNS
    assert set(claims["verdict"]) <= set(VERDICTS)
    known = read_claims(ROOT / "config/claims")
    assert set(claims["claim"]) <= {claim["claim"] for claim in known}


@pytest.mark.parametrize("name", ["fig_2", "fig_4", "fig_5", "fig_6", "fig_7", "fig_8"])
def test_the_figures_of_variances_are_there(name: str) -> None:
    assert Path("figures", f"{name}.png") in FILES
    assert table_path(FOLDER, f"figures/{name}").is_file()


def test_sizes_and_draws_are_the_papers() -> None:
    """N = 2 to 20, at least 100 draws a point."""
    table = pd.read_csv(table_path(FOLDER, "variance"))
    for experiment in ("line", "fidelity"):
        rows = table[table["experiment"] == experiment]
        assert sorted(set(rows["n_qubits"])) == list(range(2, 21, 2))
        assert rows["draws"].min() >= 100


def test_the_readme_says_what_was_not_run() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for claim in pd.read_csv(FOLDER / "claims.csv").query("verdict == 'contradicted'")["claim"]:
        assert f"`{claim}`" in text

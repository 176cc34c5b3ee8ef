"""A run as an RO-Crate: what it says, and whether it can be read."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from bornscape.artifacts import sha256
from bornscape.run.crate import METADATA, describe, main, media_type
from bornscape.run.manifest import changed_artifacts, entry, write_manifest


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of two files."""
    folder = tmp_path / "a run"
    (folder / "figures").mkdir(parents=True)
    (folder / "claims.csv").write_text("claim,verdict\n")
    (folder / "figures/fig_7.png").write_bytes(b"picture")
    names = ("claims.csv", "figures/fig_7.png")
    about = {"run": "default", "seed": 7, "commit": "0" * 40, "python": "3.11.7", "machine": "x86_64"}
    listed = {"artifacts": {name: entry(folder / name) for name in names}}
    write_manifest(about | listed, folder / "manifest.json")
    return folder


@pytest.fixture
def write(run: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The program, in this process."""
    monkeypatch.setattr(sys, "argv", ["crate", str(run)])
    return main


def called(run: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bornscape.run.crate", str(run)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_artifact_is_listed_with_its_hash(run: Path) -> None:
    entities = {item["@id"]: item for item in describe(run)["@graph"]}
    assert entities["claims.csv"]["sha256"] == sha256(run / "claims.csv")
    assert entities["figures/fig_7.png"]["contentSize"] == "7"
    parts = {part["@id"] for part in entities["./"]["hasPart"]}
    assert {"claims.csv", "figures/fig_7.png", "manifest.json"} <= parts
    assert {part["@id"] for part in entities["#run"]["result"]} == {"claims.csv", "figures/fig_7.png", "manifest.json"}
    assert [media_type(name) for name in ("a.csv", "a.ipynb", "a.png")] == [
        *("text/csv", "application/x-ipynb+json", "image/png")
    ]


def test_the_description_is_no_artifact_and_the_same_again(run: Path, write: Callable[[], None]) -> None:
    write()
    first = (run / METADATA).read_bytes()
    assert changed_artifacts(run) == []
    write()
    assert (run / METADATA).read_bytes() == first


def test_a_run_that_is_not_whole_is_refused(run: Path) -> None:
    (run / "claims.csv").write_text("claim,verdict\nx,reproduced\n")
    answer = called(run)
    assert answer.returncode == 1
    assert "claims.csv: not the bytes that the manifest lists" in answer.stderr
    assert not (run / METADATA).exists()


def dangling(content: dict[str, Any]) -> set[str]:
    """Identifiers that are referred to, stand for nothing in the graph and are no address."""
    known = {item["@id"] for item in content["@graph"]}
    values = [value for item in content["@graph"] for value in item.values()]
    flat = [part for value in values for part in (value if isinstance(value, list) else [value])]
    named = {part["@id"] for part in flat if isinstance(part, dict)}
    return {name for name in named - known if "://" not in name}


def test_the_library_of_the_format_reads_it_and_nothing_dangles(run: Path, write: Callable[[], None]) -> None:
    """What RO-Crate 1.1 demands of the root, and every file there; its own validator asks the network for words."""
    write()
    crate = ROCrate(run)
    assert {file.id for file in crate.get_by_type("File")} == {"claims.csv", "figures/fig_7.png", "manifest.json"}
    content = json.loads((run / METADATA).read_text(encoding="utf-8"))
    entities = {item["@id"]: item for item in content["@graph"]}
    about = entities["ro-crate-metadata.json"]
    assert about["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert about["about"] == {"@id": "./"}
    assert {"name", "description", "datePublished", "license"} <= entities["./"].keys()
    assert datetime.fromisoformat(entities["./"]["datePublished"]).tzinfo is not None
    assert dangling(content) == set()
    content["@graph"].remove(entities["figures/fig_7.png"])
    assert dangling(content) == {"figures/fig_7.png"}

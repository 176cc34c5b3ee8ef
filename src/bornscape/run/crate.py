"""A finished run as an RO-Crate: ``python -m bornscape.run.crate results/default`` describes its files for archives.

The description lies beside the manifest as ro-crate-metadata.json. It follows RO-Crate 1.1 and the profile
Process Run Crate 0.5.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bornscape.artifacts import write_text
from bornscape.extras import extra
from bornscape.run.manifest import changed_artifacts, entry, read_manifest

METADATA = "ro-crate-metadata.json"
VERSION = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
PAPER = "https://doi.org/10.1038/s41534-024-00902-0"
TITLE = "Trainability barriers and opportunities in quantum generative modeling"
LICENCE = "https://spdx.org/licenses/CC-BY-4.0"
"""Of the data: LICENSE-DATA."""

KINDS = {".csv": "text/csv", ".parquet": "application/vnd.apache.parquet", ".ipynb": "application/x-ipynb+json"}
"""Media types that ``mimetypes`` does not say, or says differently on different machines."""


def media_type(name: str) -> str:
    """Media type of a file, by its ending."""
    return KINDS.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def describe(folder: Path) -> dict[str, Any]:
    """The RO-Crate of a run: every artifact with its hash, the code's commit, the command, and the paper.

    Raises
    ------
    ValueError
        If the run is not whole; the message names the files.
    """
    if problems := changed_artifacts(folder):
        raise ValueError("\n".join(problems[:5] + [f"... {len(problems) - 5} more"] * (len(problems) > 5)))
    listed = read_manifest(folder / "manifest.json")
    ended = datetime.fromtimestamp((folder / "manifest.json").stat().st_mtime, tz=UTC).replace(microsecond=0)
    with extra("workflow"):
        from rocrate.model import ContextEntity
        from rocrate.rocrate import ROCrate
    crate = ROCrate(version=VERSION)
    crate.root_dataset["name"] = f"bornscape: run {listed['run']}"
    crate.root_dataset["description"] = (
        "Tables, figures, notebooks and verdicts on the claims of arXiv:2305.02881, as the manifest lists them"
    )
    crate.root_dataset["datePublished"] = ended.isoformat()
    crate.root_dataset["license"] = {"@id": LICENCE}
    crate.root_dataset["conformsTo"] = {"@id": PROFILE}

    def add(identifier: str, kind: str, **properties: Any) -> Any:
        return crate.add(ContextEntity(crate, identifier, properties={"@type": kind} | properties))

    add(PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    add(LICENCE, "CreativeWork", name="Creative Commons Attribution 4.0 International")
    paper = add(PAPER, "ScholarlyArticle", name=TITLE)
    crate.root_dataset["citation"] = paper
    files = [
        crate.add_file(folder / name, name, properties=_properties(name, about), record_size=False)
        for name, about in (listed["artifacts"] | {"manifest.json": entry(folder / "manifest.json")}).items()
    ]
    software = add(
        "#bornscape", "SoftwareApplication", name="bornscape", version=f"commit {listed['commit'] or 'not known'}"
    )
    agent = add("#authors", "Organization", name="The bornscape authors")
    action = add(
        "#run",
        "CreateAction",
        name=f"snakemake, run {listed['run']}, seed {listed['seed']}",
        endTime=ended.isoformat(),
        description=f"Python {listed['python']} on {listed['machine']}",
    )
    action["instrument"], action["agent"], action["result"] = software, agent, files
    crate.root_dataset["mentions"] = action
    crate.root_dataset["author"] = agent
    return _written(crate)


def _properties(name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    return {"sha256": about["sha256"], "contentSize": str(about["bytes"]), "encodingFormat": media_type(name)}


def _written(crate: Any) -> dict[str, Any]:
    """The metadata alone: the files stay where they are."""
    with TemporaryDirectory() as folder:
        crate.metadata.write(folder)
        content: dict[str, Any] = json.loads(Path(folder, METADATA).read_text(encoding="utf-8"))
    return content


def main() -> None:
    """Describe a run."""
    parser = argparse.ArgumentParser(prog="python -m bornscape.run.crate", description=__doc__)
    parser.add_argument("folder", type=Path, help="a finished run, such as results/default")
    folder = parser.parse_args().folder
    try:
        content = describe(folder)
    except ValueError as error:
        raise SystemExit(f"Error: {error}") from None
    write_text(json.dumps(content, indent=2) + "\n", folder / METADATA)
    print(f"{folder / METADATA}: {len(content['@graph'])} entities")


if __name__ == "__main__":
    main()

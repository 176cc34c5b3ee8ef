"""What archives and catalogues read says the same everywhere."""

import json
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
ZENODO = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
CODEMETA = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_versions_titles_and_licences_agree() -> None:
    assert CITATION["version"] == ZENODO["version"] == CODEMETA["version"] == PROJECT["version"]
    assert CITATION["title"] == ZENODO["title"] == CODEMETA["name"]
    assert CITATION["license"] == ZENODO["license"] == PROJECT["license"]
    assert CODEMETA["license"].rpartition("/")[2] == PROJECT["license"]
    assert CODEMETA["description"] == PROJECT["description"]
    assert CODEMETA["runtimePlatform"] == f"Python {PROJECT['requires-python']}"


def test_authors_keywords_and_the_paper_agree() -> None:
    authors = [author["name"] for author in CITATION["authors"]]
    assert authors == [author["name"] for author in ZENODO["creators"]]
    assert authors == [author["name"] for author in CODEMETA["author"]]
    assert CITATION["keywords"] == ZENODO["keywords"] == CODEMETA["keywords"]
    (paper,) = CITATION["references"]
    named = {entry["identifier"] for entry in ZENODO["related_identifiers"]}
    assert named == {paper["doi"], paper["identifiers"][0]["value"]}
    assert CODEMETA["referencePublication"].endswith(paper["doi"])


def test_the_workflow_catalogue_finds_what_it_looks_for() -> None:
    """workflow/Snakefile, config/README.md, and instructions."""
    catalogue = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    assert set(catalogue["usage"]) == {"mandatory-flags", "software-stack-deployment", "report"}
    assert 'include: "../Snakefile"' in (ROOT / "workflow/Snakefile").read_text(encoding="utf-8")
    assert (ROOT / "config/README.md").is_file()

"""The page on the architecture says what the code does: a package imports what its row says, and that stands above."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from support.shipped import CONFIG

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/bornscape"
FOUNDATIONS = {"aliases", "artifacts", "compiled_cache", "extras", "formulas", "seeds"}


def table() -> dict[str, set[str]]:
    """Packages in the page's order, and what each imports as the page has it."""
    page = (ROOT / "docs/work/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", page.split("## The packages")[1], re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", others)) for name, others in rows}


def imported(package: str) -> set[str]:
    """Packages of bornscape that the modules of one import, anywhere in a module."""
    names: set[str] = set()
    for path in (PACKAGE / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "bornscape":
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("bornscape."):
                names.add(str(node.module).split(".")[1])
    return names - {package} - FOUNDATIONS


TABLE = table()


def test_every_package_has_its_row() -> None:
    assert set(TABLE) == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_few_modules_stand_at_the_root() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == FOUNDATIONS | {"__init__"}


@pytest.mark.parametrize("package", TABLE)
def test_a_package_imports_what_its_row_says(package: str) -> None:
    assert imported(package) == TABLE[package]


@pytest.mark.parametrize("package", TABLE)
def test_arrows_run_one_way(package: str) -> None:
    above = list(TABLE)[: list(TABLE).index(package)]
    assert TABLE[package] <= set(above)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", sorted((ROOT / "workflow/scripts").glob("*.py")), ids=lambda path: path.name)
def test_scripts_are_thin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 30
    assert not re.search(r"^\s*(def|class) ", text, re.MULTILINE)


@pytest.mark.parametrize("path", sorted((ROOT / "workflow/rules").glob("*.smk")), ids=lambda path: path.name)
def test_rule_files_hold_rules(path: Path) -> None:
    assert not re.search(r"^\s*(def|class) ", path.read_text(encoding="utf-8"), re.MULTILINE)


def text_constants(path: Path) -> set[str]:
    """String constants of a module's code, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in texts)
    return {node.value for node in constants if isinstance(node.value, str)}


def test_names_of_studies_stand_in_the_catalogue_and_the_configuration_only() -> None:
    studies = {name for section in ("variance", "training", "experiments") for name in CONFIG[section]}
    kinds = {settings["kind"] for section in ("variance", "experiments") for settings in CONFIG[section].values()}
    # Names of random states in tables, and of a family of circuits.
    states = {"product_haar", "product_ry", "line"}
    distinct = studies - kinds - states
    assert {"line_tensor", "fidelity_large", "jets_16", "fig_9_n12", "generalise_jets", "theorem_3"} <= distinct
    found = {
        (str(path.relative_to(PACKAGE)), name)
        for path in PACKAGE.rglob("*.py")
        for name in text_constants(path) & distinct
    }
    assert found == set()


def test_text_constants_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        '"""line_tensor"""\nX = "jets_16"\n"""fig_9"""\ndef f():\n    """qgan"""\n    return f"{X} in"\n', "utf-8"
    )
    assert text_constants(path) == {"jets_16", " in"}
